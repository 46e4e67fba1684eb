package ui

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"semblance/analysis"
	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/ui/widgets"
)

// painter is an engine for drawn photos: it finds faces where the file's
// brightness says so, without a network.
type painter struct{}

// Analyze finds one happy woman of 34 in dark photos and a sad man of 61, and a
// doubtful face, unless it is thorough, in bright ones. Black photos have no face, white ones fail.
func (painter) Analyze(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	p, err := src.Pixels(ctx, 64)
	if err != nil {
		return nil, err
	}
	w, h := src.Size()
	a := &face.Analysis{W: w, H: h, Have: req.Want, Mode: req.Mode.String(), Turned: req.Turned}
	if req.Known != nil { // faces that somebody marked are young and frightened
		a.Faces = slices.Clone(req.Known.Faces)
		for i := range a.Faces {
			if missing := req.Want &^ req.Known.Have; missing.Has(face.EthnicityClasses) {
				a.Faces[i].Ethnicity = looks
			}
		}
		for i, b := range req.Boxes {
			a.Faces = append(a.Faces, person(uint32(100+i), b, face.Fear, face.Woman, 20))
		}
		return a, nil
	}
	switch v := p.RGBAAt(p.Rect.Dx()/2, p.Rect.Dy()/2).R; {
	case v < 20:
	case v > 240:
		return nil, errors.New("too bright")
	case v < 120:
		a.Faces = []face.Face{person(1, face.BoxAt(40, 30, 60, 80), face.Happy, face.Woman, 34)}
	default:
		a.Faces = []face.Face{person(1, face.BoxAt(100, 60, 50, 60), face.Sad, face.Man, 61)}
		if req.Mode == analysis.Thorough { // which knows better
			break
		}
		doubtful := person(2, face.BoxAt(200, 20, 30, 40), face.Neutral, face.Man, 40)
		doubtful.Score = .7
		a.Faces = append(a.Faces, doubtful)
	}
	return a, nil
}

// looks is the apparent ethnicity of every person.
var looks = face.Ethnicities{face.Asian - 1: .4, face.White - 1: .6}

func person(number uint32, box face.Box, e face.Emotion, g face.Gender, age float32) face.Face {
	f := face.Face{Number: number, Box: box, Score: .99, Smile: .9, Blur: 300, Exposure: face.Exposure{Is: face.Balanced, Mean: 120}}
	f.Eyes = face.Eyes{Left: face.Eye{Open: .97}, Right: face.Eye{Open: .97}}
	f.Emotion[e], f.Emotion[face.Neutral] = .9, f.Emotion[face.Neutral]+.1
	f.Gender[g-1] = 1
	f.Ethnicity = looks
	f.Age = face.Age{Years: age, Low: age - 5, High: age + 5}
	f.Eyewear[face.NoGlasses-1], f.Eyewear[face.ClearGlasses-1] = .97, .03
	f.Hair = face.Hair{Color: face.BrownHair, RGB: [3]uint8{90, 60, 40}, Area: 1, Pieces: []face.Polygon{{Outer: face.Ring{
		box.Min, face.Pt(box.Min.X, box.Max.Y), box.Max, face.Pt(box.Max.X, box.Min.Y),
	}}}}
	for i := range f.Landmarks {
		f.Landmarks[i] = box.Center()
	}
	return f
}

// drawPhoto writes a photo of 300 x 200 pixels of one grey.
func drawPhoto(t *testing.T, path string, grey uint8) {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 300, 200))
	for i := range m.Pix {
		m.Pix[i] = grey
	}
	m.SetGray(0, 0, color.Gray{Y: uint8(len(path))}) // no two files have the same content
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(f, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// fixture is a window over a real library with a painted folder.
type fixture struct {
	*Window
	t      *testing.T
	photos string
	work   chan func() // what the bridge would run on the UI goroutine: the test is that goroutine
	events []string
}

// newFixture opens a folder with two happy women (a.jpg, b.jpg), a sad man
// (c.jpg), no face (d.jpg) and a photo that fails (e.jpg), and one photo in a subfolder.
func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := newEmptyFixture(t, true)
	for name, grey := range map[string]uint8{"a.jpg": 60, "b.jpg": 80, "c.jpg": 180, "d.jpg": 0, "e.jpg": 255, "sub/f1.jpg": 90} {
		drawPhoto(t, filepath.Join(f.photos, filepath.FromSlash(name)), grey)
	}
	f.openFolder(f.photos, false)
	f.wait("idle")
	return f
}

func newEmptyFixture(t *testing.T, engine bool) *fixture {
	t.Helper()
	app := test.NewTempApp(t)
	f := &fixture{t: t, photos: t.TempDir(), work: make(chan func(), 10000)}
	c := library.Config{Catalog: filepath.Join(t.TempDir(), "catalog.db"), Cache: t.TempDir(), Engine: painter{}}
	if !engine {
		c.Engine, c.NoAnalysis = nil, errors.New("ONNX Runtime not found: run make fetch")
	}
	open := func(catalog string) (*library.Library, error) {
		c.Catalog = catalog
		return library.Open(c)
	}
	f.Window = New(app, Options{
		Open: open, Catalog: c.Catalog, Cache: c.Cache,
		Trace: func(event string, _ map[string]any) { f.events = append(f.events, event) },
	})
	f.bridge.do = func(g func()) { f.work <- g }
	lib, err := open(c.Catalog)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.shutdown(); err != nil {
			t.Error(err)
		}
		f.win.Close()
	})
	f.attach(lib, nil)
	return f
}

// until runs what comes over the bridge until done says so.
func (f *fixture) until(what string, done func() bool) {
	f.t.Helper()
	deadline := time.After(20 * time.Second)
	for !done() {
		select {
		case g := <-f.work:
			g()
		case <-deadline:
			f.t.Fatalf("%s did not come about; events: %v", what, f.events)
		}
	}
}

// wait waits for an event of the trace that comes after this call, or came since the last one.
func (f *fixture) wait(event string) {
	f.t.Helper()
	f.until(event, func() bool { return slices.Contains(f.events, event) })
	f.events = nil
}

// names are the base names of the photos shown.
func (f *fixture) names() string {
	var names []string
	for _, p := range f.shown() {
		names = append(names, strings.TrimSuffix(filepath.Base(p), ".jpg"))
	}
	return strings.Join(names, " ")
}

func (f *fixture) check(want string) {
	f.t.Helper()
	if got := f.names(); got != want {
		f.t.Errorf("shown are %q, want %q", got, want)
	}
}

// count returns the count that the panel shows for a value.
func (f *fixture) count(field, value string) string {
	_, n := f.row(field, value).Label()
	return n
}

// row returns the panel's row of a value.
func (f *fixture) row(field, value string) *widgets.FacetRow {
	f.t.Helper()
	for _, section := range f.filter.sections {
		for _, r := range section {
			if r.field == field && r.value == value {
				return r.row
			}
		}
	}
	f.t.Fatalf("no row %s:%s", field, value)
	return nil
}

func TestFilterPanelSearchBoxAndChipsAgree(t *testing.T) {
	f := newFixture(t)
	f.check("a b c d e")
	if got := f.count("emotion", "happy"); got != "2" {
		t.Errorf("happy counts %s, want 2", got)
	}
	f.filter.tapped("emotion", "happy")
	f.check("a b")
	if f.search.entry.Text != "emotion:happy" || !slices.Equal(f.chips.Labels(), []string{"Happy"}) {
		t.Errorf("search box %q, chips %v", f.search.entry.Text, f.chips.Labels())
	}
	if got := f.count("emotion", "sad"); got != "1" {
		t.Errorf("sad counts %s: a field's own terms must not narrow its counts", got)
	}
	f.search.submit("emotion:happy,sad age:60..")
	f.check("c")
	if len(f.chips.Labels()) != 3 {
		t.Errorf("chips %v", f.chips.Labels())
	}
	if lo, hi := f.filter.age.Range(); lo != 60 || hi != ageTop {
		t.Errorf("the age slider shows %d..%d", lo, hi)
	}
	f.filter.age.OnChanged(0, 40)
	f.check("a b")
	f.chips.OnRemove(0)
	f.chips.OnRemove(0)
	f.chips.OnRemove(0)
	f.check("a b c d e")
}

func TestSearchErrorsNameThePlace(t *testing.T) {
	f := newFixture(t)
	f.search.submit("emotion:happy gender:womn")
	if got := f.search.problemText(); !strings.Contains(got, "character 22") || !strings.Contains(got, "woman") {
		t.Errorf("the message is %q", got)
	}
	f.check("a b c d e") // a wrong query changes nothing
	f.search.entry.OnChanged("x")
	if f.search.problemText() != "" {
		t.Error("the message stays while the query is edited")
	}
}

func TestNothingMatches(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(1, false)
	f.search.submit("emotion:happy gender:man") // once a crash: the grid asked the new, empty result
	if f.grid.Len() != 0 || !f.empty.object.Visible() || !strings.Contains(f.empty.text.Text, "Without “Man” there are 2 photos") {
		t.Errorf("%d photos, message %q", f.grid.Len(), f.empty.text.Text)
	}
	f.empty.button.OnTapped()
	f.check("a b c d e")
	if f.empty.object.Visible() {
		t.Error("the message covers the photos")
	}
}

func TestFaceCard(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(2, false) // c.jpg: a sad man and a doubtful face
	if f.card.title.Text != "FACE 1 · 1 of 2" || f.card.gender.text.Text != "Man  100 %" || f.card.age.text.Text != "Age 61" {
		t.Errorf("card %q, %q, %q", f.card.title.Text, f.card.gender.text.Text, f.card.age.text.Text)
	}
	if label, value := f.card.emotion.bars[0].Texts(); label != "Sad" || value != "90.0 %" {
		t.Errorf("first emotion %q %q", label, value)
	}
	if got := f.card.verdict.text(); got != "" {
		t.Errorf("about a certain face the card says %q", got)
	}
	f.until("the crop", func() bool { return f.card.crop.Image != nil })
	f.typed(fyne.KeyRightBracket)
	if f.card.title.Text != "FACE 2 · 2 of 2" || f.card.verdict.text() != "May be no face. Not counted until you accept it." {
		t.Errorf("card %q, %q", f.card.title.Text, f.card.verdict.text())
	}
	f.typed(fyne.KeyRightBracket) // around the end
	if f.card.title.Text != "FACE 1 · 1 of 2" {
		t.Errorf("card %q", f.card.title.Text)
	}
	f.grid.MoveTo(3, false)
	if f.card.body.Visible() || !strings.Contains(f.card.emptyText.Text, "No face") {
		t.Errorf("a photo without faces says %q", f.card.emptyText.Text)
	}
	f.grid.MoveTo(4, false)
	if !f.failure.object.Visible() || !strings.Contains(f.failure.text.Text, "too bright") {
		t.Errorf("a failed photo says %q", f.failure.text.Text)
	}
}

func TestLoupeShowsBoxesThatFit(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(2, false)
	f.typed(fyne.KeyE)
	f.wait("picture shown")
	box := func() (r *canvas.Rectangle) {
		for _, o := range f.loupe.layer() {
			if c, ok := o.(*canvas.Rectangle); ok && c.FillColor == color.Color(color.NRGBA{}) {
				return c
			}
		}
		return nil
	}
	check := func() {
		t.Helper()
		b := box()
		if b == nil {
			t.Fatal("no box")
		}
		x, y := f.loupe.viewer.PhotoPoint(b.Position().AddXY(b.StrokeWidth/2, b.StrokeWidth/2))
		if x < 99 || x > 101 || y < 59 || y > 61 {
			t.Errorf("the box begins at %v, %v of the photo, want 100, 60", x, y)
		}
	}
	check()
	f.typed(fyne.KeyZ)
	check()
	f.typed(fyne.KeyV)
	check()
	f.typed(fyne.KeyB)
	if box() != nil {
		t.Error("B does not hide the boxes")
	}
	f.loupe.clicked(210, 30)
	if f.face != 1 {
		t.Errorf("a click on the second face chose %d", f.face)
	}
	f.typed(fyne.KeyG)
	if f.loupe.open {
		t.Error("G does not go back to the grid")
	}
}

func TestManyShapesBecomeOnePicture(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(2, false)
	f.typed(fyne.KeyE)
	f.loupe.shown.Landmarks = true
	one := f.loupe.result.Faces[0]
	for i := range uint32(30) {
		one.Number = i + 3
		f.loupe.result.Faces = append(f.loupe.result.Faces, one)
	}
	layer := f.loupe.layer()
	if _, ok := layer[0].(*canvas.Image); len(layer) != 1 || !ok {
		t.Errorf("%d objects, the first is %T", len(layer), layer[0])
	}
}

func TestSubfoldersAreOffered(t *testing.T) {
	f := newFixture(t)
	f.until("the count", func() bool { return f.below == 1 })
	if !f.folders.scope.Visible() {
		t.Error("nothing offers the photo in the subfolder")
	}
	f.folders.below.OnTapped()
	f.wait("idle")
	f.check("a b c d e f1")
	f.until("the tree", func() bool { return len(f.folders.kids[f.photos]) == 1 })
	f.folders.tree.OnSelected(filepath.Join(f.photos, "sub"))
	f.wait("idle")
	f.check("f1")
	f.folders.tree.OnSelected(f.photos) // as it was opened before
	f.wait("idle")
	f.check("a b c d e f1")
	f.folders.tree.OnSelected(filepath.Join(f.photos, "sub"))
	f.wait("idle")
	f.opts.Folder = f.photos
	f.attach(f.lib, nil) // as the next start does
	f.wait("idle")
	f.check("a b c d e f1")
}

func TestNewsNeverMovesTheSelection(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(1, false)
	drawPhoto(t, filepath.Join(f.photos, "Aa.jpg"), 70) // sorts before the chosen one
	f.openFolder(f.photos, false)
	f.wait("idle")
	if len(f.grid.Selected()) != 1 || filepath.Base(f.grid.Selected()[0]) != "b.jpg" || filepath.Base(f.current) != "b.jpg" {
		t.Errorf("chosen is %v, shown %s", f.grid.Selected(), f.current)
	}
}

func TestEmptyStates(t *testing.T) {
	f := newEmptyFixture(t, true)
	if f.empty.title.Text != "Open a folder of photos" {
		t.Errorf("without a folder: %q", f.empty.title.Text)
	}
	f.openFolder(f.photos, false)
	f.wait("idle")
	if f.empty.title.Text != "No photos in this folder" {
		t.Errorf("an empty folder: %q", f.empty.title.Text)
	}
	f.openFolder(filepath.Join(f.photos, "unplugged"), false)
	f.wait("scan done")
	if f.empty.title.Text != "This folder is not there" {
		t.Errorf("a folder that is not there: %q", f.empty.title.Text)
	}
	drawPhoto(t, filepath.Join(f.photos, "sub", "x.jpg"), 60)
	f.openFolder(f.photos, false)
	f.wait("idle")
	f.until("the count", func() bool { return f.below == 1 })
	if f.empty.title.Text != "No photos directly in this folder" {
		t.Errorf("a folder with photos below it: %q", f.empty.title.Text)
	}
}

func TestWithoutARuntimeBrowsingWorks(t *testing.T) {
	f := newEmptyFixture(t, false)
	drawPhoto(t, filepath.Join(f.photos, "a.jpg"), 60)
	if !f.banner.object.Visible() || !strings.Contains(f.banner.text.Text, "make fetch") {
		t.Errorf("the banner says %q", f.banner.text.Text)
	}
	f.openFolder(f.photos, false)
	f.wait("thumbnail shown")
	f.check("a")
	f.grid.MoveTo(0, false)
	f.typed(fyne.KeyE)
	f.wait("picture shown")
	if f.loupe.viewer.View().Scale == 0 {
		t.Error("the loupe shows nothing")
	}
}

func TestDropAPhotoChoosesIt(t *testing.T) {
	f := newEmptyFixture(t, true)
	for _, n := range []string{"a.jpg", "b.jpg"} {
		drawPhoto(t, filepath.Join(f.photos, n), 60)
	}
	f.dropped([]fyne.URI{storage.NewFileURI(filepath.Join(f.photos, "b.jpg"))})
	f.wait("idle")
	if _, path := f.grid.Cursor(); filepath.Base(path) != "b.jpg" {
		t.Errorf("chosen is %q", path)
	}
}

func TestPause(t *testing.T) {
	f := newEmptyFixture(t, true)
	f.typed(fyne.KeySpace)
	drawPhoto(t, filepath.Join(f.photos, "a.jpg"), 60)
	f.openFolder(f.photos, false)
	f.wait("scan done")
	if got := f.status.words.Text; !strings.HasPrefix(got, "Paused at 0 / 1") {
		t.Errorf("the status says %q", got)
	}
	f.status.pause.OnTapped()
	f.wait("idle")
	if got := f.status.words.Text; got != "1 photo analysed" {
		t.Errorf("the status says %q", got)
	}
}

func TestExport(t *testing.T) {
	f := newFixture(t)
	f.export(f.shown(), 0)
	f.wait("export done")
	files, err := filepath.Glob(filepath.Join(f.photos, "*.json"))
	if err != nil || len(files) != 4 { // the failed photo has nothing to say
		t.Errorf("written %v, %v", files, err)
	}
}

func TestReport(t *testing.T) {
	f := newEmptyFixture(t, true)
	var out strings.Builder
	f.opts.Report = &out
	drawPhoto(t, filepath.Join(f.photos, "a.jpg"), 60)
	drawPhoto(t, filepath.Join(f.photos, "c.jpg"), 180) // a doubtful face is none of the report
	drawPhoto(t, filepath.Join(f.photos, "d.jpg"), 0)
	f.openFolder(f.photos, false)
	f.wait("report done")
	want := "a.jpg  box 40,30 60x80  age 34 (29-39)  woman 100%  happy 90%  smile yes 90%  glasses none 97%  hair brown #5a3c28\n" +
		"c.jpg  box 100,60 50x60  age 61 (56-66)  man 100%  sad 90%  smile yes 90%  glasses none 97%  hair brown #5a3c28\nd.jpg  no face\n3 photos, 2 faces, 3 JSON files written\n"
	if out.String() != want {
		t.Errorf("report:\n%s\nwant:\n%s", out.String(), want)
	}
	if !f.loupe.open || filepath.Base(f.current) != "a.jpg" {
		t.Errorf("the loupe shows %q", f.current)
	}
}

func TestStatusWords(t *testing.T) {
	for _, tt := range []struct {
		st   library.Status
		want string
	}{
		{library.Status{}, "17 photos analysed · 1 waiting · 2 failed"},
		{library.Status{Scanning: true}, "Looking for photos"},
		{library.Status{Done: 1204, Total: 4812, Rate: 3.14, Left: 19 * time.Minute}, "Analysing 1\u00a0204 / 4\u00a0812 · 3.1 photo/s · 19 min left"},
		{library.Status{Done: 2, Total: 9, Paused: true, Running: 1}, "Paused at 2 / 9 · 1 photo still in work"},
		{library.Status{Done: 9, Total: 9, Failed: 2}, "17 photos analysed · 1 waiting · 2 failed"},
		{library.Status{NoAnalysis: errors.New("x")}, "no analysis"},
	} {
		r := &library.Result{Total: 20, Failed: 2, Waiting: 1}
		if got := statusWords(tt.st, r); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.st, got, tt.want)
		}
	}
}

// Every key has one meaning, and the sheet shows every command that has a key.
func TestCommandTable(t *testing.T) {
	f := newEmptyFixture(t, true)
	seen := map[key]string{}
	for _, c := range f.commands {
		for _, k := range c.keys {
			if other, taken := seen[k]; taken {
				t.Errorf("%s means %q and %q", k, other, c.title)
			}
			seen[k] = c.title
		}
		if c.run == nil && c.sub == nil && c.menu != sheetMoves && c.menu != sheetMarks {
			t.Errorf("%q does nothing", c.title)
		}
	}
	_, lines := sheet(f.commands)
	n := 0
	for _, l := range lines {
		n += len(l)
	}
	withKeys := 0
	for _, c := range f.commands {
		if len(c.keys) > 0 && !c.quiet { // a line of the sheet tells of several
			withKeys++
		}
	}
	if n != withKeys {
		t.Errorf("the sheet has %d lines, %d commands have keys", n, withKeys)
	}
	for _, m := range f.mainMenu().Items {
		if len(m.Items) == 0 {
			t.Errorf("the menu %s is empty", m.Label)
		}
	}
}

// Enter answers the dialog although no widget of it has the keyboard.
func TestExportByKeys(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	f.askExport()
	f.typedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	f.wait("export done")
	if files, err := filepath.Glob(filepath.Join(f.photos, "*.json")); err != nil || len(files) != 1 {
		t.Errorf("with one photo chosen, written are %v, %v", files, err)
	}
	f.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) // closes the summary
	if f.win.Canvas().Overlays().Top() != nil {
		t.Error("a dialog is still open")
	}
}

// Every dialog can be opened, and Esc closes it.
func TestDialogs(t *testing.T) {
	f := newFixture(t)
	for name, open := range map[string]func(){
		"folder": f.askFolder, "export": f.askExport, "shortcuts": f.showShortcuts,
		"search language": f.showQueryHelp, "legend": f.showLegend, "about": f.showAbout,
	} {
		open()
		if f.win.Canvas().Overlays().Top() == nil {
			t.Errorf("%s: no dialog", name)
		}
		f.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if f.win.Canvas().Overlays().Top() != nil {
			t.Errorf("%s: Esc does not close it", name)
		}
		if f.win.Canvas().Focused() != f.keys {
			t.Errorf("%s: the keyboard did not come back", name)
		}
	}
}

package widgets_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"semblance/ui/widgets"
)

// window shows o in a window of the test driver, with the test theme.
func window(t *testing.T, o fyne.CanvasObject, size fyne.Size) fyne.Window {
	t.Helper()
	test.NewTempApp(t)
	test.ApplyTheme(t, test.Theme())
	w := test.NewTempWindow(t, o)
	w.SetPadded(false)
	w.Resize(size)
	return w
}

// uiQueue stands for the UI goroutine: what is posted runs when the test says so.
type uiQueue chan func()

func (q uiQueue) post(f func()) { q <- f }

// run runs n posted functions.
func (q uiQueue) run(t *testing.T, n int) {
	t.Helper()
	for range n {
		select {
		case f := <-q:
			f()
		case <-time.After(10 * time.Second):
			t.Fatal("nothing was posted")
		}
	}
}

// pictureOf makes the picture of a key: every key has a grey of its own.
func pictureOf(_ context.Context, key string, side int) (*image.RGBA, error) {
	if strings.HasPrefix(key, "broken") {
		return nil, fmt.Errorf("open %s: not a picture", key)
	}
	var i int
	if _, err := fmt.Sscanf(key, "photo%d", &i); err != nil {
		return nil, err
	}
	p := image.NewRGBA(image.Rect(0, 0, side, side*2/3))
	draw.Draw(p, p.Rect, image.NewUniform(color.Gray{Y: uint8(40 + i*20)}), image.Point{}, draw.Src)
	return p, nil
}

func keyOf(i int) string { return fmt.Sprintf("photo%d", i) }

func itemOf(i int) widgets.PhotoItem { return widgets.PhotoItem{Name: keyOf(i) + ".jpg", Count: i % 4} }

// newGrid shows a grid of n photos, 4 columns of which fit.
func newGrid(t *testing.T, n int) (*widgets.PhotoGrid, fyne.Window) {
	t.Helper()
	q := make(uiQueue, 1000)
	th := widgets.NewThumbnails(nil, pictureOf, 2, 1<<24)
	t.Cleanup(th.Close)
	g := widgets.NewPhotoGrid(th, fyne.NewSize(100, 100), q.post)
	w := window(t, g, fyne.NewSize(430, 320))
	g.SetItems(n, keyOf, itemOf)
	return g, w
}

// cell is what the mouse finds.
type cell interface {
	desktop.Mouseable
	fyne.DoubleTappable
}

// cells returns the cells on the screen in the order of the grid.
func cells(w fyne.Window) []cell {
	var found []cell
	for _, o := range test.LaidOutObjects(w.Content()) {
		if c, ok := o.(cell); ok {
			found = append(found, c)
		}
	}
	return found
}

func TestPhotoGridMouseAndKeys(t *testing.T) {
	g, w := newGrid(t, 50)
	opened, changes := -1, 0
	g.OnOpen = func(i int) { opened = i }
	g.OnSelection = func() { changes++ }
	press := func(i int, m fyne.KeyModifier) {
		cells(w)[i].MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, Modifier: m})
	}
	check := func(want ...string) {
		t.Helper()
		if got := g.Selected(); !slices.Equal(got, want) {
			t.Errorf("chosen %v, want %v", got, want)
		}
	}
	press(0, 0)
	check("photo0")
	press(2, fyne.KeyModifierShift)
	check("photo0", "photo1", "photo2")
	press(1, fyne.KeyModifierControl)
	check("photo0", "photo2")
	g.HandleKey(fyne.KeyRight, false)
	check("photo2")
	g.HandleKey(fyne.KeyDown, false)
	check("photo6")
	g.HandleKey(fyne.KeyDown, true)
	check("photo6", "photo7", "photo8", "photo9", "photo10")
	g.HandleKey(fyne.KeyEnd, false)
	check("photo49")
	if first, last := g.OnScreen(); last != 49 || first == 0 {
		t.Errorf("End shows %d..%d", first, last)
	}
	g.HandleKey(fyne.KeyRight, false) // at the end of the list: nothing happens
	check("photo49")
	g.HandleKey(fyne.KeyHome, false)
	g.HandleKey(fyne.KeyUp, false)
	check("photo0")
	g.HandleKey(fyne.KeyEnter, false)
	if opened != 0 {
		t.Errorf("Enter opened %d", opened)
	}
	cells(w)[4].DoubleTapped(nil)
	if opened != 4 {
		t.Errorf("a double click opened %d", opened)
	}
	if g.HandleKey(fyne.KeyG, false) {
		t.Error("the grid took a key that is not its own")
	}
	if changes == 0 {
		t.Error("nobody was told about the selection")
	}
}

// A picture that arrives after its cell was given to another photo must not be shown there.
func TestPhotoGridLatePictureLandsNowhere(t *testing.T) {
	q := make(uiQueue, 1000)
	th := widgets.NewThumbnails(nil, pictureOf, 1, 1<<24)
	t.Cleanup(th.Close)
	g := widgets.NewPhotoGrid(th, fyne.NewSize(100, 100), q.post)
	w := window(t, g, fyne.NewSize(110, 110))
	g.SetItems(1, keyOf, itemOf)
	for len(q) == 0 { // delivered, and not shown yet
		time.Sleep(time.Millisecond)
	}
	g.SetItems(1, func(int) string { return "photo5" }, itemOf) // the same cell
	grey := func() uint32 {
		r, _, _, _ := w.Canvas().Capture().At(50, 40).RGBA()
		return r >> 8
	}
	q.run(t, 1)
	if grey() == 40 {
		t.Error("the cell shows photo0")
	}
	q.run(t, 1)
	if got := grey(); got != 140 {
		t.Errorf("the cell shows the grey %d, want photo5's 140", got)
	}
}

func TestPhotoGridKeepsPlaceAndSelection(t *testing.T) {
	g, _ := newGrid(t, 400)
	g.MoveTo(200, false)
	first, _ := g.OnScreen()
	// Eight photos more in front of all others, as when a scan finds a folder.
	g.SetItems(408, func(i int) string { return fmt.Sprintf("photo%d", i-8) }, itemOf)
	if i, key := g.Cursor(); i != 208 || key != "photo200" {
		t.Errorf("the cursor is on %d (%s)", i, key)
	}
	if now, _ := g.OnScreen(); now != first+8 {
		t.Errorf("the grid begins at %d, want %d", now, first+8)
	}
	// The photos at the top are gone, as when somebody deletes them: the others do not jump.
	at := first + 8
	g.SetItems(402, func(i int) string {
		if i >= at {
			i += 6 // those of the first row on the screen, and two of the second
		}
		return fmt.Sprintf("photo%d", i-8)
	}, itemOf)
	if now, _ := g.OnScreen(); now != at-4 { // photo first+6 is in the second row, as it was
		t.Errorf("the grid begins at %d, want %d", now, at-4)
	}
	g.SetItems(10, keyOf, itemOf)
	if first, _ := g.OnScreen(); first != 0 || g.SelectedCount() != 0 {
		t.Errorf("a short list begins at %d with %d chosen", first, g.SelectedCount())
	}
}

// A photo whose file changed is loaded again, the others are not.
func TestPhotoGridLoadsAChangedPhotoAgain(t *testing.T) {
	q, loads := make(uiQueue, 1000), make(chan string, 100)
	th := widgets.NewThumbnails(nil, func(ctx context.Context, key string, side int) (*image.RGBA, error) {
		loads <- key
		return pictureOf(ctx, key, side)
	}, 1, 1<<24)
	t.Cleanup(th.Close)
	g := widgets.NewPhotoGrid(th, fyne.NewSize(100, 100), q.post)
	window(t, g, fyne.NewSize(320, 110))
	stamp := int64(1)
	g.SetItems(3, keyOf, func(i int) widgets.PhotoItem {
		if i == 1 {
			return widgets.PhotoItem{Stamp: stamp}
		}
		return widgets.PhotoItem{}
	})
	q.run(t, 3)
	stamp = 2
	for i := range 3 {
		g.RefreshItem(keyOf(i))
	}
	q.run(t, 1)
	if len(loads) != 4 {
		t.Errorf("%d loads, want 4", len(loads))
	}
	if g.Picture(1) == nil || g.Picture(3) != nil || g.Picture(-1) != nil {
		t.Error("Picture does not give what is at hand")
	}
}

func TestPhotoGridRepaintsOneCell(t *testing.T) {
	g, _ := newGrid(t, 50)
	asked := []int{}
	g.SetItems(50, keyOf, func(i int) widgets.PhotoItem { asked = append(asked, i); return itemOf(i) })
	asked = nil
	g.RefreshItem("photo5")
	g.RefreshItem("photo49") // not on the screen
	if !slices.Equal(asked, []int{5}) {
		t.Errorf("repainted %v, want [5]", asked)
	}
}

func TestPhotoGridLooks(t *testing.T) {
	q := make(uiQueue, 1000)
	th := widgets.NewThumbnails(nil, pictureOf, 1, 1<<24)
	t.Cleanup(th.Close)
	g := widgets.NewPhotoGrid(th, fyne.NewSize(100, 100), q.post)
	keys := []string{"photo0", "photo3", "photo4", "broken", "photo8"}
	items := []widgets.PhotoItem{
		{Name: "none.jpg"},
		{Name: "three-people-and-a-long-name.jpg", Count: 3},
		{Name: "doubt.jpg", Count: 1, Doubt: true},
		{Name: "broken.jpg", State: widgets.PhotoFailed},
		{Name: "waiting.jpg", State: widgets.PhotoWaiting},
	}
	w := window(t, g, fyne.NewSize(320, 220))
	g.SetItems(len(keys), func(i int) string { return keys[i] }, func(i int) widgets.PhotoItem { return items[i] })
	q.run(t, len(keys))
	g.MoveTo(1, false)
	checkPicture(t, "photogrid.png", w.Canvas().Capture())
}

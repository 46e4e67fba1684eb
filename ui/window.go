package ui

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"semblance/assets"
	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/ui/widgets"
)

// Options says what the window is for.
type Options struct {
	// Open opens the library with a catalog. It runs in a goroutine while the window already
	// shows, because it loads the models. An error is shown instead of photos. It is called again when another
	// catalog is opened, or the same one after it was closed for something.
	Open    func(catalog string) (*library.Library, error)
	Catalog string // path of the catalog file
	Cache   string // folder of the thumbnails

	Folder    string // to open at the start; "" asks for one
	Recursive bool   // with its subfolders

	// Trace is told what happened, with details by name; nil for nobody. It
	// is called on the UI goroutine and must not block.
	Trace func(event string, details map[string]any)
	Log   *slog.Logger // nil: nothing is logged

	// Report gets one line a face when all photos of the first folder are
	// analysed, and JSON sidecars are written then; nil for none.
	Report io.Writer
	About  About
}

// About is what Help > Models and Licences shows.
type About struct {
	Version string
	Models  []ModelNote
	Notice  string // the licences, as text
}

// ModelNote is one model with its source.
type ModelNote struct{ Name, Licence, Origin, Note string }

// Sizes of the window in Fyne units.
const (
	windowWidth, windowHeight = 1500, 940
	cellSide                  = 158
	leftShare, rightShare     = .165, .77
	rightLeast                = 272 // width of the face card in a narrow window: its lines are not cut
	stripExtra                = 42  // what the strip under the loupe needs besides its row: chips, handle
)

// PictureCache bounds the thumbnails that a window keeps in memory, in bytes.
const PictureCache = 96 << 20

// thumbnailLoaders is how many thumbnails are made at once. More would take the processor from the analysis.
const thumbnailLoaders = 2

// searchPause is the least time between two searches that nobody asked for,
// while results of the analysis come in.
const searchPause = 300 * time.Millisecond

// Window is the main window and everything it shows.
type Window struct {
	app    fyne.App
	win    fyne.Window
	opts   Options
	log    *slog.Logger
	door   *bridge // for what is not about a library: it is never closed before the window
	failed error   // why the report could not be written

	*session // the UI goroutine's; another one begins when the catalog is closed (refurnish)
}

// session is what the window shows of a library, from before it is open until it is closed.
type session struct {
	bridge     *bridge
	lib        *library.Library // nil until it is open
	source     *source          // the same, for goroutines
	opening    *opening         // nil unless a library is being opened
	background sync.WaitGroup   // work on the library that can be stopped
	stops      []context.CancelFunc
	away       bool                 // attach opens no folder
	held       library.CatalogStats // by the backup that could be restored, if openErr is of a damaged catalog
	policy     library.Policy       // of lib
	pictures   *widgets.Thumbnails
	commands   []command

	expr      query.Expr
	order     library.Order
	result    *library.Result
	searched  time.Time
	searchDue bool
	current   string // path of the photo that loupe and cards show, "" for none
	photo     library.Photo
	faces     *face.Analysis // of photo, as shown: with the rejected faces if those are wanted; nil if there is none
	face      int            // index of the chosen one of faces
	scanned   bool           // the open folder's scan has ended
	scanErr   error
	failing   string          // what could not be done before the library could not be opened
	openErr   error           // why there is no library
	wanted    string          // path of a photo to choose once it is found
	grown     bool            // there may be more photos in the folders than were counted
	below     int             // photos in the folders below the open one
	reported  bool            // Options.Report was served
	problems  []library.Event // of the open folder, that the banner tells
	edits     edits
	stored    func() // what the edit in work does once it is stored
	looks     []*lookAgain
	place     int // where in the grid to go on when the edit in work takes the photo out of the result; -1 otherwise

	everywhere bool       // the filter looks through all folders, not only through the open one
	advance    bool       // marks by keys go on to the next photo
	tagging    *tagDialog // nil unless it is open
	line       *lineDialog
	possible   [3]bool // what the menu offers: showUndo

	showRejected bool
	counting     context.CancelFunc // ends the count of those

	keys     *keyboard
	dialog   *dialogKeys // nil unless a dialog is open
	folders  *folderTree
	filter   *filterPanel
	search   *searchEntry
	modes    [2]*widgets.ToolButton
	chips    *widgets.Chips
	counts   *canvas.Text
	grid     *widgets.PhotoGrid
	loupe    *loupe
	centre   *fyne.Container // the loupe over the grid, or the grid alone
	split    *container.Split
	gridBox  fyne.CanvasObject
	empty    *note
	banner   *banner
	albums   *albumPanel
	marks    *markBox
	heard    *heardBox
	card     *faceCard
	facts    *factTable
	file     *widgets.Section
	warning  *warningBox
	failure  *failureBox
	rejected *rejectedBox
	status   *statusBar
	left     fyne.CanvasObject
	right    fyne.CanvasObject
	body     *fyne.Container
	cropper  *cropper
}

// New makes the window. Run shows it and begins to open the library.
func New(app fyne.App, o Options) *Window {
	if o.Trace == nil {
		o.Trace = func(string, map[string]any) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	app.Settings().SetTheme(newTheme())
	w := &Window{app: app, opts: o, log: o.Log, door: newBridge(nil)}
	w.win = app.NewWindow("Semblance")
	w.win.SetIcon(fyne.NewStaticResource("semblance.png", assets.Icon()))
	w.win.SetPadded(false)
	w.win.Resize(fyne.NewSize(windowWidth, windowHeight))
	w.win.SetMaster()
	w.furnish(newBridge(w.news))
	app.Lifecycle().SetOnEnteredForeground(func() { w.door.post(w.returned) })
	return w
}

// furnish puts everything into the window that shows a library, which is not open yet.
func (w *Window) furnish(b *bridge) {
	w.session = &session{bridge: b, result: &library.Result{}, place: -1, source: &source{}}
	w.pictures = widgets.NewThumbnails(w.source.preview, w.source.thumbnail, thumbnailLoaders, PictureCache)
	w.build()
	w.commands = w.table()
	w.win.SetMainMenu(w.mainMenu())
	w.win.SetContent(w.keys)
	w.win.Canvas().SetOnTypedKey(w.typedKey)
	w.win.Canvas().SetOnTypedRune(w.keys.TypedRune)
	w.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { w.dropped(uris) })
	w.win.SetOnClosed(func() { w.bridge.close(); w.door.close() })
	w.showState()
	w.showFace()
}

// Run shows the window, runs the application until the window is closed, and
// then closes the library.
func (w *Window) Run() error {
	w.Show()
	w.app.Run()
	return errors.Join(w.failed, w.shutdown())
}

// Show shows the window and opens the library in the background.
func (w *Window) Show() {
	w.win.Show()
	w.takeKeys()
	w.opts.Trace("window shown", nil)
	w.openLater(func() error { return nil }, func() {}, func(error) {})
}

// Close closes the window. Any goroutine may call it.
func (w *Window) Close() { w.door.post(w.win.Close) }

// shutdown runs after the event loop, so waiting for photos in flight blocks no window.
func (w *Window) shutdown() error {
	w.bridge.close()
	w.door.close()
	w.loupe.stop()
	w.edits.wait()
	w.pictures.Close()
	for _, stop := range w.stops {
		stop()
	}
	w.background.Wait()
	if w.lib == nil {
		return w.opening.abandon()
	}
	return w.lib.Close()
}

// pictureShown runs when the loupe shows a photo in full.
func (w *Window) pictureShown(path string) {
	w.opts.Trace("picture shown", map[string]any{"path": path})
	if w.reported {
		w.reported = false
		w.opts.Trace("report done", nil)
	}
}

// build makes the parts and puts them together.
func (w *Window) build() {
	w.folders = newFolderTree(w.bridge.post, w.openFolder, w.openAsBefore, func() { w.showEverywhere(w.expr) })
	w.albums = newAlbumPanel(w.newAlbum, w.askSaveSearch)
	w.filter = newFilterPanel(w.setExpr, w.frequentTexts)
	w.filter.hide(library.Policy{}.Hidden()) // until a catalog is open that says otherwise
	w.search = newSearchEntry(w.setExpr, w.takeKeys)
	w.search.known = w.knownTexts
	w.grid = widgets.NewPhotoGrid(w.pictures, fyne.NewSquareSize(cellSide), w.bridge.post)
	w.grid.OnSelection = w.selectionChanged
	w.grid.OnPressed = w.takeKeys
	w.grid.OnOpen = func(int) { w.setLoupe(!w.loupe.open) }
	w.grid.OnSecondary = func(_ int, at fyne.Position) { w.photoMenu(at) }
	w.grid.OnVisible = func(int, int) { w.prioritize() }
	w.grid.OnPicture = func(key string) { w.opts.Trace("thumbnail shown", map[string]any{"path": key}) }
	w.loupe = newLoupe(w.bridge.post, w.newMarkBar())
	w.loupe.picture = w.source.picture
	w.loupe.preview = w.thumbnailOf
	w.loupe.onFace = w.chooseFace
	w.loupe.onMarked = w.faceMarked
	w.edits = edits{post: w.bridge.post, saved: w.editStored}
	w.loupe.onShown = func() { w.win.SetMainMenu(w.mainMenu()) }
	w.loupe.viewer.OnPressed = w.takeKeys
	w.loupe.onPicture = w.pictureShown
	w.loupe.onFailure = w.pictureFailed
	w.cropper = &cropper{post: w.bridge.post, picture: w.source.picture}
	w.card = newFaceCard(w.stepFace, w.judge, w.correctAt, w.askName)
	w.marks = newMarkBox(w.newMarkBar(), w.filterByTag, w.askTags)
	w.heard = newHeardBox(w.settle)
	w.rejected = newRejectedBox(w.toggleRejected, w.restoreRejected)
	w.facts = newFactTable()
	w.warning = newWarningBox()
	w.file = widgets.NewSection("PHOTO", container.New(layout.NewCustomPaddedVBoxLayout(0), w.facts, w.warning.object))
	w.failure = newFailureBox(w.retry)
	w.status = newStatusBar(w.togglePause)
	w.banner = newBanner()
	w.empty = newNote()

	w.modes[0] = widgets.NewToolButton("", widgets.GridIcon(), func() { w.setLoupe(false) })
	w.modes[1] = widgets.NewToolButton("", widgets.LoupeIcon(), func() { w.setLoupe(true) })
	w.modes[0].SetOn(true)
	open := widgets.NewToolButton("Open", theme.FolderOpenIcon(), w.askFolder)
	export := widgets.NewToolButton("Export", theme.DownloadIcon(), w.askExport)
	tools := container.New(layout.NewCustomPaddedLayout(4, 4, 6, 6), container.NewBorder(nil, nil,
		container.NewHBox(open, gap(2), w.modes[0], w.modes[1]), export, w.search.entry))

	w.chips = widgets.NewChips(func(i int) { w.setExpr(w.expr.Remove(i)) })
	w.counts = smallText("", grey(0xA0))
	chipRow := container.New(layout.NewCustomPaddedLayout(2, 2, 6, 8),
		container.NewBorder(nil, nil, nil, container.NewCenter(w.counts), w.chips))
	w.gridBox = container.NewBorder(chipRow, nil, nil, nil, container.NewStack(
		container.New(layout.NewCustomPaddedLayout(0, 0, 4, 0), w.grid), w.empty.object))
	w.split = container.NewVSplit(w.loupe.object, w.gridBox)
	w.centre = container.NewStack(w.gridBox)

	leftSplit := container.NewVSplit(w.folders.object, container.NewBorder(container.New(layout.NewCustomPaddedVBoxLayout(0), w.albums.object, panelTitle("FILTER")), nil, nil, nil, w.filter.object))
	leftSplit.Offset = .24
	w.left = ground(greyPanel, leftSplit)
	w.right = ground(greyPanel, container.NewStack(gap(rightLeast), container.NewVScroll(container.New(layout.NewCustomPaddedVBoxLayout(4),
		w.marks.object, w.heard.object, w.card.object, w.rejected.object, w.failure.object, w.file))))
	w.body = container.NewStack()
	w.arrange(true)
	w.keys = newKeyboard(container.NewStack(container.NewBorder(container.New(layout.NewCustomPaddedVBoxLayout(0), tools, w.search.wrong, w.banner.object), w.status.object, nil, nil, w.body),
		w.search.suggestions.layer), w)
}

// arrange puts the panels beside the centre, or leaves them out.
func (w *Window) arrange(panels bool) {
	middle := ground(greyCentre, w.centre)
	if !panels {
		w.body.Objects = []fyne.CanvasObject{middle}
		w.body.Refresh()
		return
	}
	right := container.NewHSplit(middle, w.right)
	right.Offset = rightShare
	all := container.NewHSplit(w.left, right)
	all.Offset = leftShare
	w.body.Objects = []fyne.CanvasObject{all}
	w.body.Refresh()
}

func (w *Window) togglePanels() {
	_, panels := w.body.Objects[0].(*container.Split)
	w.arrange(!panels)
}

// ground puts o on a plain grey.
func ground(v uint8, o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(canvas.NewRectangle(grey(v)), o)
}

// setLoupe goes to the loupe or back to the grid.
func (w *Window) setLoupe(on bool) {
	if on && w.grid.Len() == 0 || on == w.loupe.open {
		return
	}
	if i, _ := w.grid.Cursor(); on && (i < 0 || w.current == "") {
		if i < 0 {
			i = max(w.firstOnScreen(), 0)
		}
		w.grid.MoveTo(i, false)
	}
	w.modes[0].SetOn(!on)
	w.modes[1].SetOn(on)
	if on {
		if w.split.Size().Height == 0 { // the first time: one row of thumbnails
			h := max(w.centre.Size().Height, 1)
			w.split.Offset = float64(max(.55, 1-(w.grid.RowHeight()+stripExtra)/h))
		}
		w.centre.Objects = []fyne.CanvasObject{w.split}
	} else {
		w.centre.Objects = []fyne.CanvasObject{w.gridBox}
	}
	w.loupe.setMarking(false)
	w.loupe.setOpen(on)
	if !on && w.grid.SelectedCount() == 0 {
		w.showNoPhoto()
	}
	w.prioritize()
	w.centre.Refresh()
	w.split.Refresh()
	w.grid.Reveal()
	w.opts.Trace("mode", map[string]any{"loupe": on})
	w.takeKeys()
}

func (w *Window) firstOnScreen() int { first, _ := w.grid.OnScreen(); return first }

// inLoupe runs f with the loupe open.
func (w *Window) inLoupe(f func()) {
	w.setLoupe(true)
	if w.loupe.open {
		f()
	}
}

func (w *Window) zoom(by float32) {
	if w.loupe.open {
		w.loupe.viewer.ZoomBy(by)
		return
	}
	w.grid.Scale(by)
}

// openFolder makes a folder what the window shows.
func (w *Window) openFolder(path string, recursive bool) {
	if w.lib == nil || path == "" {
		return
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	w.scanned, w.scanErr, w.looks, w.below, w.grown = false, nil, nil, 0, false
	w.forgetProblems()
	w.leaveEverywhere()
	w.lib.OpenFolder(path, recursive)
	w.log.Info("open folder", "path", path, "recursive", recursive)
	w.folders.setFolder(path, recursive, w.lib.Recent())
	w.status.setFolder(path)
	w.win.SetTitle(filepath.Base(path) + " – Semblance")
	w.win.SetMainMenu(w.mainMenu()) // the recent folders changed
	w.opts.Trace("folder opened", map[string]any{"path": path, "recursive": recursive})
	w.runSearch()
	w.countPhotos(path)
	w.takeKeys()
}

// openAsBefore opens a folder with its subfolders if it was opened so the last time.
func (w *Window) openAsBefore(path string) {
	if w.lib != nil {
		w.openFolder(path, w.lib.WithSubfolders(path))
	}
}

// dropped opens what was dropped on the window: a folder, or the folder of a photo.
func (w *Window) dropped(uris []fyne.URI) {
	for _, u := range uris {
		path := u.Path()
		info, err := os.Stat(path)
		switch {
		case err != nil:
			continue
		case !info.IsDir():
			w.openPhoto(path)
		default:
			w.openAsBefore(path)
		}
		return
	}
	w.showError("Nothing to open", errors.New("what was dropped is neither a folder nor a file that can be read"))
}

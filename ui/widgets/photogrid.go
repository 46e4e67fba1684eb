package widgets

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// PhotoGrid shows any number of photos as thumbnails and lets any number of
// them be chosen: click, Ctrl or Cmd and click, Shift and click, arrows, Home,
// End, page keys. Only the cells on the screen exist.
//
// Fyne's own selection holds one item, so the grid has its own (Selection), and
// the cells handle the mouse themselves.
type PhotoGrid struct {
	widget.BaseWidget

	OnSelection func()                        // the selection or the cursor changed
	OnOpen      func(i int)                   // double click or Enter
	OnSecondary func(i int, at fyne.Position) // right click, position in the window; item i is chosen by then
	OnPressed   func()                        // any press on a cell, before the selection changes: the window takes the keyboard
	OnPicture   func(key string)              // the picture of key came on the screen
	OnVisible   func(first, last int)         // other cells came on the screen
	pictures    *Thumbnails
	post        func(func())
	selection   Selection
	n           int
	key         func(int) string
	item        func(int) PhotoItem
	wanted      fyne.Size // of a cell; cell is that, stretched so that the columns fill the width
	cell        fyne.Size
	plain       bool // no names under the pictures
	wrap        *widget.GridWrap
	cells       map[*photoCell]bool
	first, last int // on the screen, as last reported
}

// The limits of the width of a cell.
const (
	minCell = 90
	maxCell = 420
)

// NewPhotoGrid returns an empty grid with cells of the size cell. post runs its
// argument on the UI goroutine, later.
func NewPhotoGrid(pictures *Thumbnails, cell fyne.Size, post func(func())) *PhotoGrid {
	g := &PhotoGrid{pictures: pictures, post: post, wanted: cell, cell: cell, cells: map[*photoCell]bool{}, first: -1, last: -1}
	g.wrap = widget.NewGridWrap(
		func() int { return g.n },
		func() fyne.CanvasObject { return newPhotoCell(g) },
		func(i int, o fyne.CanvasObject) {
			c := o.(*photoCell)
			g.cells[c] = true
			c.bind(i)
			g.tellVisible()
		})
	g.ExtendBaseWidget(g)
	return g
}

// HideNames leaves out the names, for a strip.
func (g *PhotoGrid) HideNames() { g.plain = true }

// SetItems gives the grid a new list of n photos. key and item are called for
// indices below n whenever they are needed, until the next call of SetItems has
// returned, so they must be fast and must not change their answers. The selection
// follows the keys, and the photo in the top left corner stays there; if it is gone, the first one on the screen that is not.
func (g *PhotoGrid) SetItems(n int, key func(int) string, item func(int) PhotoItem) {
	row, first := g.RowHeight(), g.firstRow()*g.columns()
	at, offset := -1, float32(0)
	if first < g.n {
		offset = g.wrap.GetScrollOffset() - float32(g.firstRow())*row
		if at = find(g.key(first), first, n, key); at < 0 {
			var seen int
			if at, seen = g.findSeen(n, key); at >= 0 {
				offset -= float32(seen/g.columns()-g.firstRow()) * row
			}
		}
	}
	g.n, g.key, g.item = n, key, item
	g.selection.Reset(n, key)
	g.wrap.Refresh()
	if at >= 0 {
		g.wrap.ScrollToOffset(max(0, float32(at/g.columns())*row+offset))
	} else if n > 0 {
		g.wrap.ScrollToTop()
	}
	g.tellVisible()
}

// findSeen returns the first of the photos on the screen that is in a list of n keys too: its index there, -1 if there is none, and
// the one that it has now.
func (g *PhotoGrid) findSeen(n int, key func(int) string) (at, seen int) {
	first, last := g.OnScreen()
	on := map[string]int{}
	for i := max(first, 0); i <= last; i++ {
		on[g.key(i)] = i
	}
	at, seen = -1, math.MaxInt
	for i := range n {
		if was, ok := on[key(i)]; ok && was < seen {
			at, seen = i, was
		}
	}
	return at, seen
}

// find returns the index of want in a list of n keys, -1 if it is not there. The
// usual place is looked at first.
func find(want string, usual, n int, key func(int) string) int {
	if usual < n && key(usual) == want {
		return usual
	}
	for i := range n {
		if key(i) == want {
			return i
		}
	}
	return -1
}

// RefreshItem repaints the cell of key, if it is on the screen, and nothing else.
func (g *PhotoGrid) RefreshItem(key string) {
	for c := range g.cells {
		if c.key == key && c.id < g.n && g.key(c.id) == key {
			c.bind(c.id)
		}
	}
}

// Len returns the number of photos.
func (g *PhotoGrid) Len() int { return g.n }

// Selected returns the keys of the chosen photos in the order of the grid.
func (g *PhotoGrid) Selected() []string { return g.selection.Keys() }

// Selects reports whether the photo of key is chosen.
func (g *PhotoGrid) Selects(key string) bool { return g.selection.chosen[key] }

// SelectedCount returns how many photos are chosen.
func (g *PhotoGrid) SelectedCount() int { return g.selection.Len() }

// Cursor returns the index and the key of the current photo, -1 and "" if there is none.
func (g *PhotoGrid) Cursor() (int, string) {
	i := g.selection.Cursor()
	if i < 0 {
		return -1, ""
	}
	return i, g.key(i)
}

// SelectAll chooses every photo.
func (g *PhotoGrid) SelectAll() { g.selection.SelectAll(); g.changed() }

// SelectNone chooses nothing.
func (g *PhotoGrid) SelectNone() { g.selection.Clear(); g.changed() }

// MoveTo chooses photo i, cut to the list, or with extend the range up to it,
// and scrolls it onto the screen.
func (g *PhotoGrid) MoveTo(i int, extend bool) {
	if !g.selection.Move(i, extend) {
		g.Reveal()
		return
	}
	g.Reveal()
	g.changed()
}

// Picture returns the thumbnail of photo i if it is at hand, or nil. It must not be changed.
func (g *PhotoGrid) Picture(i int) *image.RGBA {
	if i < 0 || i >= g.n {
		return nil
	}
	p, _ := g.pictures.Cached(g.pictureKey(g.key(i), g.item(i)))
	return p
}

func (g *PhotoGrid) pictureKey(key string, item PhotoItem) ThumbnailKey {
	return ThumbnailKey{Key: key, Stamp: item.Stamp, Side: g.pixels()}
}

// Scale makes the cells larger or smaller, within limits.
func (g *PhotoGrid) Scale(by float32) {
	side := min(max(g.wanted.Width*by, minCell), maxCell)
	g.SetCell(fyne.NewSize(side, side*g.wanted.Height/g.wanted.Width))
}

// SetCell changes the wanted size of the cells.
func (g *PhotoGrid) SetCell(s fyne.Size) {
	g.wanted = s
	g.stretch(g.Size())
	g.Reveal()
}

// Resize gives the cells the width that fills the grid.
func (g *PhotoGrid) Resize(s fyne.Size) {
	g.BaseWidget.Resize(s)
	g.stretch(s)
}

// stretch finds the size of the cells for a grid of the size s.
func (g *PhotoGrid) stretch(s fyne.Size) {
	pad := g.Theme().Size(theme.SizeNamePadding)
	cols := max(1, int((s.Width+pad)/(g.wanted.Width+pad)))
	// Rounded down, so that the sum never exceeds the width by a rounding error.
	w := float32(math.Floor(float64((s.Width+pad)/float32(cols) - pad)))
	cell := fyne.NewSize(max(w, minCell/2), g.wanted.Height+max(0, w-g.wanted.Width)*.7)
	if cell == g.cell {
		return
	}
	before := g.pixels()
	g.cell = cell
	g.wrap.Refresh()
	g.wrap.Resize(g.wrap.Size().AddWidthHeight(1, 1)) // the number of columns is remembered until the width changes
	g.wrap.Resize(s)
	for c := range g.cells {
		if g.pixels() != before {
			c.load()
		}
		c.paint()
	}
}

// HandleKey moves the cursor and reports whether the key was one of the grid's.
// Shift, which Fyne's key events do not carry, extends the selection.
func (g *PhotoGrid) HandleKey(name fyne.KeyName, shift bool) bool {
	at := g.selection.Cursor()
	cols := g.columns()
	page := max(1, int(g.Size().Height/g.RowHeight())) * cols
	if at < 0 { // the first key chooses the first photo on the screen
		at, cols, page = max(g.first, 0), 0, 0
		if name == fyne.KeyRight || name == fyne.KeyLeft {
			name = fyne.KeyUp
		}
	}
	switch name {
	case fyne.KeyLeft:
		g.MoveTo(at-1, shift)
	case fyne.KeyRight:
		g.MoveTo(at+1, shift)
	case fyne.KeyUp:
		if at-cols >= 0 {
			g.MoveTo(at-cols, shift)
		}
	case fyne.KeyDown:
		if at/max(cols, 1) < (g.n-1)/max(cols, 1) || cols == 0 {
			g.MoveTo(at+cols, shift)
		}
	case fyne.KeyPageUp:
		g.MoveTo(at-page, shift)
	case fyne.KeyPageDown:
		g.MoveTo(at+page, shift)
	case fyne.KeyHome:
		g.MoveTo(0, shift)
	case fyne.KeyEnd:
		g.MoveTo(g.n-1, shift)
	case fyne.KeyReturn, fyne.KeyEnter:
		if i := g.selection.Cursor(); i >= 0 && g.OnOpen != nil {
			g.OnOpen(i)
		}
	default:
		return false
	}
	return true
}

// OnScreen returns the indices of the first and the last photo on the screen, -1 and -1 for none.
func (g *PhotoGrid) OnScreen() (first, last int) {
	if g.n == 0 || g.Size().Height <= 0 {
		return -1, -1
	}
	first = min(g.firstRow()*g.columns(), g.n-1)
	rows := int(math.Ceil(float64(g.Size().Height/g.RowHeight()))) + 1
	return first, min(first+rows*g.columns(), g.n) - 1
}

// CreateRenderer implements fyne.Widget.
func (g *PhotoGrid) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(g.wrap) }

// MinSize lets the grid become small: it scrolls.
func (g *PhotoGrid) MinSize() fyne.Size { return fyne.NewSize(minCell, minCell) }

func (g *PhotoGrid) pressed(i int, e *desktop.MouseEvent) {
	if g.OnPressed != nil {
		g.OnPressed()
	}
	toggle := e.Modifier&(fyne.KeyModifierControl|fyne.KeyModifierSuper) != 0
	if e.Button == desktop.MouseButtonSecondary {
		if !g.selection.Has(i) {
			g.selection.Click(i, false, false)
			g.changed()
		}
		if g.OnSecondary != nil {
			g.OnSecondary(i, e.AbsolutePosition)
		}
		return
	}
	g.selection.Click(i, toggle, e.Modifier&fyne.KeyModifierShift != 0)
	g.changed()
}

// changed repaints the cells and tells the window.
func (g *PhotoGrid) changed() {
	for c := range g.cells {
		c.paint()
	}
	if g.OnSelection != nil {
		g.OnSelection()
	}
}

// Reveal scrolls the cursor onto the screen.
func (g *PhotoGrid) Reveal() {
	if i := g.selection.Cursor(); i >= 0 {
		g.wrap.ScrollTo(i)
		g.tellVisible()
	}
}

func (g *PhotoGrid) tellVisible() {
	first, last := g.OnScreen()
	if g.first == first && g.last == last {
		return
	}
	g.first, g.last = first, last
	if g.OnVisible != nil && first >= 0 {
		g.OnVisible(first, last)
	}
}

func (g *PhotoGrid) columns() int { return max(1, g.wrap.ColumnCount()) }

func (g *PhotoGrid) firstRow() int { return int(g.wrap.GetScrollOffset() / g.RowHeight()) }

// RowHeight returns the height of a row with the space below it.
func (g *PhotoGrid) RowHeight() float32 {
	return g.cell.Height + g.Theme().Size(theme.SizeNamePadding)
}

func (g *PhotoGrid) nameSpace() float32 {
	if g.plain {
		return 0
	}
	return nameSpace - cellInset/2
}

// pictureStep is the step of the sizes that pictures are loaded in, so that
// dragging the edge of the window does not load all of them again and again.
const pictureStep = 64

// pixels returns the long side of a picture in device pixels: a little more than is drawn.
func (g *PhotoGrid) pixels() int {
	w, h := g.cell.Width-2*cellInset, g.cell.Height-2*cellInset-g.nameSpace()
	n := int(max(w, h)*canvasScale(g) + .5)
	return (n + pictureStep - 1) / pictureStep * pictureStep
}

// canvasScale returns how many device pixels a Fyne unit has where o is shown.
func canvasScale(o fyne.CanvasObject) float32 {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		return c.Scale()
	}
	return 1
}

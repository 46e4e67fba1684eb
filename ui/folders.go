package ui

import (
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"semblance/ui/widgets"
)

// folderTree shows the folders below the one that was opened, and the recent
// ones beside it. It reads a folder only when its row comes on the screen, and
// in the background.
type folderTree struct {
	object fyne.CanvasObject
	tree   *widget.Tree
	scope  *fyne.Container
	here   *widgets.ToolButton
	below  *widgets.ToolButton
	all    *widgets.ListRow

	list  func(dir string) ([]string, error) // reads the disk
	post  func(func())
	open  func(path string, recursive bool)
	again func(path string) // opens a folder as it was opened before
	roots []string
	kids  map[string][]string // what was read
	asked map[string]bool     // what is being read
	now   string              // the open folder

	everywhere bool // all folders are shown, not only that one
}

// maxRoots bounds the recent folders shown beside the open one.
const maxRoots = 6

func newFolderTree(post func(func()), open func(path string, recursive bool), again func(path string), all func()) *folderTree {
	f := &folderTree{post: post, open: open, again: again, kids: map[string][]string{}, asked: map[string]bool{}}
	f.tree = widget.NewTree(f.children, f.isBranch,
		func(bool) fyne.CanvasObject { return newFolderRow() },
		func(id widget.TreeNodeID, _ bool, o fyne.CanvasObject) { f.update(id, o.(*fyne.Container)) })
	f.tree.HideSeparators = true
	f.tree.OnSelected = func(id widget.TreeNodeID) {
		if id != f.now || f.everywhere {
			f.again(id)
		}
	}
	f.here = widgets.NewToolButton("This folder", nil, func() { f.open(f.now, false) })
	f.below = widgets.NewToolButton("With subfolders", nil, func() { f.open(f.now, true) })
	f.scope = container.New(layout.NewCustomPaddedLayout(3, 3, 4, 4), container.NewGridWithColumns(2, f.here, f.below))
	f.scope.Hide()
	f.all = widgets.NewListRow(allFolders, "", all)
	f.object = container.NewBorder(container.New(layout.NewCustomPaddedVBoxLayout(0), panelTitle("FOLDERS"), f.all), f.scope, nil, nil, f.tree)
	return f
}

// setFolder marks the open folder and shows the way to it.
func (f *folderTree) setFolder(path string, recursive bool, recent []string) {
	f.now = path
	delete(f.kids, path) // read it again: it may have changed
	delete(f.asked, path)
	f.addRoot(path, recent)
	f.here.SetOn(!recursive)
	f.below.SetOn(recursive)
	f.here.SetFace("This folder", nil)
	f.below.SetFace("With subfolders", nil)
	f.scope.Hide()
	f.tree.OpenBranch(path)
	for dir := filepath.Dir(path); slices.ContainsFunc(f.roots, func(r string) bool { return isBelow(dir, r) }); dir = filepath.Dir(dir) {
		f.tree.OpenBranch(dir)
		if dir == filepath.Dir(dir) {
			break
		}
	}
	f.tree.Refresh()
	f.tree.Select(path)
}

// setEverywhere marks all folders as what is shown, or the open one again.
func (f *folderTree) setEverywhere(on bool) {
	f.everywhere = on
	f.all.SetOn(on)
	if on { // the two buttons stay: they lead back
		f.here.SetOn(false)
		f.below.SetOn(false)
		f.tree.UnselectAll()
	}
	f.tree.Refresh()
}

// setChanged has a folder and those below it read again: others may be in them now. What is known of them is shown until then.
func (f *folderTree) setChanged(path string) {
	for dir := range f.asked {
		if isBelow(dir, path) {
			delete(f.asked, dir)
			f.read(dir)
		}
	}
}

// addRoot makes sure that path is in the tree: below a root, below a recent
// folder that holds it, or as a root of its own. Other recent folders follow.
func (f *folderTree) addRoot(path string, recent []string) {
	inside := func(dir string) bool {
		return slices.ContainsFunc(f.roots, func(r string) bool { return isBelow(dir, r) })
	}
	if !inside(path) {
		root := path
		for _, r := range recent {
			if isBelow(root, r) {
				root = r
			}
		}
		f.roots = slices.DeleteFunc(f.roots, func(r string) bool { return isBelow(r, root) })
		f.roots = slices.Insert(f.roots, 0, root)
	}
	for _, r := range recent {
		if len(f.roots) >= maxRoots {
			return
		}
		holds := slices.ContainsFunc(f.roots, func(have string) bool { return isBelow(have, r) })
		if !inside(r) && !holds {
			f.roots = append(f.roots, r)
		}
	}
}

// setCounts offers the subfolders, with the numbers of photos, if there are any in
// them. Counts that are not complete are lower bounds: a large tree takes its time.
func (f *folderTree) setCounts(here, below int, complete bool) {
	more := ""
	if !complete {
		more = "+"
	}
	f.here.SetFace("Here "+count(here)+more, nil)
	f.below.SetFace("With subfolders "+count(here+below)+more, nil)
	setVisible(f.scope, below > 0 || !complete)
	f.scope.Refresh()
}

func (f *folderTree) children(id widget.TreeNodeID) []string {
	if id == "" {
		return f.roots
	}
	f.read(id)
	return f.kids[id]
}

func (f *folderTree) isBranch(id widget.TreeNodeID) bool {
	if id == "" {
		return true
	}
	f.read(id)
	return len(f.kids[id]) > 0
}

// read lists a folder in the background, once.
func (f *folderTree) read(dir string) {
	if f.asked[dir] || f.list == nil {
		return
	}
	f.asked[dir] = true
	list := f.list
	go func() {
		kids, err := list(dir)
		if err != nil {
			kids = nil // the folder itself says so when it is opened
		}
		f.post(func() {
			changed := !slices.Equal(f.kids[dir], kids)
			f.kids[dir] = kids
			if changed {
				f.tree.Refresh()
			}
		})
	}()
}

func (f *folderTree) update(id string, row *fyne.Container) {
	text := row.Objects[0].(*canvas.Text)
	name := filepath.Base(id)
	if slices.Contains(f.roots, id) {
		name = rootName(id, f.roots)
	}
	text.Text = name
	text.Color, text.TextStyle.Bold = grey(0xC8), false
	if id == f.now && !f.everywhere {
		text.Color, text.TextStyle.Bold = accent(), true
	}
	text.Refresh()
}

// rootName is the name of a root, with its parent where two have the same name.
func rootName(path string, roots []string) string {
	base := filepath.Base(path)
	for _, r := range roots {
		if r != path && filepath.Base(r) == base {
			return base + "  (" + filepath.Base(filepath.Dir(path)) + ")"
		}
	}
	return base
}

func newFolderRow() *fyne.Container {
	t := canvas.NewText("", grey(0xC8))
	t.TextSize = 12
	return container.New(layout.NewCustomPaddedLayout(2, 2, 2, 2), t)
}

// isBelow reports whether path is dir or lies in it.
func isBelow(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

// panelTitle is the title of a part of the left panel that does not fold.
func panelTitle(s string) fyne.CanvasObject {
	t := smallText(s, grey(0x9A))
	t.TextStyle.Bold = true
	return container.New(layout.NewCustomPaddedLayout(5, 3, 8, 4), container.NewHBox(t))
}

package ui

import (
	"fmt"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/internal/photo"
	"semblance/ui/widgets"
)

// heardBox shows where another program says something else about the current photo than people do here, and has a person decide.
type heardBox struct {
	object fyne.CanvasObject
	rows   *fyne.Container
	decide func(d library.Difference, theirs bool)
}

func newHeardBox(decide func(d library.Difference, theirs bool)) *heardBox {
	b := &heardBox{rows: container.New(layout.NewCustomPaddedVBoxLayout(6)), decide: decide}
	ground := canvas.NewRectangle(amberGround())
	ground.CornerRadius = 4
	b.object = container.New(layout.NewCustomPaddedLayout(4, 4, 10, 8),
		container.NewStack(ground, container.New(layout.NewCustomPaddedLayout(6, 6, 8, 8), b.rows)))
	b.object.Hide()
	return b
}

// show shows the differences of a photo, and what is wrong with its sidecar.
func (b *heardBox) show(p *library.Photo) {
	b.rows.RemoveAll()
	for _, d := range p.Differences {
		b.rows.Add(b.row(p, d))
	}
	if words := sidecarProblem(p); words != "" {
		b.rows.Add(smallLines(words))
	}
	setVisible(b.object, len(b.rows.Objects) > 0)
	b.object.Refresh()
}

// row is one difference: what either side says, "★★★★ in IMG_1.xmp; ★★ here", and two buttons.
func (b *heardBox) row(p *library.Photo, d library.Difference) fyne.CanvasObject {
	theirs, ours := differenceWords(p, d)
	lines := smallLines(capital(theirs) + " in " + fileWords(p, d.File) + "; " + ours + " here.")
	buttons := container.NewHBox(
		widgets.NewToolButton("Take theirs", nil, func() { b.decide(d, true) }),
		widgets.NewToolButton("Keep ours", nil, func() { b.decide(d, false) }))
	return container.New(layout.NewCustomPaddedVBoxLayout(5), lines, buttons)
}

// smallLines is a small text of as many lines as it needs.
func smallLines(words string) fyne.CanvasObject {
	l := widget.NewLabel(words)
	l.Wrapping = fyne.TextWrapWord
	l.SizeName = theme.SizeNameCaptionText
	return container.New(layout.NewCustomPaddedLayout(-4, -4, -4, -4), l) // a label has a margin of its own
}

// differenceWords says what both sides say: "★★★★" and "★★".
func differenceWords(p *library.Photo, d library.Difference) (theirs, ours string) {
	switch d.Item {
	case library.ItemRating:
		return starSigns(d.Marks.Rating), starSigns(p.Marks.Rating)
	case library.ItemFlag:
		return flagWords(d.Marks.Flag), strings.ToLower(flagWords(p.Marks.Flag))
	case library.ItemLabel:
		return labelWords(d.Marks.Label), strings.ToLower(labelWords(p.Marks.Label))
	case library.ItemTags:
		return tagWords(d.Marks.Tags), tagWords(p.Marks.Tags)
	}
	return fmt.Sprintf("Face %d: %s", d.Face, nameWords(d.Name)), nameWords(nameOf(p, d.Face))
}

func starSigns(n uint8) string {
	if n == 0 {
		return "no stars"
	}
	return strings.Repeat("★", int(n))
}

func tagWords(tags []string) string {
	if len(tags) == 0 {
		return "no tags"
	}
	titles := make([]string, len(tags))
	for i, tag := range tags {
		titles[i] = tagTitle(tag)
	}
	return strings.Join(titles, ", ")
}

func nameWords(name string) string {
	if name == "" {
		return "no name"
	}
	return name
}

// nameOf returns the name that people give a face, a rejected one too.
func nameOf(p *library.Photo, number uint32) string {
	for i := range p.Rejected {
		if p.Rejected[i].Number == number {
			return "no face"
		}
	}
	if p.Analysis != nil {
		for i := range p.Analysis.Faces {
			if p.Analysis.Faces[i].Number == number {
				return p.Analysis.Faces[i].Edit.Name
			}
		}
	}
	return ""
}

// fileWords names a file that speaks about a photo: the sidecar, or the photo itself.
func fileWords(p *library.Photo, file string) string {
	if file == "" {
		return filepath.Base(p.Path) + " itself"
	}
	return file
}

// sidecarProblem says why a sidecar, or what lies in the photo, could not be read, "" if it could.
func sidecarProblem(p *library.Photo) string {
	if p.Heard == nil {
		return ""
	}
	for _, t := range []library.Told{p.Heard.Sidecar, p.Heard.Own} {
		if t.Problem != "" {
			return fmt.Sprintf("Not all of %s could be read: %s.", fileWords(p, t.File), strings.TrimSuffix(t.Problem, "."))
		}
	}
	return ""
}

// heardFacts are lines about what holds because another program wrote it: "rating, 2 tags, 1 name".
func heardFacts(p *library.Photo) []fact {
	if p.Heard == nil {
		return nil
	}
	theirs := p.Heard.Theirs()
	words := map[string][]string{} // by file
	add := func(i library.Item, holds bool, what string) {
		if holds {
			file := p.Heard.FileOf(i)
			words[file] = append(words[file], what)
		}
	}
	m, t := p.Marks, theirs.Marks
	add(library.ItemRating, t.Rating > 0 && t.Rating == m.Rating, "rating")
	add(library.ItemFlag, t.Flag != photo.Unflagged && t.Flag == m.Flag, "flag")
	add(library.ItemLabel, t.Label != photo.NoLabel && t.Label == m.Label, "label")
	tags, names := 0, 0
	for _, tag := range t.Tags {
		if m.HasTag(tag) {
			tags++
		}
	}
	add(library.ItemTags, tags > 0, plural(tags, "tag"))
	if p.Analysis != nil {
		for i := range p.Analysis.Faces {
			for _, n := range theirs.Names {
				if n.Name == p.Analysis.Faces[i].Edit.Name {
					names++
					break
				}
			}
		}
	}
	add(library.ItemNames, names > 0, plural(names, "name"))
	var facts []fact
	for _, file := range []string{p.Heard.Sidecar.File, ""} {
		if len(words[file]) > 0 {
			facts = append(facts, fact{name: "From XMP", value: strings.Join(words[file], ", "), more: "in " + fileWords(p, file)})
			delete(words, file)
		}
	}
	return facts
}

// drawnBy says who drew the box of a face: another program, if the box is that of a name in its file.
func drawnBy(p *library.Photo, f *face.Face) string {
	if p.Heard == nil || p.Analysis == nil {
		return "by you"
	}
	theirs := p.Heard.Theirs()
	for _, n := range theirs.Names {
		w, h := float32(p.Analysis.W), float32(p.Analysis.H)
		box := face.Box{Min: face.Pt(n.Box.Min.X*w, n.Box.Min.Y*h), Max: face.Pt(n.Box.Max.X*w, n.Box.Max.Y*h)}
		if box.IoU(f.Edit.Box) > .99 {
			return "in " + fileWords(p, p.Heard.FileOf(library.ItemNames))
		}
	}
	return "by you"
}

// settle stores what a person decided about a difference of the current photo.
func (w *Window) settle(d library.Difference, theirs bool) {
	w.edits.do(func() func() error {
		if w.lib == nil || w.current == "" {
			return nil
		}
		lib, path, p := w.lib, w.current, w.photo
		w.place, _ = w.grid.Cursor()
		w.stored = func() {
			words := "What is said here holds"
			if theirs {
				words = "What " + fileWords(&p, d.File) + " says holds"
			}
			w.status.say(words + ". Ctrl+Z takes that back.")
			w.opts.Trace("difference decided", map[string]any{"path": path, "theirs": theirs})
		}
		return func() error { return lib.Decide(path, d, theirs) }
	})
}

// toggleXMP has what other programs write be taken over, or not.
func (w *Window) toggleXMP() {
	if w.lib == nil {
		return
	}
	reads := !w.lib.ReadsXMP()
	w.lib.SetReadsXMP(reads)
	w.win.SetMainMenu(w.mainMenu()) // the mark
	if reads {
		w.status.say("XMP of other programs is read: sidecars now, what lies in photos when they are analysed again.")
	} else {
		w.status.say("XMP of other programs is not read any more. What was taken over stays.")
	}
}

package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"semblance/internal/face"
	"semblance/ui/widgets"
)

// verdictBox says on the card whether a face is one: what the detector is not certain of,
// with buttons to decide it, or what a person decided, with one to take that back.
type verdictBox struct {
	object fyne.CanvasObject
	ground *canvas.Rectangle
	words  *canvas.Text
	more   *canvas.Text        // what that means
	back   *widgets.ToolButton // takes back what a person said
	accept *widgets.ToolButton
	reject *widgets.ToolButton
	decide fyne.CanvasObject // the row of the two
	judge  func(face.Verdict)
	by     string // who drew the box of the face: "by you"
}

func newVerdictBox(judge func(face.Verdict)) *verdictBox {
	v := &verdictBox{
		ground: canvas.NewRectangle(amberGround()), words: smallText("", grey(0xD6)), judge: judge, by: "by you",
		more:   smallText("Not counted until you accept it.", grey(0xD6)),
		back:   widgets.NewToolButton("", nil, nil),
		accept: widgets.NewToolButton("Accept (Y)", theme.ConfirmIcon(), func() { judge(face.Accepted) }),
		reject: widgets.NewToolButton("Reject (N)", theme.CancelIcon(), func() { judge(face.Rejected) }),
	}
	v.ground.CornerRadius = 4
	v.decide = container.NewGridWithColumns(2, v.accept, v.reject)
	line := container.NewBorder(nil, nil, container.NewCenter(v.words), v.back)
	v.object = container.New(layout.NewCustomPaddedLayout(0, 4, 10, 8), container.NewStack(v.ground,
		container.New(layout.NewCustomPaddedLayout(5, 5, 8, 6), container.New(layout.NewCustomPaddedVBoxLayout(5), line, v.more, v.decide))))
	v.object.Hide()
	return v
}

// show shows what there is to decide about f, or nothing if it is certain and nobody said anything.
func (v *verdictBox) show(f *face.Face, seen bool) {
	offer := func(text string, icon fyne.Resource, says face.Verdict) {
		v.back.SetFace(text, icon)
		v.back.OnTapped = func() { v.judge(says) }
		v.back.Show()
	}
	v.back.Hide()
	v.decide.Hide()
	v.more.Hide()
	v.ground.FillColor = grey(0x33)
	v.words.TextStyle.Bold = false
	switch {
	case f.Edit.Verdict == face.Rejected:
		v.words.Text = "Rejected by you"
		offer("Restore", theme.ContentUndoIcon(), face.NoVerdict)
	case f.Edit.Drawn:
		v.words.Text = "Marked " + v.by
		if !seen {
			v.words.Text += ", not analysed yet"
		}
		offer("Remove", theme.DeleteIcon(), face.Rejected)
	case f.Edit.Verdict == face.Accepted:
		v.words.Text = "Accepted by you"
		offer("Take back", theme.ContentUndoIcon(), face.NoVerdict)
	case f.Doubtful():
		v.ground.FillColor = amberGround()
		v.words.Text, v.words.TextStyle.Bold = "May be no face", true
		v.more.Show()
		v.decide.Show()
	default:
		v.object.Hide()
		return
	}
	v.object.Show()
	v.object.Refresh()
}

// text returns what is said, "" for nothing.
func (v *verdictBox) text() string {
	if !v.object.Visible() {
		return ""
	}
	if v.more.Visible() {
		return v.words.Text + ". " + v.more.Text
	}
	return v.words.Text
}

// rejectedBox says below the card how many faces of the photo a person rejected, and how
// they come back.
type rejectedBox struct {
	object fyne.CanvasObject
	words  *canvas.Text
	show   *widgets.ToolButton
}

func newRejectedBox(toggle, restore func()) *rejectedBox {
	r := &rejectedBox{words: smallText("", grey(0x90)), show: widgets.NewToolButton("Show", nil, toggle)}
	all := widgets.NewToolButton("Restore", theme.ContentUndoIcon(), restore)
	r.object = container.New(layout.NewCustomPaddedLayout(2, 4, 12, 8),
		container.NewBorder(nil, nil, container.NewCenter(r.words), container.NewHBox(r.show, all)))
	r.object.Hide()
	return r
}

// set brings the box up to date: n faces are rejected, and they are shown or not.
func (r *rejectedBox) set(n int, shown bool) {
	r.words.Text = plural(n, "rejected face")
	text := "Show"
	if shown {
		text = "Hide"
	}
	r.show.SetFace(text, nil)
	setVisible(r.object, n > 0)
	r.object.Refresh()
}

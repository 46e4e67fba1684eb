package ui

import (
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"semblance/internal/library"
	"semblance/ui/widgets"
)

// statusBar is the line at the bottom: the folder, and how far the analysis is.
type statusBar struct {
	object   fyne.CanvasObject
	folder   *canvas.Text
	said     *canvas.Text // what was just done
	words    *canvas.Text
	line     *widgets.ProgressLine
	pause    *widgets.ToolButton
	progress fyne.CanvasObject
}

func newStatusBar(togglePause func()) *statusBar {
	s := &statusBar{
		folder: smallText("", grey(0xA0)), said: smallText("", grey(0xE0)), words: smallText("", grey(0xA0)), line: widgets.NewProgressLine(),
	}
	s.pause = widgets.NewToolButton("", theme.MediaPauseIcon(), togglePause)
	s.progress = container.NewCenter(container.NewGridWrap(fyne.NewSize(140, 12), s.line))
	right := container.NewHBox(container.NewCenter(s.words), s.progress, s.pause)
	s.object = container.New(layout.NewCustomPaddedLayout(1, 1, 8, 4),
		container.NewBorder(nil, nil, nil, right, container.NewHBox(container.NewCenter(s.folder), gap(10), container.NewCenter(s.said))))
	s.show(library.Status{}, &library.Result{})
	return s
}

// setFolder shows which folder is open.
func (s *statusBar) setFolder(path string) {
	s.folder.Text = path
	s.folder.Refresh()
}

// say tells what was just done, until something else is said; "" is nothing.
func (s *statusBar) say(words string) {
	if s.said.Text != words {
		s.said.Text = words
		s.object.Refresh()
	}
}

// show brings the right side up to date.
func (s *statusBar) show(st library.Status, r *library.Result) {
	s.words.Text = statusWords(st, r)
	s.words.Refresh()
	busy := st.Total > st.Done && st.NoAnalysis == nil
	if st.Total > 0 {
		s.line.Set(float32(st.Done) / float32(st.Total))
	}
	setVisible(s.progress, busy)
	setVisible(s.pause, busy || st.Paused)
	if st.Paused {
		s.pause.SetFace("Resume", theme.MediaPlayIcon())
	} else {
		s.pause.SetFace("", theme.MediaPauseIcon())
	}
}

// statusWords says how far the analysis is: "Analysing 1 204 / 4 812 · 3.1 photo/s · 19 min left".
// At rest it tells of the whole folder.
func statusWords(st library.Status, r *library.Result) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch {
	case st.NoAnalysis != nil:
		if st.Scanning {
			add("Looking for photos")
		}
		add("no analysis")
	case st.Paused && st.Total > st.Done:
		add("Paused at %s / %s", count(st.Done), count(st.Total))
		if st.Running > 0 {
			add("%s still in work", plural(st.Running, "photo"))
		}
	case st.Total > st.Done:
		add("Analysing %s / %s", count(st.Done), count(st.Total))
		if st.Rate > 0 {
			add("%.1f photo/s", st.Rate)
		}
		if st.Left > 0 {
			add("%s left", duration(st.Left))
		}
	case st.Scanning:
		add("Looking for photos")
	case r.Total > 0:
		add("%s analysed", plural(r.Total-r.Waiting-r.Failed, "photo"))
		st.Failed = r.Failed
		if r.Waiting > 0 {
			add("%s waiting", count(r.Waiting))
		}
	}
	if st.Paused && st.Total <= st.Done {
		add("paused")
	}
	if st.Failed > 0 {
		add("%d failed", st.Failed)
	}
	return strings.Join(parts, " · ")
}

func smallText(s string, c color.Color) *canvas.Text {
	t := canvas.NewText(s, c)
	t.TextSize = 11
	return t
}

func setVisible(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

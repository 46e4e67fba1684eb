package widgets_test

import (
	"image"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"

	"semblance/ui/widgets"
)

// target is a dark photo of w x h pixels with a white square of 20 pixels at x, y.
func target(w, h, x, y int) *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for j := range h {
		for i := range w {
			v := uint8(60)
			if i >= x && i < x+20 && j >= y && j < y+20 {
				v = 255
			}
			p.SetRGBA(i, j, color.RGBA{v, v, v, 255})
		}
	}
	return p
}

func newViewer(t *testing.T, w, h int) (*widgets.ZoomViewer, fyne.Window) {
	t.Helper()
	v := widgets.NewZoomViewer()
	win := window(t, v, fyne.NewSize(400, 300))
	v.SetPhoto(w, h)
	return v, win
}

func near(a, b float32) bool { return math.Abs(float64(a-b)) < .01 }

func TestZoomViewerFitAndResize(t *testing.T) {
	for _, tt := range []struct {
		name string
		w, h int
		want widgets.View
	}{
		{"wide", 800, 300, widgets.View{Scale: .5, Offset: fyne.NewPos(0, 75)}},
		{"high", 300, 600, widgets.View{Scale: .5, Offset: fyne.NewPos(125, 0)}},
		{"tiny photos are not blown up", 20, 20, widgets.View{Scale: 2, Offset: fyne.NewPos(180, 130)}},
		{"no photo", 0, 0, widgets.View{Offset: fyne.NewPos(200, 150)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, w := newViewer(t, tt.w, tt.h)
			if got := v.View(); got != tt.want {
				t.Errorf("view %+v, want %+v", got, tt.want)
			}
			w.Resize(fyne.NewSize(200, 150))
			if got := v.View().Scale; tt.w > 400 && got != tt.want.Scale/2 {
				t.Errorf("the fitted photo did not follow the window: scale %v", got)
			}
		})
	}
}

func TestZoomViewerZoomsAtTheMouse(t *testing.T) {
	v, _ := newViewer(t, 4000, 3000)
	told := 0
	v.OnView = func() { told++ }
	at := fyne.NewPos(100, 200)
	x, y := v.PhotoPoint(at)
	for range 5 {
		v.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: at}, Scrolled: fyne.NewDelta(0, 10)})
	}
	if x2, y2 := v.PhotoPoint(at); !near(x, x2) || !near(y, y2) {
		t.Errorf("the point under the mouse went from %v, %v to %v, %v", x, y, x2, y2)
	}
	if v.Fitted() || told != 5 {
		t.Errorf("fitted %v after zooming, told %d times", v.Fitted(), told)
	}
	if v.View().Scale <= .1 {
		t.Errorf("the wheel did not enlarge: %v", v.View().Scale)
	}
	v.DoubleTapped(&fyne.PointEvent{Position: at})
	if !v.Fitted() || v.View().Scale != .1 {
		t.Error("a double click does not go back to fit")
	}
	v.DoubleTapped(&fyne.PointEvent{Position: at})
	if x2, y2 := v.PhotoPoint(at); v.Zoom() != 1 || !near(x, x2) || !near(y, y2) {
		t.Errorf("a double click shows %v at %v, %v", v.Zoom(), x2, y2)
	}
}

func TestZoomViewerStaysOnThePhoto(t *testing.T) {
	v, _ := newViewer(t, 4000, 3000)
	v.Actual()
	v.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(99999, -99999)})
	if got := v.View().Offset; got.X != 0 || got.Y != 300-3000 {
		t.Errorf("dragged away to %v", got)
	}
	v.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(-50, 20)})
	if got := v.View().Offset; got.X != -50 || got.Y != 320-3000 {
		t.Errorf("dragged to %v", got)
	}
	for range 200 {
		v.ZoomBy(2)
	}
	if v.Zoom() != 16 {
		t.Errorf("zoomed to %v", v.Zoom())
	}
	for range 200 {
		v.ZoomBy(.5)
	}
	if got := v.View(); got.Scale != .05 || got.Offset != fyne.NewPos(100, 75) {
		t.Errorf("made small: %+v", got)
	}
}

func TestZoomViewerShowsARectangle(t *testing.T) {
	v, _ := newViewer(t, 4000, 3000)
	v.ShowRect(1000, 1000, 1300, 1300)
	x, y := v.PhotoPoint(fyne.NewPos(200, 150))
	if !near(x, 1150) || !near(y, 1150) || !near(v.View().Scale, .5) {
		t.Errorf("the middle is %v, %v at %v", x, y, v.View().Scale)
	}
	before := v.View()
	v.ShowRect(5, 5, 5, 5)
	if v.View() != before {
		t.Error("an empty rectangle moved the view")
	}
}

func TestZoomViewerClicks(t *testing.T) {
	v, _ := newViewer(t, 4000, 3000)
	var clicks [][2]float32
	v.OnClick = func(x, y float32) { clicks = append(clicks, [2]float32{x, y}) }
	mouse := func(x, y float32) *desktop.MouseEvent {
		return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}}
	}
	v.MouseDown(mouse(100, 100))
	v.MouseUp(mouse(101, 99))
	v.MouseDown(mouse(100, 100))
	v.MouseUp(mouse(140, 100)) // a drag
	if len(clicks) != 1 || !near(clicks[0][0], 1010) || !near(clicks[0][1], 990) {
		t.Errorf("clicks %v", clicks)
	}
}

func TestZoomViewerAsksForDetailOnce(t *testing.T) {
	v, _ := newViewer(t, 4000, 3000)
	var asked []int
	v.OnDetail = func(n int) { asked = append(asked, n) }
	v.Fit()
	v.Fit()
	v.SetPixels(widgets.NewPyramid(image.NewRGBA(image.Rect(0, 0, 400, 300))))
	v.Actual()
	v.ZoomBy(4)
	v.SetPixels(widgets.NewPyramid(image.NewRGBA(image.Rect(0, 0, 4000, 3000))))
	v.Fit()
	v.Actual()
	if len(asked) != 2 || asked[0] != 400 || asked[1] != 4000 {
		t.Errorf("asked for %v, want [400 4000]", asked)
	}
}

// The pixels and a layer placed by View cover the same place of the photo, in
// every resolution of the pixels.
func TestZoomViewerLayerFitsThePixels(t *testing.T) {
	for _, div := range []int{1, 4} {
		v, w := newViewer(t, 1600, 1200)
		full := target(1600/div, 1200/div, 800/div, 400/div)
		if div > 1 { // the square of 20 small pixels is larger on the photo
			t.Logf("square of %d pixels of the photo", 20*div)
		}
		v.SetPixels(widgets.NewPyramid(full))
		v.ShowRect(700, 300, 1000, 600)
		r := canvas.NewRectangle(color.NRGBA{R: 255, A: 255})
		s := v.View().Scale
		r.Move(fyne.NewPos(v.View().Offset.X+810*s, v.View().Offset.Y+410*s))
		r.Resize(fyne.NewSize(4*s, 4*s))
		v.SetLayer([]fyne.CanvasObject{r})
		shot := w.Canvas().Capture()
		at := func(x, y float32) color.RGBA {
			p := fyne.NewPos(v.View().Offset.X+x*s, v.View().Offset.Y+y*s)
			return color.RGBAModel.Convert(shot.At(int(p.X), int(p.Y))).(color.RGBA)
		}
		side := float32(20 * div)
		if c := at(812, 412); c.R != 255 || c.G != 0 {
			t.Errorf("1/%d: no layer over the square: %v", div, c)
		}
		if c := at(800+side-4, 400+side-4); c.G != 255 {
			t.Errorf("1/%d: the square ends too early: %v", div, c)
		}
		if c := at(800+side+6, 400+side+6); c.G != 60 {
			t.Errorf("1/%d: the square ends too late: %v", div, c)
		}
		if c := at(794, 394); c.G != 60 {
			t.Errorf("1/%d: the square begins too early: %v", div, c)
		}
	}
}

func TestZoomViewerLooks(t *testing.T) {
	v, w := newViewer(t, 1600, 1200)
	v.SetPixels(widgets.NewPyramid(target(1600, 1200, 800, 400)))
	checkPicture(t, "zoomviewer.png", w.Canvas().Capture())
}

// While marking, a drag draws a rectangle on the photo and does not move it.
func TestZoomViewerMarks(t *testing.T) {
	v, _ := newViewer(t, 800, 600) // shown at one half
	var marked [][4]float32
	clicks := 0
	v.OnMarked = func(x0, y0, x1, y1 float32) { marked = append(marked, [4]float32{x0, y0, x1, y1}) }
	v.OnClick = func(float32, float32) { clicks++ }
	drag := func(from, to fyne.Position) {
		v.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: from}})
		for _, p := range []fyne.Position{from.AddXY(3, 3), to} {
			v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: p}, Dragged: fyne.NewDelta(3, 3)})
		}
		v.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: to}})
		v.DragEnd()
	}
	v.SetMarking(true)
	if v.Cursor() != desktop.CrosshairCursor {
		t.Error("the cursor does not tell that a drag marks")
	}
	before := v.View()
	drag(fyne.NewPos(100, 50), fyne.NewPos(150, 110))
	drag(fyne.NewPos(150, 110), fyne.NewPos(100, 50))  // from the other corner
	drag(fyne.NewPos(390, 290), fyne.NewPos(999, 999)) // beyond the edge
	v.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, 5)}})
	v.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, 5)}}) // a click marks nothing
	v.DoubleTapped(&fyne.PointEvent{})
	want := [][4]float32{{200, 100, 300, 220}, {200, 100, 300, 220}, {780, 580, 800, 600}}
	if len(marked) != 3 || marked[0] != want[0] || marked[1] != want[1] || marked[2] != want[2] || clicks != 0 {
		t.Errorf("marked %v with %d clicks, want %v", marked, clicks, want)
	}
	if v.View() != before {
		t.Errorf("marking moved the photo: %+v", v.View())
	}
	v.SetMarking(false)
	v.Actual()
	before = v.View()
	drag(fyne.NewPos(100, 50), fyne.NewPos(150, 110))
	if len(marked) != 3 || v.View() == before {
		t.Error("after marking a drag does not move the photo")
	}
	if v.Cursor() != desktop.DefaultCursor {
		t.Error("the cursor still tells that a drag marks")
	}
}

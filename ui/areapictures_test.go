package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"semblance/internal/face"
	"semblance/overlay"
	"semblance/ui/widgets"
)

// layerAt is the layer of one head of hair, seen from a place.
func layerAt(p *areaPictures, v widgets.View) *canvas.Image {
	f := face.Face{Number: 1, Box: face.BoxAt(100, 100, 50, 60), Score: .9}
	f.Hair.Color = face.BrownHair
	f.Hair.Pieces = []face.Polygon{{Outer: face.Ring{face.Pt(90, 80), face.Pt(95, 140), face.Pt(155, 140), face.Pt(160, 80)}}}
	a := &face.Analysis{W: 300, H: 200, Have: face.HairShape, Faces: []face.Face{f}}
	layer := overlayLayer(a, v, fyne.NewSize(300, 200), 2, overlay.Options{Hair: true}, p)
	if len(layer) == 0 {
		return nil
	}
	return layer[0].(*canvas.Image)
}

// A picture of hair moves with the photo and is painted anew only for another zoom.
func TestHairIsPaintedOnce(t *testing.T) {
	var p areaPictures
	first := layerAt(&p, widgets.View{Scale: 1})
	at := first.Position()
	second := layerAt(&p, widgets.View{Scale: 1, Offset: fyne.NewPos(7.3, -4)})
	if second != first {
		t.Error("a move paints the hair anew")
	}
	if d := second.Position().Subtract(at); d.X < 7.2 || d.X > 7.4 || d.Y > -3.9 || d.Y < -4.1 {
		t.Errorf("the hair moved by %v, the photo by 7.3, -4", d)
	}
	zoomed := layerAt(&p, widgets.View{Scale: 2})
	if zoomed == first || zoomed.Size().Width < 140 || zoomed.Image.Bounds().Dx() < 280 {
		t.Errorf("twice as large: size %v, picture %v", zoomed.Size(), zoomed.Image.Bounds())
	}
}

// Hair much larger than the window is painted as far as it is seen, and hair out of sight not at all.
func TestHairBeyondTheWindow(t *testing.T) {
	var p areaPictures
	close := layerAt(&p, widgets.View{Scale: 20, Offset: fyne.NewPos(-2000, -1700)})
	if s := close.Image.Bounds().Size(); s.X > 600 || s.Y > 400 {
		t.Errorf("a window of 600 x 400 pixels needs a picture of %v", s)
	}
	if again := layerAt(&p, widgets.View{Scale: 20, Offset: fyne.NewPos(-2001, -1700)}); again == close {
		t.Error("what comes into sight is not painted")
	}
	if layerAt(&p, widgets.View{Scale: 1, Offset: fyne.NewPos(900, 0)}) != nil {
		t.Error("hair out of sight is painted")
	}
}

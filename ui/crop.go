package ui

import (
	"image"
	"image/draw"

	"semblance/internal/face"
)

// cropOf copies the part of p that shows box, which is in pixels of the photo,
// whatever the size of p. What lies outside the photo stays black.
func cropOf(p *image.RGBA, a *face.Analysis, box face.Box) *image.RGBA {
	if a.W == 0 || a.H == 0 || box.Empty() {
		return nil
	}
	sx, sy := float32(p.Rect.Dx())/float32(a.W), float32(p.Rect.Dy())/float32(a.H)
	r := image.Rect(int(box.Min.X*sx), int(box.Min.Y*sy), int(box.Max.X*sx+.5), int(box.Max.Y*sy+.5)).Add(p.Rect.Min)
	if r.Empty() {
		return nil
	}
	out := image.NewRGBA(image.Rectangle{Max: r.Size()})
	draw.Draw(out, out.Rect, image.Black, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, p, r.Min, draw.Over)
	return out
}

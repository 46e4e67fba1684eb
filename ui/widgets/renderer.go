package widgets

import "fyne.io/fyne/v2"

// partsRenderer is the renderer of a widget that is a fixed list of parts.
type partsRenderer struct {
	parts []fyne.CanvasObject
	place func(fyne.Size)
	min   func() fyne.Size
	paint func() // brings the parts up to date and repaints them
}

// Layout implements fyne.WidgetRenderer.
func (r *partsRenderer) Layout(s fyne.Size) { r.place(s) }

// MinSize implements fyne.WidgetRenderer.
func (r *partsRenderer) MinSize() fyne.Size { return r.min() }

// Refresh implements fyne.WidgetRenderer.
func (r *partsRenderer) Refresh() { r.paint() }

// Objects implements fyne.WidgetRenderer.
func (r *partsRenderer) Objects() []fyne.CanvasObject { return r.parts }

// Destroy implements fyne.WidgetRenderer.
func (r *partsRenderer) Destroy() {}

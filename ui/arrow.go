package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// arrow is the sign of a menu beside a heading, as the lines of a factTable have one.
type arrow struct {
	widget.BaseWidget
	tapped func(at fyne.Position)
	icon   *canvas.Image
}

func newArrow(tapped func(at fyne.Position)) *arrow {
	a := &arrow{tapped: tapped, icon: arrowIcon()}
	a.icon.SetMinSize(fyne.NewSquareSize(arrowSize))
	a.ExtendBaseWidget(a)
	return a
}

func arrowIcon() *canvas.Image {
	i := canvas.NewImageFromResource(theme.NewDisabledResource(theme.MenuDropDownIcon()))
	i.FillMode = canvas.ImageFillContain
	return i
}

// Tapped opens the menu.
func (a *arrow) Tapped(e *fyne.PointEvent) { a.tapped(e.AbsolutePosition) }

// MouseIn lights the arrow.
func (a *arrow) MouseIn(*desktop.MouseEvent) {
	a.icon.Resource = theme.MenuDropDownIcon()
	a.icon.Refresh()
}

// MouseMoved does nothing: desktop.Hoverable asks for it.
func (a *arrow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (a *arrow) MouseOut() {
	a.icon.Resource = theme.NewDisabledResource(theme.MenuDropDownIcon())
	a.icon.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (a *arrow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(a.icon) }

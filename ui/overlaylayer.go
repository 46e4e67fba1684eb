package ui

import (
	"fyne.io/fyne/v2"

	"semblance/overlay"
)

func layerObjects(shapes []overlay.Shape, size fyne.Size) []fyne.CanvasObject { return nil }

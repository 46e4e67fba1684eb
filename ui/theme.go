package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Neutral greys: a hue beside a photo changes how its colours look.
const (
	greyViewer = 0x1B
	greyCentre = 0x22
	greyWindow = 0x26
	greyPanel  = 0x28
)

// accent is the one colour of the window's controls.
func accent() color.Color { return color.NRGBA{R: 0x4C, G: 0x9A, B: 0xE6, A: 0xFF} }

// amber marks what needs a look: doubtful faces, warnings.
func amber() color.Color { return color.NRGBA{R: 0xF2, G: 0xC0, B: 0x4A, A: 0xFF} }

func grey(v uint8) color.Color { return color.NRGBA{R: v, G: v, B: v, A: 0xFF} }

// darkTheme is the look of the window: small dense type on neutral dark greys,
// whatever the desktop prefers. The font is Fyne's own, which is part of the
// program, so that the window looks the same everywhere.
type darkTheme struct{ fyne.Theme }

func newTheme() fyne.Theme { return &darkTheme{theme.DefaultTheme()} }

// Color implements fyne.Theme.
func (t *darkTheme) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch n {
	case theme.ColorNameBackground:
		return grey(greyWindow)
	case theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground, theme.ColorNameHeaderBackground:
		return grey(0x2E)
	case theme.ColorNameInputBackground, theme.ColorNameButton:
		return grey(0x38)
	case theme.ColorNameDisabledButton:
		return grey(0x30)
	case theme.ColorNameForeground:
		return grey(0xD6)
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return grey(0x80)
	case theme.ColorNameSeparator, theme.ColorNameInputBorder:
		return grey(0x1A)
	case theme.ColorNamePrimary, theme.ColorNameFocus, theme.ColorNameHyperlink:
		return accent()
	case theme.ColorNameSelection:
		return color.NRGBA{R: 0x4C, G: 0x9A, B: 0xE6, A: 0x50}
	case theme.ColorNameHover:
		return color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0x12}
	case theme.ColorNamePressed:
		return color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0x20}
	case theme.ColorNameShadow:
		return color.NRGBA{A: 0x60}
	case theme.ColorNameScrollBar:
		return color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0x40}
	case theme.ColorNameScrollBarBackground:
		return color.Transparent
	case theme.ColorNameError:
		return color.NRGBA{R: 0xE0, G: 0x5A, B: 0x55, A: 0xFF}
	case theme.ColorNameWarning:
		return amber()
	}
	return t.Theme.Color(n, theme.VariantDark)
}

// Size implements fyne.Theme.
func (t *darkTheme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText:
		return 12
	case theme.SizeNameCaptionText:
		return 10
	case theme.SizeNamePadding:
		return 3
	case theme.SizeNameInnerPadding:
		return 5
	case theme.SizeNameInlineIcon:
		return 16
	case theme.SizeNameHeadingText:
		return 20
	case theme.SizeNameSubHeadingText:
		return 14
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return 3
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarSmall:
		return 5
	}
	return t.Theme.Size(n)
}

// amberGround is the ground of a warning that text is written on.
func amberGround() color.Color { return color.NRGBA{R: 0x5A, G: 0x46, B: 0x18, A: 0xFF} }

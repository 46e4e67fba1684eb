package ui

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"

	"semblance/internal/face"
)

// paletteOf returns a colour that stands for a word, opaque; transparent where there is none to show.
func paletteOf(c face.HairColor) color.NRGBA {
	palette := [face.NumHairColors + 1]uint32{
		face.BlackHair: 0x1A1716, face.DarkBrownHair: 0x3B2A20, face.BrownHair: 0x5E4029, face.LightBrownHair: 0x8E6A45,
		face.BlondHair: 0xD3B277, face.RedHair: 0xA5482A, face.GrayHair: 0x8C8C8C, face.WhiteHair: 0xE6E4E0,
		face.BlueHair: 0x3C66C8, face.GreenHair: 0x3E9A55, face.PinkHair: 0xE07FB0, face.PurpleHair: 0x7B4BA8,
	}
	if int(c) >= len(palette) || palette[c] == 0 {
		return color.NRGBA{}
	}
	v := palette[c]
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// hairSwatch is the colour as an icon, nil for "none": an empty frame would look like a colour.
func hairSwatch(c face.HairColor) fyne.Resource {
	p := paletteOf(c)
	if p.A == 0 {
		return nil
	}
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x=".5" y="3.5" width="15" height="9" rx="2.5" fill="#%02x%02x%02x" stroke="#909090"/></svg>`, p.R, p.G, p.B)
	return fyne.NewStaticResource("hair-"+c.String()+".svg", []byte(svg))
}

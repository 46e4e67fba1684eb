package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Icons drawn for the window; they take the theme's foreground colour.

// FaceIcon is a head in a frame.
func FaceIcon() fyne.Resource {
	return icon("face", `<path d="M3 8V3h5v2H5v3zm13-5h5v5h-2V5h-3zM3 16h2v3h3v2H3zm16 0h2v5h-5v-2h3z"/>`+
		`<circle cx="9" cy="10.5" r="1.4"/><circle cx="15" cy="10.5" r="1.4"/>`+
		`<path d="M8 14h8c-.6 2-2.100 3.200-4 3.200S8.600 16 8 14z"/>`)
}

// GridIcon is a grid of photos.
func GridIcon() fyne.Resource {
	return icon("grid", `<path d="M3 3h8v8H3zm10 0h8v8h-8zM3 13h8v8H3zm10 0h8v8h-8z"/>`)
}

// LoupeIcon is one large photo over a strip of small ones.
func LoupeIcon() fyne.Resource {
	return icon("loupe", `<path d="M3 3h18v12H3zM3 17h4v4H3zm7 0h4v4h-4zm7 0h4v4h-4z"/>`)
}

// smile is the head on the badge of a thumbnail; it is white on any theme.
func smile() fyne.Resource {
	return fyne.NewStaticResource("smile.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">`+
		`<circle cx="12" cy="12" r="11" fill="#ffffff"/><circle cx="8" cy="9.500" r="1.900" fill="#202020"/><circle cx="16" cy="9.500" r="1.900" fill="#202020"/>`+
		`<path d="M6 13.500h12c-.8 3.300-3 5-6 5s-5.200-1.700-6-5z" fill="#202020"/></svg>`))
}

func icon(name, paths string) fyne.Resource {
	return theme.NewThemedResource(fyne.NewStaticResource(name+".svg",
		[]byte(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="#000000">`+paths+`</svg>`)))
}

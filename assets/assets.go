// Package assets holds what the program brings along beside code and models: its
// fonts, its icon and the JSON Schema of its own dialect. It imports no toolkit,
// so that the command line and the painter of previews use the same files as the window.
//
// Every function returns shared bytes: read them, never write into them.
package assets

import (
	_ "embed"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

//go:embed icon.png
var iconPNG []byte

//go:embed icon.svg
var iconSVG []byte

//go:embed schema/semblance-1.json
var schema []byte

// Regular returns the TrueType font of running text: Go Regular, under the BSD
// licence of the Go project. It covers Latin, Greek and Cyrillic.
func Regular() []byte { return goregular.TTF }

// Bold returns the TrueType font of captions: Go Bold, a companion of Regular.
func Bold() []byte { return gobold.TTF }

// Icon returns the program's mark as a PNG of 512 x 512 pixels with transparent corners.
func Icon() []byte { return iconPNG }

// IconSVG returns the same mark as SVG.
func IconSVG() []byte { return iconSVG }

// Schema returns the JSON Schema (draft 2020-12) of the semblance dialect, version 1.
func Schema() []byte { return schema }

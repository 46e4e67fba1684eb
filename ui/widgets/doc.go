// Package widgets provides the Fyne widgets of a photo browser that Fyne lacks:
// a grid of photos with a selection of many, a viewer that zooms and pans, a
// range slider over a histogram, facet rows, chips and score bars.
//
// They know no face, no library and no file: a photo is a key, a name and a
// function that loads its thumbnail. Sizes and positions are Fyne units unless
// a comment says pixels. Everything here belongs to the UI goroutine, except
// Thumbnails and NewPyramid, which say so. Nothing calls fyne.Do: who owns the
// window hands in a post function that runs its argument on the UI goroutine.
package widgets

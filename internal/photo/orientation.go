package photo

// Orientation is the EXIF orientation: how the stored picture has to be turned
// and mirrored to be upright. 0 means that nothing was said and is treated as 1.
type Orientation uint8

// The orientations, named by what has to be done to the stored picture.
const (
	Upright         Orientation = 1
	MirrorX         Orientation = 2 // left and right
	Rotate180       Orientation = 3
	MirrorY         Orientation = 4 // top and bottom
	Transpose       Orientation = 5 // at the diagonal from the top left
	Rotate90        Orientation = 6 // clockwise
	Transverse      Orientation = 7 // at the diagonal from the top right
	Rotate270       Orientation = 8 // clockwise
	lastOrientation             = Rotate270
)

// Valid reports whether o is one of the eight.
func (o Orientation) Valid() bool { return o >= Upright && o <= lastOrientation }

// SwapsSides reports whether the upright picture is as wide as the stored one is high.
func (o Orientation) SwapsSides() bool { return o >= Transpose && o <= lastOrientation }

// UprightSize returns the size of the upright picture of a stored one of w x h.
func (o Orientation) UprightSize(w, h int) (int, int) {
	if o.SwapsSides() {
		return h, w
	}
	return w, h
}

// ToUpright maps a point of the stored picture of w x h to the upright one. Both
// are continuous coordinates: 0, 0 is the outer corner of the first pixel.
func (o Orientation) ToUpright(x, y, w, h float32) (float32, float32) {
	switch o {
	case MirrorX:
		return w - x, y
	case Rotate180:
		return w - x, h - y
	case MirrorY:
		return x, h - y
	case Transpose:
		return y, x
	case Rotate90:
		return h - y, x
	case Transverse:
		return h - y, w - x
	case Rotate270:
		return y, w - x
	}
	return x, y
}

// ToStored is the inverse of ToUpright; w and h are still the stored size.
func (o Orientation) ToStored(x, y, w, h float32) (float32, float32) {
	switch o {
	case Rotate90:
		return y, h - x
	case Rotate270:
		return w - y, x
	case Transverse:
		return w - y, h - x
	}
	return o.ToUpright(x, y, w, h) // the others are their own inverses
}

// To returns how a picture that is upright in orientation o becomes the one that is upright in orientation to, of the same
// stored picture: left and right are swapped if mirrored, then it is turned clockwise by quarters, 0..3.
func (o Orientation) To(to Orientation) (mirrored bool, quarters int) {
	fromMirrored, from := o.steps()
	toMirrored, quarters := to.steps()
	// The way back and then the new one: R^to M R^-from, and R^-from behind M turns the other way.
	if mirrored = fromMirrored != toMirrored; mirrored {
		return true, (quarters + from) % 4
	}
	return false, (quarters - from + 4) % 4
}

// steps returns what o does to the stored picture, in the form of To.
func (o Orientation) steps() (mirrored bool, quarters int) {
	switch o {
	case MirrorX:
		return true, 0
	case Rotate180:
		return false, 2
	case MirrorY:
		return true, 2
	case Transpose:
		return true, 3
	case Rotate90:
		return false, 1
	case Transverse:
		return true, 1
	case Rotate270:
		return false, 3
	}
	return false, 0
}

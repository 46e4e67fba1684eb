package decode

import (
	"bytes"

	"semblance/internal/photo"
)

// XMP returns a copy of the XMP packet in the file, nil if there is none. Nothing inside it has been looked at.
func (e *Encoded) XMP() (packet []byte) {
	defer func() { _ = recover() }() // the reader is ours and was fuzzed, but a bug in it must not cost the photo
	if e.Format == photo.RAW {
		return e.xmp // its own, not that of the preview
	}
	return bytes.Clone(photo.XMP(e.data))
}

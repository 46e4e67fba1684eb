package decode

import "semblance/internal/photo"

// metadata reads what EXIF says. The reader is ours and was fuzzed, but a bug in it must not cost the photo.
func metadata(data []byte) (m photo.Meta) {
	defer func() { _ = recover() }()
	return photo.ReadMeta(data)
}

package photo

// Thumbnail returns the small JPEG that a camera laid into a photo file, nil where there
// is none: of the second directory of the EXIF block (Exif 2.32, 4.5.8), or of a HEIC or
// AVIF that has one as a JPEG. It starts like a JPEG, is a part of data, and is stored as the picture is: it has to be
// turned as the picture has. The beginning of a file is enough if its EXIF block lies there.
func Thumbnail(data []byte) []byte {
	f := Sniff(data)
	if block := EXIF(data); block != nil && f != TIFF && f != RAW {
		if t, ok := openTIFF(inMemory(block), 0); ok {
			main, _ := t.directory(t.first)
			d, _ := t.directory(main.next)
			off, length := d.number(tagJPEGOffset), d.number(tagJPEGLength)
			if off > 0 && off < int64(len(block)) && length > 0 {
				// Some lengths reach further than the block: decoders stop at the end of the picture.
				if small := block[off:min(off+length, int64(len(block)))]; isJPEG(small) {
					return small
				}
			}
		}
	}
	if f == HEIC || f == AVIF {
		if h, ok := openHEIF(data); ok {
			small := h.content(func(it *item) bool { return it.kind == "jpeg" && len(it.refs["thmb"]) > 0 })
			if isJPEG(small) {
				return small
			}
		}
	}
	return nil
}

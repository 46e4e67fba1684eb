package photo

import (
	"path/filepath"
	"strings"
)

// Half is what a file may be in a pair: cameras write one shot as RAW and as a picture, under one name.
type Half uint8

// The halves.
const (
	NoHalf      Half = iota // of no pair, whatever lies beside it: a TIFF or PNG is made from a photo later, and by hand
	RAWHalf                 // the camera's own format
	PictureHalf             // JPEG, HEIC or AVIF
)

// HalfOf tells by its name what a file may be in a pair.
func HalfOf(path string) Half {
	if IsRAW(path) {
		return RAWHalf
	}
	switch FormatOf(path) {
	case JPEG, HEIC, AVIF:
		return PictureHalf
	case Unknown: // one that is not read yet
		if kind := Unread(path); kind == HEIC.String() || kind == AVIF.String() {
			return PictureHalf
		}
	}
	return NoHalf
}

// PairName returns what the two files of a pair have in common: the path without its extension, the name without regard to case, since
// cameras and programs write IMG_1.CR3 and img_1.jpg. The folder counts as it is.
func PairName(path string) string {
	folder, name := filepath.Split(path)
	return folder + strings.ToLower(strings.TrimSuffix(name, filepath.Ext(name)))
}

// Pair returns which of the files of one PairName are a pair: the first RAW file and the first picture, by their paths. The others are photos
// of their own: IMG_1.jpg and IMG_1.jpeg are no pair, nor are IMG_1.CR3 and IMG_1.DNG. ok is false without both.
func Pair(paths []string) (raw, picture string, ok bool) {
	for _, path := range paths {
		switch HalfOf(path) {
		case RAWHalf:
			if raw == "" || path < raw {
				raw = path
			}
		case PictureHalf:
			if picture == "" || path < picture {
				picture = path
			}
		}
	}
	if raw == "" || picture == "" {
		return "", "", false
	}
	return raw, picture, true
}

package photo

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
)

// Format is a kind of picture file.
type Format uint8

// The formats that can be read. Unknown is everything else.
const (
	Unknown Format = iota
	JPEG
	PNG
	WebP
	TIFF
	BMP
	GIF
	HEIC // HEIF with HEVC inside
	AVIF
	RAW // a camera's own format; its picture is the largest JPEG preview inside
)

var formatNames = [...]string{"unknown", "JPEG", "PNG", "WebP", "TIFF", "BMP", "GIF", "HEIC", "AVIF", "RAW"}

// String returns the format's usual name.
func (f Format) String() string {
	if int(f) >= len(formatNames) {
		return formatNames[Unknown]
	}
	return formatNames[f]
}

// FormatOf returns the format that a file name promises, Unknown if none.
// A scan lists these files; Sniff tells what they really are.
func FormatOf(path string) Format {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo":
		return JPEG
	case ".png":
		return PNG
	case ".webp":
		return WebP
	case ".tif", ".tiff":
		return TIFF
	case ".bmp", ".dib":
		return BMP
	case ".gif":
		return GIF
	case ".heic", ".heif", ".hif":
		return HEIC
	case ".avif":
		return AVIF
	}
	if IsRAW(path) {
		return RAW
	}
	return Unknown
}

// IsRAW reports whether a file name promises a camera's RAW file. Several of these
// are TIFF files inside, with a thumbnail where a TIFF has its picture: what they
// are cannot be told from the first bytes.
func IsRAW(path string) bool {
	return slices.Contains(rawExtensions, strings.ToLower(filepath.Ext(path)))
}

var rawExtensions = []string{
	".3fr", ".arw", ".cr2", ".cr3", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef", ".mos",
	".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw",
}

// Unread returns the kind of a photo file, by its name, that people keep but that cannot
// be read yet ("RAW"), and "" for every other file. A scan counts these, so
// that nobody believes a folder to be complete that is not.
func Unread(path string) string {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".jxl":
		return "JPEG XL"
	case ".psd", ".psb":
		return "Photoshop"
	case ".crw", ".mrw", ".x3f": // neither TIFF nor ISO media
		return "RAW"
	}
	return ""
}

// Sniff returns the format by the content of a file, Unknown if none fits. The first bytes are
// enough, but for a HEIF that does not say in them what it is coded in. Many RAW files are TIFFs: only
// their names tell (IsRAW).
func Sniff(data []byte) Format {
	has := func(prefix string) bool { return bytes.HasPrefix(data, []byte(prefix)) }
	switch {
	case has("\xFF\xD8\xFF"):
		return JPEG
	case has("\x89PNG\r\n\x1A\n"):
		return PNG
	case has("RIFF") && len(data) >= 12 && string(data[8:12]) == "WEBP":
		return WebP
	case (has("II*\x00") || has("MM\x00*")) && len(data) >= 10 && string(data[8:10]) == "CR",
		has(rafMagic), has("IIU\x00"), has("IIRO"), has("IIRS"), has("MMOR"):
		return RAW
	case has("II*\x00"), has("MM\x00*"):
		return TIFF // or a RAW file that is one inside
	case len(data) >= 12 && string(data[4:8]) == "ftyp":
		return sniffISO(data)
	case has("BM") && len(data) >= 18 && string(data[15:18]) == "\x00\x00\x00":
		return BMP // the length of the second header is below 256; prose that begins with BM has letters there
	case has("GIF87a"), has("GIF89a"):
		return GIF
	}
	return Unknown
}

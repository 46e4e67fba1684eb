package photo

import (
	"encoding/binary"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"
)

// Sidecars knows which XMP files of one folder belong to which photos. The nil Sidecars knows of none.
type Sidecars struct {
	files map[string][]fs.DirEntry // XMP files by their names without the extension
	raws  map[string]bool          // names of RAW files without the extension
}

// SidecarsIn looks through the listing of a folder. Nothing is opened.
func SidecarsIn(entries []fs.DirEntry) *Sidecars {
	var s *Sidecars
	for _, e := range entries {
		if stem, ok := xmpStem(e.Name()); ok && e.Type().IsRegular() {
			if s == nil {
				s = &Sidecars{map[string][]fs.DirEntry{}, map[string]bool{}}
			}
			s.files[stem] = append(s.files[stem], e)
		}
	}
	if s == nil {
		return nil
	}
	for _, e := range entries {
		if IsRAW(e.Name()) && !e.IsDir() {
			s.raws[stemOf(e.Name())] = true
		}
	}
	return s
}

// Of returns the XMP files of a photo of the folder, by its name, the one to be read first: IMG_1.jpg.xmp is of IMG_1.jpg alone, as digiKam, Immich
// and darktable write it. IMG_1.xmp, Adobe's way, is of IMG_1.cr3 and its kind; where there is no RAW file of the name, it is of IMG_1.jpg. Extensions
// may be in any letters.
func (s *Sidecars) Of(name string) []fs.DirEntry {
	if s == nil {
		return nil
	}
	files := slices.Clip(s.files[name])
	if stem := stemOf(name); stem != name && (IsRAW(name) || !s.raws[stem]) {
		files = append(files, s.files[stem]...)
	}
	return files
}

// Number returns File.Sidecars of a photo of the folder. A file that went away meanwhile counts as none.
func (s *Sidecars) Number(name string) uint64 {
	var h *xxh3.Hasher
	for _, e := range s.Of(name) {
		info, err := e.Info()
		if err != nil {
			continue
		}
		if h == nil {
			h = xxh3.New()
		}
		stamp := binary.BigEndian.AppendUint64(nil, uint64(len(e.Name())))
		stamp = append(stamp, e.Name()...)
		stamp = binary.BigEndian.AppendUint64(stamp, uint64(info.Size()))
		stamp = binary.BigEndian.AppendUint64(stamp, uint64(info.ModTime().UnixNano()))
		h.Write(stamp)
	}
	if h == nil {
		return 0
	}
	return max(h.Sum64(), 1) // 0 is none
}

// xmpStem returns the name of an XMP file without the extension. Hidden ones belong to programs.
func xmpStem(name string) (stem string, ok bool) {
	if len(name) < 5 || !strings.EqualFold(name[len(name)-4:], ".xmp") || name[0] == '.' {
		return "", false
	}
	return name[:len(name)-4], true
}

func stemOf(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

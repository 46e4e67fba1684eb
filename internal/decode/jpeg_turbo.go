//go:build cgo && !noturbo

package decode

/*
#cgo pkg-config: libturbojpeg
#include <turbojpeg.h>

// From 2.1 on the library can refuse progressive files with hundreds of scans over
// the same picture, which cost minutes a megapixel.
#ifndef TJFLAG_LIMITSCANS
#define TJFLAG_LIMITSCANS 0
#endif
*/
import "C"

import (
	"bytes"
	"fmt"
	"image"
	"slices"
	"unsafe"

	"semblance/internal/photo"
)

// turbo is a decompressor of TurboJPEG 2.x for one picture. The library reads data
// only during a call, as cgo's rules want it.
type turbo struct {
	handle C.tjhandle
	data   []byte
}

func newTurbo(data []byte) (*turbo, error) {
	h := C.tjInitDecompress()
	if h == nil {
		return nil, fmt.Errorf("%w: TurboJPEG gives no decoder", ErrDamaged)
	}
	return &turbo{h, data}, nil
}

func (t *turbo) close() { C.tjDestroy(t.handle) }

func (t *turbo) bytes() (*C.uchar, C.ulong) {
	return (*C.uchar)(unsafe.Pointer(unsafe.SliceData(t.data))), C.ulong(len(t.data))
}

func (t *turbo) message() string { return C.GoString(C.tjGetErrorStr2(t.handle)) }

// size returns the stored size and whether the colours are CMYK.
func (t *turbo) size() (w, h int, cmyk bool, err error) {
	var cw, ch, subsampling, space C.int
	p, n := t.bytes()
	if C.tjDecompressHeader3(t.handle, p, n, &cw, &ch, &subsampling, &space) != 0 && (C.tjGetErrorCode(t.handle) != C.TJERR_WARNING || cw == 0) {
		return 0, 0, false, damaged(photo.JPEG, fmt.Errorf("%s", t.message()))
	}
	return int(cw), int(ch), space == C.TJCS_CMYK || space == C.TJCS_YCCK, nil
}

// turboBuilt tells tests which decoder is built in.
const turboBuilt = true

func jpegSize(data []byte) (w, h int, err error) {
	t, err := newTurbo(data)
	if err != nil {
		return 0, 0, err
	}
	defer t.close()
	w, h, _, err = t.size()
	return w, h, err
}

// jpegPixels decodes at the smallest of the scales 1/8, 1/4, 1/2 and 1 whose long side is at least longSide.
func jpegPixels(data []byte, longSide int) (*image.RGBA, string, error) {
	t, err := newTurbo(data)
	if err != nil {
		return nil, "", err
	}
	defer t.close()
	w, h, cmyk, err := t.size()
	if err != nil {
		return nil, "", err
	}
	eighths := 8
	for _, n := range []int{1, 2, 4} {
		if scaled(max(w, h), n) >= longSide {
			eighths = n
			break
		}
	}
	w, h = scaled(w, eighths), scaled(h, eighths)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	p, n := t.bytes()
	pix := (*C.uchar)(unsafe.Pointer(unsafe.SliceData(out.Pix)))
	form := C.int(C.TJPF_RGBA)
	if cmyk {
		form = C.TJPF_CMYK // four bytes a pixel as well
	}
	warning := ""
	if C.tjDecompress2(t.handle, p, n, pix, C.int(w), C.int(out.Stride), C.int(h), form, C.TJFLAG_LIMITSCANS) != 0 {
		if C.tjGetErrorCode(t.handle) != C.TJERR_WARNING {
			return nil, "", damaged(photo.JPEG, fmt.Errorf("%s", t.message()))
		}
		warning = "the file is damaged: " + t.message()
	}
	if cmyk {
		inksToRGBA(out.Pix, bytes.Contains(data[:min(len(data), 1<<16)], []byte("\xFF\xEE\x00\x0EAdobe")))
	}
	return out, warning, nil
}

// inksToRGBA turns cyan, magenta, yellow, black into opaque RGBA, in place. Adobe's
// programs, and so nearly all others, write the inks inverted: 255 is no ink.
func inksToRGBA(pix []byte, inverted bool) {
	for p := range slices.Chunk(pix, 4) {
		if !inverted {
			p[0], p[1], p[2], p[3] = ^p[0], ^p[1], ^p[2], ^p[3]
		}
		k := int(p[3])
		p[0], p[1], p[2], p[3] = byte(int(p[0])*k/255), byte(int(p[1])*k/255), byte(int(p[2])*k/255), 255
	}
}

package decode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"semblance/internal/photo"
)

// coloursOf returns the transform of a file's pixels into sRGB, nil where nothing is to be done. note says, for
// people, why the file's colours could not be understood; they are taken for sRGB then. In an 8-bit picture
// it costs about a tenth of a millisecond, whatever the size of the picture.
//
// What a file says is looked for in this order: a code of the colour space in PNG (cICP), an ICC profile, the older
// chunks of PNG, EXIF. A file that says nothing is sRGB.
func coloursOf(f photo.Format, data []byte) (t *transform, note string) {
	s, name, err := spaceOf(f, data)
	if err == nil && s != nil {
		t, err = newTransform(s)
	}
	if err != nil {
		t = nil
	}
	return t, unusable(name, err)
}

// colours is coloursOf for a JPEG. The preview of a RAW file mostly says nothing, and is what the RAW says.
func (e *Encoded) colours() (t *transform, note string) {
	if e.adobeRGB && photo.ICC(e.data) == nil {
		t, err := newTransform(adobeRGB())
		return t, unusable("", err)
	}
	return coloursOf(e.coded(), e.data)
}

// unusable returns what people are told of a profile that cannot be used for that reason, "" for none.
func unusable(name string, err error) string {
	if err == nil {
		return ""
	}
	if name != "" {
		name = " (" + name + ")"
	}
	return fmt.Sprintf("its colour profile%s could not be used: colours may be off", name)
}

// spaceOf returns the space that a file says its colours are in, nil for sRGB, and the name of its profile.
func spaceOf(f photo.Format, data []byte) (s *space, name string, err error) {
	var chunks pngColour
	if f == photo.PNG {
		chunks = readPNGColour(data)
		if c := chunks.coded; c != nil {
			return codedSpace(int(c[0]), int(c[1]))
		}
	}
	if profile := photo.ICC(data); profile != nil {
		return parseICC(profile)
	}
	switch f {
	case photo.PNG:
		return chunks.space(), "", nil
	case photo.HEIC, photo.AVIF:
		if h, ok := photo.ReadHEIF(data); ok && h.NCLX != (photo.NCLX{}) {
			return codedSpace(int(h.NCLX.Primaries), int(h.NCLX.Transfer))
		}
	}
	if photo.AdobeRGB(data) {
		return adobeRGB(), "", nil
	}
	return nil, "", nil
}

// codedSpace returns the space of a pair of codes (ITU-T H.273, tables 2 and 3), as PNG (cICP), HEIC and AVIF (nclx) have them: nil
// for sRGB and for codes that leave it open. Curves for cameras that film (1, 6, 14, 15) are read as that of sRGB, as
// browsers do: stills with these codes were made for the same displays. Others, such as those of high dynamic range, are an error.
func codedSpace(colours, transfer int) (s *space, name string, err error) {
	name = fmt.Sprintf("code %d, %d", colours, transfer)
	c := curve(srgbCurve)
	switch transfer {
	case 1, 2, 6, 13, 14, 15:
	case 4:
		c = gamma(2.2)
	case 5:
		c = gamma(2.8)
	case 8:
		c = gamma(1)
	case 16, 18:
		return nil, "high dynamic range", errors.New("the curve is that of high dynamic range")
	default:
		return nil, name, errors.New("an unknown curve")
	}
	switch colours {
	case 1, 2:
		return newSpace(primaries709, c), name, nil
	case 9:
		return newSpace(primaries2020, c), name, nil
	case 11:
		return newSpace(primariesTheatre, c), name, nil
	case 12:
		return newSpace(primariesP3, c), name, nil
	}
	return nil, name, errors.New("unknown primaries")
}

// pngColour is what a PNG's chunks before the picture say about colours (PNG, third edition, 11.3.2), apart from an ICC
// profile.
type pngColour struct {
	coded          []byte // of cICP: primaries, curve, matrix, range
	srgb           bool
	gamma          float64 // of the samples as stored, 1/2.2 for most; 0 if not said
	chromaticities *primaries
}

func readPNGColour(data []byte) (c pngColour) {
	const signature, overhead = 8, 12 // a chunk has a length, a name and a checksum
	for data = data[min(signature, len(data)):]; len(data) >= overhead; {
		n := uint64(binary.BigEndian.Uint32(data))
		if n > uint64(len(data)-overhead) {
			return c
		}
		body := data[8 : 8+n]
		switch name := string(data[4:8]); {
		case name == "IDAT":
			return c
		case name == "cICP" && n == 4:
			c.coded = body
		case name == "sRGB":
			c.srgb = true
		case name == "gAMA" && n == 4:
			c.gamma = float64(binary.BigEndian.Uint32(body)) / 100000
		case name == "cHRM" && n == 32:
			c.chromaticities = &primaries{}
			for i, at := range []int{8, 16, 24, 0} { // red, green, blue; white comes first
				for k := range 2 {
					c.chromaticities[i][k] = float64(binary.BigEndian.Uint32(body[at+4*k:])) / 100000
				}
			}
		}
		data = data[overhead+n:]
	}
	return c
}

// space returns the space of a PNG's gAMA and cHRM, nil for sRGB. A gamma of 1/2.2 is that of sRGB: programs
// write it into files in sRGB for readers that know nothing better. Numbers that are no colours count as not said.
func (c *pngColour) space() *space {
	if c.srgb || c.gamma == 0 && c.chromaticities == nil {
		return nil
	}
	s := newSpace(primaries709, srgbCurve)
	if c.chromaticities != nil {
		if m := c.chromaticities.xyz(); finite(m) {
			s.matrix = m
		}
	}
	if c.gamma > .1 && c.gamma < 10 && math.Abs(c.gamma-1/2.2) > .0005 {
		g := gamma(1 / c.gamma)
		s.curves = [3]curve{g, g, g}
	}
	return s
}

func finite(m matrix) bool {
	for _, row := range m {
		for _, v := range row {
			if math.IsNaN(v) || math.Abs(v) > 100 {
				return false
			}
		}
	}
	return true
}

// Package xmp reads what other programs said about a photo in XMP packets: rating, label, keywords, people and the regions of
// faces. A packet is a file of its own beside the photo (a sidecar) or lies within the photo's file.
//
// Properties are known by the URIs of their namespaces, whatever prefix a program gave them, and in every form that RDF allows: as
// attributes, as elements, and spread over several descriptions (ISO 16684-1:2019, clause 7). What is not asked for is passed over.
// Nothing in a packet makes reading it take more than the packet's own size says: see the limits at Parse.
package xmp

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"semblance/internal/photo"
)

// MaxPacket is the greatest size in bytes of a packet that Parse reads. The largest that are written, by Lightroom with masks in them, have a few
// megabytes.
const MaxPacket = 16 << 20

// Errors of Parse.
var (
	// ErrBroken is the error of a packet that is no well-formed XML, or none of XMP.
	ErrBroken = errors.New("no sound XMP")
	// ErrTooLarge is the error of a packet of more than MaxPacket bytes, or of more things than anybody could have meant.
	ErrTooLarge = errors.New("too large for XMP")
)

// Items are things that a packet can say. A packet that says nothing of an item leaves open what others say of it, and one
// that has an empty one says that there is none.
type Items uint8

// The items.
const (
	Rating Items = 1 << iota
	Label
	Keywords
	Regions // of faces
)

// Facts is what a packet says.
type Facts struct {
	Said     Items // what it speaks about
	Rating   int   // 0..5 stars, -1 for rejected
	Label    photo.Label
	Word     string   // for the label, as it was written: the name of a colour in some language, or whatever a person has made of it
	Keywords []string // levels separated by photo.TagSeparator; in the order of the packet
	People   []string // who is in the picture, without saying where; a name of a region need not be among them
	Regions  []Region // of faces, those with names and those without
	Applied  Size     // the size of the stored picture for which the regions were made; zero if nobody said

	Orientation photo.Orientation // what the packet repeats of the photo's file; it is not to be applied; 0 if it says nothing
	Changed     time.Time         // when the packet was last changed, as it says; zero if it does not
	Creator     string            // the program that wrote the packet or the picture
}

// Size is a size in pixels.
type Size struct{ W, H int }

// Parse reads a packet, which may be of any size: with its wrapper or without, in UTF-8, UTF-16 or Latin-1. The error is
// ErrBroken, with what is wrong and the line, or ErrTooLarge. No entity is expanded and nothing is fetched.
//
// Of lists the first maxItems items are read, texts of more than maxText bytes are left out, and elements may lie maxDepth deep.
func Parse(packet []byte) (Facts, error) {
	if len(packet) > MaxPacket {
		return Facts{}, fmt.Errorf("%w: it has more than %d MiB", ErrTooLarge, MaxPacket>>20)
	}
	text, err := toUTF8(packet)
	if err != nil {
		return Facts{}, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	if len(text) == 0 {
		return Facts{}, fmt.Errorf("%w: it is empty", ErrBroken)
	}
	p := parser{xml: xml.NewDecoder(bytes.NewReader(text)), said: map[xml.Name]value{}}
	p.xml.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // toUTF8 has been at it
	if err := p.document(); err != nil {
		if !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrBroken) {
			err = fmt.Errorf("%w: %w", ErrBroken, unexpected(err))
		}
		return Facts{}, err
	}
	return p.facts(), nil
}

// The namespaces.
const (
	nsRDF       = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	nsXMP       = "http://ns.adobe.com/xap/1.0/"
	nsDC        = "http://purl.org/dc/elements/1.1/"
	nsTIFF      = "http://ns.adobe.com/tiff/1.0/"
	nsLightroom = "http://ns.adobe.com/lightroom/1.0/"
	nsDigiKam   = "http://www.digikam.org/ns/1.0/"
	nsDarktable = "http://darktable.sf.net/"
	nsIPTCExt   = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
	nsMicrosoft = "http://ns.microsoft.com/photo/1.0/"
	nsMP        = "http://ns.microsoft.com/photo/1.2/"
	nsMPRI      = "http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
	nsMPReg     = "http://ns.microsoft.com/photo/1.2/t/Region#"
	nsMWG       = "http://www.metadataworkinggroup.com/schemas/regions/"
	nsDim       = "http://ns.adobe.com/xap/1.0/sType/Dimensions#"
	nsArea      = "http://ns.adobe.com/xmp/sType/Area#"
)

// wanted reports whether a property is one of those that facts looks at.
func wanted(n xml.Name) bool {
	switch n.Space {
	case nsXMP:
		return n.Local == "Rating" || n.Local == "Label" || n.Local == "MetadataDate" || n.Local == "CreatorTool"
	case nsMicrosoft:
		return n.Local == "Rating"
	case nsDC:
		return n.Local == "subject"
	case nsTIFF:
		return n.Local == "Orientation"
	case nsLightroom:
		return n.Local == "hierarchicalSubject"
	case nsDigiKam:
		return n.Local == "TagsList" || n.Local == "ColorLabel"
	case nsDarktable:
		return n.Local == "colorlabels"
	case nsIPTCExt:
		return n.Local == "PersonInImage"
	case nsMP:
		return n.Local == "RegionInfo"
	case nsMWG:
		return n.Local == "Regions"
	}
	return false
}

// facts puts together what the properties say.
func (p *parser) facts() Facts {
	var f Facts
	f.rating(p)
	f.label(p)
	f.keywords(p)
	if v, ok := p.get(nsIPTCExt, "PersonInImage"); ok {
		f.People = distinct(v.texts())
	}
	f.regions(p)
	if n, ok := p.number(nsTIFF, "Orientation"); ok && photo.Orientation(n).Valid() {
		f.Orientation = photo.Orientation(n)
	}
	if v, ok := p.get(nsXMP, "MetadataDate"); ok {
		f.Changed = dateOf(v.text)
	}
	if v, ok := p.get(nsXMP, "CreatorTool"); ok {
		f.Creator = strings.TrimSpace(v.text)
	}
	return f
}

// rating takes xmp:Rating, and MicrosoftPhoto:Rating, a percentage, where there is none.
func (f *Facts) rating(p *parser) {
	if n, ok := p.number(nsXMP, "Rating"); ok && n >= -1 && n <= photo.MaxRating {
		f.Said, f.Rating = f.Said|Rating, int(math.Round(n))
		return
	}
	if n, ok := p.number(nsMicrosoft, "Rating"); ok && n >= 0 && n <= 99 {
		f.Said, f.Rating = f.Said|Rating, stars(int(n))
	}
}

// stars turns a Windows rating, 1..99, into stars: the program writes 1, 25, 50, 75 and 99, and reads the ranges between
// (System.Rating in the documentation of the Windows property system). 0 is none.
func stars(percent int) int {
	switch {
	case percent == 0:
		return 0
	case percent <= 12:
		return 1
	case percent <= 37:
		return 2
	case percent <= 62:
		return 3
	case percent <= 87:
		return 4
	}
	return 5
}

// number returns a property that is a number.
func (p *parser) number(space, local string) (float64, bool) {
	v, ok := p.get(space, local)
	if !ok {
		return 0, false
	}
	return parseNumber(v.text)
}

// parseNumber reads a number that may have a comma as some programs write it where people do. It is finite.
func parseNumber(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(s), ",", ".", 1), 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// dateOf reads a date of ISO 8601 as XMP has it, which may lack seconds and zone; the zero time if it is none.
func dateOf(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// distinct returns the texts that are not empty, each once.
func distinct(texts []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range texts {
		if s = strings.Join(strings.Fields(s), " "); s != "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

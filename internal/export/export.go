// Package export writes what other programs read: the faces of one photo as JSON
// in three dialects, and sidecar files beside photos.
//
// The dialects are the only place where a probability becomes a percent, a class
// gets another program's name ("Male", "middle eastern") and a coordinate an integer.
// The package sees no catalog and no model: a Document holds all that is written.
package export

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// Document is one photo and its faces, as they are written.
type Document struct {
	File        string            // name of the photo without its folder
	ID          photo.ID          //
	W, H        int               // size of the upright photo, pixels
	StoredW     int               // size as stored, before Orientation is applied; 0 if only the upright one is known
	StoredH     int               //
	Orientation photo.Orientation // 0 is upright
	Taken       time.Time         // zero if the photo does not say; in UTC where it says no zone, as in photo.Meta
	Camera      string            // "" if the photo does not say
	Models      map[string]string // networks that ran and the sha256 of each
	Have        face.Features     // what was looked for: only these get keys
	Sure        face.Thresholds   // which values are sure; zero: the defaults
	Marks       *photo.Marks      // what people said about the photo; nil where no catalog was asked
	Faces       []face.Face       // in the order in which they are written
	Rejected    []face.Face       // faces that people rejected: the own dialect alone has them, their boxes and no more
}

// Dialect is a form of JSON.
type Dialect uint8

// The dialects.
const (
	Semblance Dialect = iota // everything, described by assets.Schema
	Rosto                    // as Rosto's API answers
	Scaleflex                // as Scaleflex's "Face analysis" answers
)

var dialectNames = [...]string{"semblance", "rosto", "scaleflex"}

// Dialects returns all dialects, the program's own first.
func Dialects() []Dialect { return []Dialect{Semblance, Rosto, Scaleflex} }

// String returns the name that ParseDialect reads.
func (d Dialect) String() string {
	if int(d) < len(dialectNames) {
		return dialectNames[d]
	}
	return fmt.Sprintf("(%d)", d)
}

// ParseDialect reads a dialect's name. The error of an unknown one lists what is possible.
func ParseDialect(name string) (Dialect, error) {
	for i, n := range dialectNames {
		if strings.EqualFold(name, n) {
			return Dialect(i), nil
		}
	}
	return 0, fmt.Errorf("unknown format %q, possible are %s", name, strings.Join(dialectNames[:], ", "))
}

// Options say how much is written, and how.
type Options struct {
	Doubtful bool // also faces that the detector was not certain of
	Indent   bool // for people: a key a line, points in rows
}

// Marshal returns doc as JSON without a line break at its end. A photo without
// faces has an empty list (Scaleflex: an empty object) of them, never null. A
// feature of a face that was not found on it, or whose numbers are not finite, has no key.
func (d Dialect) Marshal(doc Document, o Options) ([]byte, error) {
	var tree object
	switch d {
	case Semblance:
		tree = semblance(doc, o)
	case Rosto:
		tree = rosto(doc, o)
	case Scaleflex:
		tree = scaleflex(doc, o)
	default:
		return nil, fmt.Errorf("unknown format %v", d)
	}
	depth := compact
	if o.Indent {
		depth = 0
	}
	return tree.append(nil, depth), nil
}

// faces returns the faces that o lets through.
func faces(doc Document, o Options) []*face.Face {
	out := make([]*face.Face, 0, len(doc.Faces))
	for i := range doc.Faces {
		if f := &doc.Faces[i]; o.Doubtful || !f.Doubtful() {
			out = append(out, f)
		}
	}
	return out
}

// found returns which of the features of have can be written of f: those that it
// does not lack, that have a value and whose numbers are finite, because JSON knows no others.
func found(f *face.Face, have face.Features) face.Features {
	have &^= f.Lacks
	for _, c := range []struct {
		feature face.Features
		values  []float32
	}{
		{face.AgeYears, []float32{f.Age.Years, f.Age.Low, f.Age.High}},
		{face.BoundsBox, []float32{f.Box.Min.X, f.Box.Min.Y, f.Box.Max.X, f.Box.Max.Y}},
		{face.EmotionClasses, f.Emotion[:]},
		{face.EthnicityClasses, f.Ethnicity[:]},
		{face.GenderClasses, f.Gender[:]},
		{face.PoseAngles, []float32{f.Pose.Roll, f.Pose.Pitch, f.Pose.Yaw}},
		{face.Smiling, []float32{f.Smile}},
		{face.Blurriness, []float32{f.Blur}},
		{face.Lighting, []float32{f.Exposure.Mean}},
		{face.EyeStates, []float32{f.Eyes.Left.Open, f.Eyes.Right.Open}},
		{face.GlassesWorn, f.Eyewear[:]},
		{face.HairShape, f.Hair.Fits[:]},
	} {
		if !finite(c.values...) {
			have &^= c.feature
		}
	}
	if f.Exposure.Is == face.UnknownLight {
		have &^= face.Lighting
	}
	for _, p := range f.Landmarks {
		if !finite(p.X, p.Y) {
			have &^= face.Landmark
		}
	}
	for _, p := range f.Hair.Pieces {
		for _, r := range slices.Concat([]face.Ring{p.Outer}, p.Holes) {
			for _, at := range r {
				if !finite(at.X, at.Y) {
					have &^= face.HairShape
				}
			}
		}
	}
	return have
}

func finite(values ...float32) bool {
	for _, v := range values {
		if v64 := float64(v); math.IsNaN(v64) || math.IsInf(v64, 0) {
			return false
		}
	}
	return true
}

// pixelBox returns b in whole pixels, its edges rounded, and within the photo: readers
// of the two foreign dialects cut pictures with these numbers.
func pixelBox(b face.Box, doc Document) (left, top, right, bottom int) {
	edge := func(v float32, size int) int {
		if size == 0 {
			size = math.MaxInt32
		}
		return min(max(round(v), 0), size)
	}
	return edge(b.Min.X, doc.W), edge(b.Min.Y, doc.H), edge(b.Max.X, doc.W), edge(b.Max.Y, doc.H)
}

// round returns the nearest integer, bounded so that no conversion overflows.
func round(v float32) int { return int(math.Round(bounded(v))) }

// floor returns the pixel that holds a coordinate.
func floor(v float32) int { return int(math.Floor(bounded(v))) }

func bounded(v float32) float64 { return min(max(float64(v), math.MinInt32), math.MaxInt32) }

// years returns the age in full years, as both foreign dialects have it.
func years(a face.Age) int { return max(floor(a.Years), 0) }

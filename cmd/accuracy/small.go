package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"image"
	"math"
	"slices"
	"sync"

	"golang.org/x/image/draw"

	"semblance/analysis"
	"semblance/internal/decode"
	"semblance/internal/face"
	"semblance/internal/pipeline"
)

// Small faces: what is said of a face when the photo has fewer pixels of it. Labelled faces are found in
// the photo as it is; then it is shrunk, by area averaging, until the longer side of the face's box has a
// given number of pixels, and enlarged again to the size that it had. So the networks see what
// a face of that size would have shown, and are asked of sizes that the program would not guess at too.

// sides are the sizes; 0 is that of the photo.
var sides = [...]float32{8, 12, 16, 20, 24, 32, 48, 64, 0}

// mostOfSides is how many pictures of a set are shown in all sizes.
const mostOfSides = 160

func sideName(side float32) string {
	if side == 0 {
		return "as it is"
	}
	return fmt.Sprintf("%g px", side)
}

// smallName is the name of the measure of small faces that is made of another.
func smallName(name string) string { return "small faces, " + name }

// hash spreads names evenly and always in the same way.
func hash(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

// inSides returns pictures of which all the measures can be asked, a fixed choice of them, each in all
// sizes. Of a picture with several labels the first such one is taken.
func inSides(pictures []picture, list []measure) []picture {
	var chosen []picture
	for _, p := range pictures {
		for i := range p.labels {
			if !slices.ContainsFunc(list, func(m measure) bool { _, ok := m.truth(&p.labels[i]); return !ok }) {
				p.labels = p.labels[i : i+1]
				chosen = append(chosen, p)
				break
			}
		}
	}
	slices.SortStableFunc(chosen, func(a, b picture) int { return cmp.Compare(hash(a.name), hash(b.name)) })
	var out []picture
	for _, p := range chosen[:min(len(chosen), mostOfSides)] {
		p.seen = &sighting{}
		for _, p.side = range sides {
			out = append(out, p)
		}
	}
	return out
}

// sighting is where a labelled face was found in the photo as it is; nil if it was not.
type sighting struct {
	once sync.Once
	face *face.Face
	err  error
}

func (s *sighting) find(ctx context.Context, engine pipeline.Analyzer, src analysis.Source, mode analysis.Mode, of *picture) (*face.Face, error) {
	s.once.Do(func() {
		var a *face.Analysis
		if a, s.err = engine.Analyze(ctx, src, analysis.Request{Mode: mode}); s.err == nil {
			s.face = partners(of, a)[0]
		}
	})
	return s.face, s.err
}

// around is the side, in sides of the face's box, of the part of a photo that is shown: more than any stage looks at.
const around = 6

// analyzeSide is analyze for a picture with one label, whose face is shown in one size. The analysis has
// that face alone, or none if it was not found in the photo as it is.
func analyzeSide(ctx context.Context, engine pipeline.Analyzer, _ *pipeline.Pipeline, req analysis.Request, of *picture) (*face.Analysis, error) {
	if of.data != nil {
		return nil, errors.New("pictures in archives are not shrunk")
	}
	e, err := decode.Decoder{}.Read(ctx, of.path)
	if err != nil {
		return nil, err
	}
	defer e.Release()
	w, h := e.Size()
	f, err := of.seen.find(ctx, engine, e, req.Mode, of)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return &face.Analysis{W: w, H: h}, nil
	}
	img, err := e.Pixels(ctx, max(w, h))
	if err != nil {
		return nil, err
	}
	box := f.Box
	if l := &of.labels[0]; !of.crop && l.hair == nil { // a mask is of the whole picture
		c, half := box.Center(), around*box.LongSide()/2
		r := image.Rect(int(c.X-half), int(c.Y-half), int(c.X+half), int(c.Y+half)).Intersect(img.Rect)
		part, ok := img.SubImage(r).(*image.RGBA)
		if !ok {
			return nil, errors.New("no part of the picture")
		}
		img = image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
		draw.Draw(img, img.Rect, part, r.Min, draw.Src)
		box = face.BoxAt(box.Min.X-float32(r.Min.X), box.Min.Y-float32(r.Min.Y), box.W(), box.H())
	}
	if !req.Crop {
		req.Boxes = []face.Box{box}
	}
	a, err := engine.Analyze(ctx, analysis.ImageSource(withFace(img, box.LongSide(), of.side)), req)
	if err != nil {
		return nil, err
	}
	if len(a.Faces) != 1 {
		return nil, fmt.Errorf("%d faces in one box", len(a.Faces))
	}
	a.W, a.H, a.Faces[0].Box = w, h, f.Box // as the labels know it
	return a, nil
}

// withFace returns a picture with the pixels of one in which a face whose longer side is is pixels had only
// side; 0 asks for the picture itself, and so does a face that is no larger.
func withFace(img *image.RGBA, is, side float32) *image.RGBA {
	if side == 0 || is <= side {
		return img
	}
	long := max(img.Rect.Dx(), img.Rect.Dy())
	small := decode.Fit(img, max(1, int(math.Round(float64(side/is*float32(long))))))
	out := image.NewRGBA(image.Rect(0, 0, img.Rect.Dx(), img.Rect.Dy()))
	draw.BiLinear.Scale(out, out.Rect, small, small.Rect, draw.Src, nil)
	return out
}

// perSide makes a row for each size of a row over the faces that were found.
func perSide(feature face.Features, r row) []row {
	var out []row
	for _, side := range sides {
		s, name := r, sideName(side)
		s.what = r.what + ", " + name
		s.only = func(o *observation) bool { return o.in(name) && o.found() && (r.only == nil || r.only(o)) }
		if least := face.LeastSide(feature); side != 0 && side < least {
			s.chosen = fmt.Sprintf("not said: a face of less than %g px is too small", least)
		}
		out = append(out, s)
	}
	return out
}

func smallFaces() []measure {
	var out []measure
	of := func(name, set string, list []measure, rows ...row) {
		i := slices.IndexFunc(list, func(m measure) bool { return m.name == name && slices.Contains(m.sets(), set) })
		m := list[i]
		m.set, m.sides, m.classes, m.chosen, m.rows = set, true, nil, "", nil
		m.name = smallName(name)
		for _, r := range rows {
			r.what = name + ": " + r.what
			m.rows = append(m.rows, perSide(m.want, r)...)
		}
		out = append(out, m)
	}
	right := accuracy("right", nil)
	of("gender", "fairface_val", genders(), right)
	of("ethnicity", "fairface_val", ethnicities(), right)
	of("age", "fairface_val", ages(), meanSize("mean error to the middle of the band", yearsUnit, nil))
	of("glasses", "fairface_val", glasses(), right, meanRecall(len(glassesNames())), areaOfValue("area under the ROC curve, any eyewear"))
	of("glasses", "genki4k", glasses(), right, meanRecall(len(glassesNames())), areaOfValue("area under the ROC curve, any eyewear"))
	of("smile", "genki4k", smiles(), right, area("area under the ROC curve"))
	of("emotion", "lfw_expr", emotions(), right)
	of("eyes", "labelled_eyes", eyes(), right, area("area under the ROC curve"))
	of("hair", "celeb1k_test", hair(), overlapOf("mean IoU", mean))
	of("hair colour", "labelled_haircolor", hair(), shareOf("plausible", nil, func(o *observation) bool { return o.truth&(1<<o.said) != 0 }))
	return inSection("Small faces", out)
}

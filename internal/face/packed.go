package face

import (
	"encoding/binary"
	"errors"
	"math"
)

// The stored form of a face (package catalog) is packed, because a library has a million of them. Numbers are kept in steps that are
// finer than what is shown and much finer than what the networks know; Round moves a face to full steps, which survive storing unchanged.
const (
	stepsPixel       = 8      // of a box, and of a landmark
	stepsProbability = 10_000 // the second decimal of a percent
	stepsDegree      = 100
	stepsYear        = 100
	stepsBlur        = 10
	stepsLuma        = 10
	stepsArea        = 1000 // of hair, in areas of the box
)

// maxSteps bounds a stored number: a float32 tells so many steps apart.
const maxSteps = 1 << 22

// The parts of a packed face. The bit of a part that is all zeros is off, and nothing is stored of it.
// A bit is never used again for something else.
const (
	partLandmarks = 1 << iota
	partPose
	partAge
	partGender
	partEmotion
	partEthnicity
	partSmile
	partLacks
	partBlur
	partExposure
	partEyes
	partTurn
	partGiven
	partEyewear
	partHair
	partSmall
	partHairFits
	allParts = 1<<iota - 1
)

var errPackedFace = errors.New("damaged face")

// Round moves every number of f to full steps of its stored form, apart from outlines of hair (Ring.Round).
func (f *Face) Round() { f.pack(&packer{mode: rounding}) }

// Round rounds every face of a. The faces are a's own.
func (a *Analysis) Round() {
	for i := range a.Faces {
		a.Faces[i].Round()
	}
}

// MarshalBinary returns the stored form, without Edit and Model.
func (f Face) MarshalBinary() ([]byte, error) {
	f.Round()
	p := packer{mode: packing, data: make([]byte, 0, 128)}
	f.pack(&p)
	return p.data, p.err
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (f *Face) UnmarshalBinary(data []byte) error {
	*f = Face{}
	p := packer{mode: unpacking, data: data}
	f.pack(&p)
	if p.err == nil && len(p.data) > 0 {
		p.err = errPackedFace
	}
	return p.err
}

// parts returns the bits of the parts that are not all zeros.
func (f *Face) parts() uint64 {
	var parts uint64
	for i, there := range [...]bool{
		f.Landmarks != Landmarks{}, f.Pose != Pose{}, f.Age != Age{}, f.Gender != Genders{}, f.Emotion != Emotions{}, f.Ethnicity != Ethnicities{},
		f.Smile != 0, f.Lacks != 0, f.Blur != 0, f.Exposure != Exposure{}, f.Eyes != Eyes{}, f.Turn != 0, f.Given, f.Eyewear != Eyewear{},
		f.Hair.Color != UnknownHair || f.Hair.RGB != [3]uint8{} || f.Hair.Area != 0 || f.Hair.Pieces != nil, f.Small != 0,
		f.Hair.Fits != [NumGrownHair]float32{},
	} {
		if there {
			parts |= 1 << i
		}
	}
	return parts
}

// pack goes through the face in the order of its stored form: it writes, reads or rounds it.
func (f *Face) pack(p *packer) {
	parts := f.parts()
	p.uint(&parts, allParts)
	packUint(p, &f.Number)
	p.point(&f.Box.Min, Point{})
	p.point(&f.Box.Max, f.Box.Min)
	p.signed(&f.Score, stepsProbability)
	if parts&partLandmarks != 0 {
		before := f.Box.Min
		for i := range f.Landmarks {
			p.point(&f.Landmarks[i], before)
			before = f.Landmarks[i]
		}
	}
	if parts&partPose != 0 {
		p.signed(&f.Pose.Roll, stepsDegree)
		p.signed(&f.Pose.Pitch, stepsDegree)
		p.signed(&f.Pose.Yaw, stepsDegree)
	}
	if parts&partAge != 0 {
		p.signed(&f.Age.Years, stepsYear)
		p.signed(&f.Age.Low, stepsYear)
		p.signed(&f.Age.High, stepsYear)
		p.probabilities(f.Age.Bands[:])
	}
	for _, classes := range []struct {
		part uint64
		of   []float32
	}{{partGender, f.Gender[:]}, {partEmotion, f.Emotion[:]}, {partEthnicity, f.Ethnicity[:]}, {partEyewear, f.Eyewear[:]}} {
		if parts&classes.part != 0 {
			p.probabilities(classes.of)
		}
	}
	if parts&partSmile != 0 {
		p.unsigned(&f.Smile, stepsProbability)
	}
	if parts&partLacks != 0 {
		packUint(p, &f.Lacks)
	}
	if parts&partSmall != 0 {
		packUint(p, &f.Small)
	}
	if parts&partBlur != 0 {
		p.unsigned(&f.Blur, stepsBlur)
	}
	if parts&partExposure != 0 {
		packUint(p, &f.Exposure.Is)
		p.unsigned(&f.Exposure.Mean, stepsLuma)
	}
	if parts&partEyes != 0 {
		for _, eye := range []*Eye{&f.Eyes.Left, &f.Eyes.Right} {
			p.unsigned(&eye.Open, stepsProbability)
			packUint(p, &eye.Doubt)
		}
	}
	if parts&partTurn != 0 {
		packUint(p, &f.Turn)
	}
	f.Given = parts&partGiven != 0
	if parts&partHair != 0 {
		f.Hair.pack(p)
	}
	if parts&partHairFits != 0 {
		p.probabilities(f.Hair.Fits[:])
	}
}

func (h *Hair) pack(p *packer) {
	packUint(p, &h.Color)
	for i := range h.RGB {
		packUint(p, &h.RGB[i])
	}
	p.unsigned(&h.Area, stepsArea)
	if p.mode == rounding {
		return // pieces are shared, and rounded already
	}
	h.Pieces = packList(p, h.Pieces, func(piece *Polygon) {
		p.ring(&piece.Outer)
		piece.Holes = packList(p, piece.Holes, p.ring)
	})
}

// packer goes through values in the order in which they are stored.
type packer struct {
	mode packMode
	data []byte // written so far, or still to be read
	err  error
}

type packMode uint8

const (
	packing packMode = iota
	unpacking
	rounding
)

// uint is a number of at most most.
func (p *packer) uint(v *uint64, most uint64) {
	switch p.mode {
	case packing:
		p.data = binary.AppendUvarint(p.data, *v)
	case unpacking:
		n, size := binary.Uvarint(p.data)
		if size <= 0 || n > most {
			p.err, p.data, *v = errPackedFace, nil, 0
			return
		}
		*v, p.data = n, p.data[size:]
	case rounding:
	}
}

func packUint[T ~uint8 | ~uint16 | ~uint32](p *packer, v *T) {
	n := uint64(*v)
	p.uint(&n, uint64(^T(0)))
	*v = T(n)
}

// int is a number of steps that may be negative.
func (p *packer) int(n int64) int64 {
	u := uint64(n)<<1 ^ uint64(n>>63)
	p.uint(&u, 8*maxSteps)
	return int64(u>>1) ^ -int64(u&1)
}

// signed is a number that may be negative, unsigned one that never is.
func (p *packer) signed(v *float32, steps float32) {
	*v = float32(p.int(toSteps(*v, steps))) / steps
}

func (p *packer) unsigned(v *float32, steps float32) {
	n := uint64(max(toSteps(*v, steps), 0))
	p.uint(&n, maxSteps)
	*v = float32(n) / steps
}

func (p *packer) probabilities(v []float32) {
	for i := range v {
		p.unsigned(&v[i], stepsProbability)
	}
}

// point is a point as its distance from one that is rounded.
func (p *packer) point(v *Point, from Point) {
	for _, c := range [2]struct {
		v    *float32
		from float32
	}{{&v.X, from.X}, {&v.Y, from.Y}} {
		base := toSteps(c.from, stepsPixel)
		n := base + p.int(toSteps(*c.v, stepsPixel)-base)
		if n > maxSteps || n < -maxSteps {
			p.err, n = errPackedFace, 0
		}
		*c.v = float32(n) / stepsPixel
	}
}

func (p *packer) ring(r *Ring) {
	data, err := r.MarshalBinary()
	n := uint64(len(data))
	switch p.mode {
	case packing:
		p.uint(&n, 0)
		p.data = append(p.data, data...)
	case unpacking:
		p.uint(&n, uint64(len(p.data)))
		n = min(n, uint64(len(p.data)))
		err = r.UnmarshalBinary(p.data[:n])
		p.data = p.data[n:]
	case rounding:
	}
	if err != nil {
		p.err = err
	}
}

// packList is any number of things that take a byte each at least.
func packList[T any](p *packer, list []T, each func(*T)) []T {
	n := uint64(len(list))
	p.uint(&n, uint64(len(p.data)))
	if p.mode == unpacking {
		list = nil
		if n > 0 {
			list = make([]T, n)
		}
	}
	for i := range list {
		if p.err != nil {
			return nil
		}
		each(&list[i])
	}
	return list
}

// toSteps returns the nearest number of steps, 0 for what is no number.
func toSteps(v, steps float32) int64 {
	if v != v {
		return 0
	}
	return int64(math.Round(min(max(float64(v)*float64(steps), -maxSteps), maxSteps)))
}

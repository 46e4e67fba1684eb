// Package synthetic makes up libraries for benchmarks. What it makes is like what the engine stores of real photos in number, size and
// spread; it says nothing about anybody. The same number gives the same photo on every machine.
package synthetic

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// Library is the shape of a made-up library.
type Library struct {
	faces []int // of each photo
	// Whole says that faces have landmarks and shapes of hair, which filters do not look at.
	Whole bool
}

// facesOf is how many of 1000 photos have how many faces, before the sum is made right: two of five have none, most of the others one
// or two, and one of sixty is of a crowd.
var facesOf = []struct{ photos, least, most int }{
	{400, 0, 0}, {225, 1, 1}, {135, 2, 2}, {80, 3, 3}, {90, 4, 6}, {54, 7, 15}, {16, 16, 40},
}

// NewLibrary returns a library with so many photos that have so many faces together.
func NewLibrary(photos, faces int) *Library {
	rng := rand.New(rand.NewPCG(1, 1))
	l := &Library{faces: make([]int, photos)}
	sum := 0
	for i := range l.faces {
		at := rng.IntN(1000)
		for _, f := range facesOf {
			if at -= f.photos; at < 0 {
				l.faces[i] = f.least + rng.IntN(f.most-f.least+1)
				break
			}
		}
		sum += l.faces[i]
	}
	for sum != faces { // photos with faces get one more or less
		i := rng.IntN(photos)
		switch {
		case sum < faces && (l.faces[i] > 0 || faces > 4*photos):
			l.faces[i]++
			sum++
		case sum > faces && l.faces[i] > 1, sum > faces && faces < photos/2 && l.faces[i] > 0:
			l.faces[i]--
			sum--
		}
	}
	return l
}

// Photos returns the number of photos.
func (l *Library) Photos() int { return len(l.faces) }

// Photo is what is known of a made-up photo.
type Photo struct {
	File     photo.File
	ID       photo.ID
	Meta     photo.Meta
	Analysis face.Analysis
	Analysed time.Time
	Marks    photo.Marks
	Names    map[uint32]string // of faces, by number
}

var (
	cameras = []photo.Meta{
		{Make: "SONY", Model: "ILCE-7M4", Lens: "FE 24-70mm F2.8 GM II", StoredW: 7008, StoredH: 4672},
		{Make: "Canon", Model: "Canon EOS R5", Lens: "RF85mm F1.2 L USM", StoredW: 8192, StoredH: 5464},
		{Make: "NIKON CORPORATION", Model: "NIKON Z 6_2", Lens: "NIKKOR Z 50mm f/1.8 S", StoredW: 6048, StoredH: 4024},
		{Make: "FUJIFILM", Model: "X-T5", Lens: "XF23mmF1.4 R LM WR", StoredW: 7728, StoredH: 5152},
		{Make: "Apple", Model: "iPhone 15 Pro", Lens: "iPhone 15 Pro back triple camera 6.765mm f/1.78", StoredW: 4032, StoredH: 3024},
	}
	networks = []string{"detector", "facemesh", "eyes", "emotion", "attributes", "age_gender", "face_expression", "hair_224", "hair_words"}
	given    = []string{"Ada", "Ben", "Clara", "David", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Kofi", "Lena", "Marek", "Nina", "Omar", "Paula"}
	family   = []string{"Adler", "Berg", "Costa", "Diaz", "Engel", "Fischer", "Gupta", "Haas", "Ito", "Jansen", "Kaya", "Lang", "Mensah", "Novak", "Okafor", "Peters"}
	subjects = []string{"wedding", "family", "portrait", "press", "Places|Rome", "Places|Berlin", "Places|Lisbon", "work|done", "work|to do", "best of"}
)

const facesPerName = 9 // one of so many faces has a name

// Photo makes the n-th photo, from 0.
func (l *Library) Photo(n int) Photo {
	rng := rand.New(rand.NewPCG(2, uint64(n)))
	taken := time.Unix(1_300_000_000+int64(n)*900+rng.Int64N(900), 0).UTC()
	p := Photo{
		File:     photo.File{Path: Path(n), Size: 2_000_000 + rng.Int64N(28_000_000), MTime: taken.Add(time.Duration(rng.Int64N(int64(72 * time.Hour))))},
		Meta:     cameras[(n/700+rng.IntN(10)/9)%len(cameras)], // one at most events, sometimes two
		Analysed: time.Unix(1_800_000_000, 0).Add(time.Duration(n) * 271_828_183).UTC(),
	}
	binary.BigEndian.PutUint64(p.ID[:], rng.Uint64())
	binary.BigEndian.PutUint64(p.ID[8:], rng.Uint64()&^7)
	if rng.IntN(20) > 0 {
		p.Meta.Taken = taken
	}
	p.Meta.FocalLength, p.Meta.FNumber = float64(24+rng.IntN(176)), []float64{1.4, 1.8, 2.8, 4, 5.6, 8}[rng.IntN(6)]
	p.Meta.Exposure, p.Meta.ISO = 1/float64(int(30)<<rng.IntN(7)), 100<<rng.IntN(7)
	p.Analysis = face.Analysis{W: p.Meta.StoredW, H: p.Meta.StoredH, Have: face.AllFeatures, Mode: "default", Models: models()}
	if !l.Whole {
		p.Analysis.Have &^= face.Landmark | face.HairShape
	}
	for i := range l.faces[n] {
		f := newFace(rng, &p.Analysis, l.Whole)
		f.Number = uint32(i + 1)
		p.Analysis.Faces = append(p.Analysis.Faces, f)
	}
	slices.SortStableFunc(p.Analysis.Faces, func(a, b face.Face) int { return int(b.Box.Area() - a.Box.Area()) })
	for i := range p.Analysis.Faces {
		p.Analysis.Faces[i].Number = uint32(i + 1)
		if rng.IntN(facesPerName) == 0 {
			if p.Names == nil {
				p.Names = map[uint32]string{}
			}
			p.Names[uint32(i+1)] = given[few(rng, len(given))] + " " + family[few(rng, len(family))]
		}
	}
	p.Marks = marks(rng, n)
	return p
}

// marks are on two of five photos.
func marks(rng *rand.Rand, n int) photo.Marks {
	var m photo.Marks
	if rng.IntN(5) == 0 {
		m.Rating = uint8(1 + rng.IntN(photo.MaxRating))
	}
	if rng.IntN(12) == 0 {
		m.Flag = photo.Picked
	}
	if rng.IntN(25) == 0 {
		m.Label = photo.Label(1 + rng.IntN(int(photo.NumLabels)-1))
	}
	if n/300%4 == 0 && rng.IntN(3) > 0 { // whole events have tags
		m.Tags = append(m.Tags, subjects[n/1200%len(subjects)])
		if rng.IntN(3) == 0 {
			m.Tags = append(m.Tags, fmt.Sprintf("Events|%04d", n/300))
		}
		slices.SortFunc(m.Tags, photo.CompareTags)
	}
	return m
}

// Path returns the path of the n-th photo: 300 in a folder.
func Path(n int) string {
	return filepath.FromSlash(fmt.Sprintf("/home/ada/Photos/20%02d/Event %04d/IMG_%06d.JPG", n/50_000, n/300, n))
}

func models() map[string]string {
	m := map[string]string{}
	for i, name := range networks {
		m[name] = fmt.Sprintf("%064x", 0x9e3779b97f4a7c15*uint64(i+1))
	}
	return m
}

// few returns a number below n; small ones are frequent.
func few(rng *rand.Rand, n int) int { return int(float64(n) * math.Pow(rng.Float64(), 3)) }

func newFace(rng *rand.Rand, a *face.Analysis, whole bool) face.Face {
	side := float32(40 * math.Exp(2.2*rng.Float64()+rng.NormFloat64()/3))
	w, h := side*(.75+.1*rng.Float32()), side
	f := face.Face{
		Box:   face.BoxAt(rng.Float32()*(float32(a.W)-w), rng.Float32()*(float32(a.H)-h), w, h),
		Score: 1 - float32(math.Pow(rng.Float64(), 6))*.34,
		Smile: rng.Float32(),
		Pose:  face.Pose{Roll: 9 * float32(rng.NormFloat64()), Pitch: 9 * float32(rng.NormFloat64()), Yaw: 22 * float32(rng.NormFloat64())},
		Blur:  float32(100 * math.Exp(1.5*rng.NormFloat64()+1)),
	}
	f.Pose.Yaw = min(max(f.Pose.Yaw, -85), 85)
	spread(rng, f.Emotion[:])
	spread(rng, f.Gender[:])
	spread(rng, f.Ethnicity[:])
	spread(rng, f.Eyewear[:])
	spread(rng, f.Age.Bands[:])
	f.Age.Years = float32(min(max(32+17*rng.NormFloat64(), 1), 95))
	width := 12 + 20*rng.Float32()
	f.Age.Low, f.Age.High = max(0, f.Age.Years-width/2), f.Age.Years+width/2
	f.Exposure = face.Exposure{Is: face.Balanced, Mean: min(max(float32(115+35*rng.NormFloat64()), 0), 255)}
	switch {
	case f.Exposure.Mean < 60:
		f.Exposure.Is = face.Underexposed
	case f.Exposure.Mean > 190:
		f.Exposure.Is = face.Overexposed
	}
	f.Eyes.Left.Open, f.Eyes.Right.Open = .7+.3*rng.Float32(), .7+.3*rng.Float32()
	if rng.IntN(10) == 0 {
		f.Eyes.Left.Open, f.Eyes.Right.Open = .2*rng.Float32(), .2*rng.Float32()
	}
	if whole {
		c := f.Box.Center()
		for k := range f.Landmarks { // about as far from one to the next as on a face
			step := 2 * math.Pi * float64(k) / 17
			r := float32(.45) / float32(1+k/17)
			f.Landmarks[k] = face.Pt(c.X+r*w*float32(math.Cos(step))+rng.Float32(), c.Y+r*h*float32(math.Sin(step))+rng.Float32())
		}
		f.Hair = hair(rng, f.Box)
	}
	return f
}

// hair is a piece about the upper half of a face, whose outline has as many points as its size asks for.
func hair(rng *rand.Rand, b face.Box) face.Hair {
	ring := make(face.Ring, 40+rng.IntN(80))
	c := b.Center()
	for i := range ring {
		at := 2 * math.Pi * float64(i) / float64(len(ring))
		r := .7 + .1*float32(math.Sin(5*at)) + .02*rng.Float32()
		ring[i] = face.Pt(c.X+r*b.W()*float32(math.Cos(at)), c.Y-b.H()/4-r*b.H()*float32(math.Sin(at)))
	}
	ring.Round()
	out := face.Hair{
		Color: face.HairColor(2 + few(rng, face.NumHairColors-1)), RGB: [3]uint8{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256))},
		Area: .2 + rng.Float32(), Pieces: []face.Polygon{{Outer: ring}},
	}
	if i := int(out.Color) - int(face.BlackHair); i < face.NumGrownHair {
		for k := range out.Fits {
			out.Fits[k] = (.4 + out.Area/2) / float32(1+3*max(i-k, k-i)) // .5 to 1, and less the farther a word is
		}
	}
	return out
}

// spread fills p with probabilities that add up to 1, one of them mostly large, like those of a softmax.
func spread(rng *rand.Rand, p []float32) {
	sum := 0.
	e := make([]float64, len(p))
	for i := range p {
		e[i] = math.Exp(1.5 * rng.NormFloat64())
		sum += e[i]
	}
	i := few(rng, len(p))
	most := math.Exp(3 + 2*rng.NormFloat64())
	sum += most
	e[i] += most
	for i := range p {
		p[i] = float32(e[i] / sum)
	}
}

package face

import "slices"

// Turning is how a picture becomes another one: its sides are swapped, left and right, if Mirrored, and it
// is turned clockwise by Quarters, 0..3, after that. The zero Turning changes nothing.
type Turning struct {
	Mirrored bool
	Quarters uint8
}

// Size returns the size that a picture of w x h has afterwards.
func (t Turning) Size(w, h int) (int, int) {
	if t.Quarters%2 == 1 {
		return h, w
	}
	return w, h
}

// Point maps a point of a picture of w x h, in continuous coordinates.
func (t Turning) Point(p Point, w, h float32) Point {
	if t.Mirrored {
		p.X = w - p.X
	}
	for range t.Quarters % 4 {
		p = Pt(h-p.Y, p.X)
		w, h = h, w
	}
	return p
}

// Box maps a box of a picture of w x h.
func (t Turning) Box(b Box, w, h float32) Box {
	return Bounds([]Point{t.Point(b.Min, w, h), t.Point(b.Max, w, h)})
}

// TurnedBy returns what a says about the photo after it was turned: everything lies where it is then, and what depends on
// left and right is swapped in a mirrored one. A head keeps its pose and stands by as many quarters more (Face.Turn), as
// if it had been looked for so. a is not changed; what is the same in both is shared.
func (a *Analysis) TurnedBy(t Turning) *Analysis {
	out := *a
	out.W, out.H = t.Size(a.W, a.H)
	out.Faces = slices.Clone(a.Faces)
	w, h := float32(a.W), float32(a.H)
	for i := range out.Faces {
		out.Faces[i].turn(t, w, h)
	}
	return &out
}

// turn turns f with its photo of w x h. What is zero because nobody looked for it stays so.
func (f *Face) turn(t Turning, w, h float32) {
	f.Box = t.Box(f.Box, w, h)
	if f.Landmarks != (Landmarks{}) {
		before, mirror := f.Landmarks, mirroredLandmarks()
		for i := range before {
			from := i
			if t.Mirrored {
				from = mirror[i]
			}
			f.Landmarks[i] = t.Point(before[from], w, h)
		}
	}
	if t.Mirrored {
		// F R F with F = diag(-1, 1, 1) turns the angles about the two axes that lie across it the other way.
		f.Pose.Roll, f.Pose.Yaw = 0-f.Pose.Roll, 0-f.Pose.Yaw // and 0 is not -0
		f.Eyes.Left, f.Eyes.Right = f.Eyes.Right, f.Eyes.Left
		f.Turn = (4 - f.Turn%4) % 4
	}
	f.Turn = (f.Turn + t.Quarters) % 4
	pieces := f.Hair.Pieces
	f.Hair.Pieces = nil
	for _, p := range pieces {
		q := Polygon{Outer: p.Outer.turned(t, w, h)}
		for _, hole := range p.Holes {
			q.Holes = append(q.Holes, hole.turned(t, w, h))
		}
		f.Hair.Pieces = append(f.Hair.Pieces, q)
	}
}

// Upright reports whether a face that is surely one stands upright in the photo, by less than half a quarter.
func (a *Analysis) Upright() bool {
	return slices.ContainsFunc(a.Faces, func(f Face) bool {
		return !f.Doubtful() && f.Turn == 0 && f.Pose.Roll > -45 && f.Pose.Roll < 45
	})
}

// turned maps a ring, which goes round the same way afterwards: a mirrored one is read from its end.
func (r Ring) turned(t Turning, w, h float32) Ring {
	out := make(Ring, len(r))
	for i, p := range r {
		out[i] = t.Point(p, w, h)
	}
	if t.Mirrored {
		slices.Reverse(out)
	}
	return out
}

// TurnedBy returns edits of the faces of a photo of w x h after it was turned: their boxes lie where the faces do then.
func (e *Edits) TurnedBy(t Turning, w, h int) Edits {
	out := Edits{Faces: slices.Clone(e.Faces), Last: e.Last}
	for i := range out.Faces {
		out.Faces[i].Box = t.Box(out.Faces[i].Box, float32(w), float32(h))
	}
	return out
}

// mirroredLandmarks returns for each point the one on the other side of the face, which has its place in a mirrored
// picture: the pairs of iBUG 300-W (Sagonas et al., 300 Faces in-the-Wild Challenge, 2013, figure 1), and the centres of the eyes.
func mirroredLandmarks() [NumLandmarks]int {
	var m [NumLandmarks]int
	for i := range m {
		m[i] = i
	}
	swap := func(right, left, n int) { // n points from right upwards, and from left downwards
		for i := range n {
			a, b := right+i, left-i
			m[a], m[b] = b, a
		}
	}
	swap(0, 16, 8)  // the jaw; 8 is the chin
	swap(17, 26, 5) // brows
	swap(31, 35, 2) // nostrils; 27 to 30 and 33 are the nose's own line
	swap(36, 45, 4) // eyes, above
	swap(40, 47, 2) // eyes, below
	swap(48, 54, 3) // outer lips, above
	swap(55, 59, 2) // and below
	swap(60, 64, 2) // inner lips
	swap(65, 67, 1)
	swap(RightEyeCenter, LeftEyeCenter, 1)
	return m
}

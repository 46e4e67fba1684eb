package face

import "slices"

// Adopt takes over what was said about faces of the photo at another time or place, as far as e says nothing else: what e says
// always stays. A face is the same one if its box is (Renumber), whatever its number; a is the photo's analysis as it is stored, nil if there is
// none, and last the largest number that the catalog knows of. It returns about how many faces e says more now.
func (e *Edits) Adopt(said []Edit, a *Analysis, last uint32) (taken int) {
	var there Analysis
	for _, s := range said {
		if s.shows() {
			there.Faces = append(there.Faces, Face{Number: s.Number, Box: s.Box})
		}
	}
	e.Renumber(&there, a, last)
	i := 0
	for _, s := range said {
		if !s.shows() {
			continue
		}
		s.Number = there.Faces[i].Number
		i++
		before := e.Of(s.Number)
		if f := a.find(s.Number); f != nil && !before.says() {
			s.Box = f.Box
		}
		after := before.joined(s)
		if after == before {
			continue
		}
		e.Set(after)
		taken++
		if after.Drawn {
			e.Last = max(e.Last, s.Number)
		}
	}
	return taken
}

// find is face of an analysis that may be nil.
func (a *Analysis) find(number uint32) *Face {
	if a == nil {
		return nil
	}
	return a.face(number)
}

// joined returns what e says, and of what it does not speak about, what s says.
func (e Edit) joined(s Edit) Edit {
	if !e.says() {
		return s
	}
	if e.Verdict == Rejected || s.Verdict == Rejected { // whatever s says, somebody said something else since
		return e
	}
	if e.Verdict == NoVerdict {
		e.Verdict = s.Verdict
	}
	for i, v := range e.Said {
		if v == 0 {
			e.Said[i] = s.Said[i]
		}
	}
	if e.Name == "" {
		e.Name = s.Name
	}
	return e
}

// CheckEdit returns the reason why an edit that was read from elsewhere can be none: ErrSmallBox, ErrNoValue or ErrName. w and h are the size of the upright
// photo.
func CheckEdit(e Edit, w, h int) error {
	box := e.Box.Intersect(BoxAt(0, 0, float32(w), float32(h)))
	if !(box.W() > 0 && box.H() > 0) || e.Drawn && !(box.W() >= MinDrawnSide && box.H() >= MinDrawnSide) {
		return ErrSmallBox
	}
	for i, v := range e.Said {
		if v == 0 {
			continue
		}
		if err := checkValue(1<<i, int(v)-1); err != nil {
			return err
		}
	}
	if e.Name != "" {
		if clean, err := CleanName(e.Name); err != nil || clean != e.Name {
			return ErrName
		}
	}
	if e.Verdict >= numVerdicts {
		return ErrNoValue
	}
	return nil
}

// Drop removes the faces for which gone says so from an analysis, and returns how many there were. The others are not changed.
func (a *Analysis) Drop(gone func(f *Face) bool) int {
	left := make([]Face, 0, len(a.Faces))
	for i := range a.Faces {
		if !gone(&a.Faces[i]) {
			left = append(left, a.Faces[i])
		}
	}
	n := len(a.Faces) - len(left)
	if n > 0 {
		a.Faces = slices.Clip(left)
	}
	return n
}

// Say sets the value of a feature, a number as Face.Value returns it, and reports whether a person can give it.
func (e *Edit) Say(feature Features, value int) bool {
	if checkValue(feature, value) != nil {
		return false
	}
	e.Said[feature.bit()] = int16(value) + 1
	return true
}

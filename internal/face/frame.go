package face

// Reframe returns where a box of one picture of a scene is in another one: of fromW x fromH and toW x toH pixels, both upright. The two have
// their middle in common, and one holds all of the other: cameras cut other shapes out of the middle of what they see.
func Reframe(b Box, fromW, fromH, toW, toH int) Box {
	if fromW <= 0 || fromH <= 0 || toW <= 0 || toH <= 0 {
		return b
	}
	fw, fh, tw, th := float32(fromW), float32(fromH), float32(toW), float32(toH)
	s := min(tw/fw, th/fh)
	x, y := (tw-s*fw)/2, (th-s*fh)/2
	return Box{Min: Pt(x+s*b.Min.X, y+s*b.Min.Y), Max: Pt(x+s*b.Max.X, y+s*b.Max.Y)}
}

// Reframed is Reframe of all boxes of what was said. The edits are the caller's.
func Reframed(edits []Edit, fromW, fromH, toW, toH int) []Edit {
	out := make([]Edit, len(edits))
	for i, e := range edits {
		e.Box = Reframe(e.Box, fromW, fromH, toW, toH)
		out[i] = e
	}
	return out
}

// Follow has e say what was changed in what is said of a face of another picture of the same scene, from before to after, whose boxes are in
// the frame of e. What e says beyond that stays. The face is the one that has the box (Renumber), or a new one; a is the photo's analysis as it is
// stored, nil if there is none, and last the largest number that the catalog knows of.
func (e *Edits) Follow(before, after Edit, a *Analysis, last uint32) {
	box := after.Box
	if !after.says() {
		box = before.Box
	}
	there := Analysis{Faces: []Face{{Box: box}}}
	e.Renumber(&there, a, last)
	now := e.Of(there.Faces[0].Number)
	if !now.says() {
		now.Box = box
		if f := a.find(now.Number); f != nil {
			now.Box = f.Box
		}
	}
	if before.Drawn != after.Drawn {
		now.Drawn = after.Drawn
	}
	if before.Verdict != after.Verdict {
		now.Verdict = after.Verdict
	}
	if before.Name != after.Name {
		now.Name = after.Name
	}
	for i, v := range after.Said {
		if before.Said[i] != v {
			now.Said[i] = v
		}
	}
	e.Set(now)
	if now.Drawn {
		e.Last = max(e.Last, now.Number)
	}
}

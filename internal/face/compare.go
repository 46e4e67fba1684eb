package face

// Difference is what two analyses of a photo say differently of one face.
type Difference struct {
	Number  uint32
	Feature Features // BoundsBox: the face is in one of them only
	Before  int      // as Face.Value returns it; Absent if the former analysis does not say
	Now     int      // the same of the new one
}

// Absent stands for the value of a face that an analysis did not find, or of which it does not say the feature. For
// BoundsBox a value is 1 otherwise.
const Absent = -1

// Compare returns what two analyses of a photo say differently, face by face as now has them and then as before has them, and by
// feature. They are compared as networks made them: what people said takes no part. Of features that only one of them looked for, nothing is said. The faces of
// both have the numbers of one photo (Edits.Renumber). An age is another one if neither is within the other's 80 % range.
func Compare(before, now *Analysis) []Difference {
	var all []Difference
	both := before.Have & now.Have
	for i := range now.Faces {
		n := &now.Faces[i]
		b := before.face(n.Number)
		if b == nil {
			all = append(all, Difference{n.Number, BoundsBox, Absent, 1})
			continue
		}
		for bit := range numFeatures {
			feature := Features(1) << bit
			if (both&Correctable)&feature == 0 {
				continue
			}
			d := Difference{n.Number, feature, b.valueIn(before, feature), n.valueIn(now, feature)}
			if d.Before != d.Now && !(feature == AgeYears && (b.Age.holds(n.Age) || n.Age.holds(b.Age))) {
				all = append(all, d)
			}
		}
	}
	for i := range before.Faces {
		if b := &before.Faces[i]; now.face(b.Number) == nil {
			all = append(all, Difference{b.Number, BoundsBox, 1, Absent})
		}
	}
	return all
}

// valueIn returns the value of a face of an analysis.
func (f *Face) valueIn(a *Analysis, feature Features) int {
	if (f.Lacks|f.Small)&feature != 0 || !a.Have.Has(feature) || feature == EmotionClasses && f.Emotion == (Emotions{}) {
		return Absent
	}
	value, _ := f.Value(feature)
	return value
}

// holds reports whether the years of another age are within the range of a.
func (a Age) holds(o Age) bool {
	return a.Low <= o.Years && o.Years <= a.High && a.High > 0 && o.High > 0
}

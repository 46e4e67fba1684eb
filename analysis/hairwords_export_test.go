package analysis

import (
	"context"

	"semblance/internal/face"
)

// HairWord is what the word for the colour of a head's hair is made of, and the word.
type HairWord struct {
	Inputs [hairInputs]float32 // of the network
	Dyed   face.HairColor      // what rules say, UnknownHair if nothing
	Hair   face.Hair
}

// HairWordOf finds the largest face of a photo, as Analyze does in mode Default, and returns what is said of its hair. ok is
// false if there is no face, or no hair.
func (e *Engine) HairWordOf(ctx context.Context, src Source) (out HairWord, ok bool, err error) {
	a, err := e.Analyze(ctx, src, Request{Want: face.AgeYears, Mode: Default})
	if err != nil || len(a.Faces) == 0 {
		return out, false, err
	}
	w, h := src.Size()
	j := &job{engine: e, src: src, w: w, h: h, models: map[string]string{}}
	defer j.release()
	if err := j.prepare(ctx, a.Mode, []task{{0, face.HairShape}}); err != nil {
		return out, false, err
	}
	own := headOf(&a.Faces[0], false)
	var others []head
	for i := range a.Faces[1:] {
		if f := &a.Faces[1+i]; f.Score > face.AcceptScore {
			others = append(others, headOf(f, false))
		}
	}
	m, err := j.hairOf(ctx, own, others, a.Mode)
	if err != nil {
		return out, false, err
	}
	defer j.engine.pool.hair.Put(m)
	hair, look, ok := m.hair(own, &a.Faces[0])
	if !ok {
		return out, false, nil
	}
	years := a.Faces[0].Age.Years
	out = HairWord{Inputs: look.inputs(years), Dyed: look.dyed()}
	err = j.word(ctx, &look, years, &hair)
	out.Hair = hair
	return out, err == nil, err
}

// WordOfPlainHair says what hair of one colour is called beside skin of another, both sRGB.
func (e *Engine) WordOfPlainHair(ctx context.Context, hair, skin [3]uint8, years float32) (out face.Hair, err error) {
	look := plainLook(rgbLab(hair[0], hair[1], hair[2]), skinColor{rgbLab(skin[0], skin[1], skin[2]), true})
	j := &job{engine: e, models: map[string]string{}}
	err = j.word(ctx, &look, years, &out)
	return out, err
}

package analysis

import (
	"context"

	"semblance/internal/face"
)

// HairColors is what the word for the colour of a head's hair is made of, and the word.
type HairColors struct {
	Hair, Skin [3]float64 // CIE Lab
	SkinSeen   bool
	Area       float64 // of the hair, in areas of the face's box
	Name       face.HairColor
}

// HairColors finds the largest face of a photo, as Analyze does in mode Default, and returns the colours of its head. ok is
// false if there is no face, or no hair.
func (e *Engine) HairColors(ctx context.Context, src Source) (out HairColors, ok bool, err error) {
	w, h := src.Size()
	j := &job{engine: e, src: src, w: w, h: h, models: map[string]string{}}
	defer j.release()
	found, err := j.detectTurn(ctx, Default, 0)
	if err != nil {
		return HairColors{}, false, err
	}
	var b face.Box
	for _, c := range found {
		if inside := c.box.Intersect(face.BoxAt(0, 0, float32(w), float32(h))); inside.Area() > b.Area() {
			b = inside
		}
	}
	if b.Empty() {
		return HairColors{}, false, nil
	}
	f := face.Face{Box: b}
	own := headOf(&f, false)
	m, err := j.hairOf(ctx, own, nil, Default.String())
	if err != nil {
		return HairColors{}, false, err
	}
	defer j.engine.pool.hair.Put(m)
	got := m.hair(own, &f)
	if got.Color == face.NoHair || got.Color == face.UnknownHair {
		return HairColors{}, false, nil
	}
	hair, skin, _ := m.color()
	return HairColors{
		Hair: [3]float64{hair.l, hair.a, hair.b}, Skin: [3]float64{skin.l, skin.a, skin.b},
		SkinSeen: skin.seen, Area: float64(got.Area), Name: got.Color,
	}, true, nil
}

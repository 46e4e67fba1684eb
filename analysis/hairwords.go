package analysis

import (
	"context"
	"math"

	"semblance/internal/face"
	"semblance/models"
)

// The word for the colour of hair is said by a small network of our own (models/train/hair says how it was fitted, and on what), from
// colours that haircolor.go measures and from the apparent age. It gives for each word the probability that a person who sees
// the head accepts it; two may fit. Colours that do not grow are told by rules. In a black and white picture the word is a guess.
//
// The age is an input because people use it: what is grey at seventy is called blond at twenty. Neither the apparent gender nor the
// apparent ethnicity is.

// The rules of dyed hair were found on 56 heads of CelebAMask-HQ and Figaro, and changed after a look at those of 440 heads of genki4k,
// celeb1k_test and figaro1k_test that had been called anything but black, brown or blond.
const (
	dyed        = 25 // the chroma from which hair has one of the colours that do not grow
	leastPink   = .8 // chroma of pink hair in chromas of the skin: below, the light is red
	leastChroma = 12 // of skin, for the division by it
)

const (
	// colorless is the chroma of skin below which the picture is black and white, unless hair has twice as much: of the 18 pictures of
	// models/train/hair/photos.csv with less than 3 all black and white ones have less than .5, coloured ones 1.8 or more.
	colorless = 1
	// colorlessTrust is what is left of the probabilities there: about nearly all such pictures people said that nobody can tell. With the
	// thresholds that the window offers, .5 and more, no word is sure then. (Where no skin is seen nothing tells that a picture is black and white.)
	colorlessTrust = .5
)

// usualSkin is the skin where none was seen.
var usualSkin = lab{65, 13, 18}

// hairInputs is the number of the network's inputs.
const hairInputs = len(hairLevels) + 3*len(hairTones) + 3 + 1

// inputs returns what the network is given: the lightness of the hair at hairLevels; of each of hairTones a, b and the chroma
// in chromas of the skin; the skin's lightness, a and b; the age in years. Lightness and shares are logarithms.
func (o *hairLook) inputs(years float32) [hairInputs]float32 {
	skin := usualSkin
	if o.skin.seen {
		skin = o.skin.lab
	}
	const leastLight, leastShare = 5, .1 // so that black has a logarithm too
	in := make([]float32, 0, hairInputs)
	add := func(v ...float64) {
		for _, x := range v {
			in = append(in, float32(x))
		}
	}
	for _, l := range o.levels {
		add(math.Log(l + leastLight))
	}
	for _, c := range o.tones {
		add(c.a, c.b, math.Log(c.chroma()/max(skin.chroma(), leastChroma)+leastShare))
	}
	add(math.Log(skin.l+leastLight), skin.a, skin.b, float64(years))
	return [hairInputs]float32(in)
}

// colorless reports whether the picture is black and white.
func (o *hairLook) colorless() bool {
	return o.skin.seen && o.skin.chroma() < colorless && o.middle.chroma() < 2*colorless
}

// dyed returns the colour of hair of one that does not grow, UnknownHair for all other hair. Beside that of the same person's skin the
// colour of the light is nothing.
func (o *hairLook) dyed() face.HairColor {
	c, skin := o.middle, usualSkin
	if o.skin.seen {
		skin = o.skin.lab
	}
	chroma, hue := c.chroma(), math.Mod(math.Atan2(c.b, c.a)*180/math.Pi+360, 360)
	if chroma <= dyed {
		return face.UnknownHair
	}
	switch {
	case hue >= 350 || hue < 12:
		if share := chroma / max(skin.chroma(), leastChroma); share >= leastPink && c.l > 35 {
			return face.PinkHair
		}
	case hue <= 105: // warm: what grows
	case hue < 200:
		return face.GreenHair
	case hue < 305:
		return face.BlueHair
	case hue < 335, c.l < 30: // pink is no dark colour
		return face.PurpleHair
	default:
		return face.PinkHair
	}
	return face.UnknownHair
}

// word fills in the word for the colour of hair.
func (j *job) word(ctx context.Context, o *hairLook, years float32, hair *face.Hair) error {
	hair.RGB = o.middle.rgb()
	if hair.Color = o.dyed(); hair.Color != face.UnknownHair {
		return nil
	}
	in := o.inputs(years)
	outputs, err := j.run(ctx, netHairWords, models.Tensor{Shape: []int{1, len(in)}, Data: in[:]})
	if err != nil {
		return err
	}
	fits, err := output(outputs, netHairWords, 1, face.NumGrownHair)
	if err != nil {
		return err
	}
	hair.Fits = [face.NumGrownHair]float32(fits)
	if o.colorless() {
		for i := range hair.Fits {
			hair.Fits[i] *= colorlessTrust
		}
	}
	hair.Color, _ = hair.Fitting()
	return nil
}

package analysis

import (
	"context"

	"semblance/internal/face"
	"semblance/models"
)

const (
	// attributePixels is the side of the attribute network's input, attributeFactor that of
	// its crop over the mesh's: what it was trained with.
	attributePixels = 160
	attributeFactor = 1.3
	// faceAPIPixels and faceAPIFactor are the same of the two networks of face-api: of the
	// factors 1.0 to 1.55 the best for age and for expression.
	faceAPIPixels = 112
	faceAPIFactor = 1.15
)

// attributes fills in gender, ethnicity, what is worn before the eyes and the bands of the age, as far as they are wanted.
func (j *job) attributes(ctx context.Context, v view, m mesh, want face.Features, f *face.Face) error {
	s := m.at
	s.side *= attributeFactor
	outputs, err := j.runCrop(ctx, netAttributes, v, s, attributePixels, format{mul: 1, repeat: true})
	if err != nil {
		return err
	}
	ethnicity, err := output(outputs, netAttributes, 1, 7)
	if err != nil {
		return err
	}
	gender, err := output(outputs, netAttributes, 1, 2)
	if err != nil {
		return err
	}
	bands, err := output(outputs, netAttributes, 1, face.NumAgeBands)
	if err != nil {
		return err
	}
	worn, err := output(outputs, netAttributes, 1, len(eyewearOrder))
	if err != nil {
		return err
	}
	if want.Has(face.EthnicityClasses) {
		f.Ethnicity = ethnicities(ethnicity)
	}
	if want.Has(face.GenderClasses) {
		f.Gender = face.Genders(gender) // the network's order is ours: woman, man
	}
	if want.Has(face.GlassesWorn) {
		f.Eyewear = eyewear(worn)
	}
	if want.Has(face.AgeYears) {
		f.Age.Bands = [face.NumAgeBands]float32(bands)
	}
	return nil
}

// ethnicities brings FairFace's seven classes (white, black, indian, east asian, southeast
// asian, middle eastern, latino hispanic) into our six.
func ethnicities(p []float32) face.Ethnicities {
	return face.Ethnicities{p[3] + p[4], p[2], p[1], p[0], p[5], p[6]}
}

// faceAPICrop returns the input that both networks of face-api share. done gives it back,
// when no network runs on it any more.
func (j *job) faceAPICrop(v view, m mesh) (input models.Tensor, done func()) {
	pool := &j.engine.pool
	buffer := floats(&pool.crops, 3*faceAPIPixels*faceAPIPixels)
	s := m.at
	s.side *= faceAPIFactor
	pool.crop(*buffer, faceAPIPixels, v, s, format{mul: 1, repeat: true})
	return models.Tensor{Shape: []int{1, faceAPIPixels, faceAPIPixels, 3}, Data: *buffer}, func() { pool.crops.Put(buffer) }
}

// faceAPIAge returns the age in years that face-api's network sees.
func (j *job) faceAPIAge(ctx context.Context, input models.Tensor) (float32, error) {
	outputs, err := j.run(ctx, netAgeGender, input)
	if err != nil {
		return 0, err
	}
	years, err := output(outputs, netAgeGender, 1, 1)
	if err != nil {
		return 0, err
	}
	return years[0], nil
}

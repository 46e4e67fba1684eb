package catalog

import (
	"math/rand/v2"
	"testing"
)

// A table does what a map does, also where many have the same place.
func TestRefTable(t *testing.T) {
	for _, hashes := range []uint64{1, 3, 1 << 20} {
		rng := rand.New(rand.NewPCG(1, hashes))
		keys := make([]uint64, 600) // of each photo
		for i := range keys {
			keys[i] = uint64(i / 2) // every key is that of two photos
		}
		hash := func(key uint64) uint64 { return key % hashes * 0x9e3779b97f4a7c15 }
		table := newRefTable(func(ref Ref) uint64 { return hash(keys[ref]) })
		want := map[uint64]Ref{}
		for range 5000 {
			ref := Ref(rng.IntN(len(keys)))
			key := keys[ref]
			is := func(r Ref) bool { return keys[r] == key }
			if slot, ok := table.find(hash(key), is); rng.IntN(2) == 0 {
				table.put(ref, is)
				want[key] = ref
			} else if ok {
				table.removeAt(slot)
				delete(want, key)
			}
			if table.used != len(want) {
				t.Fatalf("%d photos are in the table, want %d", table.used, len(want))
			}
		}
		for key := range uint64(len(keys) / 2) {
			slot, ok := table.find(hash(key), func(r Ref) bool { return keys[r] == key })
			ref, there := want[key]
			if ok != there || ok && table.slots[slot] != ref {
				t.Fatalf("of %d hashes, key %d: %v, want %v %v", hashes, key, ok, ref, there)
			}
		}
	}
}

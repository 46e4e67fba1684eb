package catalog

import (
	"strings"

	"github.com/zeebo/xxh3"

	"semblance/internal/photo"
)

// pairs knows which photos are the two files of one shot: a RAW file and the picture that the camera made of it (photo.Pair). Nothing of
// it is stored: it follows from the paths that are not gone. A catalog without RAW files has neither table nor map.
type pairs struct {
	apart   bool        // the two are shown as photos of their own
	made    bool        // the table is: the first RAW file makes it
	halves  refTable    // photos that may be half of a pair, those that are gone included, by photo.PairName; several have the same
	partner map[Ref]Ref // both ways
	hidden  bitset      // RAW files that are shown by their partner
}

// SetPairs says whether a RAW file and its picture are one photo: the picture is in results and counts, and the RAW file is not. That is not
// stored; at first they are.
func (c *Catalog) SetPairs(asOne bool) {
	c.write.Lock()
	defer c.write.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	ix := c.index
	if ix.pairs.apart != asOne {
		return
	}
	ix.pairs.apart = !asOne
	for ref := range ix.pairs.partner {
		ix.hide(ref)
	}
	c.generation++
}

// Pairs returns the RAW files below a folder, "" for all, that are half of a pair, in the order of their paths, whether or not the two are shown as one.
func (c *Catalog) Pairs(folder string, recursive bool) (raws []string) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	ix := c.index
	if len(ix.pairs.partner) == 0 {
		return nil
	}
	ix.below(Scope{folder, recursive}, func(ref Ref) {
		if _, ok := ix.pairs.partner[ref]; ok && photo.IsRAW(ix.photos[ref].path) {
			raws = append(raws, ix.photos[ref].path)
		}
	})
	return raws
}

// partnerOf returns the path of the other half of a photo that is shown as one with it, "" if there is none.
func (ix *index) partnerOf(ref Ref) string {
	if other, ok := ix.pairs.partner[ref]; ok && !ix.pairs.apart {
		return ix.photos[other].path
	}
	return ""
}

// shown reports whether a photo is in results.
func (ix *index) shown(ref Ref) bool {
	return !ix.photos[ref].stored.Gone && !ix.pairs.hidden.has(uint32(ref))
}

// hide brings up to date whether a photo is hidden by its partner, and all that depends on it.
func (ix *index) hide(ref Ref) {
	_, paired := ix.pairs.partner[ref]
	ix.pairs.hidden.put(uint32(ref), paired && !ix.pairs.apart && photo.IsRAW(ix.photos[ref].path))
	ix.mark(ref)
	ix.showFaces(ref, ix.shown(ref))
}

// enterHalf tells of a new photo.
func (ix *index) enterHalf(ref Ref) {
	ps := &ix.pairs
	switch half := halfOf(ix.photos[ref].path); {
	case half == photo.NoHalf:
	case ps.made:
		ps.halves.put(ref, func(Ref) bool { return false })
	case half == photo.RAWHalf:
		ix.makeHalves()
	}
}

// makeHalves enters all photos that there are.
func (ix *index) makeHalves() {
	ps := &ix.pairs
	ps.made, ps.partner = true, map[Ref]Ref{}
	ps.halves = newRefTable(func(ref Ref) uint64 { return xxh3.HashString(photo.PairName(ix.photos[ref].path)) })
	ps.halves.expect(len(ix.photos) + len(ix.photos)/64)
	for i := range ix.photos {
		if halfOf(ix.photos[i].path) != photo.NoHalf {
			ps.halves.add(ps.halves.hash(Ref(i)), Ref(i))
		}
	}
}

// pairUp finds the partners of the photos that have the name of ref, which is new, gone or back.
func (ix *index) pairUp(ref Ref) {
	ps := &ix.pairs
	path := ix.photos[ref].path
	if !ps.made || halfOf(path) == photo.NoHalf {
		return
	}
	name := photo.PairName(path)
	var group []Ref
	var paths []string
	ps.halves.find(xxh3.HashString(name), func(other Ref) bool {
		if p := &ix.photos[other]; photo.PairName(p.path) == name {
			group = append(group, other)
			if !p.stored.Gone {
				paths = append(paths, p.path)
			}
		}
		return false
	})
	raw, picture, ok := photo.Pair(paths)
	first, second := none, none
	for _, other := range group {
		switch path := ix.photos[other].path; {
		case ok && path == raw:
			first = other
		case ok && path == picture:
			second = other
		}
	}
	for _, other := range group {
		now := none
		switch other {
		case first:
			now = second
		case second:
			now = first
		}
		before, paired := ps.partner[other]
		if paired && before == now || !paired && now == none {
			continue
		}
		delete(ps.partner, other)
		if now != none {
			ps.partner[other] = now
		}
		ix.hide(other)
	}
}

// pairAll finds all pairs of an index that was read.
func (ix *index) pairAll() {
	ps := &ix.pairs
	any := false
	for i := range ix.photos {
		if path := ix.photos[i].path; !isJPEGName(path) && photo.IsRAW(path) {
			if !any {
				any = true
				ix.makeHalves()
			}
			if _, done := ps.partner[Ref(i)]; !done {
				ix.pairUp(Ref(i))
			}
		}
	}
}

// halfOf is photo.HalfOf, and fast for most names.
func halfOf(path string) photo.Half {
	if isJPEGName(path) {
		return photo.PictureHalf
	}
	return photo.HalfOf(path)
}

func isJPEGName(path string) bool {
	return strings.HasSuffix(path, ".jpg") || strings.HasSuffix(path, ".JPG")
}

package catalog

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"semblance/catalog/query"
)

// Order is the order of the photos of a result, from the end if reversed (Order.Reverse).
type Order uint8

// The orders. Photos that are equal in one are in the order of their paths, those that it says nothing of come last, reversed too.
const (
	ByPath      Order = iota // folder by folder, as ByName, the photos of a folder before those of its subfolders
	ByTaken                  // oldest first
	ByFaces                  // most accepted faces first
	ByName                   // numbers in names by their value, without regard to case
	ByRating                 // most stars first
	ByAge                    // youngest matching face first
	BySharpness              // sharpest matching face first
	numOrders

	reversed Order = 1 << 7
)

var orderNames = [numOrders]string{"path", "date", "faces", "name", "rating", "age", "blur"}

// Orders returns the orders, none of them reversed.
func Orders() []Order {
	orders := make([]Order, numOrders)
	for i := range orders {
		orders[i] = Order(i)
	}
	return orders
}

// Reverse returns the order from the end.
func (o Order) Reverse() Order { return o ^ reversed }

// Reversed reports whether o is one from the end.
func (o Order) Reversed() bool { return o&reversed != 0 }

// Forward returns o as it is when it is not reversed.
func (o Order) Forward() Order { return o &^ reversed }

// String returns the name of an order: "path", "date", "faces", "name", "rating", "age" or "blur", behind a minus if it is reversed.
func (o Order) String() string {
	name := "unknown"
	if o.Forward() < numOrders {
		name = orderNames[o.Forward()]
	}
	if o.Reversed() {
		return "-" + name
	}
	return name
}

// ParseOrder reads what Order.String wrote.
func ParseOrder(s string) (Order, error) {
	name, back := strings.CutPrefix(s, "-")
	i := slices.Index(orderNames[:], name)
	switch {
	case i < 0:
		return 0, fmt.Errorf("order %q: there are %s, each with a minus before it from the end", s, strings.Join(orderNames[:], ", "))
	case back:
		return Order(i).Reverse(), nil
	}
	return Order(i), nil
}

// ordering keeps photos sorted while they come and change. What has changed is put in its place when somebody asks for the order.
type ordering struct {
	less  func(a, b Ref) int     // as cmp.Compare; never 0 for two photos
	build func(refs []Ref) []Ref // sorts many at once

	mu      sync.Mutex // guards the rest against those who ask; whoever tells of changes has the index for itself
	refs    []Ref
	pending []Ref // new, or to be put elsewhere; some more than once
}

// update tells of new photos and of photos whose key has changed.
func (o *ordering) update(changed []Ref) { o.pending = append(o.pending, changed...) }

// sorted returns all photos in their order. They must not be changed, and are good until the index changes.
func (o *ordering) sorted() []Ref {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.pending) == 0 {
		return o.refs
	}
	moves := newBitset(int(max(slices.Max(o.pending), Ref(len(o.refs)))) + 1)
	for _, ref := range o.pending {
		moves.add(uint32(ref))
	}
	o.pending = nil
	stay := slices.DeleteFunc(o.refs, func(ref Ref) bool { return moves.has(uint32(ref)) })
	fresh := make([]Ref, 0, moves.count())
	moves.each(func(i uint32) { fresh = append(fresh, Ref(i)) })
	if len(fresh) > len(stay)/8 {
		o.refs = o.build(append(stay, fresh...))
		return o.refs
	}
	slices.SortFunc(fresh, o.less)
	o.refs = merge(stay, fresh, o.less)
	return o.refs
}

// merge puts sorted photos among sorted ones, in the place of these: from the end, so that each moves once.
func merge(stay, fresh []Ref, less func(a, b Ref) int) []Ref {
	end := len(stay)
	refs := slices.Grow(stay, len(fresh))[:len(stay)+len(fresh)]
	for k := len(fresh) - 1; k >= 0; k-- {
		n, _ := slices.BinarySearchFunc(refs[:end], fresh[k], less)
		copy(refs[n+k+1:], refs[n:end])
		refs[n+k] = fresh[k]
		end = n
	}
	return refs
}

// newOrderings makes the orders that are kept.
func (ix *index) newOrderings() {
	byPath := func(a, b Ref) int {
		p, q := ix.folders.codes[a], ix.folders.codes[b]
		if p != q {
			return compareNatural(ix.folders.texts[p], ix.folders.texts[q])
		}
		return compareNatural(ix.nameOfPhoto(a), ix.nameOfPhoto(b))
	}
	ix.byPath = &ordering{less: byPath, build: ix.sortByPath}
	ix.byName = &ordering{build: ix.sortByName, less: func(a, b Ref) int {
		return cmp.Or(compareNatural(ix.nameOfPhoto(a), ix.nameOfPhoto(b)), byPath(a, b))
	}}
	ix.byTime = &ordering{build: ix.sortByTime, less: func(a, b Ref) int {
		return cmp.Or(compareTaken(ix.photos[a].taken, ix.photos[b].taken), byPath(a, b))
	}}
}

// nameOfPhoto returns the name of a photo's file.
func (ix *index) nameOfPhoto(ref Ref) string {
	_, name := splitPath(ix.photos[ref].path)
	return name
}

// compareTaken orders times, unknown ones last.
func compareTaken(s, t time.Time) int {
	if s.IsZero() != t.IsZero() {
		if s.IsZero() {
			return 1
		}
		return -1
	}
	return s.Compare(t)
}

// sortByPath sorts the folders first: there are few of them, and the names in each are mostly in their order already.
func (ix *index) sortByPath(refs []Ref) []Ref {
	folders := make([]int32, len(ix.folders.texts))
	for i := range folders {
		folders[i] = int32(i)
	}
	slices.SortFunc(folders, func(a, b int32) int { return compareNatural(ix.folders.texts[a], ix.folders.texts[b]) })
	rank := make([]int32, len(folders))
	for i, f := range folders {
		rank[f] = int32(i)
	}
	slices.Sort(refs) // rows are mostly in the order of the paths
	refs, ends := sortByKey(refs, len(folders), func(ref Ref) int { return int(rank[ix.folders.codes[ref]]) })
	start := 0
	for _, end := range ends {
		slices.SortFunc(refs[start:end], func(a, b Ref) int { return compareNatural(ix.nameOfPhoto(a), ix.nameOfPhoto(b)) })
		start = end
	}
	return refs
}

func (ix *index) sortByName(refs []Ref) []Ref {
	type named struct {
		key []byte
		ref Ref
	}
	keys := make([]named, len(refs))
	var all []byte
	for i, ref := range refs {
		start := len(all)
		all = naturalKey(all, ix.nameOfPhoto(ref))
		keys[i] = named{all[start:len(all):len(all)], ref}
	}
	slices.SortFunc(keys, func(a, b named) int {
		if c := slices.Compare(a.key, b.key); c != 0 {
			return c
		}
		return ix.byName.less(a.ref, b.ref)
	})
	for i, k := range keys {
		refs[i] = k.ref
	}
	return refs
}

func (ix *index) sortByTime(refs []Ref) []Ref {
	type dated struct {
		seconds int64
		place   uint32 // by path
	}
	paths := ix.byPath.sorted()
	wanted := newBitset(len(ix.photos))
	for _, ref := range refs {
		wanted.add(uint32(ref))
	}
	keys := make([]dated, 0, len(refs))
	for i, ref := range paths {
		if !wanted.has(uint32(ref)) {
			continue
		}
		k := dated{math.MaxInt64, uint32(i)}
		if t := ix.photos[ref].taken; !t.IsZero() {
			k.seconds = t.Unix()
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b dated) int {
		if a.seconds != b.seconds {
			return cmp.Compare(a.seconds, b.seconds)
		}
		return cmp.Or(compareTaken(ix.photos[paths[a.place]].taken, ix.photos[paths[b.place]].taken), cmp.Compare(a.place, b.place))
	})
	for i, k := range keys {
		refs[i] = paths[k.place]
	}
	return refs
}

// sortByKey sorts by counting, which keeps the order of equals. key is less than n; ends are where the photos of each key end.
func sortByKey(refs []Ref, n int, key func(Ref) int) (sorted []Ref, ends []int) {
	ends = make([]int, n)
	for _, ref := range refs {
		ends[key(ref)]++
	}
	sum := 0
	for i, count := range ends {
		ends[i] = sum
		sum += count
	}
	sorted = make([]Ref, len(refs))
	for _, ref := range refs {
		k := key(ref)
		sorted[ends[k]] = ref
		ends[k]++
	}
	return sorted, ends
}

// sorted returns the photos of a set in an order. matching are the faces that the search asks for.
func (ix *index) sorted(photos, matching bitset, o Order) []Ref {
	var from []Ref
	switch o.Forward() {
	case ByTaken:
		from = ix.byTime.sorted()
	case ByName:
		from = ix.byName.sorted()
	default:
		from = ix.byPath.sorted()
	}
	refs := pick(from, photos)
	known := len(refs) // photos that the order says something of
	switch o.Forward() {
	case ByTaken:
		known, _ = slices.BinarySearchFunc(refs, true, func(ref Ref, _ bool) int {
			if ix.photos[ref].taken.IsZero() {
				return 1
			}
			return -1
		})
	case ByFaces:
		refs = mostFirst(refs, func(ref Ref) int { return int(ix.accepted[ref]) })
	case ByRating:
		refs = mostFirst(refs, func(ref Ref) int { return int(ix.photos[ref].said().Rating) })
	case ByAge:
		refs, known = ix.sortByFaces(refs, matching, "age", false)
	case BySharpness:
		refs, known = ix.sortByFaces(refs, matching, "sharpness", true)
	default:
	}
	if o.Reversed() {
		slices.Reverse(refs[:known])
	}
	return refs
}

// pick returns those of refs that are in a set, all of which are among refs.
func pick(refs []Ref, set bitset) []Ref {
	picked := make([]Ref, set.count()+1) // one more for those that are not
	n := 0
	for _, ref := range refs {
		picked[n] = ref // whether it stays is hard to foresee, and writing costs less than guessing
		n += int(set[ref/wordSize] >> (ref % wordSize) & 1)
	}
	return picked[:n:n]
}

// mostFirst sorts by a number that is not large, the largest first.
func mostFirst(refs []Ref, number func(Ref) int) []Ref {
	most := 0
	for _, ref := range refs {
		most = max(most, number(ref))
	}
	refs, _ = sortByKey(refs, most+1, func(ref Ref) int { return most - number(ref) })
	return refs
}

// sortByFaces sorts photos by the least number that a field of faces has among their matching ones, or by the largest one, that
// first. known is how many of them have any.
func (ix *index) sortByFaces(refs []Ref, matching bitset, field string, largest bool) (sorted []Ref, known int) {
	c := &ix.faceColumns[slices.IndexFunc(ix.faceFields, func(f *query.Field) bool { return f.Name == field })]
	const unknown = math.MaxInt16 + 1
	keys := make([]uint16, len(ix.photos))
	for i := range keys {
		keys[i] = unknown
	}
	matching.each(func(i uint32) {
		code := c.codes[i]
		if code < 0 {
			return
		}
		if largest {
			code = math.MaxInt16 - code
		}
		ref := ix.photoOf[i]
		keys[ref] = min(keys[ref], uint16(code))
	})
	sorted, ends := sortByKey(refs, unknown+1, func(ref Ref) int { return int(keys[ref]) })
	return sorted, ends[unknown-1]
}

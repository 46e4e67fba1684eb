package catalog

import "slices"

// ordering keeps photos sorted while they come and change.
type ordering struct {
	less func(a, b Ref) int // as cmp.Compare; never 0 for two photos
	refs []Ref
}

// update puts new photos and photos whose key has changed in their places.
func (o *ordering) update(changed []Ref) {
	if len(changed) == 0 {
		return
	}
	moves := newBitset(int(slices.Max(append(o.refs, changed...))) + 1)
	for _, ref := range changed {
		moves.add(uint32(ref))
	}
	fresh := make([]Ref, 0, len(changed))
	moves.each(func(i uint32) { fresh = append(fresh, Ref(i)) })
	slices.SortFunc(fresh, o.less)
	stay := slices.DeleteFunc(o.refs, func(ref Ref) bool { return moves.has(uint32(ref)) })
	merged := make([]Ref, 0, len(stay)+len(fresh))
	for _, ref := range fresh {
		n, _ := slices.BinarySearchFunc(stay, ref, o.less)
		merged = append(append(merged, stay[:n]...), ref)
		stay = stay[n:]
	}
	o.refs = append(merged, stay...)
}

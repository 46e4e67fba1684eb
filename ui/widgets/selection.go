package widgets

// Selection is which items of a list are chosen, by key, so that a list that
// grows or is filtered does not change it. The cursor is the item that keys
// move and the viewer shows; the anchor is where a range starts.
//
// The zero value is an empty list.
type Selection struct {
	n         int
	key       func(int) string
	chosen    map[string]bool
	cursor    int // -1: none; meaningful only with n > 0
	anchor    int
	cursorKey string
}

// Reset gives the selection a new list of n items. What was chosen stays
// chosen as far as it is in the new list, and the cursor follows its item.
func (s *Selection) Reset(n int, key func(int) string) {
	old, cursorKey, had := s.chosen, s.cursorKey, s.Cursor() >= 0
	s.n, s.key, s.chosen = n, key, map[string]bool{}
	if len(old) == 0 && !had {
		s.cursor, s.anchor = -1, -1
		return
	}
	at := -1
	if had && s.cursor < n && key(s.cursor) == cursorKey {
		at = s.cursor // the usual case: nothing moved
	}
	if len(old) > 0 || at < 0 {
		for i := range n {
			k := key(i)
			if old[k] {
				s.chosen[k] = true
			}
			if at < 0 && had && k == cursorKey {
				at = i
			}
		}
	}
	s.cursor, s.anchor = at, at
	if at < 0 {
		s.cursorKey = ""
	}
}

// Len returns the number of chosen items.
func (s *Selection) Len() int { return len(s.chosen) }

// Has reports whether item i is chosen.
func (s *Selection) Has(i int) bool { return i >= 0 && i < s.n && s.chosen[s.key(i)] }

// Cursor returns the index of the cursor, -1 if there is none.
func (s *Selection) Cursor() int {
	if s.n == 0 || s.cursorKey == "" {
		return -1
	}
	return s.cursor
}

// Keys returns the chosen keys in the order of the list. The slice is the caller's.
func (s *Selection) Keys() []string {
	keys := make([]string, 0, len(s.chosen))
	for i := 0; i < s.n && len(keys) < len(s.chosen); i++ {
		if k := s.key(i); s.chosen[k] {
			keys = append(keys, k)
		}
	}
	return keys
}

// Click is a click on item i: alone it chooses i only, with toggle (Ctrl) it
// adds or removes i, with extend (Shift) it chooses from the anchor to i, with
// both it adds that range.
func (s *Selection) Click(i int, toggle, extend bool) {
	if i < 0 || i >= s.n {
		return
	}
	if !toggle {
		clear(s.chosen)
	}
	switch {
	case extend && s.anchor >= 0:
		for j := min(i, s.anchor); j <= max(i, s.anchor); j++ {
			s.chosen[s.key(j)] = true
		}
		s.setCursor(i)
		return
	case toggle && s.chosen[s.key(i)]:
		delete(s.chosen, s.key(i))
	default:
		s.chosen[s.key(i)] = true
	}
	s.setCursor(i)
	s.anchor = i
}

// Move puts the cursor on item i, cut to the list, and chooses it alone or,
// with extend, the range from the anchor. It reports whether the cursor moved.
func (s *Selection) Move(i int, extend bool) bool {
	if s.n == 0 {
		return false
	}
	i = min(max(i, 0), s.n-1)
	if i == s.Cursor() && s.chosen[s.key(i)] && len(s.chosen) == 1 {
		return false
	}
	s.Click(i, false, extend)
	return true
}

// SelectAll chooses every item.
func (s *Selection) SelectAll() {
	for i := range s.n {
		s.chosen[s.key(i)] = true
	}
	if s.Cursor() < 0 && s.n > 0 {
		s.setCursor(0)
		s.anchor = 0
	}
}

// Clear chooses nothing; the cursor stays.
func (s *Selection) Clear() { clear(s.chosen) }

func (s *Selection) setCursor(i int) { s.cursor, s.cursorKey = i, s.key(i) }

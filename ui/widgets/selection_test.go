package widgets_test

import (
	"strings"
	"testing"

	"semblance/ui/widgets"
)

// list makes a selection's list of the letters of s.
func list(s string) (int, func(int) string) {
	return len(s), func(i int) string { return s[i : i+1] }
}

func TestSelection(t *testing.T) {
	click := func(i int) func(*widgets.Selection) {
		return func(s *widgets.Selection) { s.Click(i, false, false) }
	}
	ctrl := func(i int) func(*widgets.Selection) {
		return func(s *widgets.Selection) { s.Click(i, true, false) }
	}
	shift := func(i int) func(*widgets.Selection) {
		return func(s *widgets.Selection) { s.Click(i, false, true) }
	}
	both := func(i int) func(*widgets.Selection) {
		return func(s *widgets.Selection) { s.Click(i, true, true) }
	}
	move := func(i int, extend bool) func(*widgets.Selection) {
		return func(s *widgets.Selection) { s.Move(i, extend) }
	}
	reset := func(l string) func(*widgets.Selection) {
		return func(s *widgets.Selection) { s.Reset(list(l)) }
	}
	tests := []struct {
		name   string
		steps  []func(*widgets.Selection)
		want   string
		cursor int
	}{
		{"nothing", nil, "", -1},
		{"a click chooses one", []func(*widgets.Selection){click(1), click(3)}, "d", 3},
		{"a click beside the list", []func(*widgets.Selection){click(1), click(9)}, "b", 1},
		{"Ctrl adds and removes", []func(*widgets.Selection){click(1), ctrl(3), ctrl(1)}, "d", 1},
		{"Shift chooses the range", []func(*widgets.Selection){click(4), shift(2)}, "cde", 2},
		{"a second Shift starts at the same anchor", []func(*widgets.Selection){click(2), shift(4), shift(1)}, "bc", 1},
		{"Shift without an anchor is a click", []func(*widgets.Selection){shift(2)}, "c", 2},
		{"Ctrl+Shift adds the range", []func(*widgets.Selection){click(0), ctrl(3), both(4)}, "ade", 4},
		{"keys are cut to the list", []func(*widgets.Selection){move(-1, false), move(99, false)}, "f", 5},
		{"Shift and keys", []func(*widgets.Selection){click(2), move(3, true), move(4, true)}, "cde", 4},
		{"all", []func(*widgets.Selection){(*widgets.Selection).SelectAll}, "abcdef", 0},
		{"clear keeps the cursor", []func(*widgets.Selection){click(2), (*widgets.Selection).Clear}, "", 2},
		{"a list that grows in front", []func(*widgets.Selection){click(1), ctrl(2), reset("xyabcdef")}, "bc", 4},
		{"a list that loses the cursor", []func(*widgets.Selection){click(1), ctrl(2), reset("abd")}, "b", -1},
		{"the cursor follows without a choice", []func(*widgets.Selection){ctrl(2), ctrl(2), reset("xabc")}, "", 3},
		{"an empty list", []func(*widgets.Selection){click(1), reset("")}, "", -1},
		{"back from an empty list", []func(*widgets.Selection){click(1), reset(""), reset("ab"), move(0, false)}, "a", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s widgets.Selection
			s.Reset(list("abcdef"))
			for _, f := range tt.steps {
				f(&s)
			}
			got := strings.Join(s.Keys(), "")
			if got != tt.want || s.Cursor() != tt.cursor || s.Len() != len(tt.want) {
				t.Errorf("chosen %q (%d), cursor %d, want %q, cursor %d", got, s.Len(), s.Cursor(), tt.want, tt.cursor)
			}
		})
	}
}

func TestSelectionOfALargeListIsCheap(t *testing.T) {
	const n = 100_000
	calls := 0
	key := func(i int) string { calls++; return string(rune(i)) }
	var s widgets.Selection
	s.Reset(n, key)
	s.Click(5, false, false)
	calls = 0
	s.Move(6, false)
	if calls > 10 {
		t.Errorf("one key press asked for %d keys", calls)
	}
}

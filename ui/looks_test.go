package ui

import (
	"testing"

	"semblance/internal/library"
)

// After photos were looked at again the status bar says what came of it.
func TestLookAgainTellsWhatCameOfIt(t *testing.T) {
	f := newFixture(t)
	tests := []struct {
		name       string
		first, end int // selected photos
		run        func()
		want       string
	}{
		{"one photo with a doubtful face that the harder look does not find", 2, 2, f.lookHarder, "Looked harder: no more faces in 1 photo."},
		{"several", 0, 1, f.lookTurned, "Looked for turned faces: no more faces in 2 photos."},
		{"one that fails", 3, 4, f.reanalyse, "Analysed again: as many faces as before in 1 photo. 1 photo failed."},
		{"all fail", 4, 4, f.retry, "Analysed again: 1 photo failed."},
	}
	for _, tt := range tests {
		f.grid.MoveTo(tt.first, false)
		if tt.end != tt.first {
			f.grid.MoveTo(tt.end, true)
		}
		f.events = nil
		tt.run()
		f.wait("looked again")
		if got := f.status.said.Text; got != tt.want {
			t.Errorf("%s: the status bar says %q, want %q", tt.name, got, tt.want)
		}
		if len(f.looks) != 0 {
			t.Errorf("%s: %d looks are not done", tt.name, len(f.looks))
		}
	}
	f.grid.SelectNone()
	f.reanalyse()
	if got := f.status.said.Text; got != "No photo is selected that could be analysed again." {
		t.Errorf("without a photo the status bar says %q", got)
	}
}

func TestLookAgainWords(t *testing.T) {
	for _, tt := range []struct {
		l    lookAgain
		want string
	}{
		{lookAgain{look: library.LookHarder, photos: 1, more: 2}, "Looked harder: 2 more faces in 1 photo."},
		{lookAgain{look: library.LookHarder, photos: 3, more: 1, doubtful: 2}, "Looked harder: 1 more face, 2 more doubtful in 3 photos."},
		{lookAgain{look: library.LookTurned, photos: 1}, "Looked for turned faces: no more faces in 1 photo."},
		{lookAgain{photos: 4, fewer: 1, failed: 1}, "Analysed again: 1 face fewer in 3 photos. 1 photo failed."},
	} {
		if got := tt.l.words(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	l := lookAgain{}
	l.done(library.Entry{Faces: 2, Doubtful: 1}, library.Entry{State: library.Done, Faces: 4})
	l.done(library.Entry{Faces: 3}, library.Entry{State: library.Done, Faces: 2, Doubtful: 1})
	l.done(library.Entry{Faces: 3}, library.Entry{State: library.Failed})
	if l.more != 2 || l.fewer != 1 || l.doubtful != 1 || l.failed != 1 {
		t.Errorf("counted %+v", l)
	}
}

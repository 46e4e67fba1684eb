package synthetic

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
	"semblance/internal/photo"
)

func TestLibrary(t *testing.T) {
	const photos, faces = 4500, 10_000
	l := NewLibrary(photos, faces)
	l.Whole = true
	ids, paths := map[photo.ID]bool{}, map[string]bool{}
	sum, empty, crowds, marked, named := 0, 0, 0, 0, 0
	for n := range l.Photos() {
		p := l.Photo(n)
		ids[p.ID], paths[p.File.Path] = true, true
		sum += len(p.Analysis.Faces)
		named += len(p.Names)
		switch k := len(p.Analysis.Faces); {
		case k == 0:
			empty++
		case k > 15:
			crowds++
		}
		if !p.Marks.IsZero() {
			marked++
		}
		if err := p.Marks.Check(); err != nil {
			t.Errorf("photo %d: %v", n, err)
		}
		for i := range p.Analysis.Faces {
			f := &p.Analysis.Faces[i]
			if f.Number != uint32(i+1) || f.Box.Empty() || f.Hair.Color == face.UnknownHair || f.Age.Low > f.Age.Years {
				t.Errorf("photo %d: face %+v", n, f)
			}
		}
		if n%500 == 0 && cmp.Diff(p, l.Photo(n)) != "" {
			t.Errorf("photo %d is another one the second time", n)
		}
	}
	if len(ids) != photos || len(paths) != photos || sum != faces {
		t.Errorf("%d identities, %d paths, %d faces", len(ids), len(paths), sum)
	}
	for what, part := range map[string]float64{
		"photos without faces": float64(empty) / photos / .4, "crowds": float64(crowds) / photos / .016,
		"marked photos": float64(marked) / photos / .4, "faces with names": float64(named) * facesPerName / faces,
	} {
		if part < .75 || part > 1.3 {
			t.Errorf("%s: %.2f of what they should be", what, part)
		}
	}
}

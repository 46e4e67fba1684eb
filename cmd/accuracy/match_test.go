package main

import (
	"math/rand/v2"
	"slices"
	"testing"

	"semblance/internal/face"
)

// slowMatch looks for the best pair that is left, again and again.
func slowMatch(labelled, found []face.Box) []int {
	out := slices.Repeat([]int{-1}, len(labelled))
	used := make([]bool, len(found))
	for {
		best, bi, bk := float32(-1), -1, -1
		for i, a := range labelled {
			for k, b := range found {
				if out[i] >= 0 || used[k] {
					continue
				}
				if iou := a.IoU(b); (iou >= .3 || a.Contains(b.Center())) && iou > best {
					best, bi, bk = iou, i, k
				}
			}
		}
		if bi < 0 {
			return out
		}
		out[bi], used[bk] = bk, true
	}
}

func TestMatch(t *testing.T) {
	a, b := face.BoxAt(0, 0, 100, 100), face.BoxAt(200, 0, 100, 100)
	for name, c := range map[string]struct {
		labelled, found []face.Box
		want            []int
	}{
		"nothing":                       {nil, nil, []int{}},
		"nobody found":                  {[]face.Box{a}, nil, []int{-1}},
		"the same":                      {[]face.Box{a, b}, []face.Box{b, a}, []int{1, 0}},
		"too little overlap":            {[]face.Box{a}, []face.Box{face.BoxAt(54, 0, 100, 100)}, []int{-1}},
		"enough overlap":                {[]face.Box{a}, []face.Box{face.BoxAt(53, 0, 100, 100)}, []int{0}},
		"small, its centre inside":      {[]face.Box{a}, []face.Box{face.BoxAt(10, 10, 20, 20)}, []int{0}},
		"large, its centre outside":     {[]face.Box{a}, []face.Box{face.BoxAt(0, 0, 300, 300)}, []int{-1}},
		"one to one":                    {[]face.Box{a}, []face.Box{face.BoxAt(0, 0, 90, 90), a}, []int{1}},
		"the greatest overlap is first": {[]face.Box{a, face.BoxAt(40, 0, 100, 100)}, []face.Box{face.BoxAt(38, 0, 100, 100)}, []int{-1, 0}},
	} {
		if got := match(c.labelled, c.found); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	r := rand.New(rand.NewPCG(1, 1))
	boxes := func(n int) (out []face.Box) {
		for range n {
			out = append(out, face.BoxAt(r.Float32()*100, r.Float32()*100, 10+r.Float32()*60, 10+r.Float32()*60))
		}
		return out
	}
	for range 200 {
		labelled, found := boxes(r.IntN(12)), boxes(r.IntN(12))
		if got, want := match(labelled, found), slowMatch(labelled, found); !slices.Equal(got, want) {
			t.Fatalf("%v in %v: %v, want %v", found, labelled, got, want)
		}
	}
}

func faces(boxes ...face.Box) (out []face.Face) {
	for _, b := range boxes {
		out = append(out, face.Face{Box: b, Score: 1})
	}
	return out
}

func TestPartners(t *testing.T) {
	middle, corner, small := face.BoxAt(400, 300, 200, 200), face.BoxAt(0, 0, 250, 250), face.BoxAt(480, 380, 40, 40)
	unsure := faces(middle)
	unsure[0].Score = face.AcceptScore
	for name, c := range map[string]struct {
		labels []label
		faces  []face.Face
		want   []int // indices of faces
	}{
		"nobody":                           {[]label{{}}, nil, []int{-1}},
		"the main face is near the middle": {[]label{{}}, faces(corner, middle, small), []int{1}},
		"but not small":                    {[]label{{}}, faces(corner, small), []int{0}},
		"a doubtful face is none":          {[]label{{}, {box: middle}}, unsure, []int{-1, -1}},
		"boxes find their own":             {[]label{{box: middle}, {}, {box: corner}}, faces(corner, middle), []int{1, 1, 0}},
		"each face once":                   {[]label{{box: corner}, {box: corner.Scale(.9)}}, faces(corner), []int{0, -1}},
	} {
		a := &face.Analysis{W: 1000, H: 800, Faces: c.faces}
		got := partners(&picture{labels: c.labels}, a)
		for i, f := range got {
			want := (*face.Face)(nil)
			if k := c.want[i]; k >= 0 {
				want = &a.Faces[k]
			}
			if f != want {
				t.Errorf("%s: label %d: %+v, want face %d", name, i, f, c.want[i])
			}
		}
	}
}

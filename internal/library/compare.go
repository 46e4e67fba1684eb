package library

import (
	"context"

	"semblance/internal/face"
)

// Comparison is how analyses differ from those whose place they took, of many photos.
type Comparison struct {
	Photos  int                   // that have a former analysis
	Faces   int                   // that both found
	New     int                   // faces that only the present analyses have
	Gone    int                   // faces that only the former ones have
	Looked  map[face.Features]int // faces of Faces of which both looked for a feature
	Changed map[face.Features]int // of Looked, those with another value
}

// Compare compares the analyses of the photos in a folder and below it, "" for all, with those whose place they took. each may be nil; it is
// called for every photo that has a former one, with what is different. Photos whose record cannot be read are left out. The error is that of ctx when it ends.
func (l *Library) Compare(ctx context.Context, folder string, each func(path string, d []face.Difference)) (Comparison, error) {
	c := Comparison{Looked: map[face.Features]int{}, Changed: map[face.Features]int{}}
	for _, path := range l.catalog.Paths(folder, true) {
		if err := ctx.Err(); err != nil {
			return c, err
		}
		p, err := l.Photo(path)
		if err != nil || p.Former == nil {
			continue
		}
		d := face.Compare(&p.Former.Analysis, p.Found)
		c.add(&p.Former.Analysis, p.Found, d)
		if each != nil {
			each(path, d)
		}
	}
	return c, nil
}

func (c *Comparison) add(before, now *face.Analysis, differences []face.Difference) {
	c.Photos++
	common := len(now.Faces)
	for _, d := range differences {
		switch {
		case d.Feature != face.BoundsBox:
			c.Changed[d.Feature]++
		case d.Before == face.Absent:
			c.New++
			common--
		default:
			c.Gone++
		}
	}
	c.Faces += common
	for _, feature := range (before.Have & now.Have & face.Correctable).Split() {
		c.Looked[feature] += common
	}
}

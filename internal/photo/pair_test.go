package photo

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestPair(t *testing.T) {
	for _, tt := range []struct{ files, want string }{
		{"a/IMG_1.CR2 a/IMG_1.jpg", "a/IMG_1.CR2 a/IMG_1.jpg"},
		{"a/IMG_1.JPG a/img_1.nef", "a/img_1.nef a/IMG_1.JPG"},
		{"a/IMG_1.heic a/IMG_1.dng", "a/IMG_1.dng a/IMG_1.heic"},
		{"a/IMG_1.jpg a/IMG_1.jpeg", ""},
		{"a/IMG_1.CR3 a/IMG_1.DNG", ""},
		{"a/IMG_1.DNG a/IMG_1.CR3 a/IMG_1.jpg", "a/IMG_1.CR3 a/IMG_1.jpg"},
		{"a/IMG_1.CR3 a/IMG_1.jpg a/IMG_1.jpeg", "a/IMG_1.CR3 a/IMG_1.jpeg"},
		{"a/IMG_1.CR3 a/IMG_1.tif", ""},
		{"a/IMG_1.CR3 a/IMG_1.png a/IMG_1.CR3.jpg", ""},
		{"a/IMG_1.CR3 A/IMG_1.jpg", ""}, // another folder
		{"a/IMG_1.CR3", ""},
		{"", ""},
	} {
		files := strings.Fields(tt.files)
		for range 2 { // in any order
			groups := map[string][]string{}
			for _, f := range files {
				name := PairName(filepath.FromSlash(f))
				groups[name] = append(groups[name], f)
			}
			got := ""
			for _, group := range groups {
				if raw, picture, ok := Pair(group); ok {
					got += raw + " " + picture
				}
			}
			if got != tt.want {
				t.Errorf("%v: pair %q, want %q", files, got, tt.want)
			}
			slices.Reverse(files)
		}
	}
}

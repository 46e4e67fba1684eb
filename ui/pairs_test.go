package ui

import (
	"fmt"
	"testing"

	"semblance/internal/library"
)

func TestFilesOfAPair(t *testing.T) {
	raw := library.Entry{Path: "/p/img_1.CR3", Size: 25 << 20, Partner: "/p/IMG_1.JPG", Hidden: true}
	for _, tt := range []struct {
		e, partner          library.Entry
		facts, paths, badge string
	}{
		{library.Entry{Path: "/p/IMG_1.JPG", Size: 5 << 20}, library.Entry{}, "File " + fileSize(5<<20), "[/p/IMG_1.JPG]", ""},
		{library.Entry{Path: "/p/IMG_1.JPG", Size: 5 << 20, Partner: raw.Path}, raw, "File IMG_1.JPG · " + fileSize(5<<20) + ", RAW img_1.CR3 · " + fileSize(25<<20), "[/p/IMG_1.JPG /p/img_1.CR3]", "RAW+J"},
		{library.Entry{Path: "/p/IMG_1.heic", Size: 5 << 20, Partner: raw.Path}, raw, "File IMG_1.heic · " + fileSize(5<<20) + ", RAW img_1.CR3 · " + fileSize(25<<20), "[/p/IMG_1.heic /p/img_1.CR3]", "RAW+H"},
	} {
		facts := ""
		for _, f := range fileFacts(tt.e, tt.partner) {
			if facts != "" {
				facts += ", "
			}
			facts += f.name + " " + f.value
		}
		if paths := fmt.Sprint(pairFiles(tt.e)); facts != tt.facts || paths != tt.paths || pairBadge(tt.e) != tt.badge {
			t.Errorf("%s: %q, %s, %q, want %q, %s, %q", tt.e.Path, facts, paths, pairBadge(tt.e), tt.facts, tt.paths, tt.badge)
		}
	}
}

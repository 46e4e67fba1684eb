package ui

import (
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{count(0), "0"},
		{count(999), "999"},
		{count(1204), "1\u00a0204"},
		{count(1234567), "1\u00a0234\u00a0567"},
		{count(-1000), "-1\u00a0000"},
		{plural(1, "photo"), "1 photo"},
		{plural(0, "photo"), "0 photos"},
		{percent(.9214), "92.1 %"},
		{duration(0), "1 s"},
		{duration(59 * time.Second), "59 s"},
		{duration(19 * time.Minute), "19 min"},
		{duration(26 * time.Hour), "26 h"},
		{duration(72 * time.Hour), "3 days"},
		{fileSize(12), "12 B"},
		{fileSize(456_700), "457 kB"},
		{fileSize(24_300_000), "24.3 MB"},
		{className("ethnicity", "middle_eastern"), "Middle Eastern"},
		{className("ethnicity", "latino_hispanic"), "Latino/Hispanic"},
		{className("emotion", "happy"), "Happy"},
		{className("gender", "unknown"), "unknown"},
		{degrees(-.4), "0°"},
		{degrees(.4), "0°"},
		{degrees(-.6), "−1°"},
		{degrees(-12.2), "−12°"},
		{degrees(33.5), "34°"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

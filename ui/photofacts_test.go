package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"semblance/internal/photo"
)

func TestCoordinates(t *testing.T) {
	for _, tt := range []struct {
		place photo.GPS
		want  string
	}{
		{photo.GPS{}, ""},
		{photo.GPS{Known: true, Latitude: 52.516275, Longitude: 13.377704, HasAltitude: true, Altitude: 35.4}, "52.51628° N, 13.37770° E · 35 m"},
		{photo.GPS{Known: true, Latitude: -33.5, Longitude: -70.25}, "33.50000° S, 70.25000° W"},
	} {
		if got := coordinates(tt.place); got != tt.want {
			t.Errorf("coordinates(%+v) = %q, want %q", tt.place, got, tt.want)
		}
	}
}

func TestTakenAt(t *testing.T) {
	clock := func(zone *time.Location) time.Time { return time.Date(2026, 5, 3, 14, 22, 11, 37e7, zone) }
	for _, tt := range []struct {
		taken time.Time
		want  string
	}{
		{clock(time.UTC), "2026-05-03 14:22:11"},
		{clock(time.FixedZone("", 2*3600)), "2026-05-03 14:22:11 +02:00"},
		{clock(time.FixedZone("", -3*3600-1800)), "2026-05-03 14:22:11 -03:30"},
	} {
		if got := takenAt(tt.taken); got != tt.want {
			t.Errorf("takenAt(%v) = %q, want %q", tt.taken, got, tt.want)
		}
	}
}

// A warning is read in full, however narrow the panel is.
func TestWarningIsShownInFull(t *testing.T) {
	test.NewTempApp(t)
	b := newWarningBox()
	w := test.NewTempWindow(t, b.object)
	if b.object.Visible() {
		t.Error("a box without a warning is seen")
	}
	b.show([]string{"its colour profile (Artifex CMYK SWOP Profile) could not be used: colours may be off", "the file is damaged: Premature end of JPEG file"})
	w.Resize(fyne.NewSize(220, 300))
	var shown strings.Builder
	lines := test.WidgetRenderer(test.WidgetRenderer(b.text).Objects()[0].(fyne.Widget)).Objects()
	for _, o := range lines {
		if line, ok := o.(*canvas.Text); ok {
			shown.WriteString(line.Text + " ")
		}
	}
	if got := strings.Join(strings.Fields(shown.String()), " "); !b.object.Visible() || len(lines) < 4 || !strings.Contains(got, "could not be used: colours may be off the file") {
		t.Errorf("%d lines: %q", len(lines), got)
	}
	b.show(nil)
	if b.object.Visible() {
		t.Error("the warning of another photo is still seen")
	}
}

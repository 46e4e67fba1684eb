package ui

import (
	"testing"

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

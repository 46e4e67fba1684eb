package ui

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"time"

	"semblance/internal/library"
	"semblance/internal/photo"
)

// photoFacts lists what is known about a photo as a file; partner is the other half of a pair.
func photoFacts(p library.Photo, partner library.Entry) []fact {
	m := p.Meta
	facts := []fact{
		{name: "Camera", value: m.Camera()},
		{name: "Lens", value: m.Lens},
		{name: "Exposure", value: exposure(m.Exposure, m.FNumber, m.ISO, m.FocalLength)},
	}
	if !p.Taken.IsZero() {
		facts = append(facts, fact{name: "Taken", value: takenAt(p.Taken)})
	}
	if p.W > 0 {
		facts = append(facts, fact{name: "Size", value: fmt.Sprintf("%d × %d · %.1f MP", p.W, p.H, float64(p.W)*float64(p.H)/1e6)})
	}
	if m.FullW > 0 && m.FullW*m.FullH > m.StoredW*m.StoredH {
		facts = append(facts, fact{name: "RAW", value: fmt.Sprintf("%d × %d · %.1f MP, seen by its preview", m.FullW, m.FullH, float64(m.FullW)*float64(m.FullH)/1e6)})
	}
	facts = append(facts, fact{name: "Place", value: coordinates(m.GPS)})
	if p.Path != "" { // of photos of all folders it is not seen elsewhere
		facts = append(facts, fact{name: "Folder", value: filepath.Base(filepath.Dir(p.Path))})
	}
	return append(facts, fileFacts(p.Entry, partner)...)
}

// takenAt prints "2026-05-03 14:22:11", with "+02:00" behind it where the camera wrote how far that is from UTC. UTC itself is what
// a time has of which nobody knows that.
func takenAt(t time.Time) string {
	if _, offset := t.Zone(); offset != 0 {
		return t.Format("2006-01-02 15:04:05 -07:00")
	}
	return t.Format("2006-01-02 15:04:05")
}

// coordinates prints "52.51628° N, 13.37770° E · 35 m", to about a metre.
func coordinates(g photo.GPS) string {
	if !g.Known {
		return ""
	}
	north, east := "N", "E"
	if g.Latitude < 0 {
		north = "S"
	}
	if g.Longitude < 0 {
		east = "W"
	}
	s := fmt.Sprintf("%.5f° %s, %.5f° %s", math.Abs(g.Latitude), north, math.Abs(g.Longitude), east)
	if g.HasAltitude {
		s += fmt.Sprintf(" · %.0f m", g.Altitude)
	}
	return s
}

// exposure prints what is known of "1/250 · f/2.0 · ISO 400 · 85 mm".
func exposure(seconds, aperture float64, iso int, focal float64) string {
	var parts []string
	switch {
	case seconds <= 0:
	case seconds < .4:
		parts = append(parts, fmt.Sprintf("1/%.0f", 1/seconds))
	default:
		parts = append(parts, fmt.Sprintf("%.3g s", seconds))
	}
	if aperture > 0 {
		parts = append(parts, fmt.Sprintf("f/%.1f", aperture))
	}
	if iso > 0 {
		parts = append(parts, fmt.Sprintf("ISO %d", iso))
	}
	if focal > 0 {
		parts = append(parts, fmt.Sprintf("%.3g mm", focal))
	}
	return strings.Join(parts, " · ")
}

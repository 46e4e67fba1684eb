package ui

import (
	"fmt"
	"path/filepath"
	"strings"

	"semblance/internal/library"
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
		facts = append(facts, fact{name: "Taken", value: p.Taken.Format("2006-01-02 15:04:05")})
	}
	if p.W > 0 {
		facts = append(facts, fact{name: "Size", value: fmt.Sprintf("%d × %d · %.1f MP", p.W, p.H, float64(p.W)*float64(p.H)/1e6)})
	}
	if p.Path != "" { // of photos of all folders it is not seen elsewhere
		facts = append(facts, fact{name: "Folder", value: filepath.Base(filepath.Dir(p.Path))})
	}
	facts = append(facts, fileFacts(p.Entry, partner)...)
	for _, w := range p.Warnings {
		facts = append(facts, fact{name: "Warning", value: w, warn: true})
	}
	return facts
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

package ort_test

import (
	"fmt"
	"slices"
	"testing"

	"semblance/models"
	"semblance/models/ort"
)

// One run of each network on one picture; the detector at the sizes of its passes.
func BenchmarkRun(b *testing.B) {
	r := open(b, ort.Options{})
	pack, err := models.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	for _, m := range pack.Models() {
		sides := []int{0}
		if slices.Contains(m.Inputs[0].Shape[1:], -1) {
			sides = []int{128, 160, 320, 640, 960}
		}
		for _, side := range sides {
			name := m.Name
			if side > 0 {
				name = fmt.Sprintf("%s/%d", m.Name, side)
			}
			b.Run(name, func(b *testing.B) {
				s := network(b, r, m.Name)
				in := input(m, side, 0)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := s.Run(b.Context(), in); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// Everything from the process's start to the first session, which the first photo waits for: the library's hash, its
// loading, one network.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		r, err := ort.Open(ort.Options{})
		if err != nil {
			b.Skip(err)
		}
		if _, err := r.Network("detector"); err != nil {
			b.Fatal(err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

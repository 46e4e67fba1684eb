//go:build unix

package main

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"semblance/models"
)

// processorTime returns the time that the process has computed.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkHair runs the published float network and both of ours in turn, so that what else the machine does takes from all
// alike. of-float is the processor time of one over that of the float network, by the medians of their runs.
func BenchmarkHair(b *testing.B) {
	networks := hairNetworks(b)
	names := []string{"float", "hair_224", "hair_192"}
	times := map[string][]time.Duration{}
	inputs := map[string]models.Tensor{}
	img := sample(b, heads()[0])
	for _, name := range names {
		inputs[name] = input(img, networks[name].Model().Inputs[0].Shape[1])
		if _, err := networks[name].Run(b.Context(), inputs[name]); err != nil { // the first run makes its buffers
			b.Fatal(err)
		}
	}
	for b.Loop() {
		for _, name := range names {
			before := processorTime(b)
			if _, err := networks[name].Run(b.Context(), inputs[name]); err != nil {
				b.Fatal(err)
			}
			times[name] = append(times[name], processorTime(b)-before)
		}
	}
	median := func(name string) float64 {
		slices.Sort(times[name])
		return float64(times[name][len(times[name])/2].Microseconds()) / 1000
	}
	for _, name := range names {
		b.ReportMetric(median(name), name+"-ms")
		if name != "float" {
			b.ReportMetric(median(name)/median("float"), name+"-of-float")
		}
	}
}

package decode

import (
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"semblance/internal/photo"
)

// resident reads a figure of /proc/self/status in bytes: VmHWM, the most memory that the process has had, or VmRSS, what it has.
func resident(t *testing.T, name string) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), name+":")
	kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// A picture takes little above its own pixels (60 MB were the aim, 5 are reached), and no more than Cost says, the
// library's memory included: measured from outside Go, in a process of its own for each way of asking.
func TestPeakMemory(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector takes memory of its own: run without it")
	}
	if file := os.Getenv("SEMBLANCE_PEAK_FILE"); file != "" {
		peakChild(t, file, os.Getenv("SEMBLANCE_PEAK_CASE"))
		return
	}
	dir := t.TempDir()
	img := scene(6000, 4000)
	baseline := encodeJPEG(t, img)
	files := map[string][]byte{
		"baseline": baseline, "turned": withEXIF(baseline, photo.Rotate90),
		"progressive": madeJPEG{img: scene(2400, 1600), sampling: gray1, adobe: -1, progressive: true}.bytes(t),
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ file, how string }{
		{"baseline", "full"},
		{"baseline", "analysis"},
		{"baseline", "thumbnail"},
		{"baseline", "region"},
		{"turned", "full"},
		{"turned", "analysis"},
		{"turned", "region"},
		{"progressive", "full"},
		{"progressive", "region"},
	} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPeakMemory$", "-test.v")
		cmd.Env = append(os.Environ(), "SEMBLANCE_PEAK_FILE="+filepath.Join(dir, tt.file), "SEMBLANCE_PEAK_CASE="+tt.how)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s, %s: %v\n%s", tt.file, tt.how, err, out)
			continue
		}
		_, figures, _ := strings.Cut(string(out), "PEAK ")
		var peak, pixels, coefficients, cost int64
		if _, err := fmt.Sscan(figures, &peak, &pixels, &coefficients, &cost); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		above := peak - pixels
		t.Logf("%s, %s: %.1f MB above the %.1f MB of the pixels, %.1f MB of them coefficients", tt.file, tt.how, float64(above)/1e6, float64(pixels)/1e6, float64(coefficients)/1e6)
		if limit := jpegMemory + coefficients; turboBuilt && above > limit {
			t.Errorf("%s, %s: %d bytes above the pixels", tt.file, tt.how, above)
		}
		if peak > cost {
			t.Errorf("%s, %s: %d bytes, Cost says %d", tt.file, tt.how, peak, cost)
		}
		if tt.how == "full" && peak < pixels*9/10 {
			t.Errorf("%s, %s: a peak of %d bytes with %d of pixels is wrongly measured", tt.file, tt.how, peak, pixels)
		}
	}
}

func peakChild(t *testing.T, file, how string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	e := open(t, data)
	w, h := e.Size()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600); err != nil {
		t.Fatal(err) // 5: forget the most there has been
	}
	before := resident(t, "VmHWM")
	var img *image.RGBA
	side := map[string]int{"analysis": 1500, "thumbnail": 320}[how]
	if how == "region" {
		img, err = e.Region(t.Context(), image.Rect(w*2/3, h*2/3, w*2/3+600, h*2/3+400), 0)
	} else {
		img, err = e.Pixels(t.Context(), side)
	}
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("PEAK", resident(t, "VmHWM")-before, len(img.Pix), jpegCoefficients(data), e.Cost(side)-int64(len(data)))
}

// Broken files leave nothing behind in the library's memory.
func TestBrokenFilesLeaveNothing(t *testing.T) {
	img := scene(160, 120)
	seeds := [][]byte{
		encodeJPEG(t, img), withEXIF(encodeJPEG(t, img), 6), madeJPEG{img: img, sampling: half420, adobe: -1, progressive: true}.bytes(t),
		madeJPEG{img: img, sampling: inks, adobe: 2, restart: 2}.bytes(t),
	}
	rng := rand.New(rand.NewPCG(5, 6))
	decodeAll := func(n int) (failed int) {
		for i := range n {
			data := append([]byte(nil), seeds[i%len(seeds)]...)
			for range 1 + rng.IntN(4) {
				data[2+rng.IntN(len(data)-2)] ^= 1 << rng.IntN(8)
			}
			if i%3 == 0 {
				data = data[:rng.IntN(len(data))]
			}
			e, err := (Decoder{Limits: Limits{MaxPixels: 1 << 20}}).FromBytes("x", data)
			if err == nil {
				_, err = e.Pixels(t.Context(), rng.IntN(200))
			}
			if err == nil {
				e.Release()
				_, err = e.Region(t.Context(), image.Rect(50, 50, 100, 90), 0)
			}
			if err != nil {
				failed++
			}
		}
		return failed
	}
	n := 4000
	if !turboBuilt {
		n = 400 // there is no memory but Go's
	}
	decodeAll(n / 4)
	debug.FreeOSMemory()
	before := resident(t, "VmRSS")
	failed := decodeAll(n)
	debug.FreeOSMemory()
	// A decoder of the library that is not freed is 30 kB and more.
	if grown := resident(t, "VmRSS") - before; grown > 16<<20 || failed < n/20 {
		t.Errorf("%d bytes more than before, %d files gave nothing", grown, failed)
	} else {
		t.Logf("%d kB more than before, %d of %d files gave nothing", grown>>10, failed, n)
	}
}

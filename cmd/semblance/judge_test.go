package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// coverFaces writes photos of single faces with a grey board before the lower part, which
// make the detector doubt, and returns how many. Not all of them are doubtful to every
// detector, but some are.
func coverFaces(t *testing.T, samples, photos string) int {
	t.Helper()
	covers := []struct {
		sample string
		face   image.Rectangle
		part   float64 // of the face that is covered
	}{
		{"sample1.jpg", image.Rect(1466, 213, 1686, 438), .40},
		{"sample3.jpg", image.Rect(1069, 206, 1306, 526), .70},
		{"sample5.jpg", image.Rect(372, 868, 565, 1170), .55},
		{"sample5.jpg", image.Rect(372, 868, 565, 1170), .60},
		{"sample5.jpg", image.Rect(372, 868, 565, 1170), .70},
	}
	for i, c := range covers {
		in, err := os.Open(filepath.Join(samples, c.sample))
		if err != nil {
			t.Fatal(err)
		}
		whole, err := jpeg.Decode(in)
		in.Close()
		if err != nil {
			t.Fatal(err)
		}
		around := image.Rect(c.face.Min.X-c.face.Dx(), c.face.Min.Y-c.face.Dy(), c.face.Max.X+c.face.Dx(), c.face.Max.Y+c.face.Dy())
		around = around.Intersect(whole.Bounds())
		p := image.NewRGBA(around)
		draw.Draw(p, around, whole, around.Min, draw.Src)
		board := around
		board.Min.Y = c.face.Max.Y - int(c.part*float64(c.face.Dy()))
		draw.Draw(p, board, image.NewUniform(color.Gray{Y: 127}), image.Point{}, draw.Src)
		out, err := os.Create(filepath.Join(photos, fmt.Sprintf("covered%d.jpg", i)))
		if err != nil {
			t.Fatal(err)
		}
		if err := jpeg.Encode(out, p, &jpeg.Options{Quality: 92}); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return len(covers)
}

// judgeFaces accepts one doubtful face and rejects another, undoes the second, marks a
// face with the mouse and undoes that too, and corrects a value: one face more is left.
func judgeFaces(w *window) {
	w.t.Helper()
	const query = "doubtful:yes"
	w.key("ctrl+f")
	w.typed(query)
	w.key("Return")
	doubtful, _ := w.waitFor("search done", "query", query)["faces"].(float64)
	if doubtful < 2 {
		w.t.Fatalf("%v doubtful faces: the boards before the faces need other sizes", doubtful)
	}
	// The panel and the grid follow; news of the same edit may make the window search twice.
	left := func(want float64) { w.t.Helper(); w.waitFor("search done", "faces", want) }
	w.key("Home", "e")
	w.wait("picture shown")
	w.key("y")
	left(doubtful - 1)
	w.waitFor("face judged", "verdict", "accepted")
	w.key("n")
	left(doubtful - 2)
	w.waitFor("face judged", "verdict", "rejected")
	w.key("ctrl+z")
	left(doubtful - 1)
	w.wait("undone")

	w.key("m")
	w.xdotool("mousemove", "700", "300", "mousedown", "1")
	for _, at := range []string{"720", "760", "800"} { // a mouse does not jump
		w.xdotool("mousemove", at, at[:1]+"40")
	}
	w.xdotool("mousemove", "800", "420", "mouseup", "1")
	w.wait("face marked")
	w.wait("idle") // it has been looked at
	w.screenshot(filepath.Join(w.t.ArtifactDir(), "marked.png"))
	w.key("ctrl+z")
	w.waitFor("undone", "what", "mark a face")

	// The keyboard alone corrects a value: the first feature of the menu, its second value.
	w.key("w", "Down", "Right", "Down", "Return")
	w.waitFor("face corrected", "feature", "gender")
	w.key("ctrl+z")
	w.wait("undone")
}

// markPhotos gives the current photo stars and a tag and its face a name by the keyboard, and undoes all of it. The letters that
// open the dialogs are not typed into them.
func markPhotos(w *window) {
	w.t.Helper()
	w.key("5")
	w.waitFor("photos marked", "what", "5 stars")
	w.key("t")
	w.typed("rome")
	w.key("Return")
	w.waitFor("photos marked", "what", "Tagged rome")
	w.key("Return") // closes the dialog
	w.key("i")
	w.typed("Ada")
	w.key("Return")
	w.waitFor("face named", "named", true)
	for _, what := range []string{"name face", "tag", "rate with 5 stars"} {
		w.key("ctrl+z")
		if undone, _ := w.wait("undone")["what"].(string); !strings.HasPrefix(undone, what) {
			w.t.Errorf("undone was %q, want %q", undone, what)
		}
	}
}

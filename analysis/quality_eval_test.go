package analysis_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"image"
	"image/draw"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/disintegration/imaging"

	"semblance/analysis"
	"semblance/internal/face"
)

// mainFace returns the largest face that is no doubtful one, and whether there is one.
func mainFace(a *face.Analysis) (face.Face, bool) {
	for _, f := range a.Faces { // largest first
		if !f.Doubtful() {
			return f, true
		}
	}
	return face.Face{}, false
}

// quantile returns the value below which the given share of the values lies; it sorts them.
func quantile(values []float32, share float64) float32 {
	slices.Sort(values)
	return values[int(share*float64(len(values)-1)+.5)]
}

// cut returns a copy of the part of img about b, and where b lies in it.
func cut(img *image.RGBA, b face.Box, factor float32) (*image.RGBA, face.Box) {
	s := b.Square(factor)
	r := image.Rect(int(s.Min.X), int(s.Min.Y), int(s.Max.X), int(s.Max.Y)).Intersect(img.Rect)
	out := image.NewRGBA(image.Rectangle{Max: r.Size()})
	draw.Draw(out, out.Rect, img, r.Min, draw.Src)
	return out, face.BoxAt(b.Min.X-float32(r.Min.X), b.Min.Y-float32(r.Min.Y), b.W(), b.H())
}

// shaken returns the mean of img and of itself moved by 1 to length-1 pixels to the right.
func shaken(img *image.RGBA, length int) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	for y := range img.Rect.Dy() {
		row, to := img.Pix[y*img.Stride:][:4*img.Rect.Dx()], out.Pix[y*out.Stride:]
		var sum [4]int
		for i, v := range row {
			sum[i%4] += int(v)
			if i >= 4*length {
				sum[i%4] -= int(row[i-4*length])
			}
			to[i] = uint8(sum[i%4] / min(length, i/4+1))
		}
	}
	return out
}

// TestBlurTable blurs sharp portraits by shares of the face's side. (The faces of FairFace
// are no measure of that: at their size half of them are blurred.) Of 60 portraits there are
// above the threshold .98 as they are, .92 blurred by a Gaussian of .004, .55 of .006, .18 of
// .008 and none of .011; shaken by .03 .72, by .05 .35, by .08 .13.
func TestBlurTable(t *testing.T) {
	measures(t)
	engine := realEngine(t)
	type portrait struct {
		img *image.RGBA
		box face.Box
	}
	var portraits []portrait
	for set, n := range map[string]int{"helen_test": 20, "celeb1k_test": 10} {
		folder := evalFolder(t, set)
		for _, l := range every(labels(t, folder), n) {
			img := openPhoto(t, filepath.Join(folder, l["file"]))
			if f, ok := mainFace(analyze(t, engine, img, analysis.Request{})); ok {
				part, box := cut(img, f.Box, 2)
				portraits = append(portraits, portrait{part, box})
			}
		}
	}
	for _, c := range []struct {
		name        string
		sigma       float64 // of a Gaussian, in sides of the face
		motion      float64 // length of a movement, in sides of the face
		least, most float64 // limits of the share that is called sharp
	}{
		{"as they are", 0, 0, .93, 1},
		{"Gaussian .006", .006, 0, .3, .8},
		{"Gaussian .011", .011, 0, 0, .06},
		{"motion .05", 0, .05, .1, .6},
	} {
		var levels []float32
		var sharp share
		for _, p := range portraits {
			img, side := p.img, float64(p.box.LongSide())
			switch {
			case c.sigma > 0:
				blurred := imaging.Blur(img, c.sigma*side) // NRGBA, but opaque
				img = &image.RGBA{Pix: blurred.Pix, Stride: blurred.Stride, Rect: blurred.Rect}
			case c.motion > 0:
				img = shaken(img, int(c.motion*side+.5))
			}
			// The box of the sharp face: the detector is not what is measured here.
			f := analyze(t, engine, img, analysis.Request{Want: face.Blurriness, Boxes: []face.Box{p.box}}).Faces[0]
			levels = append(levels, f.Blur)
			sharp.count(!f.Blurry())
		}
		got := float64(sharp.right) / float64(sharp.all)
		t.Logf("%-14s %d faces, level 2 %% %4.0f, 10 %% %4.0f, median %4.0f, 90 %% %4.0f; called sharp %.3f",
			c.name, sharp.all, quantile(levels, .02), quantile(levels, .1), quantile(levels, .5), quantile(levels, .9), got)
		if got < c.least || got > c.most {
			t.Errorf("%s: %.3f are called sharp, want %.2f to %.2f", c.name, got, c.least, c.most)
		}
	}
}

// scaler is a source that never hands out more than 1/k of the photo, unless more is asked for.
type scaler struct {
	img *image.RGBA
	k   int
}

func (s scaler) Size() (w, h int) { return s.img.Rect.Dx(), s.img.Rect.Dy() }

func (s scaler) scale(side, longSide int) int {
	k := s.k
	for k > 1 && side/k < longSide {
		k /= 2
	}
	return k
}

func (s scaler) Pixels(_ context.Context, longSide int) (*image.RGBA, error) {
	w, h := s.Size()
	return halve(s.img, s.scale(max(w, h), longSide)), nil
}

func (s scaler) Region(_ context.Context, r image.Rectangle, longSide int) (*image.RGBA, error) {
	part, ok := s.img.SubImage(r).(*image.RGBA)
	if !ok {
		return nil, errors.New("no part of the picture")
	}
	whole := image.NewRGBA(image.Rectangle{Max: r.Size()}) // halve wants a picture at 0, 0
	draw.Draw(whole, whole.Rect, part, part.Rect.Min, draw.Src)
	return halve(whole, s.scale(max(r.Dx(), r.Dy()), longSide)), nil
}

// TestBlurAtEveryScale compares the levels of photos of 2048 pixels whose decoder shrinks them
// to half, which is enough for all other stages, with those of all pixels. Sharp faces lose a
// tenth, those near the threshold gain a little.
func TestBlurAtEveryScale(t *testing.T) {
	measures(t)
	engine := realEngine(t)
	folder := evalFolder(t, "helen_test")
	var ratios []float32
	var same share
	const side = 2048 // four photos of up to 1024 pixels each
	photo, boxes := image.NewRGBA(image.Rect(0, 0, side, side)), []face.Box(nil)
	for i, l := range every(labels(t, folder), 24) {
		img := openPhoto(t, filepath.Join(folder, l["file"]))
		at := image.Pt(i%2, i/2%2).Mul(side / 2)
		draw.Draw(photo, img.Rect.Add(at), img, image.Point{}, draw.Src)
		if f, ok := mainFace(analyze(t, engine, img, analysis.Request{})); ok {
			boxes = append(boxes, face.BoxAt(f.Box.Min.X+float32(at.X), f.Box.Min.Y+float32(at.Y), f.Box.W(), f.Box.H()))
		}
		if i%4 != 3 {
			continue
		}
		levels := func(k int) []face.Face {
			a, err := engine.Analyze(t.Context(), scaler{photo, k}, analysis.Request{Want: face.Blurriness, Boxes: boxes})
			if err != nil {
				t.Fatal(err)
			}
			return a.Faces
		}
		all := levels(1)
		for i, f := range levels(2) {
			ratios = append(ratios, f.Blur/all[i].Blur)
			same.count(f.Blurry() == all[i].Blurry())
		}
		boxes = nil
	}
	low, middle, high := quantile(ratios, .05), quantile(ratios, .5), quantile(ratios, .95)
	t.Logf("%d levels: 5 %% %.3f, median %.3f, 95 %% %.3f of those of all pixels", len(ratios), low, middle, high)
	if low < .8 || high > 1.2 || middle < .85 || middle > 1.1 {
		t.Error("levels depend on the decoder's scale")
	}
	same.atLeast(t, "same verdict", .95)
}

// trainingFaces reads n faces of each group of people from FairFace's training part (K.
// Karkkainen, J. Joo, WACV 2021; CC BY 4.0), which no network here is measured with.
func trainingFaces(t *testing.T, n int) map[string][]*image.RGBA {
	folder := filepath.Join(filepath.Dir(filepath.Dir(evalFolder(t, "fairface_val"))), "train", "fairface")
	list, err := os.Open(filepath.Join(folder, "labels.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the training part of FairFace is not beside the repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	rows, err := csv.NewReader(list).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	group := map[string]string{}
	for _, r := range rows {
		group[r[slices.Index(rows[0], "file")]] = r[slices.Index(rows[0], "race")]
	}
	shard, err := os.Open(filepath.Join(folder, "shard-00.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer shard.Close()
	unpacked, err := gzip.NewReader(shard)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]*image.RGBA{}
	archive := tar.NewReader(unpacked)
	for missing := 7 * n; missing > 0; {
		h, err := archive.Next()
		if err != nil {
			t.Fatal(err)
		}
		g := group[h.Name]
		if len(out[g]) == n {
			continue
		}
		var data bytes.Buffer
		if _, err := data.ReadFrom(archive); err != nil {
			t.Fatal(err)
		}
		img, _, err := image.Decode(&data)
		if err != nil {
			t.Fatal(err)
		}
		rgba := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
		draw.Draw(rgba, rgba.Rect, img, img.Bounds().Min, draw.Src)
		out[g] = append(out[g], rgba)
		missing--
	}
	return out
}

// TestExposureTable counts what is said of faces that nobody darkened or brightened, for each
// group. Of 3,000 faces 12.8 % of the black, 10.9 % of the indian, 9.0 % of the latino and
// middle eastern, 8.3 % of the asian and 7.6 % of the white ones are called underexposed; by
// the mean of the face alone (below 65) it would be 29 % of the black and 6 % of the white ones.
func TestExposureTable(t *testing.T) {
	measures(t)
	faces := trainingFaces(t, 40)
	engine := realEngine(t)
	for _, g := range slices.Sorted(maps.Keys(faces)) {
		var under, over share
		for _, img := range faces[g] {
			e := analyze(t, engine, img, analysis.Request{Want: face.Lighting, Crop: true}).Faces[0].Exposure
			under.count(e.Is == face.Underexposed)
			over.count(e.Is == face.Overexposed)
		}
		t.Logf("%-16s %d faces: underexposed %.3f, overexposed %.3f", g, under.all, float64(under.right)/float64(under.all), float64(over.right)/float64(over.all))
		if under.right*100 > under.all*30 || over.right*100 > over.all*10 {
			t.Errorf("%s: %d of %d faces are called underexposed, %d overexposed", g, under.right, under.all, over.right)
		}
	}
}

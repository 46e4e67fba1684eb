package photo_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"semblance/internal/photo"
)

// files is a folder tree as a literal: a name that ends in a slash is a folder.
func files(t *testing.T, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if name[len(name)-1] == '/' {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestWalk(t *testing.T) {
	root := files(t, "b.jpg", "a.JPG", "notes.txt", ".hidden.jpg", "sub/c.png", "sub/deep/d.webp", ".git/e.jpg",
		"@eaDir/f.jpg", "x.lrdata/g.jpg", "empty/", "ä b.tiff", "folder.jpg/h.jpg")
	if err := os.Symlink(root, filepath.Join(root, "loop")); err != nil {
		t.Logf("no symbolic links here: %v", err)
	}
	for _, tt := range []struct {
		recursive bool
		want      []string
	}{
		{false, []string{"a.JPG", "b.jpg", "ä b.tiff"}},
		{true, []string{"a.JPG", "b.jpg", "folder.jpg/h.jpg", "sub/c.png", "sub/deep/d.webp", "ä b.tiff"}},
	} {
		var got []string
		err := photo.Walk(t.Context(), root, photo.WalkOptions{Recursive: tt.recursive}, func(f photo.File) error {
			rel, err := filepath.Rel(root, f.Path)
			got = append(got, filepath.ToSlash(rel))
			if f.Size == 0 || f.MTime.IsZero() {
				t.Errorf("%s has size %d, time %v", rel, f.Size, f.MTime)
			}
			return err
		}, func(path string, err error) { t.Errorf("problem %s: %v", path, err) })
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("Walk(recursive %v) = %q, %v, want %q", tt.recursive, got, err, tt.want)
		}
	}
}

func TestWalkEnds(t *testing.T) {
	root := files(t, "a.jpg", "b.jpg")
	ignore := func(string, error) {}
	if err := photo.Walk(t.Context(), filepath.Join(root, "gone"), photo.WalkOptions{}, nil, ignore); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing root gives %v", err)
	}
	if err := photo.Walk(t.Context(), filepath.Join(root, "a.jpg"), photo.WalkOptions{}, nil, ignore); err == nil {
		t.Error("a file as root gives no error")
	}
	stop := errors.New("stop")
	n := 0
	if err := photo.Walk(t.Context(), root, photo.WalkOptions{}, func(photo.File) error { n++; return stop }, ignore); !errors.Is(err, stop) || n != 1 {
		t.Errorf("visit's error gives %v after %d files", err, n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := photo.Walk(ctx, root, photo.WalkOptions{}, nil, ignore); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context gives %v", err)
	}
}

// A folder that goes away, or may not be read, is named; the rest is walked.
func TestWalkNamesProblems(t *testing.T) {
	root := files(t, "a/1.jpg", "b/2.jpg", "c/3.jpg")
	var got, problems []string
	err := photo.Walk(t.Context(), root, photo.WalkOptions{Recursive: true}, func(f photo.File) error {
		got = append(got, filepath.Base(f.Path))
		return os.RemoveAll(filepath.Join(root, "b"))
	}, func(path string, err error) { problems = append(problems, filepath.Base(path)) })
	if err != nil || !slices.Equal(got, []string{"1.jpg", "3.jpg"}) || !slices.Equal(problems, []string{"b"}) {
		t.Errorf("walked %q, problems %q, %v", got, problems, err)
	}
}

func TestSubfolders(t *testing.T) {
	root := files(t, "b/x.jpg", "a/", ".c/", "@eaDir/", "d.jpg")
	got, err := photo.Subfolders(root)
	if err != nil || !slices.Equal(got, []string{filepath.Join(root, "a"), filepath.Join(root, "b")}) {
		t.Errorf("Subfolders = %q, %v", got, err)
	}
}

func jpegBytes(t testing.TB, shade uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 16, 16))
	for i := range img.Pix {
		img.Pix[i] = shade + uint8(i)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngBytes(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 16, 16))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// splice inserts more into data.
func splice(data []byte, at int, more ...byte) []byte {
	return slices.Concat(data[:at], more, data[at:])
}

func TestIdentifyIsThePictures(t *testing.T) {
	j, p := jpegBytes(t, 0), pngBytes(t)
	comment := append([]byte{0xFF, 0xFE, 0, 7}, "hello"...)
	exif := append([]byte{0xFF, 0xE1, 0, 8}, "Exif\x00\x00"...)
	text := binary.BigEndian.AppendUint32(nil, 3)
	text = append(text, "tEXtabc\x00\x00\x00\x00"...)
	webp := append([]byte("RIFF\x20\x00\x00\x00WEBPVP8 \x04\x00\x00\x00pict"), "EXIF\x02\x00\x00\x00ab"...)
	same := []struct {
		name string
		a, b []byte
	}{
		{"JPEG comment", j, splice(j, 2, comment...)},
		{"JPEG EXIF", j, splice(j, 2, exif...)},
		{"JPEG fill bytes", j, splice(j, 2, 0xFF)},
		{"PNG text", p, splice(p, 33, text...)},
		{"WebP EXIF", webp, append(slices.Clone(webp[:24]), "EXIF\x04\x00\x00\x00abcd"...)},
	}
	for _, tt := range same {
		if a, b := photo.Identify(tt.a), photo.Identify(tt.b); a != b || a.IsZero() {
			t.Errorf("%s: %v and %v", tt.name, a, b)
		}
	}
	ids := map[photo.ID]string{}
	for name, data := range map[string][]byte{
		"jpeg": j, "other jpeg": jpegBytes(t, 100), "png": p, "webp": webp, "other webp": bytes.Replace(webp, []byte("pict"), []byte("pics"), 1),
		"text": []byte("text"), "truncated jpeg": j[:len(j)-4], "jpeg without scan": j[:20], "jpeg with a wrong length": {0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 1},
	} {
		id := photo.Identify(data)
		if other, ok := ids[id]; ok {
			t.Errorf("%s and %s have the same ID %v", name, other, id)
		}
		ids[id] = name
		if back, err := photo.ParseID(id.String()); back != id || err != nil {
			t.Errorf("ParseID(%q) = %v, %v", id, back, err)
		}
	}
	id := photo.Identify(j)
	turned := map[photo.ID]bool{}
	for o := photo.Orientation(0); o <= 9; o++ {
		turned[id.Oriented(o)] = true
		if back := id.Oriented(o).Oriented(photo.Upright); back != id.Oriented(0) {
			t.Errorf("orientation %d: %v becomes %v", o, id, back)
		}
	}
	if len(turned) != 8 {
		t.Errorf("%d identities of one picture in eight orientations", len(turned))
	}
	if !photo.Identify(nil).IsZero() {
		t.Error("no data have an ID")
	}
}

// The EXIF block is found in every format, behind what may stand before it.
func TestEXIF(t *testing.T) {
	const block = "II*\x00\x08\x00\x00\x00"
	j, p := jpegBytes(t, 0), pngBytes(t)
	segment := append([]byte{0xFF, 0xE1, 0, 16}, "Exif\x00\x00"+block...)
	xmp := append([]byte{0xFF, 0xE1, 0, 6}, "http"...)
	chunk := append([]byte{0, 0, 0, 8}, "eXIf"+block+"sum!"...)
	const webp = "RIFF\x40\x00\x00\x00WEBPVP8 \x03\x00\x00\x00pic\x00EXIF"
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"JPEG", splice(j, 2, segment...), block},
		{"JPEG behind XMP and junk", splice(j, 2, slices.Concat(xmp, []byte("junk"), segment)...), block},
		{"JPEG without", j, ""},
		{"JPEG behind the scan", append(slices.Clone(j), segment...), ""},
		{"PNG", splice(p, 33, chunk...), block},
		{"PNG without", p, ""},
		{"WebP", []byte(webp + "\x08\x00\x00\x00" + block), block},
		{"WebP with a header", []byte(webp + "\x0E\x00\x00\x00Exif\x00\x00" + block), block},
		{"TIFF", []byte(block), block},
		{"text", []byte("text"), ""},
		{"nothing", nil, ""},
	} {
		if got := string(photo.EXIF(tt.data)); got != tt.want {
			t.Errorf("%s: EXIF = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func FuzzIdentify(f *testing.F) {
	f.Add(jpegBytes(f, 0))
	f.Add(pngBytes(f))
	f.Add([]byte("RIFF\x20\x00\x00\x00WEBPVP8 \xFF\xFF\xFF\xFFpict"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if photo.Identify(data).IsZero() != (len(data) == 0) {
			t.Errorf("%q has the ID %v", data, photo.Identify(data))
		}
	})
}

// Every orientation maps the stored corners onto the upright ones and back, and
// the first stored pixel goes where the EXIF specification says.
func TestOrientation(t *testing.T) {
	const w, h = 30, 20
	// The side of the upright picture on which the stored first row and first column lie (Exif 2.3, tag 0x0112).
	first := map[photo.Orientation][2]float32{1: {0, 0}, 2: {w, 0}, 3: {w, h}, 4: {0, h}, 5: {0, 0}, 6: {h, 0}, 7: {h, w}, 8: {0, w}}
	for o := photo.Orientation(0); o <= 9; o++ {
		want, valid := first[o]
		if o.Valid() != valid {
			t.Errorf("Valid(%d) = %v", o, o.Valid())
		}
		if x, y := o.ToUpright(0, 0, w, h); x != want[0] || y != want[1] {
			t.Errorf("orientation %d: the first corner goes to %v, %v, want %v", o, x, y, want)
		}
		x, y := o.ToUpright(7, 3, w, h)
		if bx, by := o.ToStored(x, y, w, h); bx != 7 || by != 3 {
			t.Errorf("orientation %d: 7, 3 comes back as %v, %v", o, bx, by)
		}
		uw, uh := o.UprightSize(w, h)
		if x < 0 || y < 0 || x > float32(uw) || y > float32(uh) {
			t.Errorf("orientation %d: %v, %v is outside %d x %d", o, x, y, uw, uh)
		}
	}
}

// From one orientation to another is the way back to the stored picture and on to the other.
func TestOrientationTo(t *testing.T) {
	const w, h = 30, 20
	for from := photo.Upright; from.Valid(); from++ {
		for to := photo.Upright; to.Valid(); to++ {
			mirrored, quarters := from.To(to)
			x, y := from.ToUpright(7, 3, w, h)
			uw, uh := from.UprightSize(w, h)
			pw, ph := float32(uw), float32(uh)
			if mirrored {
				x = pw - x
			}
			for range quarters {
				x, y, pw, ph = ph-y, x, ph, pw
			}
			if wx, wy := to.ToUpright(7, 3, w, h); x != wx || y != wy {
				t.Errorf("from %d to %d: %v, %v, want %v, %v", from, to, x, y, wx, wy)
			}
			if quarters < 0 || quarters > 3 {
				t.Errorf("from %d to %d: %d quarters", from, to, quarters)
			}
		}
	}
	if mirrored, quarters := photo.Orientation(0).To(photo.Rotate90); mirrored || quarters != 1 {
		t.Error("not said is not upright")
	}
}

func TestCamera(t *testing.T) {
	for _, tt := range []struct{ maker, model, want string }{
		{"Canon", "Canon EOS R5", "Canon EOS R5"},
		{"NIKON CORPORATION", "NIKON Z 6", "NIKON Z 6"},
		{"SONY", "ILCE-7M4", "SONY ILCE-7M4"},
		{"", "X100", "X100"},
		{"Apple", "", "Apple"},
	} {
		if got := (photo.Meta{Make: tt.maker, Model: tt.model}).Camera(); got != tt.want {
			t.Errorf("Camera(%q, %q) = %q, want %q", tt.maker, tt.model, got, tt.want)
		}
	}
}

func TestFormats(t *testing.T) {
	for path, want := range map[string]photo.Format{"a.JPG": photo.JPEG, "x/b.jpeg": photo.JPEG, "c.png": photo.PNG, "IMG_1.HEIC": photo.HEIC, "e.heif": photo.HEIC, "f.hif": photo.HEIC, "g.avif": photo.AVIF, "d.txt": photo.Unknown, "jpg": photo.Unknown} {
		if got := photo.FormatOf(path); got != want {
			t.Errorf("FormatOf(%q) = %v, want %v", path, got, want)
		}
	}
	if got := photo.Sniff(jpegBytes(t, 0)); got != photo.JPEG {
		t.Errorf("Sniff of a JPEG = %v", got)
	}
	for _, words := range []string{"hello", "BMW and Audi are makers of cars", "GIF", "RIFF....WAVE"} {
		if got := photo.Sniff([]byte(words)); got != photo.Unknown {
			t.Errorf("Sniff(%q) = %v", words, got)
		}
	}
	for path, want := range map[string]bool{"a.NEF": true, "b.dng": true, "c.jpg": false, "d.tif": false, "e": false} {
		if got := photo.IsRAW(path); got != want {
			t.Errorf("IsRAW(%q) = %v", path, got)
		}
	}
	if got := photo.Format(99).String(); got != photo.Unknown.String() {
		t.Errorf("Format(99) = %q", got)
	}
}

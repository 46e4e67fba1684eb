package photo_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color/palette"
	"image/gif"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"semblance/internal/photo"
)

// identity is that of a file by its name, as a scan finds it.
func identity(name string, data []byte) photo.ID {
	if photo.IsRAW(name) {
		if p := photo.Previews(bytes.NewReader(data), int64(len(data))); len(p) > 0 {
			return photo.IdentifyPreview(partOf(data, p[0]))
		}
	}
	return photo.Identify(data)
}

// A copy into which another program wrote metadata is the same photo, in every format that exiftool writes.
func TestIdentityAfterExiftool(t *testing.T) {
	requireExiftool(t)
	files := map[string][]byte{
		"a.jpg": jpegBytes(t, 0), "a.png": pngBytes(t), "a.tif": encoded(t, "tiff"), "a.gif": encoded(t, "gif"),
		"tiles.tif": tiffFile(binary.LittleEndian, little, nil, append(facts("A", "B", 1), field{0x100, 32}, field{0x101, 32}, field{0x142, 32}, field{0x143, 32}, field{0x144, offsetOf{bytes.Repeat([]byte("tile"), 256)}}, field{0x145, 1024}),
			ifd{{0x100, 16}, {0x101, 16}, {0x111, offsetOf{bytes.Repeat([]byte("page"), 64)}}, {0x117, 256}}),
		"a.heic":    phonePhoto(string(tiffFile(binary.LittleEndian, little, nil, facts("A", "B", 1))), "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"),
		"bare.heic": heifFile("heic", [][]byte{ispe(64, 64)}, heifItem{id: 1, kind: "hvc1", data: []byte("a picture"), properties: []byte{1}}),
		"a.avif":    heifFile("avif", [][]byte{ispe(64, 64)}, heifItem{id: 1, kind: "av01", data: []byte("a picture"), properties: []byte{1}}),
	}
	for _, k := range rawKinds(t) {
		files[filepath.Base(k.name)+"."+k.name[:3]] = k.data
	}
	for name, sample := range map[string]string{"s.webp": "Pillow__hopper_orientation_6.webp", "s.avif": "Pillow__avif__hopper.avif", "s.heic": "metadata-extractor-images__heic__cheers_1440x960.heic"} {
		if data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "eval", "photo_formats", "images", sample)); err == nil {
			files[name] = data
		}
	}
	dir := t.TempDir()
	args := []string{"-q", "-q", "-m", "-overwrite_original", "-Artist=Somebody with a name that is long enough to move what follows", "-XMP-dc:Title=A title", "-XMP:Rating=4", "-Comment=A comment"}
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := exec.CommandContext(t.Context(), "exiftool", args...).CombinedOutput()
	if err != nil {
		t.Logf("exiftool: %v\n%s", err, out)
	}
	for name, data := range files {
		now, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(now, data) {
			t.Errorf("%s: exiftool changed nothing", name)
			continue
		}
		if before, after := identity(name, data), identity(name, now); before != after || before.IsZero() {
			t.Errorf("%s was %v and is %v", name, before, after)
		}
		if photo.XMP(now) == nil {
			t.Errorf("%s: the packet that exiftool wrote is not found", name)
		}
	}
}

// Another picture is another photo.
func TestIdentityOfOtherPictures(t *testing.T) {
	tif, bitmap := encoded(t, "tiff"), encoded(t, "bmp")
	for name, data := range map[string][]byte{"tif": tif, "gif": encoded(t, "gif"), "bmp": bitmap, "heic": phonePhoto("", "")} {
		other := slices.Clone(data)
		at := bytes.LastIndex(other, []byte{7, 7})
		if name == "heic" {
			at = bytes.Index(other, []byte("second"))
		}
		if name == "gif" {
			at = len(other) - 4
		}
		if at < 0 {
			t.Fatalf("%s: there is no picture", name)
		}
		other[at]++
		if photo.Identify(data) == photo.Identify(other) {
			t.Errorf("%s: another picture has the same identity", name)
		}
	}
	// Strips that overlap many times are hashed once, as the file.
	all := make([]uint16, 2000)
	long := slices.Repeat([]uint16{60000}, 2000)
	over := tiffFile(binary.LittleEndian, little, make([]byte, 60000), ifd{{0x111, all}, {0x117, long}})
	if photo.Identify(over).IsZero() {
		t.Error("no identity")
	}
}

func encoded(t testing.TB, kind string) []byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, 16, 16), palette.WebSafe)
	for i := range img.Pix {
		img.Pix[i] = uint8(i % 16 / 8 * 7)
	}
	var b bytes.Buffer
	var err error
	switch kind {
	case "tiff":
		err = tiff.Encode(&b, img, nil)
	case "gif":
		err = gif.Encode(&b, img, nil)
	case "bmp":
		err = bmp.Encode(&b, img)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"semblance/internal/photo"
)

// turnedHEIC returns a HEIC of 128 x 128 pixels whose file says that it is turned by quarters, anticlockwise, and then
// mirrored: 0 top and bottom, 1 left and right, -1 not. first tells that it is mirrored first. Boxes that decoders can do without give their place.
func turnedHEIC(t *testing.T, quarters byte, mirror int, first bool) []byte {
	t.Helper()
	data := slices.Clone(sharedPhoto(t, "Pillow__avif__hopper.heif"))
	colr, pixi := bytes.Index(data, []byte("colr")), bytes.Index(data, []byte("pixi"))
	order := bytes.Index(data, []byte("\x04\x81\x02\x03\x04"))
	if colr < 0 || pixi < 0 || order < 0 {
		t.Fatal("it is another file")
	}
	copy(data[colr:], "irot")
	data[colr+4] = quarters
	if mirror >= 0 {
		copy(data[pixi:], "imir")
		data[pixi+4] = byte(mirror)
	}
	copy(data[order+2:], "\x03\x02\x04") // the size first
	if first {
		copy(data[order+3:], "\x04\x02")
	}
	return data
}

// What a HEIC says about turning and mirroring, and in which order, is done once by the decoder, and known here as it does it.
func TestTurnedHEIC(t *testing.T) {
	d := Decoder{Sandbox: testSandbox(t, sandboxOptions{})}
	base, err := d.FromBytes("a.heic", turnedHEIC(t, 0, -1, false))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := base.Pixels(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[photo.Orientation]bool{}
	for quarters := range byte(4) {
		for mirror := -1; mirror < 2; mirror++ {
			for _, first := range []bool{false, true} {
				e, err := d.FromBytes("a.heic", turnedHEIC(t, quarters, mirror, first))
				if err != nil {
					t.Fatal(err)
				}
				img, err := e.Pixels(t.Context(), 0)
				if err != nil {
					t.Fatal(err)
				}
				o := e.ID.Orientation()
				seen[o] = true
				if got := difference(t, img, turn(plain, o)); got > 3 {
					t.Errorf("%d quarters, mirrored %d (first: %t): it is not turned by %d, but differs by %.1f", quarters, mirror, first, o, got)
				}
				if e.Meta.Orientation > photo.Upright || !samePictureAs(e.ID, base.ID) {
					t.Errorf("%d quarters, mirrored %d: orientation %d, identity %v", quarters, mirror, e.Meta.Orientation, e.ID)
				}
			}
		}
	}
	if len(seen) != 8 {
		t.Errorf("%d of the eight orientations", len(seen))
	}
}

func samePictureAs(a, b photo.ID) bool { return a.Oriented(photo.Upright) == b.Oriented(photo.Upright) }

// isoBox is a box with its content.
func isoBox(kind string, content ...[]byte) []byte {
	all := slices.Concat(content...)
	return slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(8+len(all))), []byte(kind), all)
}

// heicBeginning is the beginning of a HEIC of w x h pixels that is turned by a quarter, anticlockwise, and has that EXIF block.
func heicBeginning(w, h uint32, exif []byte) []byte {
	be := binary.BigEndian
	version := make([]byte, 4)
	info := func(id byte, kind string) []byte {
		return isoBox("infe", []byte{2, 0, 0, 0, 0, id, 0, 0}, []byte(kind), []byte{0})
	}
	build := func(at int) []byte {
		return slices.Concat(isoBox("ftyp", []byte("heic"), version, []byte("mif1heic")), isoBox("meta", version,
			isoBox("pitm", version, []byte{0, 1}), isoBox("iinf", version, []byte{0, 2}, info(1, "hvc1"), info(2, "Exif")),
			isoBox("iloc", version, []byte{0x44, 0, 0, 1, 0, 2, 0, 0, 0, 1}, be.AppendUint32(be.AppendUint32(nil, uint32(at)), uint32(4+len(exif)))),
			isoBox("iprp", isoBox("ipco", isoBox("ispe", version, be.AppendUint32(be.AppendUint32(nil, w), h)), isoBox("irot", []byte{1})),
				isoBox("ipma", version, []byte{0, 0, 0, 1, 0, 1, 2, 1, 2}))))
	}
	return slices.Concat(build(len(build(0))), version, exif)
}

// A HEIC's thumbnail lies in its EXIF block as the picture is coded: it is turned as the picture is, whatever EXIF says.
func TestThumbnailOfTurnedHEIC(t *testing.T) {
	upright := Fit(scene(400, 600), 160)
	jpeg := withThumbnail(encodeJPEG(t, scene(8, 8)), encodeJPEG(t, stored(upright, photo.Rotate270)), photo.Rotate90)
	for _, tt := range []struct {
		name string
		w, h uint32
		ok   bool
	}{{"the same", 3000, 2000, true}, {"cut since", 2000, 2000, false}} {
		img, err := Decoder{}.EmbeddedThumbnail(t.Context(), newFile(t, "a.heic", heicBeginning(tt.w, tt.h, photo.EXIF(jpeg))))
		switch {
		case !tt.ok && !errors.Is(err, ErrNoThumbnail):
			t.Errorf("%s: %v", tt.name, err)
		case tt.ok && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.ok && difference(t, img, upright) > 8:
			t.Errorf("%s: it does not stand upright", tt.name)
		}
	}
}

// A picture whose decoder makes do with less than all of it is told to be damaged; metadata that are cut off behind it are not.
func TestShortHEIF(t *testing.T) {
	d := Decoder{Sandbox: testSandbox(t, sandboxOptions{})}
	data := sharedPhoto(t, smallAVIF)
	for _, tt := range []struct {
		name string
		data []byte
		want bool
	}{{"short", data[:len(data)-20], true}, {"whole", data, false}, {"longer", append(slices.Clone(data), "more"...), false}} {
		e, err := d.FromBytes("a.avif", tt.data)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Pixels(t.Context(), 0); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if got := e.Warnings(); len(got) > 0 != tt.want || tt.want && !strings.Contains(got[0], "end is missing") {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}

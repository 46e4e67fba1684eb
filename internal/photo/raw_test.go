package photo_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"semblance/internal/photo"
)

func readRAW(t testing.TB, data []byte) photo.RAWFile {
	t.Helper()
	f, ok := photo.ReadRAW(bytes.NewReader(data), int64(len(data)))
	if !ok {
		t.Fatal("it is no RAW file")
	}
	return f
}

// partOf is the bytes of a preview.
func partOf(data []byte, p photo.Preview) []byte { return data[p.Offset:][:p.Length] }

func TestReadRAW(t *testing.T) {
	for _, k := range rawKinds(t) {
		f := readRAW(t, k.data)
		if len(f.Previews) != k.previews {
			t.Errorf("%s: %d previews, want %d: %v", k.name, len(f.Previews), k.previews, f.Previews)
			continue
		}
		if p := f.Previews[0]; !bytes.Equal(partOf(k.data, p), k.largest) || p.W != 1200 || p.H != 800 {
			t.Errorf("%s: the largest preview is %+v, of %d bytes want %d", k.name, p, p.Length, len(k.largest))
		}
		m := f.Meta
		if m.Make != k.maker || int(m.Orientation) != k.orientation || m.FullW != k.fullW || m.FullH != k.fullH {
			t.Errorf("%s: %+v, want %s, orientation %d, %d x %d", k.name, m, k.maker, k.orientation, k.fullW, k.fullH)
		}
		if m.ISO != 400 || m.FNumber != 2.8 || m.Lens != "85mm F1.2" || !m.Taken.Equal(time.Date(2026, 5, 3, 10, 20, 30, 0, time.UTC)) {
			t.Errorf("%s: the exposure is %+v", k.name, m)
		}
		if k.name == "CR3" {
			if want := (photo.GPS{Known: true, Latitude: 52.5, Longitude: -13.25, HasAltitude: true, Altitude: -4.5}); m.GPS != want {
				t.Errorf("CR3: the place is %+v, want %+v", m.GPS, want)
			}
			if string(f.XMP()) != "<x:xmpmeta/>" {
				t.Errorf("CR3: XMP is %q", f.XMP())
			}
		}
		if id := photo.IdentifyPreview(k.largest); photo.Sniff(k.data) == photo.RAW && photo.Identify(k.data) != id {
			t.Errorf("%s: the identity is %v, want the preview's %v", k.name, photo.Identify(k.data), id)
		}
	}
}

// What exiftool, another reader, takes out of the files of these tests is what we do.
func TestRAWFilesAgreeWithExiftool(t *testing.T) {
	requireExiftool(t)
	dir := t.TempDir()
	kinds := rawKinds(t)
	args := []string{"-j", "-b", "-PreviewImage", "-JpgFromRaw", "-Orientation#"}
	for i, k := range kinds {
		path := filepath.Join(dir, fmt.Sprintf("%d.%s", i, k.name[:3]))
		if err := os.WriteFile(path, k.data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := exec.CommandContext(t.Context(), "exiftool", args...).Output()
	var answers []map[string]any
	if err := errors.Join(err, json.Unmarshal(out, &answers)); err != nil || len(answers) != len(kinds) {
		t.Fatalf("%d answers about %d files: %v", len(answers), len(kinds), err)
	}
	for i, k := range kinds {
		text, _ := answers[i][k.tag].(string)
		got, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "base64:"))
		want := k.largest
		if k.name == "CR3" {
			want = partOf(k.data, readRAW(t, k.data).Previews[1])
		}
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: exiftool's %s has %d bytes, want %d: %v", k.name, k.tag, len(got), len(want), err)
		}
		if o, _ := answers[i]["Orientation"].(float64); int(o) != k.orientation {
			t.Errorf("%s: exiftool says orientation %v, want %d", k.name, o, k.orientation)
		}
	}
}

// requireExiftool skips a test where there is no exiftool, unless all is required.
func requireExiftool(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("exiftool"); err != nil {
		if os.Getenv("SEMBLANCE_REQUIRE") != "" {
			t.Fatal("exiftool is missing: scripts/setup system")
		}
		t.Skip("exiftool is not installed")
	}
}

// The picture is the largest preview that can be shown and has about the RAW's shape.
func TestUsablePreviews(t *testing.T) {
	large, wide, small := preview(t, 1200, 800), preview(t, 1600, 400), preview(t, 160, 120)
	le := binary.LittleEndian
	twelveBit := slices.Clone(large)
	twelveBit[bytes.Index(twelveBit, []byte{0xFF, 0xC0})+4] = 12
	progressive := slices.Clone(large)
	progressive[bytes.Index(progressive, []byte{0xFF, 0xC0})+1] = 0xC2
	size := []field{{0x100, 6000}, {0x101, 4000}}
	for _, tt := range []struct {
		name string
		data []byte
		want int // width of the first preview, 0: there is none
	}{
		{"lossless", tiffFile(le, little, nil, append(jpegAt(lossless(large)), size...), jpegAt(small)), 160},
		{"12 bits", tiffFile(le, little, nil, append(jpegAt(twelveBit), size...), jpegAt(small)), 160},
		{"progressive", tiffFile(le, little, nil, append(jpegAt(progressive), size...), jpegAt(small)), 1200},
		{"another shape", tiffFile(le, little, nil, append(jpegAt(wide), size...), jpegAt(large)), 1200},
		{"another shape, size unknown", tiffFile(le, little, nil, jpegAt(wide), jpegAt(large)), 1200},
		{"no preview", tiffFile(le, little, nil, append(ifd{}, size...)), 0},
		{"beyond the end", tiffFile(le, little, nil, ifd{{0x201, 1000}, {0x202, 1 << 30}}), 0},
		{"not a JPEG", tiffFile(le, little, nil, jpegAt(make([]byte, 1000))), 0},
		{"a cut JPEG", tiffFile(le, little, nil, jpegAt(large[:30])), 0},
	} {
		got := photo.Previews(bytes.NewReader(tt.data), int64(len(tt.data)))
		w := 0
		if len(got) > 0 {
			w = got[0].W
		}
		if tt.name == "another shape, size unknown" {
			tt.want = 1200 // 960,000 pixels are more than 640,000
		}
		if w != tt.want {
			t.Errorf("%s: previews %v, want one of width %d first", tt.name, got, tt.want)
		}
	}
	f := readRAW(t, tiffFile(le, little, nil, append(jpegAt(large), size...), jpegAt(preview(t, 570, 380)), jpegAt(small)))
	for longSide, want := range map[int]int{0: 570, 160: 570, 570: 570, 571: 1200, 5000: 1200} { // 160 x 120 has another shape
		if p := f.Fitting(longSide); p.W != want {
			t.Errorf("Fitting(%d) is %+v, want width %d", longSide, p, want)
		}
	}
}

// A preview's own metadata fill only what the RAW file leaves out.
func TestRAWMetadataWin(t *testing.T) {
	own := withSegment(preview(t, 600, 400), tiffFile(binary.BigEndian, big, nil, facts("Preview", "P", 3)))
	f := readRAW(t, tiffFile(binary.LittleEndian, little, nil, append(ifd{{0x10F, "Camera"}, {0x112, uint16(6)}}, jpegAt(own)...)))
	if f.Meta.Make != "Camera" || f.Meta.Orientation != photo.Rotate90 || f.Meta.Model != "P" || f.Meta.ISO != 400 {
		t.Errorf("metadata are %+v", f.Meta)
	}
}

// Files that lie about their structure cost no more than honest ones.
func TestHostileContainers(t *testing.T) {
	huge := "\xFF\xFF\xFF\xFF"
	loop := tiffFile(binary.LittleEndian, little, nil, ifd{{0x14A, ifds{{}, {}}}})
	binary.LittleEndian.PutUint32(loop[4:], 8)
	copy(loop[8+2+12:], "\x08\x00\x00\x00") // the next one is this one
	deep := bytes.Repeat([]byte("\x00\x00\x00\x00moov"), 100_000)
	many := slices.Concat([]byte(little+"\x08\x00\x00\x00\xFF\xFF"), bytes.Repeat([]byte("\x4A\x01\x04\x00\xFF\xFF\xFF\xFF\x08\x00\x00\x00"), 70_000))
	meta := func(boxes ...[]byte) []byte {
		return slices.Concat(isoBox("ftyp", []byte("mif1\x00\x00\x00\x00mif1")), isoBox("meta", make([]byte, 4), slices.Concat(boxes...)))
	}
	signed := []byte(little + "\x08\x00\x00\x00\x02\x00\x11\x01\x09\x00\x01\x00\x00\x00" + huge + "\x17\x01\x04\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00")
	// Directories that share a table of a million places with nothing there.
	places := 8 + 60*(2+2*12+4)
	shared := []byte(little + "\x08\x00\x00\x00")
	for range 60 {
		shared = append(shared, 2, 0)
		for _, tag := range []string{"\x11\x01", "\x17\x01"} {
			shared = append(append(shared, tag+"\x04\x00\x00\x00\x10\x00"...), binary.LittleEndian.AppendUint32(nil, uint32(places))...)
		}
		shared = binary.LittleEndian.AppendUint32(shared, uint32(len(shared)+4))
	}
	shared = append(shared, make([]byte, 4<<20)...)
	// A million tiles, which are one item with a million properties.
	million := meta(isoBox("iinf", []byte("\x00\x00\x00\x00\x00\x02"), isoBox("infe", []byte("\x02\x00\x00\x00\x00\x01\x00\x00grid\x00")), isoBox("infe", []byte("\x02\x00\x00\x00\x00\x02\x00\x00hvc1\x00"))),
		isoBox("pitm", []byte("\x00\x00\x00\x00\x00\x01")),
		isoBox("iref", make([]byte, 4), bytes.Repeat(isoBox("dimg", []byte("\x00\x01\xFF\xFF"), bytes.Repeat([]byte("\x00\x02"), 0xFFFF)), 16)),
		isoBox("iprp", isoBox("ipma", []byte("\x00\x00\x00\x00\x00\x00\x10\x00"), bytes.Repeat(append([]byte("\x00\x02\xFF"), make([]byte, 255)...), 4096))))
	names := slices.Concat([]byte("\xFF\xD8"), segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00"+strings.Repeat("0", 60000)))
	for i := range 200_000 {
		names = append(names, segment(0xE1, fmt.Sprintf("http://ns.adobe.com/xmp/extension/\x00%032d\x00\x00\x00\x01\x00\x00\x00\x00x", i))...)
	}
	extents := slices.Concat([]byte("\x01\x00\x00\x00\x44\x00\xFF\xFF"), bytes.Repeat([]byte("\x00\x01\x00\x00\x00\x00\xFF\xFF"), 1000))
	for name, data := range map[string]string{
		"a box of 4 GB":            "\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom" + huge + "moov" + huge + "uuid",
		"a box of 2^63":            "\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom\x00\x00\x00\x01moov\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
		"a box of length 2":        "\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom\x00\x00\x00\x02moov",
		"boxes in boxes":           "\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom" + string(deep),
		"4 billion items":          string(meta(isoBox("iinf", []byte("\x01\x00\x00\x00"+huge)), isoBox("iloc", []byte("\x02\x00\x00\x00\x44\x00"+huge)))),
		"4 billion associations":   string(meta(isoBox("iprp", isoBox("ipma", []byte("\x01\x00\x00\x01"+huge+huge+huge))))),
		"extents of 4 GB":          string(meta(isoBox("iinf", []byte("\x00\x00\x00\x00\x00\x01")), isoBox("iloc", extents), isoBox("pitm", []byte("\x00\x00\x00\x00\x00\x01")))),
		"a directory in a loop":    string(loop),
		"65,535 entries":           string(many),
		"a value of 4 GB":          little + "\x08\x00\x00\x00\x01\x00\xBC\x02\x01\x00" + huge + "\x00\x00\x00\x00",
		"strips of 4 GB":           little + "\x08\x00\x00\x00\x02\x00\x11\x01\x04\x00" + huge + "\x08\x00\x00\x00\x17\x01\x04\x00" + huge + "\x08\x00\x00\x00",
		"a place below 0":          string(signed),
		"a million empty strips":   string(shared),
		"a million tiles":          string(million),
		"packets of many names":    string(names),
		"a GIF of empty blocks":    "GIF89a\x01\x00\x01\x00\x00\x00\x00" + strings.Repeat("!\xF9\x00", 8<<20),
		"a PNG of empty chunks":    "\x89PNG\r\n\x1A\n" + strings.Repeat(pngChunk("IDAT", ""), 4<<20),
		"a WebP of empty chunks":   "RIFF\x00\x00\x00\x00WEBP" + strings.Repeat("ANMF\x00\x00\x00\x00", 4<<20),
		"digits with spaces":       "\x89PNG\r\n\x1A\n" + pngChunk("tEXt", "Raw profile type exif\x00\nexif\n9\n"+strings.Repeat("0 ", 16<<20)),
		"a RAF of zeros":           "FUJIFILMCCD-RAW " + strings.Repeat(huge, 40),
		"a PNG chunk of 4 GB":      "\x89PNG\r\n\x1A\n" + huge + "iTXtXML:com.adobe.xmp\x00\x01\x00\x00\x00x",
		"a WebP chunk of 4 GB":     "RIFF" + huge + "WEBPXMP " + huge,
		"an extension of 4 GB":     "\xFF\xD8\xFF\xE1\x00\x60http://ns.adobe.com/xmp/extension/\x00" + strings.Repeat("A", 32) + huge + huge + strings.Repeat("x", 40),
		"a GIF of colours":         "GIF89a\xFF\xFF\xFF\xFF\xFF\xFF\xFF!\xFF\x0BXMP DataXMP" + huge,
		"a thumbnail beyond":       "\xFF\xD8\xFF\xE1\x00\x40Exif\x00\x00" + little + "\x08\x00\x00\x00\x00\x00\x0E\x00\x00\x00\x02\x00\x01\x02\x04\x00\x01\x00\x00\x00" + huge + "\x02\x02\x04\x00\x01\x00\x00\x00" + huge,
		"colours that inflate":     "\x89PNG\r\n\x1A\n" + pngChunk("iCCP", "x\x00\x00"+deflated(64<<20)),
		"a packet that inflates":   "\x89PNG\r\n\x1A\n" + pngChunk("iTXt", "XML:com.adobe.xmp\x00\x01\x00\x00\x00"+deflated(64<<20)),
		"a profile that inflates":  "\x89PNG\r\n\x1A\n" + pngChunk("zTXt", "Raw profile type exif\x00\x00"+deflated(64<<20)),
		"a profile of 4 GB as hex": "\x89PNG\r\n\x1A\n" + pngChunk("tEXt", "Raw profile type exif\x00\nexif\n4294967295\n00"),
	} {
		var before, after runtime.MemStats
		start := time.Now()
		runtime.ReadMemStats(&before)
		readAll([]byte(data))
		runtime.ReadMemStats(&after)
		const most = 200 << 20 // all readers together, three of which may unpack 16 MiB, growing their buffers
		if used := after.TotalAlloc - before.TotalAlloc; used > most && !raceDetector {
			t.Errorf("%s: %d MB were allocated", name, used>>20)
		}
		t.Logf("%s: %d KB, %v", name, (after.TotalAlloc-before.TotalAlloc)>>10, time.Since(start))
	}
}

// readAll runs every reader on a file.
func readAll(data []byte) {
	photo.EXIF(data)
	photo.ICC(data)
	photo.XMP(data)
	photo.Thumbnail(data)
	photo.ReadHEIF(data)
	photo.ReadMeta(data)
	photo.Identify(data)
	if f, ok := photo.ReadRAW(bytes.NewReader(data), int64(len(data))); ok {
		f.XMP()
	}
}

func FuzzReadRAW(f *testing.F) {
	for _, k := range rawKinds(f) {
		f.Add(k.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		raw, _ := photo.ReadRAW(bytes.NewReader(data), int64(len(data)))
		last := 1 << 62
		for _, p := range raw.Previews {
			if p.Offset <= 0 || p.Length <= 0 || p.Offset+p.Length > int64(len(data)) || p.W <= 0 || p.H <= 0 || p.W*p.H > last {
				t.Fatalf("preview %+v of %d bytes: %v", p, len(data), raw.Previews)
			}
			last = p.W * p.H
			if photo.Sniff(partOf(data, p)) != photo.JPEG {
				t.Errorf("preview %+v is no JPEG", p)
			}
		}
		if len(raw.Previews) > 0 {
			raw.Fitting(500)
		}
		raw.XMP()
		checkMeta(t, raw.Meta)
	})
}

// BenchmarkReadRAW is what it takes to find the previews and to read the metadata of a file on a disk whose pages are in memory: at most 200 µs.
func BenchmarkReadRAW(b *testing.B) {
	for _, k := range rawKinds(b) {
		b.Run(strings.ReplaceAll(k.name, " ", "_"), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "a.raw")
			if err := os.WriteFile(path, k.data, 0o600); err != nil {
				b.Fatal(err)
			}
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			for b.Loop() {
				if raw, ok := photo.ReadRAW(f, int64(len(k.data))); !ok || len(raw.Previews) != k.previews {
					b.Fatal(raw.Previews)
				}
			}
		})
	}
}

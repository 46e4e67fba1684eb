package library_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"semblance/analysis"
	"semblance/internal/library"
)

// A region of the photos of this test, which have 240 x 120 pixels, in which searcher finds faces at 4..40 x 4..44 and at 44..80 x 4..44.
type region struct {
	name         string
	x0, y0, w, h float64 // pixels
}

var (
	happy  = region{"Ada Byron", 4, 4, 36, 40}
	sad    = region{"Bob", 44, 4, 36, 40}
	nobody = region{"Eve", 150, 60, 40, 40} // where no face is found
)

const rdf = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">`

func list(kind string, items []string) string {
	var b strings.Builder
	for _, item := range items {
		b.WriteString("<rdf:li>" + item + "</rdf:li>")
	}
	return "<rdf:" + kind + ">" + b.String() + "</rdf:" + kind + ">"
}

// digikam writes a sidecar as that program does: elements, all lists of keywords, both lists of regions.
func digikam(stars, label int, tags []string, regions ...region) string {
	var flat, bars []string
	for _, tag := range tags {
		levels := strings.Split(tag, "/")
		flat, bars = append(flat, levels[len(levels)-1]), append(bars, strings.Join(levels, "|"))
	}
	var mwg, mp strings.Builder
	for _, r := range regions {
		fmt.Fprintf(&mwg, `<rdf:li rdf:parseType="Resource"><mwg-rs:Name>%s</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type><mwg-rs:Area rdf:parseType="Resource"><stArea:x>%g</stArea:x><stArea:y>%g</stArea:y><stArea:w>%g</stArea:w><stArea:h>%g</stArea:h><stArea:unit>normalized</stArea:unit></mwg-rs:Area></rdf:li>`,
			r.name, (r.x0+r.w/2)/240, (r.y0+r.h/2)/120, r.w/240, r.h/120)
		fmt.Fprintf(&mp, `<rdf:li rdf:parseType="Resource"><MPReg:PersonDisplayName>%s</MPReg:PersonDisplayName><MPReg:Rectangle>%g, %g, %g, %g</MPReg:Rectangle></rdf:li>`, r.name, r.x0/240, r.y0/120, r.w/240, r.h/120)
	}
	return `<?xpacket begin="` + "\uFEFF" + `" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">` + rdf + `<rdf:Description rdf:about=""
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/"
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
 xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#" xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#">
 <xmp:Rating>` + fmt.Sprint(stars) + `</xmp:Rating><digiKam:ColorLabel>` + fmt.Sprint(label) + `</digiKam:ColorLabel><dc:subject>` + list("Bag", flat) + `</dc:subject>
 <lr:hierarchicalSubject>` + list("Bag", bars) + `</lr:hierarchicalSubject><digiKam:TagsList>` + list("Seq", tags) + `</digiKam:TagsList>
 <mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions rdf:parseType="Resource"><stDim:w>240</stDim:w><stDim:h>120</stDim:h><stDim:unit>pixel</stDim:unit></mwg-rs:AppliedToDimensions>
 <mwg-rs:RegionList><rdf:Bag>` + mwg.String() + `</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
 <MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>` + mp.String() + `</rdf:Bag></MPRI:Regions></MP:RegionInfo></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
}

// simple writes attributes, as Lightroom does where it can, and flat keywords.
func simple(attributes string, tags ...string) string {
	return `<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0">` + rdf + `<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0/" xmlns:darktable="http://darktable.sf.net/" ` + attributes + `><dc:subject>` + list("Bag", tags) + `</dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`
}

// put writes a file as most programs do: another one takes its name. Its time differs from that of every file before.
func (d *desk) put(name, text string) {
	d.t.Helper()
	tmp := d.path(name + ".tmp")
	d.do(os.MkdirAll(filepath.Dir(tmp), 0o755))
	d.do(os.WriteFile(tmp, []byte(text), 0o600))
	d.do(os.Rename(tmp, d.path(name)))
}

// embed puts a packet into a JPEG.
func (d *desk) embed(name, packet string) {
	d.t.Helper()
	data, err := os.ReadFile(d.path(name))
	d.do(err)
	content := "http://ns.adobe.com/xap/1.0/\x00" + packet
	segment := append([]byte{0xFF, 0xE1, byte((len(content) + 2) >> 8), byte(len(content) + 2)}, content...)
	d.do(os.WriteFile(d.path(name), bytes.Join([][]byte{data[:2], segment, data[2:]}, nil), 0o600))
}

// wantNames compares the names of the faces of a.jpg with "1 Ada, 2".
func (d *desk) wantNames(want string) {
	d.t.Helper()
	p, err := d.Photo(d.path("a.jpg"))
	d.do(err)
	var words []string
	for _, f := range p.Analysis.Faces {
		words = append(words, strings.TrimSpace(fmt.Sprint(f.Number, " ", f.Edit.Name)))
	}
	if got := strings.Join(words, ", "); got != want {
		d.t.Errorf("the faces are %q, want %q", got, want)
	}
}

func (d *desk) differences() []library.Difference {
	d.t.Helper()
	p, err := d.Photo(d.path("a.jpg"))
	d.do(err)
	return p.Differences
}

// TestSidecarsOfOtherPrograms imports what they write when photos are analysed.
func TestSidecarsOfOtherPrograms(t *testing.T) {
	for _, tt := range []struct{ name, sidecar, packet, marks, names string }{
		{"digiKam", "a.jpg.xmp", digikam(4, 1, []string{"Places/Rome", "best"}, happy, sad), "4 none red [best Places|Rome]", "1 Ada Byron, 2 Bob"},
		{"a face that is not found", "a.jpg.xmp", digikam(0, 0, nil, happy, nobody), unmarked, "3 Eve, 1 Ada Byron, 2"},
		{"Lightroom", "a.xmp", simple(`xmp:Rating="3" xmp:Label="Blau"`, "sunny"), "3 none blue [sunny]", "1, 2"},
		{"rejected", "a.xmp", simple(`xmp:Rating="-1"`), "0 rejected none []", "1, 2"},
		{"Windows", "a.jpg.xmp", simple(`MicrosoftPhoto:Rating="99"`, "x"), "5 none none [x]", "1, 2"},
		{"Immich", "a.jpg.xmp", strings.ReplaceAll(digikam(5, 0, []string{"People/Ada"}), "<digiKam:ColorLabel>0</digiKam:ColorLabel>", ""), "5 none none [People|Ada]", "1, 2"},
		{"darktable", "a.jpg.xmp", strings.Replace(simple(`xmp:Rating="2"`, "x"), "<dc:subject>", "<darktable:colorlabels>"+list("Seq", []string{"2"})+"</darktable:colorlabels><dc:subject>", 1), "2 none green [x]", "1, 2"},
		{"regions of another shape", "a.xmp", strings.Replace(digikam(1, 0, nil, happy), "<stDim:w>240</stDim:w>", "<stDim:w>100</stDim:w>", 1), "1 none none []", "1, 2"},
		{"nothing that can be a tag", "a.xmp", simple(`xmp:Rating="1"`, "|", strings.Repeat("long ", 100), "short"), "1 none none [short]", "1, 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, analysis.Fast)
			writeJPEG(t, d.path("a.jpg"), 60, 1)
			d.put(tt.sidecar, tt.packet)
			d.scan()
			d.wantMarks("a.jpg", tt.marks)
			d.wantNames(tt.names)
			p, err := d.Photo(d.path("a.jpg"))
			d.do(err)
			if p.Heard == nil || p.Heard.Sidecar.File != tt.sidecar || (p.Heard.Sidecar.Problem != "") != strings.Contains(tt.name, "shape") {
				t.Errorf("where it comes from: %+v", p.Heard)
			}
			if d.CanUndo() {
				t.Error("an import is something to be undone")
			}
			d.reopen()
			d.engine.asked()
			d.scan()
			d.wantAsked()
			d.wantMarks("a.jpg", tt.marks)
			d.wantNames(tt.names)
		})
	}
}

// TestEmbeddedXMP reads what is within the photo's file, of which the sidecar takes precedence item by item.
func TestEmbeddedXMP(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.embed("a.jpg", digikam(2, 5, []string{"a"}, happy))
	d.put("a.xmp", simple(`xmp:Rating="5"`))
	d.scan()
	d.wantMarks("a.jpg", "5 none blue []")
	d.wantNames("1 Ada Byron, 2")
	d.do(d.Call(d.path("a.jpg"), 1, ""))
	d.do(d.Reanalyse([]string{d.path("a.jpg")}, 0))
	d.wait()
	d.wantNames("1, 2")
	d.wantMarks("a.jpg", "5 none blue []")
	if diff := d.differences(); len(diff) > 0 {
		t.Errorf("differs: %+v", diff)
	}
}

// TestSidecarsChange has another program and a person say things in turn. No photo is analysed for it.
func TestSidecarsChange(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	for i, name := range []string{"a.jpg", "b.jpg"} {
		writeJPEG(t, d.path(name), 60, uint8(1+i))
	}
	a := d.path("a.jpg")
	d.put("a.jpg.xmp", digikam(3, 0, []string{"x"}, happy))
	d.scan()
	d.wantAsked("60x30 fast", "60x30 fast")
	d.wantMarks("a.jpg", "3 none none [x]")

	d.put("a.jpg.xmp", digikam(4, 0, []string{"x", "y"}, happy, sad)) // only they change it
	d.scan()
	d.wantMarks("a.jpg", "4 none none [x y]")
	d.wantNames("1 Ada Byron, 2 Bob")

	d.do(d.Rate([]string{a}, 1))
	d.do(d.Call(a, 1, "Ada"))
	d.do(d.Tag([]string{a}, []string{"z"}, []string{"x"}))
	d.scan() // nothing new in the file
	d.wantMarks("a.jpg", "1 none none [y z]")
	ida := happy
	ida.name = "Ida"
	d.put("a.jpg.xmp", digikam(5, 0, []string{"x", "w"}, ida, sad))
	d.scan()
	d.wantMarks("a.jpg", "1 none none [w y z]") // y is gone there, and the tags have changed here
	d.wantNames("1 Ada, 2 Bob")
	d.wantFound("differs:yes", "a.jpg")
	d.wantAsked()
	diff := d.differences()
	if len(diff) != 3 || diff[0].Item != library.ItemRating || diff[0].Marks.Rating != 5 || diff[1].Item != library.ItemTags || diff[2].Item != library.ItemNames || diff[2].Name != "Ida" {
		t.Fatalf("differs: %+v", diff)
	}
	// A person decides, and can take that back; what the program said since stays.
	d.do(d.Decide(a, diff[0], true))
	d.do(d.Decide(a, diff[1], false))
	d.do(d.Decide(a, diff[2], true))
	d.wantMarks("a.jpg", "5 none none [w y z]")
	d.wantNames("1 Ida, 2 Bob")
	d.wantFound("differs:yes", "")
	for range 3 {
		_, _, err := d.Undo()
		d.do(err)
	}
	d.wantMarks("a.jpg", "1 none none [w y z]")
	d.wantNames("1 Ada, 2 Bob")
	if again := d.differences(); len(again) != 3 {
		t.Errorf("after undo: %+v", again)
	}
	_, _, err := d.Undo() // the tags of before the last change of the sidecar
	d.do(err)
	d.wantMarks("a.jpg", "1 none none [w x y]")
	for range 4 {
		_, _, err := d.Redo()
		d.do(err)
	}
	d.wantMarks("a.jpg", "5 none none [w y z]")
	d.wantFound("differs:yes", "")
}

// TestSidecarsInTrouble has sidecars go, come in halves, be unreadable and be too large: what they said stays, and it is told what is wrong.
func TestSidecarsInTrouble(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	whole := digikam(3, 1, []string{"x"}, happy)
	d.put("a.jpg.xmp", whole)
	d.scan()
	want := func(marks, problem string) {
		t.Helper()
		d.scan()
		d.wantMarks("a.jpg", marks)
		d.wantNames("1 Ada Byron, 2")
		p, err := d.Photo(d.path("a.jpg"))
		d.do(err)
		if got := p.Heard.Sidecar.Problem; (got != "") != (problem != "") || !strings.Contains(got, problem) {
			t.Errorf("the problem is %q, want %q", got, problem)
		}
	}
	want("3 none red [x]", "")
	d.do(os.Remove(d.path("a.jpg.xmp")))
	want("3 none red [x]", "")
	d.put("a.jpg.xmp", whole[:len(whole)/2])
	want("3 none red [x]", "ends in the middle")
	d.put("a.jpg.xmp", strings.Replace(whole, "<xmp:Rating>3", "<xmp:Rating>4", 1))
	want("4 none red [x]", "")
	d.do(os.Truncate(d.path("a.jpg.xmp"), 0))
	want("4 none red [x]", "empty")
	d.do(os.Truncate(d.path("a.jpg.xmp"), 50<<20))
	want("4 none red [x]", "too large")
	d.do(os.Remove(d.path("a.jpg.xmp")))
	d.do(os.Mkdir(d.path("a.jpg.xmp"), 0o755))
	want("4 none red [x]", "too large") // a folder is no sidecar
	d.do(os.Remove(d.path("a.jpg.xmp")))
	d.put("a.jpg.xmp", strings.Replace(whole, "<xmp:Rating>3", "<xmp:Rating>5", 1))
	if os.Getuid() != 0 { // root may read everything
		d.do(os.Chmod(d.path("a.jpg.xmp"), 0))
		want("4 none red [x]", "no permission")
		d.do(os.Chmod(d.path("a.jpg.xmp"), 0o600)) // which changes neither size nor time
	}
	want("5 none red [x]", "")
}

// TestSidecarsWhileWritten replaces a sidecar all the time while scans read it: whatever is taken over is one of its whole states, and in the end the last one.
func TestSidecarsWhileWritten(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 40 {
			text := digikam(1+i%5, 0, []string{fmt.Sprint("t", 1+i%5)})
			if i%3 == 0 { // in place, in two steps
				half := len(text) / 2
				if f, err := os.Create(d.path("a.jpg.xmp")); err == nil {
					_, _ = f.WriteString(text[:half])
					time.Sleep(time.Millisecond)
					_, _ = f.WriteString(text[half:])
					_ = f.Close()
				}
			} else if err := os.WriteFile(d.path("tmp"), []byte(text), 0o600); err == nil {
				_ = os.Rename(d.path("tmp"), d.path("a.jpg.xmp"))
			}
			time.Sleep(3 * time.Millisecond)
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		d.scan()
		p, err := d.Photo(d.path("a.jpg"))
		d.do(err)
		if m := p.Marks; m.Rating > 0 && (len(m.Tags) != 1 || m.Tags[0] != fmt.Sprint("t", m.Rating)) {
			t.Fatalf("a mixture: %+v", m)
		}
	}
	d.scan()
	d.wantMarks("a.jpg", "5 none none [t5]")
}

// TestSidecarsAreLeftAlone does not read them where people do not want it, and does so once they do.
func TestSidecarsAreLeftAlone(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	d.SetReadsXMP(false)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.embed("a.jpg", simple(`xmp:Label="Red"`))
	d.put("a.jpg.xmp", simple(`xmp:Rating="3"`))
	d.scan()
	d.wantMarks("a.jpg", unmarked)
	d.reopen()
	if d.ReadsXMP() {
		t.Error("the setting was forgotten")
	}
	d.scan()
	d.wantMarks("a.jpg", unmarked)
	d.SetReadsXMP(true)
	d.wait()
	d.wantMarks("a.jpg", "3 none none []")
	d.do(d.Reanalyse([]string{d.path("a.jpg")}, 0))
	d.wait()
	d.wantMarks("a.jpg", "3 none red []")
}

// TestSidecarOfThePair has the sidecar of a RAW file, as Lightroom writes it, speak about the one photo that the pair is shown as.
func TestSidecarOfThePair(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.put("a.cr3", "no RAW file that could be read")
	d.put("a.xmp", simple(`xmp:Rating="3"`, "x"))
	d.scan()
	d.wantMarks("a.jpg", "3 none none [x]")
	d.wantAsked("60x30 fast")
	d.do(d.Rate([]string{d.path("a.jpg")}, 1))
	d.put("a.xmp", simple(`xmp:Rating="4"`, "x", "y"))
	d.scan()
	d.wantMarks("a.jpg", "1 none none [x y]")
	if diff := d.differences(); len(diff) != 1 || diff[0].Marks.Rating != 4 || diff[0].File != "a.xmp" {
		t.Errorf("differs: %+v", diff)
	}
	d.scan()
	d.wantAsked()
}

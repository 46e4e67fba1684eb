package xmp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"semblance/internal/face"
	"semblance/internal/photo"
)

const names = `xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:darktable="http://darktable.sf.net/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0/"
 xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#" xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#"
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
 xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"`

// packet wraps descriptions as sidecars are.
func packet(descriptions string) string {
	return "<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF " + names + ">" +
		descriptions + "</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>"
}

// described is a packet of one description with attributes and elements.
func described(attributes, elements string) string {
	return packet(`<rdf:Description rdf:about="" ` + attributes + `>` + elements + `</rdf:Description>`)
}

func bag(kind string, items ...string) string {
	return "<rdf:" + kind + "><rdf:li>" + strings.Join(items, "</rdf:li><rdf:li>") + "</rdf:li></rdf:" + kind + ">"
}

func at(x, y, w, h float32) face.Box { return face.BoxAt(x, y, w, h) }

// parseTable is what programs write, and the forms that RDF allows for it.
var parseTable = []struct {
	name, packet string
	want         Facts
}{
	{"nothing", described("", ""), Facts{}},
	{"rating as an attribute", described(`xmp:Rating="4"`, ""), Facts{Said: Rating, Rating: 4}},
	{"rating as an element", described("", "<xmp:Rating> 4 </xmp:Rating>"), Facts{Said: Rating, Rating: 4}},
	{
		"several descriptions", packet(`<rdf:Description rdf:about="" xmp:Rating="2"/><rdf:Description rdf:about=""><xmp:Label>Blue</xmp:Label></rdf:Description>`),
		Facts{Said: Rating | Label, Rating: 2, Label: photo.Blue, Word: "Blue"},
	},
	{"another prefix", `<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description xmlns:xap="http://ns.adobe.com/xap/1.0/" xap:Rating="3"/></r:RDF>`, Facts{Said: Rating, Rating: 3}},
	{"another namespace", `<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description xmlns:xmp="http://example.org/" xmp:Rating="3"/></r:RDF>`, Facts{}},
	{"rejected", described(`xmp:Rating="-1"`, ""), Facts{Said: Rating, Rating: -1}},
	{"no stars", described(`xmp:Rating="0"`, ""), Facts{Said: Rating}},
	{"a rating with decimals", described(`xmp:Rating="3.000000"`, ""), Facts{Said: Rating, Rating: 3}},
	{"a rating that is none", described(`xmp:Rating="99"`, ""), Facts{}},
	{"a rating of letters", described(`xmp:Rating="NaN"`, ""), Facts{}},
	{"Windows alone", described(`MicrosoftPhoto:Rating="75"`, ""), Facts{Said: Rating, Rating: 4}},
	{"Windows and XMP", described(`MicrosoftPhoto:Rating="75" xmp:Rating="1"`, ""), Facts{Said: Rating, Rating: 1}},
	{"Windows and a rating that is none", described(`MicrosoftPhoto:Rating="1" xmp:Rating="x"`, ""), Facts{Said: Rating, Rating: 1}},
	{"a label in German", described(`xmp:Label="Grün"`, ""), Facts{Said: Label, Label: photo.Green, Word: "Grün"}},
	{"a label of one's own", described(`xmp:Label="Winner"`, ""), Facts{Word: "Winner"}},
	{"a label taken away", described(`xmp:Label=""`, ""), Facts{Said: Label}},
	{"a label of digiKam", described(`digiKam:ColorLabel="3"`, ""), Facts{Said: Label, Label: photo.Yellow}},
	{"a label of digiKam that is not here", described(`digiKam:ColorLabel="7"`, ""), Facts{}},
	{"labels of darktable", described("", "<darktable:colorlabels>"+bag("Seq", "4", "1")+"</darktable:colorlabels>"), Facts{Said: Label, Label: photo.Purple}},
	{"no label of darktable", described("", "<darktable:colorlabels><rdf:Seq/></darktable:colorlabels>"), Facts{Said: Label}},
	{"flat keywords", described("", "<dc:subject>"+bag("Bag", "Rome", "a &amp; b", "Rome", "rome")+"</dc:subject>"), Facts{Said: Keywords, Keywords: []string{"Rome", "a & b"}}},
	{"a keyword without a list", described("", "<dc:subject>Rome</dc:subject>"), Facts{Said: Keywords, Keywords: []string{"Rome"}}},
	{"a keyword as an attribute", described(`dc:subject="Rome"`, ""), Facts{Said: Keywords, Keywords: []string{"Rome"}}},
	{"an Alt with languages", described("", `<dc:subject><rdf:Alt><rdf:li xml:lang="x-default">Rome</rdf:li></rdf:Alt></dc:subject>`), Facts{Said: Keywords, Keywords: []string{"Rome"}}},
	{"no keywords any more", described("", "<dc:subject><rdf:Bag/></dc:subject>"), Facts{Said: Keywords}},
	{
		"keywords of Lightroom", described("", "<dc:subject>"+bag("Bag", "Places", "Rome", "sunny")+"</dc:subject><lr:hierarchicalSubject>"+bag("Bag", "Places|Rome", "sunny")+"</lr:hierarchicalSubject>"),
		Facts{Said: Keywords, Keywords: []string{"Places|Rome", "sunny"}},
	},
	{
		"keywords of digiKam", described("", "<dc:subject>"+bag("Bag", "Rome", "new")+"</dc:subject><lr:hierarchicalSubject>"+bag("Bag", "Places|Rome", "other")+"</lr:hierarchicalSubject><digiKam:TagsList>"+bag("Seq", "Places/Rome", "_Digikam_Internal_Tags_/x")+"</digiKam:TagsList>"),
		Facts{Said: Keywords, Keywords: []string{"Places|Rome", "other", "new"}},
	},
	{"people without a place", described("", "<Iptc4xmpExt:PersonInImage>"+bag("Bag", "Ada  Byron", "Bob", "Bob")+"</Iptc4xmpExt:PersonInImage>"), Facts{People: []string{"Ada Byron", "Bob"}}},
	{
		"what is known of the packet", described(`xmp:MetadataDate="2026-05-03T10:11:12+02:00" xmp:CreatorTool="digiKam-8.1.0" tiff:Orientation="6"`, ""),
		Facts{Changed: time.Date(2026, 5, 3, 8, 11, 12, 0, time.UTC), Creator: "digiKam-8.1.0", Orientation: 6},
	},
	{"an orientation that is none", described(`tiff:Orientation="9"`, ""), Facts{}},
	{
		"regions as digiKam writes them", described("", `<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions rdf:parseType="Resource"><stDim:w>4000</stDim:w><stDim:h>3000</stDim:h><stDim:unit>pixel</stDim:unit></mwg-rs:AppliedToDimensions>
<mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType="Resource"><mwg-rs:Name>Ada</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type><mwg-rs:Area rdf:parseType="Resource"><stArea:x>0.5</stArea:x><stArea:y>0.25</stArea:y><stArea:w>0.25</stArea:w><stArea:h>0.5</stArea:h><stArea:unit>normalized</stArea:unit></mwg-rs:Area></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>`),
		Facts{Said: Regions, Applied: Size{4000, 3000}, Regions: []Region{{"Ada", at(.375, 0, .25, .5)}}},
	},
	{
		"regions as Lightroom and Picasa write them", described("", `<mwg-rs:Regions><rdf:Description><mwg-rs:AppliedToDimensions stDim:w="4000" stDim:h="3000" stDim:unit="pixel"/>
<mwg-rs:RegionList><rdf:Seq><rdf:li><rdf:Description mwg-rs:Name="Ada" mwg-rs:Type="Face" mwg-rs:Rotation="0.0"><mwg-rs:Area stArea:x="0.5" stArea:y="0.25" stArea:w="0.25" stArea:h="0.5"/></rdf:Description></rdf:li>
<rdf:li><rdf:Description mwg-rs:Name="Rex" mwg-rs:Type="Pet"><mwg-rs:Area stArea:x="0.5" stArea:y="0.5" stArea:w="0.25" stArea:h="0.5"/></rdf:Description></rdf:li>
<rdf:li><rdf:Description mwg-rs:Type="Focus"><mwg-rs:Area stArea:x="0.5" stArea:y="0.5" stArea:d="0.1"/></rdf:Description></rdf:li></rdf:Seq></mwg-rs:RegionList></rdf:Description></mwg-rs:Regions>`),
		Facts{Said: Regions, Applied: Size{4000, 3000}, Regions: []Region{{"Ada", at(.375, 0, .25, .5)}}},
	},
	{
		"regions of Windows", described("", `<MP:RegionInfo><rdf:Description><MPRI:Regions><rdf:Bag><rdf:li MPReg:PersonDisplayName="Ada" MPReg:Rectangle="0.25, 0.5, 0.125, 0.25"/><rdf:li><rdf:Description MPReg:Rectangle="0, 0, 0.5, 0.5"/></rdf:li></rdf:Bag></MPRI:Regions></rdf:Description></MP:RegionInfo>`),
		Facts{Said: Regions, Regions: []Region{{"Ada", at(.25, .5, .125, .25)}, {"", at(0, 0, .5, .5)}}},
	},
	{
		"both kinds of regions", described("", `<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType="Resource"><mwg-rs:Name>Ada</mwg-rs:Name><mwg-rs:Area stArea:x="0.5" stArea:y="0.5" stArea:w="0.5" stArea:h="0.5"/></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag><rdf:li MPReg:PersonDisplayName="Somebody" MPReg:Rectangle="0.25,0.25,0.5,0.5"/><rdf:li MPReg:PersonDisplayName="Bob" MPReg:Rectangle="0,0,0.125,0.125"/></rdf:Bag></MPRI:Regions></MP:RegionInfo>`),
		Facts{Said: Regions, Regions: []Region{{"Ada", at(.25, .25, .5, .5)}, {"Bob", at(0, 0, .125, .125)}}},
	},
	{
		"regions that are none", described("", `<MP:RegionInfo rdf:parseType="Resource"><MPRI:Regions><rdf:Bag><rdf:li MPReg:Rectangle="2, 2, 1, 1"/><rdf:li MPReg:Rectangle="0, 0, 1"/><rdf:li MPReg:Rectangle="a, b, c, d"/><rdf:li MPReg:Rectangle="0.5, 0.5, NaN, 1"/><rdf:li MPReg:Rectangle="0.5, 0.5, -0.1, 0.1"/></rdf:Bag></MPRI:Regions></MP:RegionInfo>`),
		Facts{Said: Regions},
	},
	{
		"decimals with a comma", described("", `<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag><rdf:li rdf:parseType="Resource"><mwg-rs:Area stArea:x="0,5" stArea:y="0,5" stArea:w="0,5" stArea:h="0,5"/></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>`),
		Facts{Said: Regions, Regions: []Region{{"", at(.25, .25, .5, .5)}}},
	},
	{"what nobody asks for", described(`xmp:Foo="1"`, `<dc:title>`+bag("Alt", "x")+`</dc:title><xmp:Rating>1</xmp:Rating>`), Facts{Said: Rating, Rating: 1}},
	{"a rating with a qualifier", described("", `<xmp:Rating rdf:parseType="Resource"><rdf:value>2</rdf:value><xmp:Note>so</xmp:Note></xmp:Rating>`), Facts{Said: Rating, Rating: 2}},
	{"padding and what a longer packet has left", described(`xmp:Rating="4"`, "") + strings.Repeat(" \n\x00", 100), Facts{Said: Rating, Rating: 4}},
	{"the end of a longer packet", described(`xmp:Rating="4"`, "") + "</rdf:RDF></x:xmpmeta>", Facts{Said: Rating, Rating: 4}},
}

var sameFacts = cmp.Options{
	cmp.AllowUnexported(face.Box{}, face.Point{}), cmpopts.EquateApprox(0, 1e-6), cmpopts.EquateApproxTime(0),
}

func TestParse(t *testing.T) {
	for _, tt := range parseTable {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.packet))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got, sameFacts); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// TestEncodings reads one packet in every form that its bytes can have.
func TestEncodings(t *testing.T) {
	doc := strings.TrimPrefix(described(`xmp:Label="Žluťoučký 𝄞 kůň"`, ""), "\uFEFF")
	units := utf16.Encode([]rune(doc))
	wide := func(order binary.ByteOrder, mark bool) string {
		var b bytes.Buffer
		if mark {
			_ = binary.Write(&b, order, uint16(0xFEFF))
		}
		_ = binary.Write(&b, order, units)
		return b.String()
	}
	for name, packet := range map[string]string{
		"UTF-8":                doc,
		"UTF-8 with a mark":    "\uFEFF" + doc,
		"UTF-16 little, mark":  wide(binary.LittleEndian, true),
		"UTF-16 big, mark":     wide(binary.BigEndian, true),
		"UTF-16 little":        wide(binary.LittleEndian, false),
		"UTF-16 big":           wide(binary.BigEndian, false),
		"UTF-8 as UTF-16":      `<?xml version="1.0" encoding="UTF-16"?>` + doc,
		"UTF-8 as Latin-1":     `<?xml version="1.0" encoding="ISO-8859-1"?>` + doc,
		"UTF-8 with xml":       `<?xml version="1.0" encoding="UTF-8"?>` + doc,
		"space before it":      "\n  " + doc,
		"zeros after the mark": doc + "\x00\x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Parse([]byte(packet))
			if err != nil || f.Word != "Žluťoučký 𝄞 kůň" {
				t.Errorf("%q, %v", f.Word, err)
			}
		})
	}
	latin := `<?xml version="1.0" encoding="ISO-8859-1"?>` + strings.ReplaceAll(described(`xmp:Label="Gr`+"\xFC"+`n"`, ""), "\uFEFF", "")
	if f, err := Parse([]byte(latin)); err != nil || f.Label != photo.Green {
		t.Errorf("Latin-1: %v, %v", f, err)
	}
}

// TestBroken checks that what is no XMP is an error that says so, whatever it is.
func TestBroken(t *testing.T) {
	whole := described(`xmp:Rating="4"`, "<dc:subject>"+bag("Bag", "a", "b")+"</dc:subject>")
	deep := strings.Repeat("<xmp:a>", maxDepth+2) + strings.Repeat("</xmp:a>", maxDepth+2)
	lol := `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>`
	for _, tt := range []struct {
		name, packet string
		want         error
	}{
		{"empty", "", ErrBroken},
		{"zeros", strings.Repeat("\x00", 1000), ErrBroken},
		{"text", "hello", ErrBroken},
		{"other XML", "<a><b/></a>", ErrBroken},
		{"half", whole[:len(whole)/2], ErrBroken},
		{"all but the end", whole[:strings.Index(whole, "</rdf:RDF>")], ErrBroken},
		{"crossed elements", described("", "<xmp:Rating><a></xmp:Rating></a>"), ErrBroken},
		{"an entity of its own", lol + described("", "<xmp:Label>&b;</xmp:Label>"), ErrBroken},
		{"an entity without a type", described("", "<xmp:Label>&b;</xmp:Label>"), ErrBroken},
		{"a file from elsewhere", `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + described("", "<xmp:Label>&a;</xmp:Label>"), ErrBroken},
		{"a type inside", described("", "<dc:subject><!DOCTYPE x></dc:subject>"), ErrBroken},
		{"bytes that are no text", described(`xmp:Label="`+"\xFF"+`"`, ""), ErrBroken},
		{"UTF-32", "\xFF\xFE\x00\x00<\x00\x00\x00", ErrBroken},
		{"deep", described("", "<dc:subject>"+deep+"</dc:subject>"), ErrTooLarge},
		{"too many values", described("", "<dc:subject>"+strings.Repeat("<xmp:a/>", maxNodes+1)+"</dc:subject>"), ErrTooLarge},
		{"50 MB", strings.Repeat(" ", 50<<20), ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Parse([]byte(tt.packet))
			if !errors.Is(err, tt.want) || errors.Is(err, ErrBroken) && errors.Is(err, ErrTooLarge) {
				t.Errorf("%+v, %v, want %v", f, err, tt.want)
			}
			if d := cmp.Diff(Facts{}, f, sameFacts); d != "" {
				t.Errorf("facts with an error: %s", d)
			}
		})
	}
}

func TestBounds(t *testing.T) {
	many := make([]string, maxItems+100)
	for i := range many {
		many[i] = fmt.Sprint("k", i)
	}
	f, err := Parse([]byte(described("", "<dc:subject>"+bag("Bag", many...)+"</dc:subject>")))
	if err != nil || len(f.Keywords) != maxItems {
		t.Errorf("%d keywords, %v", len(f.Keywords), err)
	}
	f, err = Parse([]byte(described(`xmp:CreatorTool="`+strings.Repeat("x", maxText+1)+`"`, "<dc:subject>"+bag("Bag", strings.Repeat("y", maxText+1), "z")+"</dc:subject>")))
	if err != nil || f.Creator != "" || len(f.Keywords) != 1 {
		t.Errorf("texts that are too long: %d %d, %v", len(f.Creator), len(f.Keywords), err)
	}
}

// TestUpright checks the table of the stored-frame rule, facts that come from the guidelines of the Metadata Working Group: where a centre and a size of
// the stored picture are in the upright one.
func TestUpright(t *testing.T) {
	const x, y, w, h = .25, .375, .125, .25 // of a stored picture of 800 x 400
	for o, want := range map[photo.Orientation][4]float32{
		1: {x, y, w, h},
		2: {1 - x, y, w, h},
		3: {1 - x, 1 - y, w, h},
		4: {x, 1 - y, w, h},
		5: {y, x, h, w},
		6: {1 - y, x, h, w},
		7: {1 - y, 1 - x, h, w},
		8: {y, 1 - x, h, w},
		0: {x, y, w, h},
	} {
		r := Region{Box: at(x-w/2, y-h/2, w, h)}
		uw, uh := o.UprightSize(800, 400)
		got := r.Upright(o, uw, uh)
		box := at((want[0]-want[2]/2)*float32(uw), (want[1]-want[3]/2)*float32(uh), want[2]*float32(uw), want[3]*float32(uh))
		if d := cmp.Diff(box, got, sameFacts); d != "" {
			t.Errorf("orientation %d: %s", o, d)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, tt := range parseTable {
		f.Add([]byte(tt.packet))
	}
	f.Fuzz(func(t *testing.T, packet []byte) {
		facts, err := Parse(packet)
		if err != nil {
			if errors.Is(err, ErrBroken) == errors.Is(err, ErrTooLarge) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		if facts.Rating < -1 || facts.Rating > photo.MaxRating || facts.Label >= photo.NumLabels || len(facts.People) > maxItems || len(facts.Regions) > 2*maxItems {
			t.Errorf("%+v", facts)
		}
		for _, r := range facts.Regions {
			for _, v := range []float32{r.Box.Min.X, r.Box.Min.Y, r.Box.Max.X, r.Box.Max.Y} {
				if math.IsNaN(float64(v)) || v < 0 || v > 1 {
					t.Errorf("a region at %v", r.Box)
				}
			}
		}
		for _, k := range facts.Keywords {
			if strings.TrimSpace(k) == "" {
				t.Errorf("keywords %q", facts.Keywords)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	doc := []byte(described(`xmp:Rating="4" xmp:Label="Red"`, "<dc:subject>"+bag("Bag", "a", "b", "c")+"</dc:subject>"+strings.Repeat(`<dc:title>`+bag("Alt", "x")+`</dc:title>`, 50)))
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, err := Parse(doc); err != nil {
			b.Fatal(err)
		}
	}
}

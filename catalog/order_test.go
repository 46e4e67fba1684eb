package catalog

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"semblance/catalog/query"
	"semblance/internal/face"
)

// What searches say of orders, texts and rows that change all the time equals what is said by whoever looks at each photo.
func TestOrdersAndTextsAgainstSlow(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	c := &Catalog{index: newIndex()}
	ix := c.index
	rows := map[string]*Record{}
	for range 20 {
		var changes []change
		for range 1 + rng.IntN(20) {
			path := filepath.FromSlash(fmt.Sprintf("/p/%c%d/IMG_%d.jpg", "aBc"[rng.IntN(3)], rng.IntN(12), rng.IntN(30)))
			rec := orderRecord(rng, path)
			r := newRow(rec, DefaultPolicy())
			changes = append(changes, change{path: path, stored: pathValue{State: Done, ID: rec.ID}, record: rec, row: &r})
			rows[path] = rec
		}
		ix.apply(changes)
		if rng.IntN(4) == 0 {
			ix.compact()
		}
		for _, text := range []string{"", "person:ada", "smile:yes", "tag:rome"} {
			e, err := query.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range Orders() {
				for _, o := range []Order{o, o.Reverse()} {
					r := c.Find(e, Scope{}, o)
					var got []string
					for _, ref := range r.Photos {
						got = append(got, ix.photos[ref].path)
					}
					if want := slowOrder(rows, e, o); !slices.Equal(got, want) {
						t.Fatalf("%q by %v:\n got %q\nwant %q", text, o, got, want)
					}
				}
			}
			for field, part := range map[string]string{"person": "b", "tag": "", "camera": "", "folder": "B", "album": "", "name": "", "smile": "", "taken": ""} {
				got := c.Texts(e, Scope{}, field, part, 3)
				if want := slowTexts(rows, e, field, part, 3); !slices.Equal(got, want) {
					t.Fatalf("texts of %s with %q of %q:\n got %v\nwant %v", field, part, text, got, want)
				}
			}
		}
	}
}

func orderRecord(rng *rand.Rand, path string) *Record {
	rec := benchRecord(rng, 0, rng.IntN(4))
	copy(rec.ID[:], fmt.Sprintf("%16.16s", filepath.Base(filepath.Dir(path))+filepath.Base(path)))
	rec.Meta.Model = fmt.Sprint("Camera ", rng.IntN(4))
	rec.Meta.Taken = time.Unix(int64(rng.IntN(30)), int64(rng.IntN(2))).UTC()
	if rng.IntN(4) == 0 {
		rec.Meta.Taken = time.Time{}
	}
	rec.Marks.Rating = uint8(rng.IntN(6))
	for _, tag := range []string{"Places|Rome", "wedding", "B"} {
		if rng.IntN(2) == 0 {
			rec.Marks = rec.Marks.WithTag(tag)
		}
	}
	for i := range rec.Analysis.Faces {
		f := &rec.Analysis.Faces[i]
		f.Blur = 300 * rng.Float32()
		if rng.IntN(4) == 0 {
			f.Lacks = face.AgeYears | face.Blurriness
		}
		if rng.IntN(2) == 0 {
			rec.Edits.Set(face.Edit{Number: f.Number, Box: f.Box, Name: []string{"Ada", "Bob", "Barbara"}[rng.IntN(3)]})
		}
	}
	return rec
}

// slowMatching returns the faces of a record that an expression asks for.
func slowMatching(rec *Record, e query.Expr) []face.Face {
	a := face.Apply(&rec.Analysis, &rec.Edits)
	return slices.DeleteFunc(a.Faces, func(f face.Face) bool { return !e.MatchesFace(a.Have, face.DefaultThresholds(), &f) })
}

func slowFound(rec *Record, e query.Expr) bool {
	p := query.Photo{State: 1, Tags: rec.Marks.Tags}
	for _, c := range e.Photos() {
		if !c.MatchPhoto(&p) {
			return false
		}
	}
	return !e.AsksFaces() || len(slowMatching(rec, e)) > 0
}

// slowOrder returns the paths of the photos that match in an order.
func slowOrder(rows map[string]*Record, e query.Expr, o Order) []string {
	const unknown = 1 << 40
	key := map[string]int{} // the least one first
	var paths []string
	for path, rec := range rows {
		if !slowFound(rec, e) {
			continue
		}
		paths = append(paths, path)
		a := face.Apply(&rec.Analysis, &rec.Edits)
		switch o.Forward() {
		case ByFaces:
			key[path] = -a.Accepted()
		case ByRating:
			key[path] = -int(rec.Marks.Rating)
		case ByTaken:
			if key[path] = unknown; !rec.Meta.Taken.IsZero() {
				key[path] = int(rec.Meta.Taken.UnixNano())
			}
		case ByAge, BySharpness:
			key[path] = unknown
			for _, f := range slowMatching(rec, e) {
				switch {
				case f.Lacks != 0:
				case o.Forward() == ByAge:
					key[path] = min(key[path], f.Age.Floor())
				default:
					key[path] = min(key[path], -int(f.Blur))
				}
			}
		default:
		}
	}
	slices.SortFunc(paths, func(a, b string) int {
		byName := 0
		if o.Forward() == ByName {
			byName = SlowNatural(filepath.Base(a), filepath.Base(b))
		}
		return cmp.Or(byName, cmp.Compare(key[a], key[b]), SlowByPath(a, b))
	})
	known := slices.IndexFunc(paths, func(path string) bool { return key[path] == unknown })
	if known < 0 {
		known = len(paths)
	}
	if o.Reversed() {
		slices.Reverse(paths[:known])
	}
	return paths
}

func slowTexts(rows map[string]*Record, e query.Expr, field, part string, limit int) []TextCount {
	e = e.Without(field)
	counts := map[string]int{}
	for path, rec := range rows {
		if !slowFound(rec, e) {
			continue
		}
		switch field {
		case "person":
			for _, f := range slowMatching(rec, e) {
				counts[f.Edit.Name]++
			}
		case "tag":
			for _, tag := range rec.Marks.Tags {
				counts[tag]++
			}
		case "camera":
			counts[rec.Meta.Camera()]++
		case "folder":
			counts[filepath.Dir(path)]++
		}
	}
	var list []TextCount
	for text, n := range counts {
		if text != "" && strings.Contains(strings.ToLower(text), strings.ToLower(part)) {
			list = append(list, TextCount{text, n})
		}
	}
	slices.SortFunc(list, func(a, b TextCount) int { return cmp.Or(cmp.Compare(b.Count, a.Count), SlowNatural(a.Text, b.Text)) })
	return list[:min(limit, len(list))]
}

func TestOrderNames(t *testing.T) {
	for _, o := range Orders() {
		for _, o := range []Order{o, o.Reverse()} {
			if got, err := ParseOrder(o.String()); err != nil || got != o {
				t.Errorf("%v is read as %v, %v", o, got, err)
			}
		}
	}
	for _, s := range []string{"", "-", "--name", "size", "unknown"} {
		if o, err := ParseOrder(s); err == nil {
			t.Errorf("%q is the order %v", s, o)
		}
	}
	if got := numOrders.String(); got != "unknown" {
		t.Errorf("no order is called %s", got)
	}
}

// A posting is a set, whether it is a list or bits.
func TestPostingAgainstMap(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for _, rows := range []int{3000, 5_000_000} {
		var p posting
		want := map[uint32]bool{}
		for i := range 6000 {
			row := uint32(rng.IntN(rows))
			if rng.IntN(3) == 0 && i > 3000 {
				p.remove(row)
				delete(want, row)
				continue
			}
			p.add(row)
			want[row] = true
		}
		if dense := p.set != nil; dense != (rows == 3000) {
			t.Errorf("%d of %d rows: bits %v", p.n, rows, dense)
		}
		got, odd := newBitset(rows), newBitset(rows)
		p.addTo(got)
		n := 0
		for row := range want {
			if !got.has(row) {
				t.Fatalf("row %d is missing", row)
			}
			if row%2 == 1 {
				odd.add(row)
				n++
			}
		}
		if got.count() != len(want) || p.n != len(want) || p.countIn(odd) != n {
			t.Errorf("%d rows, %d, of odd ones %d, want %d, %d", got.count(), p.n, p.countIn(odd), len(want), n)
		}
	}
}

// Names are searched as query compares texts.
func TestNamesAgainstMatchText(t *testing.T) {
	var n names
	list := []string{"IMG_1.JPG", "img_10.jpg", "", "Straße.png", "ſpiel", "\xffx", "É.jpg", "x\x00y", "Kelvin", "aaa"}
	for _, name := range list {
		n.add(name)
	}
	for _, text := range []string{"img", "_1", "G", "ss", "S", "\xff", "é", "k", "aa", "jpg", "zzz", "y"} {
		for _, not := range []bool{false, true} {
			c := query.Condition{Field: query.FieldNamed("name"), Not: not, Items: []query.Item{{Text: text}, {Text: "spi"}}}
			met := n.meeting(&c)
			for i, name := range list {
				if got, want := met.has(uint32(i)), c.MatchText(name); got != want {
					t.Errorf("%q of %q, not %v: %v, want %v", text, name, not, got, want)
				}
			}
		}
	}
}

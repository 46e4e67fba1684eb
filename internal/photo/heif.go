package photo

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
)

// HEIF is what a HEIC or AVIF file says about its picture, the primary item
// (ISO/IEC 23008-12). Decoders crop, turn and mirror by themselves: what they give has
// the size of Upright.
type HEIF struct {
	W, H               int         // pixels as coded, 0 if not said
	UprightW, UprightH int         // after cropping and turning
	Turned             Orientation // what the file says must be done to the coded picture
	Largest            int         // pixels of the largest picture of the file, thumbnails and tiles included
	Short              bool        // the file ends before its picture does
	ICC                []byte      // colour profile, nil if there is none
	NCLX               NCLX
}

// HEIFThumbnail returns a HEIC or AVIF file in memory once more, with its thumbnail as its picture, nil if it has none that is a picture
// of its own (ISO/IEC 23008-12, 6.4.4). A phone's has about 400 pixels, and decoding it takes a hundredth of the time.
func HEIFThumbnail(data []byte) []byte {
	f, ok := openHEIF(data)
	if !ok {
		return nil
	}
	for _, id := range f.order {
		it := f.items[id]
		if !it.readable || it.kind != "hvc1" && it.kind != "av01" || !slices.Contains(it.refs["thmb"], f.primary) {
			continue
		}
		out := slices.Clone(data)
		out[it.flags] &^= 1                                     // decoders do not look at what is hidden
		if name := out[f.named.from:f.named.to]; name[0] == 0 { // openHEIF has read an item's number out of it
			binary.BigEndian.PutUint16(name[4:], uint16(id))
		} else {
			binary.BigEndian.PutUint32(name[4:], id)
		}
		return out
	}
	return nil
}

// NCLX is a colour space by the numbers of ITU-T H.273. The zero NCLX was not said.
type NCLX struct {
	Primaries, Transfer, Matrix uint16
	FullRange                   bool
}

// ReadHEIF returns what a HEIC or AVIF file in memory says about its picture. ok is
// false if it names no picture.
func ReadHEIF(data []byte) (h HEIF, ok bool) {
	f, ok := openHEIF(data)
	if !ok {
		return h, false
	}
	it, ok := f.items[f.primary]
	if !ok {
		return h, false
	}
	for _, p := range f.properties {
		if w, high, ok := extentOf(p); ok {
			h.Largest = max(h.Largest, int(min(int64(w)*int64(high), math.MaxInt32)))
		}
	}
	h.Turned, h.Short = Upright, f.short(it)
	for _, i := range it.properties {
		h.apply(f.property(i))
	}
	if h.ICC == nil && h.NCLX == (NCLX{}) { // some grids leave the colour to their tiles
		for _, part := range it.refs["dimg"] {
			for _, i := range f.items[part].props() {
				if p := f.property(i); p.kind == "colr" {
					h.apply(p)
				}
			}
			if h.ICC != nil || h.NCLX != (NCLX{}) {
				break
			}
		}
	}
	return h, true
}

// apply takes a property over, in the order in which they are to be applied.
func (h *HEIF) apply(p property) {
	c := cursor{b: p.content}
	switch p.kind {
	case "ispe":
		if w, high, ok := extentOf(p); ok {
			h.W, h.H, h.UprightW, h.UprightH = w, high, w, high
		}
	case "clap": // eight numbers: width, height and offsets as fractions
		w, wd, high, hd := c.uint(4), c.uint(4), c.uint(4), c.uint(4)
		if !c.bad && wd > 0 && hd > 0 && w/wd > 0 && high/hd > 0 {
			h.UprightW, h.UprightH = min(h.UprightW, int(w/wd)), min(h.UprightH, int(high/hd))
		}
	case "irot": // quarters, anticlockwise
		o := [...]Orientation{Upright, Rotate270, Rotate180, Rotate90}[c.uint(1)&3]
		h.Turned = h.Turned.then(o)
		h.UprightW, h.UprightH = o.UprightSize(h.UprightW, h.UprightH)
	case "imir": // 0: top and bottom change places (23008-12:2022, 6.5.12)
		h.Turned = h.Turned.then([...]Orientation{MirrorY, MirrorX}[c.uint(1)&1])
	case "colr":
		switch string(c.take(4)) {
		case "prof", "rICC":
			if h.ICC == nil && len(c.b) > 0 && len(c.b) <= maxMetadata {
				h.ICC = c.b
			}
		case "nclx":
			n := NCLX{Primaries: uint16(c.uint(2)), Transfer: uint16(c.uint(2)), Matrix: uint16(c.uint(2)), FullRange: c.uint(1)&0x80 != 0}
			if !c.bad && h.NCLX == (NCLX{}) {
				h.NCLX = n
			}
		}
	}
}

// then returns the orientation that does what o does, and what next does afterwards.
func (o Orientation) then(next Orientation) Orientation {
	for all := Upright; all <= lastOrientation; all++ {
		same := true
		for _, p := range [][2]float32{{0, 0}, {1, 0}} { // two corners tell the eight apart
			x, y := o.ToUpright(p[0], p[1], 1, 1)
			x, y = next.ToUpright(x, y, 1, 1)
			ax, ay := all.ToUpright(p[0], p[1], 1, 1)
			same = same && x == ax && y == ay
		}
		if same {
			return all
		}
	}
	return Upright
}

func extentOf(p property) (w, h int, ok bool) {
	c := cursor{b: p.content}
	c.take(4)
	w64, h64 := c.uint(4), c.uint(4)
	if p.kind != "ispe" || c.bad || w64 > math.MaxInt32 || h64 > math.MaxInt32 {
		return 0, 0, false
	}
	return int(w64), int(h64), true
}

// heif is the structure of a HEIC or AVIF file in memory.
type heif struct {
	data       []byte
	idat       []byte
	primary    uint32
	named      box // says which item is the primary one
	items      map[uint32]*item
	order      []uint32 // items as the file lists them
	properties []property
}

type property struct {
	kind    string
	content []byte
}

type item struct {
	kind, mime string // mime: the content type of an item of kind "mime"
	flags      int64  // where the last byte of its flags is; bit 0 hides it
	inIdat     bool
	readable   bool // its extents lie in this file
	extents    []extent
	properties []int // numbers of properties, from 1 on, in the order in which they are applied
	refs       map[string][]uint32
}

func (it *item) props() []int {
	if it == nil {
		return nil
	}
	return it.properties
}

type extent struct{ off, length uint64 }

// Bounds of the structure. A phone's picture has some 50 tiles; every entry is in the file itself, so
// that these only keep the work small.
const (
	maxItems      = 20000 // tiles of a picture, too
	maxExtents    = 100000
	maxProperties = 255 // of one item: what one entry can name
)

func openHEIF(data []byte) (*heif, bool) {
	s := inMemory(data)
	meta, ok := s.find("meta", 0, s.size)
	if !ok {
		return nil, false
	}
	f := &heif{data: data, items: map[uint32]*item{}}
	parts := map[string]box{}
	for b := range s.boxes(meta.from+4, meta.to) {
		if _, twice := parts[b.kind]; !twice {
			parts[b.kind] = b
		}
	}
	content := func(kind string) []byte { b := parts[kind]; return data[b.from:b.to] }
	f.idat = content("idat")
	f.readItems(s, parts["iinf"])
	f.readLocations(content("iloc"))
	f.readReferences(s, parts["iref"])
	f.readProperties(s, parts["iprp"])
	f.named = parts["pitm"]
	c := cursor{b: content("pitm")}
	f.primary = uint32(c.uint(2 + 2*min(1, int(c.uint(4)>>24))))
	return f, !c.bad
}

func (f *heif) property(number int) property {
	if number < 1 || number > len(f.properties) {
		return property{}
	}
	return f.properties[number-1]
}

func (f *heif) readItems(s source, iinf box) {
	c := cursor{b: f.data[iinf.from:iinf.to]}
	head := int64(6)
	if c.uint(1) > 0 {
		head = 8
	}
	for b := range s.boxes(iinf.from+head, iinf.to) {
		if b.kind != "infe" || len(f.items) >= maxItems {
			continue
		}
		c := cursor{b: f.data[b.from:b.to]}
		version := c.uint(4) >> 24
		if version < 2 {
			continue
		}
		id := uint32(c.uint(2 * int(min(version, 3)-1)))
		c.take(2)
		it := &item{flags: b.from + 3, kind: string(c.take(4)), refs: map[string][]uint32{}}
		c.text()
		if it.kind == "mime" {
			it.mime = c.text()
		}
		if f.items[id] == nil {
			f.items[id] = it
			f.order = append(f.order, id)
		}
	}
}

func (f *heif) readLocations(iloc []byte) {
	c := cursor{b: iloc}
	version := c.uint(4) >> 24
	sizes := c.uint(2)
	offsetSize, lengthSize, baseSize, indexSize := int(sizes>>12), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	if version > 2 || max(offsetSize, lengthSize, baseSize, indexSize) > 8 {
		return
	}
	idSize := 2
	if version == 2 {
		idSize = 4
	}
	all := 0
	for n := c.uint(idSize); n > 0 && !c.bad; n-- {
		id := uint32(c.uint(idSize))
		method := uint64(0)
		if version > 0 {
			method = c.uint(2) & 15
		} else {
			indexSize = 0
		}
		elsewhere := c.uint(2) != 0
		base := c.uint(baseSize)
		it := f.items[id]
		if it == nil {
			it = &item{}
		}
		it.inIdat, it.readable = method == 1, method <= 1 && !elsewhere
		for k := c.uint(2); k > 0 && !c.bad && all < maxExtents; k-- {
			c.take(indexSize)
			off := c.uint(offsetSize)
			length := c.uint(lengthSize)
			if off > math.MaxUint64-base {
				it.readable = false
			}
			it.extents = append(it.extents, extent{base + off, length})
			all++
		}
	}
}

func (f *heif) readReferences(s source, iref box) {
	head := cursor{b: f.data[iref.from:iref.to]}
	size := 2
	if head.uint(4)>>24 > 0 {
		size = 4
	}
	for b := range s.boxes(iref.from+4, iref.to) {
		c := cursor{b: f.data[b.from:b.to]}
		from := f.items[uint32(c.uint(size))]
		for n := c.uint(2); n > 0; n-- {
			to := uint32(c.uint(size))
			if c.bad || from == nil || len(from.refs[b.kind]) >= maxItems {
				break
			}
			from.refs[b.kind] = append(from.refs[b.kind], to)
		}
	}
}

func (f *heif) readProperties(s source, iprp box) {
	for b := range s.boxes(iprp.from, iprp.to) {
		switch b.kind {
		case "ipco":
			for p := range s.boxes(b.from, b.to) {
				f.properties = append(f.properties, property{p.kind, f.data[p.from:p.to]})
			}
		case "ipma":
			f.readAssociations(f.data[b.from:b.to])
		}
	}
}

func (f *heif) readAssociations(ipma []byte) {
	c := cursor{b: ipma}
	head := c.uint(4)
	idSize, numberSize, mask := 2, 1, uint64(0x7F)
	if head>>24 > 0 {
		idSize = 4
	}
	if head&1 != 0 {
		numberSize, mask = 2, 0x7FFF
	}
	for n := c.uint(4); n > 0 && !c.bad; n-- {
		it := f.items[uint32(c.uint(idSize))]
		for k := c.uint(1); k > 0; k-- {
			number := c.uint(numberSize) & mask
			if it != nil && !c.bad && len(it.properties) < maxProperties {
				it.properties = append(it.properties, int(number))
			}
		}
	}
}

// parts returns the pieces of an item's data, as far as they lie in the file.
func (f *heif) parts(it *item) [][]byte {
	if it == nil || !it.readable {
		return nil
	}
	within := f.data
	if it.inIdat {
		within = f.idat
	}
	var parts [][]byte
	for _, e := range it.extents {
		if e.off >= uint64(len(within)) {
			continue
		}
		rest := within[e.off:]
		if e.length == 0 || e.length > uint64(len(rest)) { // 0 stands for all that follows
			e.length = uint64(len(rest))
		}
		parts = append(parts, rest[:e.length])
	}
	return parts
}

// short reports whether some of an item's data, or of the tiles that it is made of, are missing at the end of the file.
func (f *heif) short(it *item) bool {
	if it == nil {
		return false
	}
	if it.readable && !it.inIdat && slices.ContainsFunc(it.extents, func(e extent) bool {
		return e.off > uint64(len(f.data)) || e.length > uint64(len(f.data))-e.off
	}) {
		return true
	}
	seen := map[uint32]bool{}
	return slices.ContainsFunc(it.refs["dimg"], func(id uint32) bool {
		tile := f.items[id]
		again := seen[id]
		seen[id] = true
		return !again && tile != nil && len(tile.refs["dimg"]) == 0 && f.short(tile)
	})
}

// content returns the data of the first item that want accepts, nil if there are none or very many.
func (f *heif) content(want func(*item) bool) []byte {
	i := slices.IndexFunc(f.order, func(id uint32) bool { return want(f.items[id]) })
	if i < 0 {
		return nil
	}
	parts := f.parts(f.items[f.order[i]])
	total := 0
	for _, p := range parts {
		total += len(p)
		if total > maxMetadata {
			return nil
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return bytes.Join(parts, nil)
}

// exif returns the EXIF block: an item that begins with the distance to it (23008-12, A.2.1).
func (f *heif) exif() []byte {
	data := f.content(func(it *item) bool { return it.kind == "Exif" })
	c := cursor{b: data}
	if skip := c.uint(4); !c.bad && skip <= uint64(len(c.b)) {
		c.take(int(skip))
	}
	return bytes.TrimPrefix(c.b, []byte(exifHeader))
}

func (f *heif) xmp() []byte {
	return f.content(func(it *item) bool { return it.kind == "mime" && it.mime == "application/rdf+xml" })
}

// picture returns the data of the primary item and of all that it is made of: what
// metadata, thumbnails and depth maps do not belong to.
func (f *heif) picture() [][]byte {
	var parts [][]byte
	total := 0
	seen := map[uint32]bool{}
	queue := []uint32{f.primary}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		it := f.items[id]
		if it == nil || seen[id] {
			continue
		}
		seen[id] = true
		for _, p := range f.parts(it) {
			total += len(p)
			parts = append(parts, p)
		}
		queue = append(queue, it.refs["dimg"]...)
	}
	if total > 2*len(f.data) { // extents that overlap: somebody wants us to be busy
		return nil
	}
	return parts
}

// codec returns the kind of the items that the primary picture is made of: "hvc1", "av01".
func (f *heif) codec() string {
	it := f.items[f.primary]
	for range 4 {
		if it == nil || len(it.refs["dimg"]) == 0 {
			break
		}
		it = f.items[it.refs["dimg"][0]]
	}
	if it == nil {
		return ""
	}
	return it.kind
}

// sniffISO tells the picture files among the ISO media by their brands. A file that only
// says that it is some HEIF is told by what its picture is coded in.
func sniffISO(data []byte) Format {
	s := inMemory(data[:min(len(data), 4096)])
	for b := range s.boxes(0, s.size) {
		if b.kind != "ftyp" || b.to-b.from < 8 {
			return Unknown
		}
		brands := s.at(b.from, b.to-b.from)
		heic, avif, other := false, false, false
		for i := 0; i+4 <= len(brands); i += 4 {
			if i == 4 {
				continue // the minor version
			}
			f := Unknown
			switch string(brands[i : i+4]) {
			case "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs":
				f, heic = HEIC, true
			case "avif", "avis":
				f, avif = AVIF, true
			case "crx ":
				f = RAW
			case "mif1", "mif2", "msf1", "miaf":
				other = true
			}
			if i == 0 && f != Unknown {
				return f
			}
		}
		switch {
		case heic != avif && heic:
			return HEIC
		case heic != avif:
			return AVIF
		case !other && !heic:
			return Unknown
		}
		break
	}
	if f, ok := openHEIF(data); ok {
		switch f.codec() {
		case "hvc1", "hev1":
			return HEIC
		case "av01":
			return AVIF
		}
	}
	return Unknown
}

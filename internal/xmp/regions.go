package xmp

import (
	"strings"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// A Region is where a face is, and whose it is.
type Region struct {
	Name string // "" if nobody said
	// Box is in fractions, 0..1, of the picture as it is stored, before its EXIF orientation is applied: x to the right, y down
	// (Metadata Working Group, Guidelines for Handling Image Metadata 2.0, section 5.9).
	Box face.Box
}

// Upright returns where the region is in the upright photo of w x h pixels, whose file has orientation o, in these pixels.
func (r Region) Upright(o photo.Orientation, w, h int) face.Box {
	sw, sh := o.UprightSize(w, h) // as stored: the swap is its own inverse
	fw, fh := float32(sw), float32(sh)
	x0, y0 := o.ToUpright(r.Box.Min.X*fw, r.Box.Min.Y*fh, fw, fh)
	x1, y1 := o.ToUpright(r.Box.Max.X*fw, r.Box.Max.Y*fh, fw, fh)
	return face.Box{Min: face.Pt(min(x0, x1), min(y0, y1)), Max: face.Pt(max(x0, x1), max(y0, y1))}
}

// sameRegion is the least IoU at which a region of one list is that of the other.
const sameRegion = 0.5

// regions takes the faces of mwg-rs:Regions, and from MP:RegionInfo, Microsoft's list, those that are not among them.
func (f *Facts) regions(p *parser) {
	if v, ok := p.get(nsMWG, "Regions"); ok {
		f.Said |= Regions
		size := v.field(nsMWG, "AppliedToDimensions")
		w, okW := parseNumber(size.field(nsDim, "w").text)
		h, okH := parseNumber(size.field(nsDim, "h").text)
		if okW && okH && w >= 1 && h >= 1 && w < 1<<20 && h < 1<<20 {
			f.Applied = Size{int(w), int(h)}
		}
		for _, item := range v.field(nsMWG, "RegionList").list() {
			if r, ok := mwgRegion(item); ok {
				f.Regions = append(f.Regions, r)
			}
		}
	}
	if v, ok := p.get(nsMP, "RegionInfo"); ok {
		f.Said |= Regions
		mwg := f.Regions
		for _, item := range v.field(nsMPRI, "Regions").list() {
			if r, ok := mpRegion(item); ok && !overlaps(mwg, r) {
				f.Regions = append(f.Regions, r)
			}
		}
	}
}

// list returns the items, or v itself where a program wrote the only one without a list.
func (v value) list() []value {
	if len(v.items) == 0 && v.fields != nil {
		return []value{v}
	}
	return v.items
}

// mwgRegion reads a region whose area is given by its centre. Those of pets, bar codes and points of focus are none of ours.
func mwgRegion(v value) (Region, bool) {
	kind := v.field(nsMWG, "Type").text
	if kind != "" && !strings.EqualFold(kind, "Face") {
		return Region{}, false
	}
	area := v.field(nsMWG, "Area")
	if unit := area.field(nsArea, "unit").text; unit != "" && unit != "normalized" {
		return Region{}, false
	}
	var n [4]float64
	for i, name := range []string{"x", "y", "w", "h"} {
		var ok bool
		if n[i], ok = parseNumber(area.field(nsArea, name).text); !ok {
			return Region{}, false
		}
	}
	return region(v.field(nsMWG, "Name").text, n[0]-n[2]/2, n[1]-n[3]/2, n[2], n[3])
}

// mpRegion reads a region whose rectangle is "x, y, w, h" from its top left corner.
func mpRegion(v value) (Region, bool) {
	parts := strings.Split(v.field(nsMPReg, "Rectangle").text, ",")
	if len(parts) != 4 {
		return Region{}, false
	}
	var n [4]float64
	for i, part := range parts {
		var ok bool
		if n[i], ok = parseNumber(part); !ok {
			return Region{}, false
		}
	}
	return region(v.field(nsMPReg, "PersonDisplayName").text, n[0], n[1], n[2], n[3])
}

// leastSide is the least part of a side that a region covers: below it lies a point, not a face.
const leastSide = 1e-4

// region makes a region of its top left corner and its size. The part outside of the picture is cut off.
func region(name string, x, y, w, h float64) (Region, bool) {
	box := face.BoxAt(float32(x), float32(y), float32(w), float32(h)).Intersect(face.BoxAt(0, 0, 1, 1))
	r := Region{Name: strings.Join(strings.Fields(name), " "), Box: box}
	return r, box.W() >= leastSide && box.H() >= leastSide
}

func overlaps(regions []Region, r Region) bool {
	for _, other := range regions {
		if other.Box.IoU(r.Box) >= sameRegion {
			return true
		}
	}
	return false
}

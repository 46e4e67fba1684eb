package overlay

import (
	"image/color"
	"slices"

	"semblance/internal/face"
)

// Accent is the colour of boxes and of whatever else is selected in the program.
func Accent() color.NRGBA { return accent }

var (
	accent   = color.NRGBA{0x4C, 0x9A, 0xE6, 0xFF}
	white    = color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF}
	dimmed   = color.NRGBA{0xC8, 0xC8, 0xC8, 0xB8}
	rejected = color.NRGBA{0xB0, 0xB0, 0xB0, 0xC0}
	darkBack = color.NRGBA{0x1B, 0x1B, 0x1B, 0xD8}
	axisX    = color.NRGBA{0xE8, 0x5A, 0x5A, 0xFF}
	axisY    = color.NRGBA{0x5A, 0xD8, 0x6A, 0xFF}
	axisZ    = color.NRGBA{0x5A, 0x9A, 0xF0, 0xFF}
)

// Options says what is shown.
type Options struct {
	Boxes     bool
	Captions  bool
	Landmarks bool
	Pose      bool
	Hair      bool
	Selected  uint32          // number of the face that is emphasised, 0 for none
	Sure      face.Thresholds // which values captions say; zero: the defaults
	Dimmed    []uint32        // numbers of faces that nobody asked for: a thin grey box, less of a tint, without a caption unless selected
	TextSize  float32         // height of the captions' letters in screen pixels; line widths follow; 0 means 12
	View      face.Box        // the part of the screen that captions must stay inside, besides the photo; the zero Box is everywhere
}

// DefaultTextSize is the text size of a zero Options.
const DefaultTextSize = 12

// unit is a length that is 1 px at the default text size.
func (o Options) unit() float32 { return o.textSize() / DefaultTextSize }

func (o Options) textSize() float32 {
	if o.TextSize <= 0 {
		return DefaultTextSize
	}
	return o.TextSize
}

// Kind is what a Shape is.
type Kind uint8

// The kinds of shapes.
const (
	Rect  Kind = iota // outline of Box, Stroke wide, half of it on each side; Fill inside
	Line              // From..To, Stroke wide, round ends
	Dot               // a disc about From with Radius in Fill; Color is a rim of width Stroke about it
	Label             // Text in Color on Box filled with Fill
	Area              // what an odd number of Rings encloses in Fill; Color is a line of width Stroke along them, half of it on each side
)

// Shape is one thing to draw, in screen pixels. A colour that is fully
// transparent is not drawn. Which fields count depends on Kind.
type Shape struct {
	Kind     Kind
	Face     uint32      // number of the face that it belongs to
	Box      face.Box    // of Rect and Label; about all Rings of an Area
	Rings    []face.Ring // of Area
	From, To face.Point  // of Line; From of Dot
	Color    color.NRGBA // of outlines, line, rim and text
	Fill     color.NRGBA // of inside, disc and the ground of a Label
	Stroke   float32     // width
	Radius   float32     // of a Dot; of the corners of Rect and Label
	Dashed   bool        // a Rect whose outline is broken: see Dashes
	Text     string      // of a Label, in assets.Bold
	Size     float32     // text size of a Label; the letters' baseline is at Baseline
}

// Baseline returns where the text of a Label begins: its left end, on the line the letters stand on.
func (s Shape) Baseline() face.Point {
	return face.Pt(s.Box.Min.X+labelPadding*s.Size, s.Box.Max.Y-labelDescent*s.Size)
}

// Shapes returns what to draw over a photo that is shown with t, in drawing order:
// hair comes first, because it covers much; the selected face and all captions come last, so that nothing covers them.
// Features that a does not have, or a face lacks, are not drawn.
func Shapes(a *face.Analysis, t Transform, o Options) []Shape {
	if a == nil || !(t.Scale > 0) {
		return nil
	}
	var shapes []Shape
	draw := func(f *face.Face) {
		have := a.Have &^ f.Lacks
		if o.Boxes {
			shapes = append(shapes, box(f, t, o))
		}
		if f.Edit.Verdict == face.Rejected {
			return // what was seen in it is nobody's
		}
		if o.Landmarks && have.Has(face.Landmark) {
			shapes = append(shapes, landmarks(f, t, o)...)
		}
		if o.Pose && have.Has(face.PoseAngles) {
			shapes = append(shapes, axes(f, have, t, o)...)
		}
	}
	for i := range a.Faces {
		f := &a.Faces[i]
		if o.Hair && (a.Have &^ f.Lacks).Has(face.HairShape) && f.Hair.Color != face.NoHair && len(f.Hair.Pieces) > 0 && f.Edit.Verdict != face.Rejected {
			shapes = append(shapes, hair(f, t, o))
		}
	}
	var selected *face.Face
	for i := range a.Faces {
		f := &a.Faces[i]
		if f.Number == o.Selected {
			selected = f
			continue
		}
		draw(f)
	}
	if selected != nil {
		draw(selected)
	}
	if o.Captions {
		shapes = append(shapes, captions(a, t, o)...)
	}
	return shapes
}

func box(f *face.Face, t Transform, o Options) Shape {
	s := Shape{
		Kind: Rect, Face: f.Number, Box: t.Box(f.Box),
		Color: accent, Stroke: 1.5 * o.unit(), Radius: 2 * o.unit(), Dashed: f.Doubtful(),
	}
	if slices.Contains(o.Dimmed, f.Number) {
		s.Color, s.Stroke = dimmed, o.unit()
	}
	if f.Edit.Verdict == face.Rejected {
		s.Color, s.Dashed = rejected, true
	}
	if f.Number == o.Selected {
		s.Stroke *= 2
	}
	return s
}

// landmarks draws the points in the colours of Rosto's page.
func landmarks(f *face.Face, t Transform, o Options) []Shape {
	// Points grow with the face, between a size that is still seen and one that still points.
	radius := min(max(f.Box.LongSide()*t.Scale/120, 1.1*o.unit()), 4*o.unit())
	shapes := make([]Shape, 0, face.NumLandmarks)
	for _, g := range face.LandmarkGroups() {
		fill, rim := groupColor(g)
		for _, i := range g.Indices() {
			s := Shape{Kind: Dot, Face: f.Number, From: t.Apply(f.Landmarks[i]), Radius: radius, Fill: fill}
			if rim != (color.NRGBA{}) {
				s.Color, s.Stroke = rim, max(radius/2, .8*o.unit())
			}
			shapes = append(shapes, s)
		}
	}
	return shapes
}

// groupColor returns the colour of a group's points and of a rim, if they need one.
func groupColor(g face.LandmarkGroup) (fill, rim color.NRGBA) {
	none := color.NRGBA{}
	switch g {
	case face.Jaw:
		return color.NRGBA{0x3C, 0xD0, 0x5A, 0xFF}, none
	case face.LeftEye, face.RightEye, face.LeftEyeCentre, face.RightEyeCentre:
		return color.NRGBA{0xF0, 0x3C, 0x3C, 0xFF}, none
	case face.LeftEyebrow, face.RightEyebrow:
		return color.NRGBA{0x3C, 0x6E, 0xF5, 0xFF}, none
	case face.UnderLip:
		return color.NRGBA{0xF5, 0xDC, 0x32, 0xFF}, none
	case face.UpperLip:
		return color.NRGBA{0xB4, 0x46, 0xDC, 0xFF}, none
	case face.MouthCentre:
		return color.NRGBA{0, 0, 0, 0xFF}, color.NRGBA{0xF0, 0xF0, 0xF0, 0xFF}
	}
	return white, none // nose
}

// noseRoot is the landmark between the eyes, where the axes of the pose start.
const noseRoot = 27

// axisLength is the length of an axis across the line of sight, as a part of the box's longer side.
const axisLength = .4

// axes draws the head's own directions: red to the right side of a frontal face's
// picture, green to the top of the head, blue out of the face, towards the viewer
// of a frontal one, where it is seen as a point.
func axes(f *face.Face, have face.Features, t Transform, o Options) []Shape {
	root := f.Box.Center()
	if have.Has(face.Landmark) {
		root = f.Landmarks[noseRoot]
	}
	r := f.Rotation() // x right, y down, z away: up and towards the viewer are negative
	length := axisLength * f.Box.LongSide()
	stroke := min(max(f.Box.LongSide()*t.Scale/45, 1), 2.5) * o.unit() // a small face must not vanish behind its axes
	line := func(column int, sign float32, c color.NRGBA) Shape {
		end := face.Pt(root.X+sign*length*r[0][column], root.Y+sign*length*r[1][column])
		return Shape{Kind: Line, Face: f.Number, From: t.Apply(root), To: t.Apply(end), Color: c, Stroke: stroke}
	}
	return []Shape{line(0, 1, axisX), line(1, -1, axisY), line(2, -1, axisZ)}
}

// HitTest returns the number of the face whose box holds the photo's point p; of
// several it is the smallest one, so that a face in front of a larger one can be reached.
func HitTest(a *face.Analysis, p face.Point) (number uint32, ok bool) {
	if a == nil {
		return 0, false
	}
	var smallest float32
	for i := range a.Faces {
		f := &a.Faces[i]
		if !f.Box.Contains(p) {
			continue
		}
		if area := f.Box.Area(); !ok || area < smallest {
			number, smallest, ok = f.Number, area, true
		}
	}
	return number, ok
}

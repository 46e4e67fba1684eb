package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// Told is what people said about a photo, as a document of the program's own dialect tells it.
type Told struct {
	ID     photo.ID
	W, H   int         // size of the upright photo, pixels
	Faces  []face.Edit // by number, each once; each says something and is sound (face.CheckEdit)
	Marks  photo.Marks
	Unread int // things that people said and that cannot be read: a later version may have more
}

// Says reports whether anything was said.
func (t *Told) Says() bool { return len(t.Faces) > 0 || !t.Marks.IsZero() }

var (
	// ErrNotOurs is the error of reading what is no document of the program's own dialect.
	ErrNotOurs = errors.New("it is no JSON document of Semblance")
	// ErrLater is the error of reading a document that a later version wrote.
	ErrLater = errors.New("a later version of Semblance wrote it")
)

// maxToldFaces bounds the faces of a document: no photo has more, and a catalog that took them over would suffer.
const maxToldFaces = 10_000

// IsSidecar reports whether a file has the name of a sidecar of the program's own dialect.
func IsSidecar(name string) bool { return strings.HasSuffix(name, SidecarPath("", Semblance)) }

// ReadSidecar reads what people said out of the sidecar at path. The errors to test for are those of ReadTold.
func ReadSidecar(path string) (Told, error) {
	t, err := readSidecar(path)
	if err != nil {
		return Told{}, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

func readSidecar(path string) (Told, error) {
	switch info, err := os.Stat(path); {
	case err != nil:
		return Told{}, err
	case !info.Mode().IsRegular(): // opening a pipe would wait for whoever writes into it
		return Told{}, ErrNotOurs
	}
	f, err := os.Open(path)
	if err != nil {
		return Told{}, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() > maxSidecar {
		return Told{}, errors.Join(ErrNotOurs, err)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSidecar))
	if err != nil {
		return Told{}, err
	}
	return ReadTold(data)
}

// The parts of a document that tell what people said. Pointers are nil where a key is missing.
type (
	toldDocument struct {
		Schema   string     `json:"schema"`
		ID       string     `json:"id"`
		Size     toldSize   `json:"size"`
		Tags     []string   `json:"tags"`
		Rating   float64    `json:"rating"`
		Label    string     `json:"label"`
		Flag     string     `json:"flag"`
		Faces    []toldFace `json:"faces"`
		Rejected []toldFace `json:"rejected"`
	}
	toldSize struct {
		W int `json:"w"`
		H int `json:"h"`
	}
	toldFace struct {
		Number uint32   `json:"number"`
		Score  *float64 `json:"score"`
		Name   string   `json:"name"`
		Edited []string `json:"edited"`
		Bounds struct {
			Bottom float32 `json:"bottom"`
			Left   float32 `json:"left"`
			Right  float32 `json:"right"`
			Top    float32 `json:"top"`
		} `json:"bounds"`

		Age       *float64  `json:"age"`
		Emotion   toldValue `json:"emotion"`
		Ethnicity toldValue `json:"ethnicity"`
		Gender    toldValue `json:"gender"`
		Glasses   toldValue `json:"glasses"`
		Eyes      toldValue `json:"eyes"`
		Smile     struct {
			IsSmiling *bool `json:"is_smiling"`
		} `json:"smile"`
		Blur struct {
			IsBlurry *bool `json:"is_blurry"`
		} `json:"blur"`
		Exposure struct {
			Level string `json:"level"`
		} `json:"exposure"`
		Hair struct {
			Visible *bool `json:"visible"`
			Color   struct {
				Name string `json:"name"`
			} `json:"color"`
		} `json:"hair"`
	}
	toldValue struct {
		Value string `json:"value"`
	}
)

// ReadTold reads what people said out of a document of the program's own dialect. The error is ErrNotOurs or ErrLater if it is
// none that can be read. What is not sound on its own is left out, and counted.
func ReadTold(data []byte) (Told, error) {
	var doc toldDocument
	if err := json.Unmarshal(data, &doc); err != nil {
		return Told{}, fmt.Errorf("%w: %w", ErrNotOurs, err)
	}
	switch {
	case !strings.HasPrefix(doc.Schema, schemaPrefix):
		return Told{}, ErrNotOurs
	case doc.Schema != schemaVersion:
		return Told{}, fmt.Errorf("%w: %q", ErrLater, doc.Schema)
	}
	id, err := photo.ParseID(doc.ID)
	if err != nil || id.IsZero() || doc.Size.W <= 0 || doc.Size.H <= 0 || len(doc.Faces)+len(doc.Rejected) > maxToldFaces {
		return Told{}, ErrNotOurs
	}
	t := Told{ID: id, W: doc.Size.W, H: doc.Size.H}
	t.readMarks(&doc)
	seen := map[uint32]bool{}
	add := func(f *toldFace, e face.Edit) {
		e.Number = f.Number
		e.Box = face.Box{Min: face.Pt(f.Bounds.Left, f.Bounds.Top), Max: face.Pt(f.Bounds.Right, f.Bounds.Bottom)}
		if seen[e.Number] || face.CheckEdit(e, t.W, t.H) != nil {
			t.Unread++
			return
		}
		seen[e.Number] = true
		t.Faces = append(t.Faces, e)
	}
	for i := range doc.Faces {
		if f := &doc.Faces[i]; len(f.Edited) > 0 || f.Name != "" {
			if e := t.readFace(f); (e != face.Edit{}) {
				add(f, e)
			}
		}
	}
	for i := range doc.Rejected {
		add(&doc.Rejected[i], face.Edit{Verdict: face.Rejected})
	}
	slices.SortFunc(t.Faces, func(a, b face.Edit) int { return int(int64(a.Number) - int64(b.Number)) })
	return t, nil
}

// readMarks reads what was said about the photo.
func (t *Told) readMarks(doc *toldDocument) {
	if r := doc.Rating; r == float64(uint8(min(max(r, 0), photo.MaxRating))) {
		t.Marks.Rating = uint8(r)
	} else {
		t.Unread++
	}
	var err error
	if doc.Label != "" {
		if t.Marks.Label, err = photo.ParseLabel(doc.Label); err != nil {
			t.Unread++
		}
	}
	if doc.Flag != "" {
		if t.Marks.Flag, err = photo.ParseFlag(doc.Flag); err != nil {
			t.Unread++
		}
	}
	for _, tag := range doc.Tags {
		clean, err := photo.CleanTag(tag)
		if err != nil {
			t.Unread++
			continue
		}
		t.Marks = t.Marks.WithTag(clean)
	}
}

// readFace reads what was said about a face.
func (t *Told) readFace(f *toldFace) face.Edit {
	var e face.Edit
	if f.Name != "" {
		clean, err := face.CleanName(f.Name)
		if err != nil {
			t.Unread++
		}
		e.Name = clean
	}
	for _, word := range f.Edited {
		if word == editedFace {
			switch {
			case f.Score == nil: // a person gave the box
				e.Drawn = true
			case e.Name == "": // a name says so itself
				e.Verdict = face.Accepted
			}
			continue
		}
		feature, err := face.ParseFeatures(word)
		value, ok := f.value(feature)
		if err != nil || !ok || !e.Say(feature, value) {
			t.Unread++
		}
	}
	return e
}

// value returns the value of a feature as face.Face.Value has it, if there is one.
func (f *toldFace) value(feature face.Features) (value int, ok bool) {
	truth := func(b *bool) (int, bool) {
		if b == nil {
			return 0, false
		}
		if *b {
			return 1, true
		}
		return 0, true
	}
	switch feature {
	case face.AgeYears:
		if f.Age == nil || !(*f.Age >= 0 && *f.Age <= face.MaxAge) {
			return 0, false
		}
		return int(*f.Age), true
	case face.EmotionClasses:
		return numbered(face.NumEmotions, 0, f.Emotion.Value, func(i int) string { return face.Emotion(i).String() })
	case face.EthnicityClasses:
		return numbered(face.NumEthnicities, 1, f.Ethnicity.Value, func(i int) string { return face.Ethnicity(i).String() })
	case face.GenderClasses:
		return numbered(face.NumGenders, 1, f.Gender.Value, func(i int) string { return face.Gender(i).String() })
	case face.GlassesWorn:
		return numbered(face.NumGlasses, 1, f.Glasses.Value, func(i int) string { return face.Glasses(i).String() })
	case face.EyeStates:
		return numbered(int(face.EyesClosed-face.EyesOpen)+1, int(face.EyesOpen), f.Eyes.Value, func(i int) string { return face.EyeState(i).String() })
	case face.Lighting:
		return numbered(face.NumLights, 1, f.Exposure.Level, func(i int) string { return face.Light(i).String() })
	case face.Smiling:
		return truth(f.Smile.IsSmiling)
	case face.Blurriness:
		return truth(f.Blur.IsBlurry)
	case face.HairShape:
		if visible, known := truth(f.Hair.Visible); known && visible == 0 {
			return int(face.NoHair), true
		}
		return numbered(face.NumHairColors, 1, f.Hair.Color.Name, func(i int) string { return face.HairColor(i).String() })
	}
	return 0, false
}

// numbered returns which of n numbers from first on has a name.
func numbered(n, first int, name string, names func(int) string) (int, bool) {
	for i := first; i < first+n; i++ {
		if names(i) == name {
			return i, true
		}
	}
	return 0, false
}

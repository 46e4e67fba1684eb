package catalog

import (
	"time"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// State says how far a photo is.
type State uint8

// The states. Their numbers are stored, and they are those of query.Photo.
const (
	Waiting State = iota // to be analysed
	Done                 // analysed
	Failed               // could not be analysed: Entry.Failure says why
)

// String returns the state's name in the query language.
func (s State) String() string {
	switch s {
	case Waiting:
		return "waiting"
	case Done:
		return "done"
	case Failed:
		return "failed"
	}
	return "unknown"
}

// Ref is a photo's row in the index. It stays the same while the catalog is open.
type Ref uint32

// Entry is what the index knows about a photo. A photo whose file has changed
// waits with what was known before, apart from its identity.
type Entry struct {
	Path     string
	ID       photo.ID // zero while a new or changed photo waits, and after a failure
	State    State
	Failure  string // why the photo failed
	Faces    int    // accepted faces
	Doubtful int    // doubtful faces
	Size     int64  // of the file, bytes
	MTime    time.Time
	W, H     int         // of the upright photo, pixels; 0 if unknown
	Taken    time.Time   // zero if unknown
	Marks    photo.Marks // what people said; it must not be changed

	// Have is what every face of the photo was looked for: nothing before the first
	// analysis, and while there is a drawn face that nobody has looked at.
	Have face.Features
	Mode string // face.Analysis.Mode; "" before the first analysis

	// Partner is the path of the other file of a RAW and JPEG pair while the two are shown as one photo (SetPairs), "" if there is none. Hidden says
	// that this is the RAW file, which is in no result then.
	Partner string
	Hidden  bool
}

// Look is how a person asked for a photo to be searched, beyond what is usual. It is a
// set, whose bits are stored, and it stays with the path: no later analysis finds less.
type Look uint8

// The ways of looking.
const (
	LookHarder Look = 1 << iota // for small faces
	LookTurned                  // for faces that stand sideways or upside down
)

// Record is everything known about the content of a photo, whatever its path.
// The numbers of the tags are stored: one is never used again for something else.
type Record struct {
	ID       photo.ID      `cbor:"1,keyasint"`
	Meta     photo.Meta    `cbor:"2,keyasint"`
	Analysis face.Analysis `cbor:"3,keyasint"`
	Analysed time.Time     `cbor:"4,keyasint"`
	Warnings []string      `cbor:"5,keyasint,omitempty"` // the file is damaged but usable
	Last     uint32        `cbor:"6,keyasint,omitempty"` // the largest number that a face of the photo ever had; Commit sets it

	// Former is the analysis before this one, by other networks, so that the two can be compared; nil if there was none.
	// Commit sets it.
	Former *Former `cbor:"7,keyasint,omitempty"`

	// Edits is what people said about the faces, Marks what they said about the photo. They are kept apart: reading a record
	// brings them along, Commit does not look at them. What the faces are is face.Apply(&r.Analysis, &r.Edits).
	Edits face.Edits  `cbor:"-"`
	Marks photo.Marks `cbor:"-"`
	// FrameW and FrameH are the size in pixels of the upright picture that the boxes of Edits lie in while nobody has looked at the photo: a RAW
	// file's faces are marked in the picture that is shown for it. 0 if nothing is known of it.
	FrameW int `cbor:"-"`
	FrameH int `cbor:"-"`
	// Heard is what other programs said about the photo in their files, as far as anybody has read these.
	Heard Heard `cbor:"-"`
}

// Former is an analysis that another one took the place of. Its faces have the numbers of those that took theirs, and
// neither landmarks nor shapes of hair.
type Former struct {
	Analysis face.Analysis `cbor:"1,keyasint"`
	Analysed time.Time     `cbor:"2,keyasint"`
}

// without returns a record as if nobody had looked for features, r itself where there is nothing to be taken away.
func (r *Record) without(features face.Features) *Record {
	now := r.Analysis.Without(features)
	former := r.Former
	if former != nil {
		if before := former.Analysis.Without(features); before != &former.Analysis {
			former = &Former{*before, former.Analysed}
		}
	}
	if now == &r.Analysis && former == r.Former {
		return r
	}
	out := *r
	out.Analysis, out.Former = *now, former
	return &out
}

// Known is what is known about a content when a photo is about to be analysed.
type Known struct {
	Record *Record // nil if the picture was never analysed; the caller's
	Renew  bool    // it is to be analysed anew although it was
	Look   Look    // how people asked for it to be searched

	// Turned says that the content itself was not analysed: Record is of the same picture in another orientation, turned, its edits too. Overlooked says
	// besides that the picture lay on its side there, so that faces are to be looked for all the same.
	Turned, Overlooked bool
}

// Outcome is what became of a photo: either Record or Failure is set.
type Outcome struct {
	File    photo.File // as it was when it was read
	Record  *Record
	Looked  Look   // how the photo was searched: what else a person asked for is still to be done
	Added   bool   // the record adds to the former one: no face was looked for anew
	Told    *Told  // what other programs wrote into the file, with a Record; nil if nobody looked
	Failure string // a sentence for people
}

// Scope restricts a search to a folder. The zero Scope is every photo.
type Scope struct {
	Folder    string // absolute, "" for everything
	Recursive bool   // with the folders below
}

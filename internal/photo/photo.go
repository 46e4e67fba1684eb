// Package photo is the vocabulary of files: what a photo file is called by its
// content, what its metadata say, which formats there are, and how a folder is
// walked. It holds no pixels and needs no cgo.
package photo

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// ID names a photo by its picture and orientation, so that a moved, renamed or
// re-tagged file is still the same photo. Identify and Oriented make it. The zero ID is no photo's.
type ID [16]byte

// IsZero reports whether id is the zero ID.
func (id ID) IsZero() bool { return id == ID{} }

// Oriented returns the identity of the picture when it is shown in orientation o: its
// last three bits say which. So a file whose orientation was changed is another photo,
// whose boxes lie elsewhere, and the eight that may belong together are easily found.
func (id ID) Oriented(o Orientation) ID {
	if !o.Valid() {
		o = Upright
	}
	id[len(id)-1] = id[len(id)-1]&^7 | uint8(o-Upright)
	return id
}

// Orientation returns the orientation that Oriented put into id.
func (id ID) Orientation() Orientation { return Orientation(id[len(id)-1]&7) + Upright }

// String returns id as 32 hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// ParseID reads what String wrote.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 2*len(id) {
		return ID{}, fmt.Errorf("photo ID %q: want %d hexadecimal digits", s, 2*len(id))
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, fmt.Errorf("photo ID %q: %w", s, err)
	}
	return id, nil
}

// MarshalText returns what String does.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText is ParseID.
func (id *ID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseID(string(text))
	return err
}

// File is a photo file as a folder scan sees it, before its content is read.
// Equal size and time mean that it has not changed.
type File struct {
	Path  string
	Size  int64 // bytes
	MTime time.Time

	// Sidecars is made of the names, sizes and times of the XMP files that belong to the photo (SidecarsIn): another number
	// means that one of them has changed. 0 if there is none, and where nobody looked for them.
	Sidecars uint64
}

// Meta is what a file's metadata say about the photo. A zero field was not said.
//
// The numbers in the cbor tags are the stored form (package catalog).
type Meta struct {
	Orientation Orientation `cbor:"1,keyasint,omitempty"`
	Taken       time.Time   `cbor:"2,keyasint,omitempty"` // by the camera's clock; in UTC where no zone was written, though it is local time
	Make        string      `cbor:"3,keyasint,omitempty"`
	Model       string      `cbor:"4,keyasint,omitempty"`
	Lens        string      `cbor:"5,keyasint,omitempty"`
	FocalLength float64     `cbor:"6,keyasint,omitempty"` // millimetres
	FNumber     float64     `cbor:"7,keyasint,omitempty"`
	Exposure    float64     `cbor:"8,keyasint,omitempty"` // seconds
	ISO         int         `cbor:"9,keyasint,omitempty"`
	StoredW     int         `cbor:"10,keyasint,omitempty"` // width of the picture as stored, before Orientation is applied
	StoredH     int         `cbor:"11,keyasint,omitempty"`
	FullW       int         `cbor:"12,keyasint,omitempty"` // of a RAW file: pixels of the RAW picture itself, for people to see; all coordinates are in StoredW x StoredH, the preview
	FullH       int         `cbor:"13,keyasint,omitempty"`
	GPS         GPS         `cbor:"14,keyasint,omitzero"`
}

// GPS is the place where a photo was taken, by WGS 84. It is shown and never exported.
type GPS struct {
	Known       bool    `cbor:"1,keyasint,omitempty"` // else all is zero
	Latitude    float64 `cbor:"2,keyasint,omitempty"` // degrees, -90 to 90, north is positive
	Longitude   float64 `cbor:"3,keyasint,omitempty"` // degrees, -180 to 180, east is positive
	HasAltitude bool    `cbor:"4,keyasint,omitempty"`
	Altitude    float64 `cbor:"5,keyasint,omitempty"` // metres above the sea
}

// Camera returns make and model as people say them: the make is left out where
// the model begins with it ("Canon EOS R5", not "Canon Canon EOS R5").
func (m Meta) Camera() string {
	maker, model := strings.TrimSpace(m.Make), strings.TrimSpace(m.Model)
	first, _, _ := strings.Cut(maker, " ")
	if maker == "" || model != "" && strings.HasPrefix(strings.ToLower(model), strings.ToLower(first)) {
		return model
	}
	return strings.TrimSpace(maker + " " + model)
}

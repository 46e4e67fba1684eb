package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// ManifestFile is the name of the manifest inside a pack.
const ManifestFile = "manifest.json"

// manifest is the JSON document. It is an object, not a bare list, so that it can grow.
type manifest struct {
	Models []Model `json:"models"`
}

// Digest returns the SHA-256 of data as the manifest writes it: lower-case hex.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// ParseManifest reads a manifest. It is strict: an unknown key, anything after the document, a missing fact or a
// contradiction is an error, because the manifest is what the rest of the program trusts.
func ParseManifest(raw []byte) ([]Model, error) {
	var m manifest
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("data after the manifest")
	}
	if err := validate(m.Models); err != nil {
		return nil, err
	}
	return m.Models, nil
}

// EncodeManifest returns the manifest of list, in list's order, in the form that ParseManifest reads. The same list
// always gives the same bytes.
func EncodeManifest(list []Model) ([]byte, error) {
	if err := validate(list); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(manifest{Models: list}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func validate(list []Model) error {
	if len(list) == 0 {
		return errors.New("no models")
	}
	seen := map[string]bool{}
	for i, m := range list {
		if m.Name == "" {
			return fmt.Errorf("model %d has no name", i)
		}
		if seen[m.Name] {
			return fmt.Errorf("model %s appears twice", m.Name)
		}
		seen[m.Name] = true
		if err := m.validate(); err != nil {
			return fmt.Errorf("model %s: %w", m.Name, err)
		}
	}
	return nil
}

func (m Model) validate() error {
	// A plain file name only: the manifest must not be able to point outside the pack.
	if !fs.ValidPath(m.File) || strings.Contains(m.File, "/") || m.File == "." {
		return fmt.Errorf("file name %q", m.File)
	}
	if sum, err := hex.DecodeString(m.SHA256); err != nil || len(sum) != sha256.Size || strings.ToLower(m.SHA256) != m.SHA256 {
		return fmt.Errorf("sha256 %q", m.SHA256)
	}
	if m.Licence == "" || m.Origin == "" {
		return errors.New("licence or origin missing")
	}
	if (m.Package == "") != (m.Version == "") || (m.Package == "") != (m.Integrity == "") {
		return errors.New("package, version and integrity go together")
	}
	if len(m.Inputs) == 0 || len(m.Outputs) == 0 {
		return errors.New("inputs or outputs missing")
	}
	for _, p := range append(append([]Port{}, m.Inputs...), m.Outputs...) {
		if err := p.validate(); err != nil {
			return err
		}
	}
	for what, c := range m.Confusion {
		if err := c.validate(); err != nil {
			return fmt.Errorf("confusion of %s: %w", what, err)
		}
	}
	return nil
}

func (p Port) validate() error {
	if p.Name == "" || len(p.Shape) == 0 {
		return fmt.Errorf("port %q without name or shape", p.Name)
	}
	for _, d := range p.Shape {
		if d == 0 || d < -1 {
			return fmt.Errorf("port %s: shape %v", p.Name, p.Shape)
		}
	}
	return nil
}

func (c Confusion) validate() error {
	if len(c.Classes) < 2 || len(c.Counts) != len(c.Classes) {
		return fmt.Errorf("%d classes, %d rows", len(c.Classes), len(c.Counts))
	}
	for i, row := range c.Counts {
		if len(row) != len(c.Classes) {
			return fmt.Errorf("row of %s has %d counts", c.Classes[i], len(row))
		}
		for _, n := range row {
			if n < 0 {
				return fmt.Errorf("row of %s: count %d", c.Classes[i], n)
			}
		}
	}
	return nil
}

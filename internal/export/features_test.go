package export_test

import (
	"bytes"
	"testing"

	"semblance/internal/export"
	"semblance/internal/face"
)

// A dialect writes something for the features that it has words for, and for no other.
func TestDialectFeatures(t *testing.T) {
	for _, d := range export.Dialects() {
		written := func(have face.Features) []byte {
			doc := wedding()
			doc.Have, doc.Faces = have, doc.Faces[:1]
			data, err := d.Marshal(doc, export.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if d == export.Semblance { // which lists the features apart from the faces
				_, data, _ = bytes.Cut(data, []byte(`"faces"`))
			}
			return data
		}
		for i := range face.AllFeatures.Names() {
			f := face.Features(1 << i)
			if got := !bytes.Equal(written(f), written(0)); got != d.Features().Has(f) {
				t.Errorf("%v writes something for %v: %v, and has words for it: %v", d, f, got, d.Features().Has(f))
			}
		}
	}
}

package decode

import (
	"errors"
	"fmt"
	"image/png"
	"io"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"semblance/internal/photo"
)

// What a decoder says reaches people without its name and without what is said before it already.
func TestWordsOfDamaged(t *testing.T) {
	for _, tt := range []struct {
		format photo.Format
		err    error
		kind   error
		want   string
	}{
		{photo.PNG, png.FormatError("bad filter type"), ErrDamaged, "damaged PNG: bad filter type"},
		{photo.PNG, fmt.Errorf("read: %w", io.ErrUnexpectedEOF), ErrDamaged, "damaged PNG: the file ends too early"},
		{photo.GIF, errors.New("gif: frame bounds larger than image bounds"), ErrDamaged, "damaged GIF: frame bounds larger than image bounds"},
		{photo.JPEG, errors.New("Invalid JPEG file structure: missing SOS marker"), ErrDamaged, "damaged JPEG: Invalid JPEG file structure: missing SOS marker"},
		{photo.BMP, bmp.ErrUnsupported, ErrUnsupported, "not a picture that can be read: a kind of BMP that is not supported"},
		{photo.TIFF, tiff.UnsupportedError("compression value 7"), ErrUnsupported, "not a picture that can be read: a kind of TIFF that is not supported: compression value 7"},
	} {
		got := damaged(tt.format, tt.err)
		if got.Error() != tt.want || !errors.Is(got, tt.kind) {
			t.Errorf("damaged(%v, %v) = %q, want %q", tt.format, tt.err, got, tt.want)
		}
	}
}

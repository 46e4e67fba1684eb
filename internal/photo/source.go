package photo

import (
	"bytes"
	"io"
)

// maxMetadata is the most that is read of a file's metadata in one piece: larger
// packets and profiles than 16 MiB are nobody's.
const maxMetadata = 16 << 20

// A source is a file that is read in places, never beyond its end and never more
// than maxMetadata at once, whatever the numbers in it say.
type source struct {
	r    io.ReaderAt
	size int64
	left *int // boxes that may still be looked at, nil for no bound: each is a read
}

func inMemory(data []byte) source { return source{r: bytes.NewReader(data), size: int64(len(data))} }

// at returns a copy of the n bytes from off on, nil if they are not all there.
func (s source) at(off, n int64) []byte {
	if off < 0 || n <= 0 || n > maxMetadata || off > s.size-n {
		return nil
	}
	b := make([]byte, n)
	if got, _ := s.r.ReadAt(b, off); int64(got) < n {
		return nil
	}
	return b
}

// isJPEG reports whether data start as a JPEG does.
func isJPEG(data []byte) bool { return bytes.HasPrefix(data, []byte("\xFF\xD8\xFF")) }

package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"

	"semblance/internal/photo"
)

// Parent and child talk through two pipes, in little-endian numbers:
//
//	child    greeting
//	parent   requestMark, format (1 byte), width, height (4 each), length (8), the file
//	child    replyMark, kind (1), width, height (4 each), length (8), RGBA pixels row by row or a text
//
// Width and height are those of the picture that the decoder is to give: the parent has read
// them in the header of the file and allocates nothing that it has not asked for.
const (
	greeting    = "semblance decoder 1\n"
	requestMark = "SDq1"
	replyMark   = "SDr1"
	headLength  = 4 + 1 + 4 + 4 + 8
	longestText = 4 << 10
)

// The kinds of replies.
const (
	replyPixels = iota
	replyDamaged
	replyUnsupported
)

// errGarbled says that the other process did not keep to the protocol.
var errGarbled = errors.New("the decoder's answer makes no sense")

// request is one photo to decode.
type request struct {
	format photo.Format
	w, h   int
	data   []byte
}

// head is what precedes data in both directions.
type head struct {
	kind   byte
	w, h   int
	length int64
}

func writeHead(w io.Writer, mark string, h head) error {
	b := append(make([]byte, 0, headLength), mark...)
	b = append(b, h.kind)
	b = binary.LittleEndian.AppendUint32(b, uint32(h.w))
	b = binary.LittleEndian.AppendUint32(b, uint32(h.h))
	b = binary.LittleEndian.AppendUint64(b, uint64(h.length))
	_, err := w.Write(b)
	return err
}

// readHead returns io.EOF only where nothing at all was read.
func readHead(r io.Reader, mark string) (h head, err error) {
	var b [headLength]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return h, err
	}
	rest, ok := bytes.CutPrefix(b[:], []byte(mark))
	if !ok {
		return h, errGarbled
	}
	length := binary.LittleEndian.Uint64(rest[9:])
	if length > 1<<40 {
		return h, errGarbled
	}
	return head{
		kind: rest[0], w: int(binary.LittleEndian.Uint32(rest[1:])), h: int(binary.LittleEndian.Uint32(rest[5:])),
		length: int64(length),
	}, nil
}

func writeRequest(w io.Writer, q request) error {
	if err := writeHead(w, requestMark, head{kind: byte(q.format), w: q.w, h: q.h, length: int64(len(q.data))}); err != nil {
		return err
	}
	_, err := w.Write(q.data)
	return err
}

// readRequest reads a photo of at most most bytes. io.EOF says that there are no more.
func readRequest(r io.Reader, most int64) (request, error) {
	h, err := readHead(r, requestMark)
	if err != nil {
		return request{}, err
	}
	if h.length > most {
		return request{}, errGarbled
	}
	data := make([]byte, h.length)
	if n, err := io.ReadFull(r, data); err != nil {
		return request{}, fmt.Errorf("the request ends after %d of %d bytes", n, len(data))
	}
	return request{photo.Format(h.kind), h.w, h.h, data}, nil
}

// writeReply sends a picture or, if there is none, why.
func writeReply(w io.Writer, img *image.RGBA, why error) error {
	if why != nil {
		kind, text := byte(replyDamaged), why.Error()
		if errors.Is(why, ErrUnsupported) {
			kind = replyUnsupported
		}
		text = text[:min(len(text), longestText)]
		if err := writeHead(w, replyMark, head{kind: kind, length: int64(len(text))}); err != nil {
			return err
		}
		_, err := io.WriteString(w, text)
		return err
	}
	size := img.Rect.Size()
	if err := writeHead(w, replyMark, head{kind: replyPixels, w: size.X, h: size.Y, length: int64(len(img.Pix))}); err != nil {
		return err
	}
	_, err := w.Write(img.Pix)
	return err
}

// replyError is what a decoder says about a file.
type replyError struct {
	kind error // ErrDamaged or ErrUnsupported
	text string
}

// Error implements error.
func (e *replyError) Error() string { return e.kind.Error() + ": " + e.text }

// Unwrap returns which of the package's errors it is.
func (e *replyError) Unwrap() error { return e.kind }

// readReply reads a picture of w x h pixels. The error is a *replyError if the child gave a reason.
func readReply(r io.Reader, w, h int) (*image.RGBA, error) {
	got, err := readHead(r, replyMark)
	if err != nil {
		return nil, err
	}
	if got.kind == replyPixels {
		if got.w != w || got.h != h || got.length != int64(w)*int64(h)*4 {
			return nil, errGarbled
		}
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		if _, err := io.ReadFull(r, img.Pix); err != nil {
			return nil, err
		}
		return img, nil
	}
	if got.kind > replyUnsupported || got.length > longestText {
		return nil, errGarbled
	}
	b := make([]byte, got.length)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	kind := ErrDamaged
	if got.kind == replyUnsupported {
		kind = ErrUnsupported
	}
	return nil, &replyError{kind, photo.PlainText(string(b))}
}

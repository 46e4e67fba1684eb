package decode

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"time"

	"golang.org/x/image/tiff"

	"semblance/internal/photo"
)

// memoryVariable is the environment variable that holds the child's limit in bytes.
const memoryVariable = "SEMBLANCE_DECODER_MEMORY"

// Exit statuses of the child.
const (
	exitDone   = 0
	exitFailed = 1
	exitMemory = 86 // it took more memory than it may
)

// serve is the life of a child: it decodes what comes in until there is no more, and returns its exit status.
func serve(in io.Reader, out io.Writer) int {
	// What decoders print must not get between the replies.
	os.Stdout = os.Stderr
	limit, err := strconv.ParseInt(os.Getenv(memoryVariable), 10, 64)
	if err == nil {
		time.Sleep(time.Nanosecond) // the runtime opens what it needs for timers while it may
		err = confine(limit)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the decoder cannot be confined:", err)
		return exitFailed
	}
	// A soft limit, at which the collector works harder; half, because a WebAssembly memory that grows is there twice for a moment.
	debug.SetMemoryLimit(limit / 2)
	go watchMemory(limit)
	if _, err := io.WriteString(out, greeting); err != nil {
		return exitFailed
	}
	requests := make(chan request)
	go func() {
		for {
			q, err := readRequest(in, DefaultLimits().MaxFileBytes)
			switch {
			case errors.Is(err, io.EOF): // the parent is gone, maybe in the middle of a photo
				os.Exit(exitDone)
			case err != nil:
				fmt.Fprintln(os.Stderr, err)
				os.Exit(exitFailed)
			}
			requests <- q
		}
	}()
	for q := range requests {
		if err := answer(out, q); err != nil {
			return exitFailed
		}
		debug.FreeOSMemory() // nobody knows when the next photo comes
	}
	return exitDone
}

func answer(out io.Writer, q request) error {
	img, err := decodeHere(q)
	return writeReply(out, img, err)
}

// decodeHere decodes a photo in this process, without any limit but the process's own.
func decodeHere(q request) (img *image.RGBA, err error) {
	defer recovered(&err)
	var m image.Image
	switch q.format {
	case photo.HEIC:
		m, err = decodeHEIC(bytes.NewReader(q.data))
		if planes, ok := m.(*image.YCbCr); ok { // as coded, whatever the file says about its range
			if said, _ := photo.ReadHEIF(q.data); said.NCLX != (photo.NCLX{}) && !said.NCLX.FullRange {
				fullRange(planes)
			}
		}
	case photo.AVIF:
		m, err = decodeAVIF(bytes.NewReader(q.data))
	case photo.TIFF:
		if m, err = tiff.Decode(bytes.NewReader(q.data)); errors.As(err, new(tiff.UnsupportedError)) {
			err = unsupportedKind{fmt.Errorf("a kind of TIFF that is not supported: %w", plainError{err})}
		}
	default:
		return nil, fmt.Errorf("%w: %v in a process of its own", ErrUnsupported, q.format)
	}
	if err != nil {
		return nil, err
	}
	if size := m.Bounds().Size(); size != (image.Point{X: q.w, Y: q.h}) {
		return nil, fmt.Errorf("the picture has %d x %d pixels, the file says %d x %d", size.X, size.Y, q.w, q.h)
	}
	return opaque(m), nil
}

// unsupportedKind is the error of a decoder that lacks a variant of its format.
type unsupportedKind struct{ error }

// Is reports whether it is ErrUnsupported.
func (unsupportedKind) Is(target error) bool { return target == ErrUnsupported }

// watchMemory ends the process when it has taken more than limit bytes. Where the system
// knows such a limit itself, it is faster.
func watchMemory(limit int64) {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(20 * time.Millisecond) {
		metrics.Read(sample)
		if int64(sample[0].Value.Uint64()-sample[1].Value.Uint64()) > limit {
			os.Exit(exitMemory)
		}
	}
}

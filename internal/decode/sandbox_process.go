package decode

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"semblance/internal/photo"
)

// errNotTaken says that the child ended before it had read the photo.
var errNotTaken = errors.New("the decoder did not take the photo")

// child is a running process that decodes.
type child struct {
	memory int64    // its limit
	in     *os.File // its standard input
	out    *os.File // its standard output
	said   *record  // its standard error
	done   chan struct{}

	mu      sync.Mutex
	process *os.Process
	cause   error            // why it was killed, nil if it was not
	state   *os.ProcessState // valid when done is closed
}

// start starts a child and waits for its greeting. The error says that no child could be started.
func start(ctx context.Context, o sandboxOptions) (*child, error) {
	c, err := launch(o)
	if err != nil {
		return nil, fmt.Errorf("start the decoder: %w", err)
	}
	greeted := make(chan error, 1)
	go func() {
		line := make([]byte, len(greeting))
		_, err := io.ReadFull(c.out, line)
		if err == nil && string(line) != greeting {
			err = errGarbled
		}
		greeted <- err
	}()
	late := time.NewTimer(o.starting)
	defer late.Stop()
	select {
	case err = <-greeted:
	case <-ctx.Done():
		err = ctx.Err()
	case <-late.C:
		err = fmt.Errorf("no answer within %v", o.starting)
	}
	if err == nil {
		return c, nil
	}
	c.kill(err)
	c.release()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, fmt.Errorf("start the decoder: %w: %s", err, c.said.line())
}

// launch starts the process.
func launch(o sandboxOptions) (*child, error) {
	program := o.program
	if program == "" {
		var err error
		if program, err = ownProgram(); err != nil {
			return nil, err
		}
	}
	var ends []*os.File // ours and the child's in turn
	closeAll := func() {
		for _, f := range ends {
			_ = f.Close()
		}
	}
	for range 3 {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll()
			return nil, err
		}
		ends = append(ends, r, w)
	}
	cmd := exec.Command(program, o.arguments...) //nolint:noctx // it outlives the photo for which it is started
	cmd.Stdin, cmd.Stdout, cmd.Stderr = ends[0], ends[3], ends[5]
	cmd.Env = append(childEnvironment(), fmt.Sprintf("%s=%d", memoryVariable, o.memory))
	cmd.Dir = os.TempDir() // no folder of photos is held in use
	cmd.SysProcAttr = endWithParent()
	c := &child{memory: o.memory, in: ends[1], out: ends[2], done: make(chan struct{})}
	c.said = &record{complete: make(chan struct{})}
	started := make(chan error)
	go func() {
		// On Linux the child ends with the thread that started it, so that one must stay.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		c.process = cmd.Process
		started <- err
		if err == nil {
			_ = cmd.Wait() // what the error says is in the state
			c.mu.Lock()
			c.state = cmd.ProcessState
			c.mu.Unlock()
			<-c.said.complete
			close(c.done)
		}
	}()
	if err := <-started; err != nil {
		closeAll()
		return nil, err
	}
	for _, f := range []*os.File{ends[0], ends[3], ends[5]} {
		_ = f.Close()
	}
	go func() {
		defer close(c.said.complete)
		_, _ = io.Copy(c.said, ends[4])
		_ = ends[4].Close()
	}()
	return c, nil
}

// ownProgram is the file that this process runs. On Linux that is so even where another version lies there by now.
func ownProgram() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

// childEnvironment is what a program needs to start, and nothing that says anything about the user.
func childEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return !slices.Contains([]string{"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "SYSTEMROOT", "SystemRoot", "TEMP", "TMP"}, name)
	})
}

// decode sends a photo and receives the picture.
func (c *child) decode(f photo.Format, data []byte, w, h int) (*image.RGBA, error) {
	c.said.reset()
	if err := writeRequest(c.in, request{f, w, h, data}); err != nil {
		return nil, c.failed(fmt.Errorf("%w: %w", errNotTaken, err))
	}
	img, err := readReply(bufio.NewReaderSize(c.out, 1<<16), w, h)
	var said *replyError
	if err == nil || errors.As(err, &said) {
		return img, err
	}
	return nil, c.failed(err)
}

// failed returns why there is no picture, after the child has ended.
func (c *child) failed(err error) error {
	if errors.Is(err, errGarbled) {
		c.kill(fmt.Errorf("%w: %w", ErrGaveUp, err))
	}
	select {
	case <-c.done:
	case <-time.After(time.Second): // it closed a pipe and lives on
		c.kill(fmt.Errorf("%w: %w", ErrGaveUp, err))
		<-c.done
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	said := c.said.String()
	switch {
	case c.cause != nil:
		return c.cause
	case c.state.ExitCode() == exitMemory || slices.ContainsFunc(outOfMemory(), func(s string) bool { return strings.Contains(said, s) }):
		return fmt.Errorf("%w: it needed more than %d MB of memory", ErrGaveUp, c.memory>>20)
	case errors.Is(err, errNotTaken):
		return err
	// By a person, by a system that is out of memory, at the end of a session: not the photo's fault.
	case slices.Contains([]syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP}, endedBy(c.state)):
		return errors.New("the decoder was ended from outside")
	}
	return fmt.Errorf("%w: the decoder crashed (%v): %s", ErrGaveUp, c.state, c.said.line())
}

// outOfMemory are the words with which Go's runtime and the C library end where there is no memory for the heap or a thread.
// The last is in the trace when the collector found none for itself, and did not notice.
func outOfMemory() []string {
	return []string{"out of memory", "cannot allocate memory", "pthread_create failed", "failed to create new OS thread", "runtime.gcMarkDone"}
}

// endedBy returns the signal that ended a process, 0 if none did.
func endedBy(s *os.ProcessState) syscall.Signal {
	if status, ok := s.Sys().(interface {
		Signaled() bool
		Signal() syscall.Signal
	}); ok && status.Signaled() {
		return status.Signal()
	}
	return 0
}

// kill ends the process, for a reason that the first call gives.
func (c *child) kill(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == nil {
		if c.cause == nil {
			c.cause = cause
		}
		_ = c.process.Kill()
	}
}

// ended reports whether the process is gone.
func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// release waits for the end of a process that was killed, and closes its pipes.
func (c *child) release() {
	<-c.done
	_ = c.in.Close()
	_ = c.out.Close()
}

// record keeps the beginning of what a process writes to its standard error.
type record struct {
	complete chan struct{} // closed when there is no more

	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer; it never fails.
func (r *record) Write(p []byte) (int, error) {
	const most = 4 << 10
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text = append(r.text, p[:min(len(p), most-len(r.text))]...)
	return len(p), nil
}

func (r *record) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text = nil
}

// String returns what was written.
func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return string(r.text)
}

// line returns the first line, cleaned.
func (r *record) line() string {
	first, _, _ := strings.Cut(strings.TrimSpace(r.String()), "\n")
	return photo.PlainText(first)
}

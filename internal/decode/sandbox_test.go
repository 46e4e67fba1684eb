package decode

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"semblance/internal/photo"
)

// TestMain is also the program of the children that decode, and of the ones that misbehave.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 {
		if play, ok := strings.CutPrefix(os.Args[1], "play:"); ok {
			os.Exit(misbehave(play))
		}
	}
	NewSandbox().Close()
	os.Exit(m.Run())
}

// misbehave is a child that does something else than to decode.
func misbehave(how string) int {
	if how == "silent" {
		time.Sleep(time.Hour)
	}
	if how == "wrong greeting" {
		fmt.Print("hello, who is there?")
		return 0
	}
	if how == "no greeting" {
		fmt.Fprintln(os.Stderr, "no wish to start")
		return 1
	}
	fmt.Print(greeting)
	for how == "answer" {
		q, err := readRequest(os.Stdin, 1<<30)
		if err != nil || writeReply(os.Stdout, image.NewRGBA(image.Rect(0, 0, q.w, q.h)), nil) != nil {
			return 0
		}
	}
	q, err := readRequest(os.Stdin, 1<<30)
	if err != nil {
		return 0
	}
	switch how {
	case "garbage":
		fmt.Print(strings.Repeat("garbage", 100))
		time.Sleep(time.Hour)
	case "hang":
		time.Sleep(time.Hour)
	case "crash":
		panic("a bug in the decoder")
	case "half a picture":
		_ = writeHead(os.Stdout, replyMark, head{kind: replyPixels, w: q.w, h: q.h, length: int64(q.w * q.h * 4)})
		fmt.Print("....")
	case "another size":
		_ = writeReply(os.Stdout, image.NewRGBA(image.Rect(0, 0, q.w+1, q.h)), nil)
		time.Sleep(time.Hour)
	case "memory":
		if err := confine(256 << 20); err != nil {
			panic(err)
		}
		fmt.Fprint(os.Stderr, len(bytes.Repeat([]byte{1}, 1<<30)))
	case "watched memory":
		go watchMemory(64 << 20)
		sink := bytes.Repeat([]byte{1}, 128<<20)
		time.Sleep(time.Hour)
		_ = sink
	case "orphan": // decodes for ever, and its parent dies
		fmt.Fprintln(os.Stderr, os.Getpid())
		time.Sleep(time.Hour)
	}
	return 0
}

// testSandbox returns a sandbox that is closed at the end of the test.
func testSandbox(t testing.TB, o sandboxOptions) *Sandbox {
	t.Helper()
	s := newSandbox(o)
	t.Cleanup(s.Close)
	return s
}

func playing(t testing.TB, how string) *Sandbox {
	t.Helper()
	return testSandbox(t, sandboxOptions{arguments: []string{"play:" + how}, photo: 3 * time.Second})
}

// sharedPhoto returns a file of the collection of formats.
func sharedPhoto(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sharedEval(t), "images", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const (
	smallHEIC = "pillow_heif__heif__RGB_8__128x128.heif"
	smallAVIF = "Pillow__avif__hopper.avif"
)

// Whatever a child does, the photo gets a clear error, and the child is gone.
func TestChildMisbehaves(t *testing.T) {
	for _, tt := range []struct {
		how string
		own bool // the photo's own failure
		say string
	}{
		{"garbage", true, "makes no sense"},
		{"hang", true, "longer than 3s"},
		{"crash", true, "a bug in the decoder"},
		{"half a picture", true, "crashed"},
		{"another size", true, "makes no sense"},
		{"no greeting", false, "no wish to start"},
		{"wrong greeting", false, "start the decoder"},
	} {
		t.Run(tt.how, func(t *testing.T) {
			t.Parallel()
			s := playing(t, tt.how)
			_, err := s.decode(t.Context(), photo.HEIC, []byte("a photo"), 40, 30)
			if err == nil || errors.Is(err, ErrGaveUp) != tt.own || !strings.Contains(err.Error(), tt.say) {
				t.Errorf("%v, want something with %q, the photo's own: %v", err, tt.say, tt.own)
			}
			if s.child != nil {
				t.Error("the child is kept")
			}
		})
	}
}

func TestChildNeedsTooMuch(t *testing.T) {
	for _, how := range []string{"memory", "watched memory"} {
		if how == "memory" && runtime.GOOS != "linux" {
			continue // see confine
		}
		s := testSandbox(t, sandboxOptions{arguments: []string{"play:" + how}, memory: 128 << 20})
		_, err := s.decode(t.Context(), photo.HEIC, []byte("a photo"), 40, 30)
		if !errors.Is(err, ErrGaveUp) || !strings.Contains(err.Error(), "more than 128 MB") {
			t.Errorf("%s: %v", how, err)
		}
	}
}

// A child that cannot be started is no photo's fault.
func TestChildDoesNotStart(t *testing.T) {
	s := testSandbox(t, sandboxOptions{program: filepath.Join(t.TempDir(), "none")})
	if _, err := s.decode(t.Context(), photo.HEIC, nil, 4, 3); err == nil || errors.Is(err, ErrGaveUp) || !strings.Contains(err.Error(), "start the decoder") {
		t.Errorf("no program: %v", err)
	}
	s = testSandbox(t, sandboxOptions{arguments: []string{"play:silent"}, starting: 300 * time.Millisecond})
	if _, err := s.decode(t.Context(), photo.HEIC, nil, 4, 3); err == nil || errors.Is(err, ErrGaveUp) || !strings.Contains(err.Error(), "no answer") {
		t.Errorf("a silent program: %v", err)
	}
}

// pid returns the process of the child that there is.
func (s *Sandbox) pid(t *testing.T) int {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child == nil {
		t.Fatal("there is no child")
	}
	return s.child.process.Pid
}

// One child decodes a batch; a new one takes over when it is killed between two photos, and there is none when nothing is to be done.
func TestChildIsKept(t *testing.T) {
	data := sharedPhoto(t, smallHEIC)
	s := testSandbox(t, sandboxOptions{idle: time.Hour})
	once := func() int {
		t.Helper()
		e, err := Decoder{Sandbox: s}.FromBytes("a.heif", data)
		if err != nil {
			t.Fatal(err)
		}
		if img, err := e.Pixels(t.Context(), 0); err != nil || img.Rect != image.Rect(0, 0, 128, 128) {
			t.Fatalf("%v", err)
		}
		return s.pid(t)
	}
	first := once()
	if second := once(); second != first {
		t.Errorf("the second photo started another child")
	}
	c := s.child
	_ = c.process.Kill()
	<-c.done
	if third := once(); third == first {
		t.Error("a dead child decoded")
	}
	s.idle.Reset(0)
	for s.current() != nil {
		time.Sleep(time.Millisecond)
	}
	once()
	s.Close()
	if _, err := s.decode(t.Context(), photo.HEIC, data, 128, 128); !errors.Is(err, errClosed) {
		t.Errorf("closed: %v", err)
	}
}

func (s *Sandbox) current() *child {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.child
}

// working waits until the child of a sandbox has read a photo.
func working(t *testing.T, s *Sandbox) *child {
	t.Helper()
	for {
		if c := s.current(); c != nil && strings.Contains(c.said.String(), "\n") {
			return c
		}
		time.Sleep(time.Millisecond)
	}
}

// A child that is killed in the middle gives an error at once, whoever did it.
func TestChildIsKilled(t *testing.T) {
	for _, tt := range []struct {
		who  string
		kill func(*Sandbox, *child, context.CancelFunc)
		want func(error) bool
	}{
		{
			"a stranger", func(_ *Sandbox, c *child, _ context.CancelFunc) { _ = c.process.Kill() },
			func(err error) bool {
				return !errors.Is(err, ErrGaveUp) && strings.Contains(err.Error(), "from outside")
			},
		},
		{
			"the end of a session", func(_ *Sandbox, c *child, _ context.CancelFunc) { _ = c.process.Signal(syscall.SIGTERM) },
			func(err error) bool {
				return !errors.Is(err, ErrGaveUp) && strings.Contains(err.Error(), "from outside")
			},
		},
		{"the context", func(_ *Sandbox, _ *child, cancel context.CancelFunc) { cancel() }, func(err error) bool { return errors.Is(err, context.Canceled) }},
		{"Close", func(s *Sandbox, _ *child, _ context.CancelFunc) { s.Close() }, func(err error) bool { return errors.Is(err, errClosed) }},
	} {
		s := testSandbox(t, sandboxOptions{arguments: []string{"play:orphan"}})
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error, 1)
		go func() {
			_, err := s.decode(ctx, photo.HEIC, []byte("a photo"), 4, 3)
			result <- err
		}()
		tt.kill(s, working(t, s), cancel)
		if err := <-result; err == nil || !tt.want(err) {
			t.Errorf("%s: %v", tt.who, err)
		}
		cancel()
	}
}

// A photo whose context ends when its picture is there already does no harm to the next one, and what was killed leaves nothing behind.
func TestNextAfterCancelled(t *testing.T) {
	s := testSandbox(t, sandboxOptions{arguments: []string{"play:answer"}})
	var taken time.Duration
	for i := range 100 {
		start := time.Now()
		if _, err := s.decode(t.Context(), photo.HEIC, []byte("a photo"), 400, 300); err != nil {
			t.Fatalf("photo %d after one that was cancelled: %v", i, err)
		}
		if i%20 == 1 {
			taken = time.Since(start) // of a child that runs
		}
		ctx, cancel := context.WithTimeout(t.Context(), taken/2+taken*time.Duration(i%20)/20) // about when the picture is there
		if _, err := s.decode(ctx, photo.HEIC, []byte("a photo"), 400, 300); err != nil && ctx.Err() == nil {
			t.Errorf("photo %d: %v", i, err)
		}
		cancel()
	}
}

// The child does not outlive its parent, not even in the middle of a photo.
func TestChildEndsWithParent(t *testing.T) {
	if os.Getenv("SEMBLANCE_TEST_PARENT") != "" {
		s := newSandbox(sandboxOptions{arguments: []string{os.Getenv("SEMBLANCE_TEST_PARENT")}})
		go func() { _, _ = s.decode(t.Context(), photo.HEIC, []byte("a photo"), 4, 3) }()
		if os.Getenv("SEMBLANCE_TEST_PARENT") == childArgument {
			for s.current() == nil {
				time.Sleep(time.Millisecond)
			}
		} else {
			working(t, s)
		}
		fmt.Printf("child %d\n", s.pid(t))
		os.Exit(0) // without closing anything
	}
	arguments := []string{childArgument}
	if runtime.GOOS == "linux" { // elsewhere a child that does not read lives on
		arguments = append(arguments, "play:orphan")
	}
	for _, argument := range arguments {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestChildEndsWithParent$")
		cmd.Env = append(os.Environ(), "SEMBLANCE_TEST_PARENT="+argument)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(out), "child ")
		pid, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(rest, "\n", 2)[0]))
		if err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		for end := time.Now().Add(20 * time.Second); alive(pid); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: child %d lives on", argument, pid)
			}
		}
	}
}

// alive reports whether a process runs; a zombie that nobody has waited for does not.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil || p.Signal(syscall.Signal(0)) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !bytes.Contains(stat, []byte(") Z "))
}

// Several at once wait for each other, and one that is not wanted any more does not hold up the rest.
func TestChildIsShared(t *testing.T) {
	data := sharedPhoto(t, smallAVIF)
	s := testSandbox(t, sandboxOptions{})
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i == 3 {
				cancel()
			}
			e, err := Decoder{Sandbox: s}.FromBytes("a.avif", data)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := e.Pixels(ctx, 0); err != nil != (i == 3) {
				t.Errorf("photo %d: %v", i, err)
			}
		})
	}
	wg.Wait()
}

func TestProtocol(t *testing.T) {
	img := scene(7, 5)
	for _, tt := range []struct {
		name string
		img  *image.RGBA
		err  error
		want error
	}{
		{"a picture", img, nil, nil},
		{"damaged", nil, errors.New("no picture"), ErrDamaged},
		{"unsupported", nil, fmt.Errorf("%w: a kind", ErrUnsupported), ErrUnsupported},
		{"a long text", nil, errors.New(strings.Repeat("x", 1<<20)), ErrDamaged},
		{"another size", scene(5, 7), nil, errGarbled},
	} {
		var b bytes.Buffer
		if err := writeReply(&b, tt.img, tt.err); err != nil {
			t.Fatal(err)
		}
		got, err := readReply(&b, 7, 5)
		if !errors.Is(err, tt.want) || err == nil && !bytes.Equal(got.Pix, img.Pix) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if err != nil && len(err.Error()) > longestText+100 {
			t.Errorf("%s: %d bytes are said", tt.name, len(err.Error()))
		}
	}
	var b bytes.Buffer
	want := request{photo.AVIF, 3, 4, []byte("data")}
	if err := writeRequest(&b, want); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	got, err := readRequest(bytes.NewReader(whole), 4)
	if err != nil || got.format != want.format || got.w != 3 || got.h != 4 || string(got.data) != "data" {
		t.Errorf("readRequest = %+v, %v", got, err)
	}
	if _, err := readRequest(bytes.NewReader(whole), 3); !errors.Is(err, errGarbled) {
		t.Errorf("too long: %v", err)
	}
	for n := range whole {
		if _, err := readRequest(bytes.NewReader(whole[:n]), 4); err == nil || errors.Is(err, io.EOF) != (n == 0) {
			t.Errorf("cut off after %d bytes: %v", n, err)
		}
	}
}

// Nothing that a process writes makes the other panic, or allocate more than was agreed.
func FuzzProtocol(f *testing.F) {
	var b bytes.Buffer
	_ = writeRequest(&b, request{photo.HEIC, 2, 2, []byte("data")})
	f.Add(bytes.Clone(b.Bytes()))
	b.Reset()
	_ = writeReply(&b, scene(2, 2), nil)
	f.Add(bytes.Clone(b.Bytes()))
	b.Reset()
	_ = writeReply(&b, nil, errors.New("no picture"))
	f.Add(bytes.Clone(b.Bytes()))
	f.Add([]byte(requestMark + "\x07\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if q, err := readRequest(bytes.NewReader(data), 1<<10); err == nil && len(q.data) > 1<<10 {
			t.Errorf("a request of %d bytes", len(q.data))
		}
		if img, err := readReply(bytes.NewReader(data), 2, 2); err == nil && img.Rect != image.Rect(0, 0, 2, 2) {
			t.Errorf("a picture %v", img.Rect)
		}
	})
}

// What comes out of the decoders stands upright, whatever the file, and is turned once only.
func TestHEIF(t *testing.T) {
	d := Decoder{Sandbox: testSandbox(t, sandboxOptions{})}
	for _, tt := range []struct {
		name   string
		format photo.Format
		w, h   int
		turned photo.Orientation // in the identity
	}{
		{smallAVIF, photo.AVIF, 128, 128, photo.Upright},
		{"Pillow__avif__hopper.heif", photo.HEIC, 128, 128, photo.Upright},
		{"Pillow__avif__rot0mir0.avif", photo.AVIF, 640, 427, photo.MirrorY},
		{"Pillow__avif__rot1mir0.avif", photo.AVIF, 640, 427, photo.Transpose},
		{"Pillow__avif__rot1mir1.avif", photo.AVIF, 640, 427, photo.Transverse},
		{"Pillow__avif__rot2mir1.avif", photo.AVIF, 640, 427, photo.MirrorY},
		{"Pillow__avif__rot3mir0.avif", photo.AVIF, 640, 427, photo.Transverse},
		{"Pillow__avif__rot3mir1.avif", photo.AVIF, 640, 427, photo.Transpose},
		{"pillow_heif__heif__RGB_10__128x128.heif", photo.HEIC, 128, 128, photo.Upright},
		{"pillow_heif__heif_other__empty_icc.heic", photo.HEIC, 1025, 900, photo.Upright},
		{"Pillow__avif__transparency.avif", photo.AVIF, 64, 64, photo.Upright},
	} {
		e, err := d.FromBytes(tt.name, sharedPhoto(t, tt.name))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		img, err := e.Pixels(t.Context(), 0)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if w, h := e.Size(); w != tt.w || h != tt.h || img.Rect != image.Rect(0, 0, w, h) || e.Format != tt.format || e.Meta.Orientation > photo.Upright || e.ID.Orientation() != tt.turned {
			t.Errorf("%s: %v %d x %d (%v), orientation %d, identity %d", tt.name, e.Format, w, h, img.Rect, e.Meta.Orientation, e.ID.Orientation())
		}
		if !img.Opaque() {
			t.Errorf("%s is not opaque", tt.name)
		}
		// The six turned files show one landscape: sky at the top, and a tree on the right of it.
		if strings.Contains(tt.name, "rot") {
			first, err := d.FromBytes("rot", sharedPhoto(t, "Pillow__avif__rot0mir0.avif"))
			if err != nil {
				t.Fatal(err)
			}
			want, err := first.Pixels(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := difference(t, Fit(img, 64), Fit(want, 64)); got > 6 {
				t.Errorf("%s differs by %.1f", tt.name, got)
			}
		}
	}
}

// Without a process to decode in, HEIC and AVIF are not read, and it is said why.
func TestHEIFWithoutSandbox(t *testing.T) {
	if _, err := (Decoder{}).FromBytes("a.avif", sharedPhoto(t, smallAVIF)); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "process of its own") {
		t.Errorf("%v", err)
	}
}

// A TIFF in tiles, as hardly anybody writes one, gives the same picture in the child as the same pixels in strips give here.
func TestOddTIFFIsDecodedInTheChild(t *testing.T) {
	sandbox := NewSandbox()
	defer sandbox.Close()
	d := Decoder{Sandbox: sandbox}
	const side = 32 // two tiles of 16 by 16 beside each other, two rows of them
	grey := func(x, y int) byte { return byte(5*x + 2*y) }
	var tiles, strip []byte
	for i := range side * side {
		tile, in := i/256, i%256
		tiles = append(tiles, grey(tile%2*16+in%16, tile/2*16+in/16))
		strip = append(strip, grey(i%side, i/side))
	}
	var pictures []*image.RGBA
	for _, tt := range []struct {
		name  string
		data  []byte
		plain bool
	}{{"tiles", greyTIFF(side, 16, tiles), false}, {"strips", greyTIFF(side, 0, strip), true}} {
		if got := photo.PlainTIFF(tt.data); got != tt.plain {
			t.Errorf("%s: plain is %v", tt.name, got)
		}
		e, err := d.FromBytes("a.tif", tt.data)
		if err != nil {
			t.Fatal(tt.name, err)
		}
		img, err := e.Pixels(t.Context(), 0)
		if err != nil {
			t.Fatal(tt.name, err)
		}
		if started := sandbox.child != nil; started == tt.plain {
			t.Errorf("%s: a child was started: %v", tt.name, started)
		}
		sandbox.drop()
		pictures = append(pictures, img)
	}
	if !bytes.Equal(pictures[0].Pix, pictures[1].Pix) {
		t.Error("the pictures differ")
	}
	damagedTiles := greyTIFF(side, 16, tiles[:100])
	if e, err := d.FromBytes("a.tif", damagedTiles); err == nil {
		if _, err = e.Pixels(t.Context(), 0); !errors.Is(err, ErrDamaged) {
			t.Errorf("half a picture: %v", err)
		}
	}
}

// greyTIFF is a TIFF of side by side grey pixels, in tiles of that side if it is not 0.
func greyTIFF(side, tile uint32, pixels []byte) []byte {
	type tag struct {
		id, kind uint16
		values   []uint32
	}
	const short, long = 3, 4
	tags := []tag{{256, long, []uint32{side}}, {257, long, []uint32{side}}, {258, short, []uint32{8}}, {259, short, []uint32{1}}, {262, short, []uint32{1}}}
	n := uint32(1)
	if tile == 0 {
		tags = append(tags, tag{273, long, nil}, tag{277, short, []uint32{1}}, tag{278, long, []uint32{side}}, tag{279, long, nil})
	} else {
		n = (side / tile) * (side / tile)
		tags = append(tags, tag{277, short, []uint32{1}}, tag{322, long, []uint32{tile}}, tag{323, long, []uint32{tile}}, tag{324, long, nil}, tag{325, long, nil})
	}
	const start = 8
	offsets := uint32(start + 2 + 12*len(tags) + 4)
	counts := offsets + 4*n
	data := counts + 4*n
	each := side * side / n
	b := []byte("II*\x00\x08\x00\x00\x00")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(tags)))
	for _, g := range tags {
		count, value := uint32(1), uint32(0)
		switch {
		case g.values != nil:
			value = g.values[0]
		case g.id == 273 || g.id == 324:
			if count, value = n, offsets; n == 1 {
				value = data
			}
		default:
			if count, value = n, counts; n == 1 {
				value = each
			}
		}
		b = binary.LittleEndian.AppendUint16(b, g.id)
		b = binary.LittleEndian.AppendUint16(b, g.kind)
		b = binary.LittleEndian.AppendUint32(b, count)
		b = binary.LittleEndian.AppendUint32(b, value)
	}
	b = binary.LittleEndian.AppendUint32(b, 0)
	for i := range n {
		b = binary.LittleEndian.AppendUint32(b, data+i*each)
	}
	for range n {
		b = binary.LittleEndian.AppendUint32(b, each)
	}
	return append(b, pixels...)
}

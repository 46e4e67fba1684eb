package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"semblance/models/ort"
)

// TestWindow drives the real program in a real window: the built binary, the embedded
// networks, a display of its own under Xvfb. It waits for what the program's
// trace says, never for time to pass.
func TestWindow(t *testing.T) {
	root := filepath.Join("..", "..")
	samples := filepath.Join(root, ".cache", "samples")
	need(t, "Xvfb", "openbox", "xdotool", "import")
	if _, err := ort.FindLibrary(""); err != nil {
		missing(t, err.Error())
	}
	if _, err := os.Stat(samples); err != nil {
		missing(t, "no sample photos: run `make fetch`")
	}

	photos := filepath.Join(t.TempDir(), "photos ä")
	if err := os.CopyFS(photos, os.DirFS(samples)); err != nil {
		t.Fatal(err)
	}
	for _, leftover := range glob(t, filepath.Join(photos, "*.json")) { // of a run without a display
		if err := os.Remove(leftover); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string]string{"notes.jpg": "this is no photo", "empty.jpg": ""} {
		if err := os.WriteFile(filepath.Join(photos, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}

	covered := coverFaces(t, samples, photos)

	bin := filepath.Join(t.TempDir(), "semblance")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "migrated_fynedo,nodynamic", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".cache"), 0o755); err != nil { // Fyne's own cache goes there
		t.Fatal(err)
	}
	w := startWindow(t, display(t), bin, home, photos)

	w.wait("window shown")
	idle := w.wait("idle")
	if n := idle["photos"]; n != float64(8+covered) {
		t.Errorf("%v photos, want %d", n, 8+covered)
	}
	if n := idle["failed"]; n != 2.0 {
		t.Errorf("%v failed, want the text and the empty file", n)
	}
	faces, _ := idle["faces"].(float64)
	if faces < 18 || faces > 30 {
		t.Errorf("%v faces in the sample photos, want about 22 and one or two that are half covered", faces)
	}

	// A query typed into the search box filters the grid.
	w.key("slash") // goes to the box, and is not typed into it
	w.typed("faces:4.. gender:woman")
	w.key("Return")
	if e := w.waitFor("search done", "query", "faces:4.. gender:woman"); e["photos"].(float64) < 2 || e["photos"].(float64) > 4 {
		t.Errorf("the query found %v photos, want the three groups of four and more", e["photos"])
	}
	w.key("ctrl+f") // what is typed now replaces the query
	w.typed("state:failed")
	w.key("Return")
	if e := w.waitFor("search done", "query", "state:failed"); e["photos"] != 2.0 {
		t.Errorf("%v failed photos, want 2", e["photos"])
	}
	w.key("ctrl+l")
	w.waitFor("search done", "query", "")

	// A cell that gets another photo shows it: the first cell's picture changes with the query.
	first := map[string]string{}
	for _, name := range []string{"sample5", "sample3", "sample5"} {
		w.key("ctrl+f")
		w.typed("name:" + name)
		w.key("Return")
		w.waitFor("search done", "query", "name:"+name)
		shot := w.cell(filepath.Join(t.ArtifactDir(), name+".png"))
		if before, ok := first[name]; ok && before != shot {
			t.Errorf("%s looks otherwise the second time", name)
		}
		first[name] = shot
	}
	if first["sample5"] == first["sample3"] {
		t.Error("the first cell shows the same picture for two photos")
	}

	// The loupe shows the first photo that can be shown, with its overlay.
	w.key("ctrl+f")
	w.typed("faces:1..")
	w.key("Return")
	w.waitFor("search done", "query", "faces:1..")
	w.key("Home", "e")
	w.wait("picture shown")
	w.screenshot(filepath.Join(home, "loupe.png"))

	// Export writes a sidecar for every photo that was analysed.
	w.key("g", "ctrl+l")
	w.waitFor("search done", "query", "")
	w.key("ctrl+a", "ctrl+e")
	w.key("Return")
	if e := w.wait("export done"); e["written"] != float64(6+covered) || e["failed"] != 0.0 {
		t.Errorf("export: %v", e)
	}
	if n := len(glob(t, filepath.Join(photos, "*.semblance.json"))); n != 6+covered {
		t.Errorf("%d sidecars, want %d", n, 6+covered)
	}
	w.key("Escape") // the summary
	judgeFaces(w)
	markPhotos(w)
	w.end()

	// A second start finds everything again and analyses nothing.
	w = startWindow(t, w.display, bin, home, photos)
	again := w.wait("idle")
	if again["faces"] != faces+1 || again["failed"] != 2.0 {
		t.Errorf("after a restart %v, before %v and one face that was accepted", again, idle)
	}
	if w.seen["photo analysed"] != 0 {
		t.Errorf("%d photos were analysed again", w.seen["photo analysed"])
	}
	w.end()
}

// missing skips the test, or fails it where everything has to be there.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("SEMBLANCE_REQUIRE") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func need(t *testing.T, programs ...string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("windows are driven under Xvfb, on Linux")
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			missing(t, p+" is missing: run `make fetch`")
		}
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// display starts an X server and a window manager that end with the test.
func display(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	// The server chooses a free display and writes its number once it answers.
	x := exec.CommandContext(t.Context(), "Xvfb", "-displayfd", "3", "-screen", "0", "1600x1000x24", "-dpi", "96", "+extension", "GLX", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	endWith(t, x)
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	d := ":" + strings.TrimSpace(number)
	wm := exec.CommandContext(t.Context(), "openbox")
	wm.Env = append(os.Environ(), "DISPLAY="+d)
	if err := wm.Start(); err != nil {
		t.Fatal(err)
	}
	endWith(t, wm)
	return d
}

// endWith ends a started program with the test. That it was killed is no error.
func endWith(t *testing.T, cmd *exec.Cmd) {
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// window is a running Semblance.
type window struct {
	t       *testing.T
	display string
	cmd     *exec.Cmd
	ended   chan struct{}
	events  chan map[string]any
	seen    map[string]int // how often each event came
}

func startWindow(t *testing.T, display, bin, home, photos string) *window {
	t.Helper()
	trace := filepath.Join(home, "trace")
	os.Remove(trace)
	if err := syscall.Mkfifo(trace, 0o600); err != nil {
		t.Fatal(err)
	}
	w := &window{t: t, display: display, ended: make(chan struct{}), events: make(chan map[string]any, 1000), seen: map[string]int{}}
	w.cmd = exec.CommandContext(t.Context(), bin,
		"--catalog", filepath.Join(home, "catalog.db"), "--cache", filepath.Join(home, "cache"), "--trace", trace, photos)
	w.cmd.Env = append(os.Environ(), "DISPLAY="+display, "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1", "LANG=en_US.UTF-8", "HOME="+home, "FYNE_SCALE=1")
	w.cmd.Stdout, w.cmd.Stderr = t.Output(), t.Output()
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = w.cmd.Wait() // end looks at the state
		close(w.ended)
	}()
	go func() {
		defer close(w.events)
		f, err := os.Open(trace) // waits for the program to open its end
		if err != nil {
			return
		}
		defer f.Close()
		d := json.NewDecoder(f)
		for {
			var e map[string]any
			if err := d.Decode(&e); err != nil {
				if err != io.EOF {
					t.Errorf("trace: %v", err)
				}
				return
			}
			w.events <- e
		}
	}()
	return w
}

// patience is how long one event may take on a machine that does much else besides.
const patience = 2 * time.Minute

// wait returns the next event of that name.
func (w *window) wait(name string) map[string]any {
	w.t.Helper()
	return w.waitFor(name, "", nil)
}

// waitFor returns the next event of that name that has the value at key.
func (w *window) waitFor(name, key string, value any) map[string]any {
	w.t.Helper()
	late := time.After(patience)
	for {
		select {
		case e, ok := <-w.events:
			if !ok {
				w.t.Fatalf("the window ended before %q; it had told %v", name, w.seen)
			}
			event := fmt.Sprint(e["event"])
			w.seen[event]++
			if event == name && (key == "" || e[key] == value) {
				return e
			}
		case <-w.ended:
			select {
			case e, ok := <-w.events:
				if ok {
					w.seen[fmt.Sprint(e["event"])]++
					continue
				}
			default:
			}
			w.t.Fatalf("the window ended before %q; it had told %v", name, w.seen)
		case <-late:
			w.screenshot(filepath.Join(w.t.ArtifactDir(), "late.png"))
			w.t.Fatalf("no %q with %s = %v; it told %v", name, key, value, w.seen)
		}
	}
}

func (w *window) xdotool(args ...string) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+w.display)
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("xdotool %q: %v\n%s", args, err, out)
	}
}

func (w *window) key(names ...string) {
	w.t.Helper()
	w.xdotool(append([]string{"key", "--delay", "60"}, names...)...)
}

func (w *window) typed(text string) { w.t.Helper(); w.xdotool("type", "--delay", "30", text) }

// screenshot keeps a picture of the screen and checks that the window drew something.
func (w *window) screenshot(path string) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "import", "-window", "root", path)
	cmd.Env = append(os.Environ(), "DISPLAY="+w.display)
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("screenshot: %v\n%s", err, out)
	}
	f, err := os.Open(path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		w.t.Fatal(err)
	}
	colours := map[[3]uint32]bool{}
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y += 7 {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x += 7 {
			r, g, b, _ := m.At(x, y).RGBA()
			colours[[3]uint32{r >> 8, g >> 8, b >> 8}] = true
		}
	}
	if len(colours) < 500 {
		w.t.Errorf("the screen shows %d colours: no photo is drawn", len(colours))
	}
}

// cell returns the pixels inside the first cell of the grid once they stand
// still: the trace tells that a search is done, not that it is painted.
func (w *window) cell(path string) string {
	w.t.Helper()
	last := ""
	for range 100 {
		cmd := exec.CommandContext(w.t.Context(), "import", "-window", "root", "-crop", "100x60+350+190", "-depth", "8", "rgb:-")
		cmd.Env = append(os.Environ(), "DISPLAY="+w.display)
		out, err := cmd.Output()
		if err != nil {
			w.t.Fatalf("screenshot: %v", err)
		}
		if string(out) == last {
			return last
		}
		last = string(out)
	}
	w.screenshot(path)
	w.t.Fatal("the first cell never stands still")
	return ""
}

// end asks the window to close, as a desktop does when it shuts down.
func (w *window) end() {
	w.t.Helper()
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		w.t.Fatal(err)
	}
	go func() {
		for range w.events { // the program must not wait for its reader
		}
	}()
	select {
	case <-w.ended:
	case <-time.After(patience):
		_ = w.cmd.Process.Signal(syscall.SIGQUIT) // its goroutines tell what it waits for
		<-w.ended
		w.t.Fatal("the window does not end")
	}
	if !w.cmd.ProcessState.Success() {
		w.t.Errorf("the window ended with %v", w.cmd.ProcessState)
	}
}

// Package ort is the only door to ONNX Runtime: it finds the shared library, opens it once per process, and runs the
// networks of a models.Pack.
//
// Every run uses one thread and many may run at once; callers that want more cores run more photos. Sessions are created
// when they are first asked for and shared by all callers.
package ort

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	onnx "github.com/yalue/onnxruntime_go"

	"semblance/models"
)

var (
	// ErrInUse is returned by Open while another Runtime of this process is open.
	ErrInUse = errors.New("ONNX Runtime is already open in this process")
	// ErrClosed is returned by everything that is asked of a Runtime after Close.
	ErrClosed = errors.New("ONNX Runtime is closed")
)

// inUse is the one global of the program's own: ONNX Runtime's environment exists once per process, and its Go binding
// keeps it in a variable.
var inUse atomic.Bool

// Options say what Open opens.
type Options struct {
	// Library is the path of the shared library. Empty means FindLibrary's search. A file named here, or by the
	// environment variable, is the caller's own choice and its hash is not checked.
	Library string
	// SearchDirs are looked in before the standard folders; what is found there must have the pinned hash.
	SearchDirs []string
	// Pack holds the networks. Nil means the embedded ones.
	Pack *models.Pack
}

// Runtime is the process-wide ONNX Runtime environment. It is safe for concurrent use.
type Runtime struct {
	pack    *models.Pack
	library string
	version string

	// life is held for reading while a session is created or run, and for writing by Close: so Close waits for what is
	// under way, and nothing starts after it.
	life   sync.RWMutex
	closed bool // guarded by life

	mu       sync.Mutex
	sessions map[string]*opening // guarded by mu
}

// opening is a session that exists or is being created. done is closed when session and err are set.
type opening struct {
	done    chan struct{}
	session *Session
	err     error
}

// Open loads ONNX Runtime. Only one Runtime may be open in a process at a time (ErrInUse). Errors are ErrNotFound, ErrHash,
// ErrPlatform or ErrVersion where one of these is the cause; each message says what to do.
//
// Nothing is read of the networks: that happens when one is first asked for.
func Open(opts Options) (*Runtime, error) {
	pack := opts.Pack
	if pack == nil {
		var err error
		if pack, err = models.Embedded(); err != nil {
			return nil, err
		}
	}
	lib, err := locate(opts.Library, opts.SearchDirs)
	if err != nil {
		return nil, err
	}
	if err := lib.verify(); err != nil {
		return nil, err
	}
	if !inUse.CompareAndSwap(false, true) {
		return nil, ErrInUse
	}
	version, err := load(lib.path)
	if err != nil {
		inUse.Store(false)
		return nil, err
	}
	return &Runtime{pack: pack, library: lib.path, version: version, sessions: map[string]*opening{}}, nil
}

// load opens the library at path and creates the environment. It returns the library's version.
func load(path string) (string, error) {
	// dlopen takes a name without a slash for one to be searched in the system's folders.
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("load ONNX Runtime: %w", err)
	}
	// Since 1.29 the published library for Linux and macOS gives the computer an identifier in the user's cache folder, and
	// queues a report for its maker, while the environment is created: DisableTelemetry comes too late for that. The
	// variable, read then, has it do neither.
	if err := os.Setenv("ORT_DISABLE_TELEMETRY", "1"); err != nil {
		return "", fmt.Errorf("disable telemetry: %w", err)
	}
	onnx.SetSharedLibraryPath(path)
	if err := onnx.InitializeEnvironment(onnx.WithLogLevelError()); err != nil {
		// The binding's only sign that the library does not know the binding's API version.
		if strings.Contains(err.Error(), "ORT API base: 2") {
			return "", fmt.Errorf("load %s: %w", path, ErrVersion)
		}
		return "", fmt.Errorf("load %s: %w", path, err)
	}
	if err := onnx.DisableTelemetry(); err != nil {
		return "", errors.Join(fmt.Errorf("disable telemetry: %w", err), onnx.DestroyEnvironment())
	}
	return onnx.GetVersion(), nil
}

// Library returns the path of the loaded library.
func (r *Runtime) Library() string { return r.library }

// Version returns the version of the loaded library, such as "1.30.0".
func (r *Runtime) Version() string { return r.version }

// Network returns the session of the model called name, creating it on the first call: 15 to 200 ms, during which other
// callers for the same model wait and callers for other models do not. A failed creation is tried again by the next call.
// Errors are models.ErrUnknown, *models.DigestError, ErrClosed, or ONNX Runtime's own.
func (r *Runtime) Network(name string) (*Session, error) {
	r.life.RLock()
	defer r.life.RUnlock()
	if r.closed {
		return nil, fmt.Errorf("open model %s: %w", name, ErrClosed)
	}

	r.mu.Lock()
	o, ok := r.sessions[name]
	if !ok {
		o = &opening{done: make(chan struct{})}
		r.sessions[name] = o
	}
	r.mu.Unlock()
	if ok {
		<-o.done
		return o.session, o.err
	}

	o.session, o.err = r.create(name)
	if o.err != nil {
		r.mu.Lock()
		delete(r.sessions, name)
		r.mu.Unlock()
	}
	close(o.done)
	return o.session, o.err
}

func (r *Runtime) create(name string) (*Session, error) {
	m, err := r.pack.Model(name)
	if err != nil {
		return nil, err
	}
	data, err := r.pack.Bytes(name)
	if err != nil {
		return nil, err
	}
	opts, err := sessionOptions(m)
	if err != nil {
		return nil, fmt.Errorf("open model %s: %w", name, err)
	}
	defer opts.Destroy()
	// The names are not compared with the file's here: the file is the one that the manifest's hash names, and a test
	// compares every manifest entry with its file.
	net, err := onnx.NewDynamicAdvancedSessionWithONNXData(data, portNames(m.Inputs), portNames(m.Outputs), opts)
	if err != nil {
		return nil, fmt.Errorf("open model %s: %w", name, err)
	}
	return &Session{model: m, runtime: r, net: net}, nil
}

// sessionOptions returns the options that a session of m is created with. The caller destroys them.
//
// The memory arena stays on, the detector's too, and is never shrunk: it keeps what the largest pass needed (120 MB of the
// process at 960 pixels, 230 at 1600), but without it, or with shrinking after a run, the kernel hands out and clears every
// page anew: a pass of 960 pixels took 41 ms of processor time instead of 25, one of 1600 took 116 instead of 67, and the
// peak was higher (390 MB at 1600), since freed pages went back late.
func sessionOptions(m models.Model) (*onnx.SessionOptions, error) {
	o, err := onnx.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	// One thread a run: the program runs as many photos at once as there are cores, and a waiting thread that spins
	// would burn a core for nothing.
	err = errors.Join(
		o.SetIntraOpNumThreads(1),
		o.SetInterOpNumThreads(1),
		o.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
		o.AddSessionConfigEntry("session.inter_op.allow_spinning", "0"),
		o.SetGraphOptimizationLevel(onnx.GraphOptimizationLevelEnableAll),
	)
	if freeSize(m) {
		// A memory pattern would be kept for every shape ever seen.
		err = errors.Join(err, o.SetMemPattern(false))
	}
	if err != nil {
		return nil, errors.Join(err, o.Destroy())
	}
	return o, nil
}

// freeSize reports whether m takes pictures of any size: a free dimension besides the batch.
func freeSize(m models.Model) bool {
	return slices.ContainsFunc(m.Inputs, func(p models.Port) bool { return slices.Contains(p.Shape[1:], -1) })
}

func portNames(ports []models.Port) []string {
	names := make([]string, len(ports))
	for i, p := range ports {
		names[i] = p.Name
	}
	return names
}

// Close waits for the runs under way, destroys every session and unloads ONNX Runtime. Sessions are of no use afterwards:
// their runs return ErrClosed. A second Close does nothing.
func (r *Runtime) Close() error {
	r.life.Lock()
	defer r.life.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	var errs []error
	for _, o := range r.sessions {
		errs = append(errs, o.session.net.Destroy())
	}
	errs = append(errs, onnx.DestroyEnvironment())
	inUse.Store(false)
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close ONNX Runtime: %w", err)
	}
	return nil
}

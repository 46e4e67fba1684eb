package catalog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/zeebo/xxh3"
	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// Errors that callers test for.
var (
	// ErrInUse is the error of Open when another process has the catalog open.
	ErrInUse = errors.New("the catalog is open in another Semblance: close that first")
	// ErrNewer is the error of Open when a later version wrote the catalog.
	ErrNewer = errors.New("the catalog was written by a later version of Semblance")
	// ErrDamaged is the error of a file that is no catalog and of a value whose checksum is wrong.
	ErrDamaged = errors.New("damaged")
	// ErrUnknown is the error of a path without a record.
	ErrUnknown = errors.New("not in the catalog")
)

// schema is the version of the file's layout. migrate.go tells what each one changed.
const schema = 6

// rowVersion is to be raised when newRow or face.Apply makes another row of the same
// record; the rows that were stored before are then made anew.
const rowVersion = 8

// layoutOf names all that rows depend on.
func layoutOf(p Policy) string {
	return fmt.Sprintf("rows %d, fields %s, policy %+v", rowVersion, query.Layout(), p)
}

func (c *Catalog) layout() string { return layoutOf(c.policy) }

// lockTimeout is how long Open waits for another process to close the catalog.
const lockTimeout = time.Second

// The buckets, and the keys of meta.
const (
	bucketMeta     = "meta"
	bucketPaths    = "paths"
	bucketPhotos   = "photos"
	bucketEdits    = "edits"
	bucketRows     = "rows"
	bucketAlbums   = "albums"
	bucketSearches = "searches"

	keySchema = "schema"
	keyLayout = "layout" // of the rows; absent while they are made anew
	keyPolicy = "policy" // Policy, sealed; absent until somebody decides
	keyTraces = "traces" // there while free pages and backups may hold values that were taken out of records
)

// pathValue is what is stored of a path. appendPacked makes its stored form.
type pathValue struct {
	Size    int64
	MTime   int64 // Unix nanoseconds
	State   State
	Failure string
	ID      photo.ID // of the content that was analysed last; zero if nobody has identified any
	Bare    bool     // of that content no more is known at this path than what people said: it was never analysed, or that failed
	Gone    bool     // the last scan did not find the file
	Renew   bool     // to be analysed anew although nothing has changed
	Look    Look     // how people asked for the photo to be searched

	// Sidecars is photo.File.Sidecars of those that were read last for this content, 0 for none.
	Sidecars uint64
}

// row is what the index needs of a content. appendPacked makes its stored form.
type row struct {
	Analysed bool // all but Marks is of an analysis
	W, H     int32
	Dated    bool  // the next three are known
	Seconds  int64 // Unix time of taking
	Nanos    int32 // beyond Seconds
	Zone     int32 // seconds east of UTC
	Camera   string
	Accepted int32    // faces that are not doubtful
	Numbers  []uint32 // of the faces
	Codes    []int16  // query.AppendCodes of all faces
	Names    []string // of the people, one for each face, "" for nobody; nil if nobody has a name
	Have     uint32   // Entry.Have
	Mode     string   // Entry.Mode
	Marks    photo.Marks
	Differs  bool // another program says something else, and nobody has decided: Record.Differences

	// Shared is how the key of what the record shares begins: that has the camera and the mode, which are not stored in the row. One that was read
	// has neither until rowTexts tells them; one that is to be stored has with.
	Shared [rowSharedSize]byte
	with   shared
}

// rowSharedSize is 4 of the 8 bytes of a key: where two keys begin alike, which is not to be expected, the record tells.
const rowSharedSize = 4

// bare returns the row of a path of whose content no more is known than what people said.
func (r *row) bare() *row { return &row{Marks: r.Marks} }

// newRow derives the row of a record and its edits, as the policy lets them be seen.
func newRow(r *Record, p Policy) row {
	if r.Analysed.IsZero() {
		return row{Marks: r.Marks}
	}
	r = p.shown(r)
	a := face.Apply(&r.Analysis, &r.Edits)
	out := row{Analysed: true, with: sharedOf(&r.Analysis, &r.Meta), Marks: r.Marks, Differs: len(r.Differences()) > 0, W: int32(a.W), H: int32(a.H), Camera: r.Meta.Camera(), Accepted: int32(a.Accepted()), Mode: a.Mode}
	if len(r.Edits.Missing(&r.Analysis)) == 0 {
		out.Have = uint32(r.Analysis.Have)
	}
	if t := r.Meta.Taken; !t.IsZero() {
		_, zone := t.Zone()
		out.Dated, out.Seconds, out.Nanos, out.Zone = true, t.Unix(), int32(t.Nanosecond()), int32(zone)
	}
	for i := range a.Faces {
		out.Numbers = append(out.Numbers, a.Faces[i].Number)
		if name := a.Faces[i].Edit.Name; name != "" {
			if out.Names == nil {
				out.Names = make([]string, len(a.Faces))
			}
			out.Names[i] = name
		}
		out.Codes = query.AppendCodes(out.Codes, a.Have, p.Sure, &a.Faces[i])
	}
	return out
}

func (r *row) taken() time.Time {
	if !r.Dated {
		return time.Time{}
	}
	return timeAt(r.Seconds, int64(r.Nanos), int(r.Zone))
}

// unsaid is the code of a value that nobody knows.
const unsaid = -1

// fit makes Codes as many for each face as there are fields. A row that has others is of another version and says nothing.
func (r *row) fit(fields int) {
	if len(r.Codes) == fields*len(r.Numbers) {
		return
	}
	r.Codes = slices.Repeat([]int16{unsaid}, fields*len(r.Numbers))
}

func toNano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func fromNano(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n)
}

// codec turns values into CBOR and back.
type codec struct {
	enc    cbor.EncMode
	dec    cbor.DecMode
	shared *sharedValues
	shape  rowShape
}

func newCodec() (codec, error) {
	enc, err := cbor.EncOptions{
		Sort:          cbor.SortCoreDeterministic,
		ShortestFloat: cbor.ShortestFloat16, // only where nothing is lost
		Time:          cbor.TimeRFC3339Nano, // keeps the zone
	}.EncMode()
	if err != nil {
		return codec{}, err
	}
	dec, err := cbor.DecOptions{}.DecMode()
	return codec{enc, dec, newSharedValues(), newRowShape(query.FaceFields())}, err
}

const sumSize = 8

// seal encodes a value behind its checksum. The key takes part, so that a value
// in a wrong place is found out too.
func (c codec) seal(key []byte, value any) ([]byte, error) {
	out := make([]byte, sumSize)
	switch v := value.(type) {
	case *pathValue:
		out = v.appendPacked(out)
	case *row:
		hash, err := c.share(v.with)
		if err != nil {
			return nil, err
		}
		copy(v.Shared[:], hash)
		out = v.appendPacked(out, &c.shape)
	default:
		if r, ok := value.(*Record); ok {
			stored, err := c.stored(r)
			if err != nil {
				return nil, err
			}
			value = stored
		}
		data, err := c.enc.Marshal(value)
		if err != nil {
			return nil, err
		}
		out = append(out, data...)
	}
	binary.BigEndian.PutUint64(out, xxh3.HashSeed(out[sumSize:], xxh3.Hash(key)))
	return out, nil
}

// unseal decodes a value into one that shares no memory with it.
func (c codec) unseal(key, sealed []byte, value any) error {
	data, err := checked(key, sealed)
	if err != nil {
		return err
	}
	if r, ok := value.(*row); ok {
		err := r.unpack(data, &c.shape, nil)
		if err == nil {
			r.Mode, r.Camera, err = c.rowTexts(r.Shared)
		}
		return err
	}
	if r, ok := value.(*Record); ok {
		return c.unsealRecord(key, data, r)
	}
	if err := c.dec.Unmarshal(data, value); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// unsealRow decodes a row, apart from mode and camera, into one whose slices are used again, with the texts that are in texts.
func (c codec) unsealRow(key, sealed []byte, r *row, texts interned) error {
	data, err := checked(key, sealed)
	if err != nil {
		return err
	}
	return r.unpack(data, &c.shape, texts)
}

// checked returns the data behind a checksum that is right.
func checked(key, sealed []byte) ([]byte, error) {
	if len(sealed) < sumSize {
		return nil, ErrDamaged
	}
	data := sealed[sumSize:]
	if binary.BigEndian.Uint64(sealed) != xxh3.HashSeed(data, xxh3.Hash(key)) {
		return nil, ErrDamaged
	}
	return data, nil
}

// openFile opens the catalog file, making it first if there is none. A file of an earlier version is backed up before it is
// brought to this one; problem is why that was not possible.
func openFile(path string) (db *bolt.DB, problem, err error) {
	_, err = os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := createFile(path); err != nil {
			return nil, nil, fmt.Errorf("create: %w", err)
		}
	case err != nil:
		return nil, nil, err
	}
	if db, err = openBolt(path, false); err != nil {
		return nil, nil, err
	}
	err = guard(func() error {
		version, err := versionOf(db)
		if err != nil || version == schema {
			return err
		}
		problem = backUpBefore(db, path, time.Now())
		return migrate(db)
	})
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, problem, nil
}

// openBolt opens a file that is there. The error is ErrInUse after lockTimeout if another process has it open for writing,
// ErrDamaged if bbolt does not know it or a part of it is missing.
func openBolt(path string, readOnly bool) (*bolt.DB, error) {
	for range 3 {
		db, replaced, err := openOnce(path, readOnly)
		if err != nil || !replaced {
			return db, err
		}
		if err := db.Close(); err != nil {
			return nil, err
		}
	}
	return nil, ErrInUse // by somebody who replaces it all the time
}

// openOnce opens the file that is at path now. It is replaced if another one is there when it is locked at last: who
// compacts or restores a catalog puts a new file in its place.
func openOnce(path string, readOnly bool) (db *bolt.DB, replaced bool, err error) {
	switch info, err := os.Stat(path); {
	case err != nil:
		return nil, false, err
	case info.Size() == 0: // bbolt would take it for a new one
		return nil, false, fmt.Errorf("%w: the file is empty", ErrDamaged)
	}
	if err := whole(path); err != nil {
		return nil, false, err
	}
	var opened fs.FileInfo
	var file *os.File
	options := &bolt.Options{Timeout: lockTimeout, FreelistType: bolt.FreelistMapType, ReadOnly: readOnly}
	options.OpenFile = func(name string, flag int, mode fs.FileMode) (*os.File, error) {
		f, err := os.OpenFile(name, flag, mode)
		if err == nil {
			file = f
			opened, err = f.Stat()
		}
		return f, err
	}
	err = guard(func() error {
		db, err = bolt.Open(path, 0o600, options)
		return err
	})
	if err != nil && file != nil {
		unlock(file) // bbolt does both, but not where it panicked: the catalog would be in use until the program ends
		_ = file.Close()
	}
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, false, ErrInUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return nil, false, fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil:
		return nil, false, err
	}
	info, err := os.Stat(path)
	return db, err != nil || !os.SameFile(info, opened), nil
}

// whole returns ErrDamaged if a file is shorter than its meta pages say, which bbolt tells in words of its own. Of a file without a sound
// meta page, it is for bbolt to say what it is.
func whole(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	meta, err := lastMeta(f)
	if err != nil {
		return nil
	}
	// The size is asked for after the pages were read: whoever writes makes the file longer before it says so.
	info, err := f.Stat()
	if size := meta.high * uint64(meta.pageSize); err == nil && uint64(info.Size()) < size {
		err = fmt.Errorf("%w: the file is cut off, it has %d of %d bytes", ErrDamaged, info.Size(), size)
	}
	return err
}

// createFile makes an empty catalog under another name and gives it its own only
// when it is complete on the disk, so that a power cut leaves none or a sound one.
func createFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp, err := newFile(path)
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails, rightly, once it was renamed
	if err := tmp.Close(); err != nil {
		return err
	}
	db, err := bolt.Open(tmp.Name(), 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range buckets(schema) {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		meta := tx.Bucket([]byte(bucketMeta))
		return errors.Join(
			meta.Put([]byte(keySchema), []byte(strconv.Itoa(schema))),
			meta.Put([]byte(keyLayout), []byte(layoutOf(DefaultPolicy()))))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	if err := moveNew(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) { // another process made one meanwhile
		return err
	}
	return nil
}

// newFile makes a hidden file beside path that is to take its name once it is complete.
func newFile(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), newPrefix(path)+"*")
}

// newPrefix is how the names of the files begin that newFile makes.
func newPrefix(path string) string { return "." + filepath.Base(path) + newInfix }

const newInfix = ".new-"

// moveNew gives a file its name unless there is one of that name, which is fs.ErrExist. The name is on the disk then.
func moveNew(from, to string) error {
	// A link, unlike a rename, never replaces a file that another process made
	// meanwhile; where there are no links, a rename has to do.
	switch err := os.Link(from, to); {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s: %w", to, fs.ErrExist)
	case err != nil:
		if _, err := os.Lstat(to); err == nil {
			return fmt.Errorf("%s: %w", to, fs.ErrExist)
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
	}
	return syncFolder(filepath.Dir(to))
}

// move gives a file its name, also where there is one of that name. The name is on the disk then.
func move(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

// syncFolder has the names of a folder written to the disk, where the system can.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil //nolint:nilerr // not every system opens folders, and the file is there
	}
	_ = d.Sync()
	return d.Close()
}

// guard turns what bbolt does on damaged pages, panics and memory faults
// beyond the end of a truncated file, into ErrDamaged.
func guard(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	return do()
}

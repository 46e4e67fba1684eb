package catalog

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"sync"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/zeebo/xxh3"
	bolt "go.etcd.io/bbolt"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// storedRecord is the form in which a Record is stored. Its tags go on where those of Record, which earlier versions stored as it
// is, end. The identity is the key. What many records have in common is stored once: see shared.
type storedRecord struct {
	Warnings []string        `cbor:"5,keyasint,omitempty"`
	Photo    []byte          `cbor:"8,keyasint"` // appendPhoto
	Now      storedAnalysis  `cbor:"9,keyasint"`
	Former   *storedAnalysis `cbor:"10,keyasint,omitempty"`
}

// storedAnalysis is an analysis and when it was made.
type storedAnalysis struct {
	_      struct{} `cbor:",toarray"`
	Shared []byte   // key of a shared
	Head   []byte   // appendHead
	Faces  []face.Face
}

// shared is what many records have in common: it is in the bucket meta, behind keyShared and its hash. Erase removes those that no
// record has any more.
type shared struct {
	Make   string            `cbor:"1,keyasint,omitempty"`
	Model  string            `cbor:"2,keyasint,omitempty"`
	Lens   string            `cbor:"3,keyasint,omitempty"`
	Mode   string            `cbor:"4,keyasint,omitempty"`
	Models map[string]string `cbor:"5,keyasint,omitempty"`
}

// keyShared is how the keys of shared values begin.
const keyShared = "shared "

const sharedKeySize = 8

// sharedValues are the shared values of a file that is open, by their hash.
type sharedValues struct {
	mu      sync.RWMutex
	values  map[string]shared
	begins  map[[rowSharedSize]byte][]string // the keys of values that begin so
	damaged []error                          // those of the file that load could not read
}

func newSharedValues() *sharedValues {
	return &sharedValues{values: map[string]shared{}, begins: map[[rowSharedSize]byte][]string{}}
}

// add takes a value in. The caller holds mu.
func (v *sharedValues) add(hash string, s shared) {
	if _, ok := v.values[hash]; !ok {
		begin := [rowSharedSize]byte([]byte(hash))
		v.begins[begin] = append(v.begins[begin], hash)
	}
	v.values[hash] = s
}

// rowTexts returns what a row that was stored leaves to its record. The error is ErrDamaged if that is lost, or if there are several.
func (c codec) rowTexts(begin [rowSharedSize]byte) (mode, camera string, err error) {
	c.shared.mu.RLock()
	defer c.shared.mu.RUnlock()
	keys := c.shared.begins[begin]
	if len(keys) != 1 {
		return "", "", fmt.Errorf("%w: %d values are what it shares", ErrDamaged, len(keys))
	}
	s := c.shared.values[keys[0]]
	return s.Mode, photo.Meta{Make: s.Make, Model: s.Model}.Camera(), nil
}

// load reads the shared values of a file. A damaged one is left out and told: its records come without it, go on naming it (keepShared), and the next
// analysis of a photo of the kind stores it again.
func (c codec) load(tx *bolt.Tx) error {
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	cursor := tx.Bucket([]byte(bucketMeta)).Cursor()
	for key, value := cursor.Seek([]byte(keyShared)); len(key) == len(keyShared)+sharedKeySize && string(key[:len(keyShared)]) == keyShared; key, value = cursor.Next() {
		var s shared
		if err := c.unseal(key, value, &s); err != nil {
			c.shared.damaged = append(c.shared.damaged, fmt.Errorf("cameras and networks that records share: %w", err))
			continue
		}
		c.shared.add(string(key[len(keyShared):]), s)
	}
	return nil
}

// keepShared has the new form of a record go on naming what its stored form shares where that is lost, so that the record has it again when
// Mend finds it in a backup.
func (c codec) keepShared(s *storedRecord, r *Record, stored []byte) {
	if len(c.shared.damaged) == 0 {
		return
	}
	lost := func(key string, a *face.Analysis, m *photo.Meta) bool {
		c.shared.mu.RLock()
		defer c.shared.mu.RUnlock()
		_, there := c.shared.values[key]
		with := sharedOf(a, m)
		return key != "" && !there && len(with.Models) == 0 && with.Make+with.Model+with.Lens+with.Mode == ""
	}
	for i, key := range c.sharedIn(stored) {
		switch key = key[len(keyShared):]; {
		case i == 0 && lost(key, &r.Analysis, &r.Meta):
			s.Now.Shared = []byte(key)
		case i == 1 && s.Former != nil && lost(key, &r.Former.Analysis, &photo.Meta{}):
			s.Former.Shared = []byte(key)
		}
	}
}

// share returns the key of a shared value.
func (c codec) share(s shared) ([]byte, error) {
	data, err := c.enc.Marshal(&s)
	if err != nil {
		return nil, err
	}
	hash := binary.BigEndian.AppendUint64(nil, xxh3.Hash(data))
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	if _, ok := c.shared.values[string(hash)]; !ok {
		s.Models = maps.Clone(s.Models)
		c.shared.add(string(hash), s)
	}
	return hash, nil
}

// putShared stores what a record that was sealed shares, if the file lacks it.
func (c codec) putShared(tx *bolt.Tx, r *Record) error {
	of := []shared{sharedOf(&r.Analysis, &r.Meta)}
	if r.Former != nil {
		of = append(of, sharedOf(&r.Former.Analysis, &photo.Meta{}))
	}
	return c.putSharedValues(tx, of...)
}

func (c codec) putSharedValues(tx *bolt.Tx, of ...shared) error {
	meta := tx.Bucket([]byte(bucketMeta))
	for _, s := range of {
		hash, err := c.share(s)
		if err != nil {
			return err
		}
		key := append([]byte(keyShared), hash...)
		if _, err := checked(key, meta.Get(key)); err == nil {
			continue // else there is none, or a damaged one
		}
		sealed, err := c.seal(key, &s)
		if err != nil {
			return err
		}
		if err := meta.Put(key, sealed); err != nil {
			return err
		}
	}
	return nil
}

func sharedOf(a *face.Analysis, m *photo.Meta) shared {
	return shared{m.Make, m.Model, m.Lens, a.Mode, a.Models}
}

// sharedIn returns the keys in meta of what a stored record shares.
func (c codec) sharedIn(value []byte) (keys []string) {
	type analysis struct {
		_           struct{} `cbor:",toarray"`
		Shared      []byte
		Head, Faces cbor.RawMessage
	}
	var s struct {
		Now    analysis  `cbor:"9,keyasint"`
		Former *analysis `cbor:"10,keyasint"`
	}
	if len(value) < sumSize || c.dec.Unmarshal(value[sumSize:], &s) != nil {
		return nil
	}
	keys = append(keys, keyShared+string(s.Now.Shared))
	if s.Former != nil {
		keys = append(keys, keyShared+string(s.Former.Shared))
	}
	return keys
}

// sharedInRow returns the keys in meta that what a stored row shares may have.
func (c codec) sharedInRow(id, value []byte) (keys []string) {
	var r row
	if c.unsealRow(id, value, &r, nil) != nil {
		return nil
	}
	c.shared.mu.RLock()
	defer c.shared.mu.RUnlock()
	for _, hash := range c.shared.begins[r.Shared] {
		keys = append(keys, keyShared+hash)
	}
	return keys
}

// stored returns the form in which a record is stored.
func (c codec) stored(r *Record) (*storedRecord, error) {
	out := &storedRecord{Warnings: r.Warnings, Photo: appendPhoto(nil, &r.Meta, r.Last)}
	var err error
	if out.Now, err = c.storedAnalysis(&r.Analysis, r.Analysed, &r.Meta); err == nil && r.Former != nil {
		out.Former = &storedAnalysis{}
		*out.Former, err = c.storedAnalysis(&r.Former.Analysis, r.Former.Analysed, &photo.Meta{})
	}
	return out, err
}

func (c codec) storedAnalysis(a *face.Analysis, made time.Time, m *photo.Meta) (storedAnalysis, error) {
	hash, err := c.share(sharedOf(a, m))
	return storedAnalysis{Shared: hash, Head: appendHead(nil, a, made), Faces: a.Faces}, err
}

// record returns the record that was stored.
func (c codec) record(id photo.ID, s *storedRecord) (Record, error) {
	r := Record{ID: id, Warnings: s.Warnings}
	u := unpacker{data: s.Photo}
	r.Last = u.photo(&r.Meta)
	if u.failed || len(u.data) > 0 {
		return Record{}, ErrDamaged
	}
	var err error
	if r.Analysis, r.Analysed, err = c.analysis(&s.Now, &r.Meta); err == nil && s.Former != nil {
		r.Former = &Former{}
		r.Former.Analysis, r.Former.Analysed, err = c.analysis(s.Former, &photo.Meta{})
	}
	return r, err
}

func (c codec) analysis(s *storedAnalysis, m *photo.Meta) (a face.Analysis, made time.Time, err error) {
	u := unpacker{data: s.Head}
	made = u.head(&a)
	if u.failed || len(u.data) > 0 {
		return a, made, ErrDamaged
	}
	a.Faces = s.Faces
	c.shared.mu.RLock()
	defer c.shared.mu.RUnlock()
	with := c.shared.values[string(s.Shared)]
	m.Make, m.Model, m.Lens, a.Mode = with.Make, with.Model, with.Lens, with.Mode
	a.Models = maps.Clone(with.Models)
	return a, made, nil
}

func appendPhoto(b []byte, m *photo.Meta, last uint32) []byte {
	b = binary.AppendUvarint(b, uint64(m.Orientation))
	b = appendTime(b, m.Taken)
	for _, v := range []float64{m.FocalLength, m.FNumber, m.Exposure} {
		b = appendFloat(b, v)
	}
	for _, n := range []int{m.ISO, m.StoredW, m.StoredH} {
		b = binary.AppendVarint(b, int64(n))
	}
	b = binary.AppendUvarint(b, uint64(last))
	if m.FullW == 0 && m.FullH == 0 && !m.GPS.Known {
		return b // as all records of earlier versions
	}
	b = binary.AppendVarint(b, int64(m.FullW))
	b = binary.AppendVarint(b, int64(m.FullH))
	b = append(b, bit(1, m.GPS.Known)|bit(2, m.GPS.HasAltitude))
	if m.GPS.Known {
		for _, v := range []float64{m.GPS.Latitude, m.GPS.Longitude, m.GPS.Altitude} {
			b = appendFloat(b, v)
		}
	}
	return b
}

func (u *unpacker) photo(m *photo.Meta) (last uint32) {
	m.Orientation = photo.Orientation(u.uvarint())
	m.Taken = u.time()
	m.FocalLength, m.FNumber, m.Exposure = u.float(), u.float(), u.float()
	m.ISO, m.StoredW, m.StoredH = int(u.varint()), int(u.varint()), int(u.varint())
	last = u.uint32()
	if len(u.data) == 0 {
		return last
	}
	m.FullW, m.FullH = int(u.varint()), int(u.varint())
	if bits := u.take(1)[0]; bits&1 != 0 {
		m.GPS = photo.GPS{Known: true, HasAltitude: bits&2 != 0, Latitude: u.float(), Longitude: u.float(), Altitude: u.float()}
	}
	return last
}

func appendHead(b []byte, a *face.Analysis, made time.Time) []byte {
	b = append(b, bit(1, a.Turned))
	b = binary.AppendVarint(b, int64(a.W))
	b = binary.AppendVarint(b, int64(a.H))
	b = binary.AppendUvarint(b, uint64(a.Have))
	return appendTime(b, made)
}

func (u *unpacker) head(a *face.Analysis) (made time.Time) {
	a.Turned = u.take(1)[0] != 0
	a.W, a.H = int(u.varint()), int(u.varint())
	a.Have = face.Features(u.uint32())
	return u.time()
}

// appendTime keeps the zone. The zero time is one byte.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, 0)
	}
	_, zone := t.Zone()
	b = append(b, 1)
	b = binary.AppendVarint(b, t.Unix())
	b = binary.AppendUvarint(b, uint64(t.Nanosecond()))
	return binary.AppendVarint(b, int64(zone))
}

func (u *unpacker) time() time.Time {
	if u.take(1)[0] == 0 {
		return time.Time{}
	}
	return timeAt(u.varint(), int64(u.int32()), int(u.varint()))
}

// timeAt is a time in a zone so many seconds east of UTC.
func timeAt(seconds, nanos int64, zone int) time.Time {
	t := time.Unix(seconds, nanos)
	if zone == 0 {
		return t.UTC()
	}
	return t.In(time.FixedZone("", zone))
}

// The forms of a stored float64, none of which loses anything: hundredths, one in so many, and all bits.
const (
	floatHundredths = iota
	floatFraction
	floatBits
	floatForms
)

func appendFloat(b []byte, v float64) []byte {
	if n := math.Round(v * 100); n >= 0 && n < 1<<40 && n/100 == v {
		return binary.AppendUvarint(b, uint64(n)*floatForms+floatHundredths)
	}
	if n := math.Round(1 / v); n > 0 && n < 1<<40 && 1/n == v {
		return binary.AppendUvarint(b, uint64(n)*floatForms+floatFraction)
	}
	return binary.BigEndian.AppendUint64(append(b, floatBits), math.Float64bits(v))
}

func (u *unpacker) float() float64 {
	n := u.uvarint()
	switch n % floatForms {
	case floatHundredths:
		return float64(n/floatForms) / 100
	case floatFraction:
		return 1 / float64(n/floatForms)
	}
	return math.Float64frombits(u.uint64())
}

// unsealRecord decodes a record of any version. Its numbers are rounded as stored ones are.
func (c codec) unsealRecord(key, data []byte, r *Record) error {
	var s storedRecord
	if err := c.dec.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if s.Photo != nil {
		var id photo.ID
		if copy(id[:], key) != len(key) {
			return ErrDamaged
		}
		out, err := c.record(id, &s)
		if err != nil {
			return err
		}
		out.Edits, out.Marks = r.Edits, r.Marks
		*r = out
		return nil
	}
	if err := c.dec.Unmarshal(data, r); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	r.Analysis.Round()
	if r.Former != nil {
		r.Former.Analysis.Round()
	}
	return nil
}

package catalog

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
)

// The form of a bbolt file (the packages' internal/common, version 2): pages of one size, the first two with a meta each; numbers have
// the order of the machine. bbolt's own check is not used: on a damaged page it can read beyond the end of the file in a goroutine that nobody can guard, or fill the memory.
const (
	pageHeaderSize  = 16 // id uint64, flags, count uint16, overflow uint32
	pageElementSize = 16 // of a branch: pos, key size uint32, page uint64; of a leaf: flags, pos, key size, value size uint32
	bucketSize      = 16 // root page, sequence uint64

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10
	bucketLeaf   = 0x01 // flag of a leaf's element

	metaSize    = 64
	metaMagic   = 0xED0CDAED
	metaVersion = 2
	noFreelist  = math.MaxUint64

	smallestPage, largestPage = 512, 64 << 10
	mostDepth                 = 64
)

// boltMeta is what a meta page says.
type boltMeta struct {
	pageSize                   uint32
	root, freelist, high, txid uint64 // pages, the first one behind all, and the transaction
}

// readMeta reads a meta page's content. ok is false if it is none.
func readMeta(b []byte) (m boltMeta, ok bool) {
	if len(b) < metaSize {
		return m, false
	}
	order := binary.NativeEndian
	sum := fnv.New64a()
	sum.Write(b[:metaSize-8])
	if order.Uint32(b) != metaMagic || order.Uint32(b[4:]) != metaVersion || order.Uint64(b[metaSize-8:]) != sum.Sum64() {
		return m, false
	}
	m = boltMeta{
		pageSize: order.Uint32(b[8:]), root: order.Uint64(b[16:]), freelist: order.Uint64(b[32:]),
		high: order.Uint64(b[40:]), txid: order.Uint64(b[48:]),
	}
	return m, m.pageSize >= smallestPage && m.pageSize <= largestPage && m.pageSize&(m.pageSize-1) == 0
}

// lastMeta returns the meta of the last transaction of a file.
func lastMeta(f io.ReaderAt) (boltMeta, error) {
	var last boltMeta
	at := func(offset int64) (boltMeta, bool) {
		b := make([]byte, metaSize)
		if _, err := f.ReadAt(b, offset+pageHeaderSize); err != nil {
			return boltMeta{}, false
		}
		return readMeta(b)
	}
	found := false
	if m, ok := at(0); ok {
		last, found = m, true
	}
	for size := int64(smallestPage); size <= largestPage; size *= 2 {
		if m, ok := at(size); ok && int64(m.pageSize) == size && (!found || m.txid > last.txid) {
			last, found = m, true
		}
	}
	if !found {
		return last, errors.New("neither meta page is sound")
	}
	return last, nil
}

// pageChecker walks over the pages of a bbolt file.
type pageChecker struct {
	ctx  context.Context //nolint:containedctx // of the one call that it lives for
	f    io.ReaderAt
	meta boltMeta
	used bitset // pages that were met
}

// checkPages looks whether every page of a bbolt file is what it should be, with its elements within it and its keys in order, and is
// used once: by a bucket or as free. Nobody may change the file meanwhile. It takes memory for one page and a bit for each.
func checkPages(ctx context.Context, f io.ReaderAt, size int64) error {
	meta, err := lastMeta(f)
	if err != nil {
		return err
	}
	if pages := uint64(size) / uint64(meta.pageSize); meta.high > pages || meta.high > math.MaxInt32 {
		return fmt.Errorf("the file has %d pages of %d", pages, meta.high)
	}
	c := pageChecker{ctx: ctx, f: f, meta: meta, used: newBitset(int(meta.high))}
	for page := range uint64(2) {
		if err := c.use(page, 1); err != nil {
			return err
		}
	}
	if err := c.tree(meta.root, nil, nil, 0); err != nil {
		return err
	}
	if meta.freelist == noFreelist {
		return nil
	}
	if err := c.free(meta.freelist); err != nil {
		return err
	}
	for page := range uint32(meta.high) {
		if !c.used.has(page) {
			return fmt.Errorf("page %d is neither used nor free", page)
		}
	}
	return nil
}

// use notes that pages are used.
func (c *pageChecker) use(page, n uint64) error {
	if page >= c.meta.high || n > c.meta.high-page {
		return fmt.Errorf("page %d is beyond the last one, %d", page, c.meta.high)
	}
	for i := page; i < page+n; i++ {
		if c.used.has(uint32(i)) {
			return fmt.Errorf("page %d is used twice", i)
		}
		c.used.add(uint32(i))
	}
	return nil
}

// read reads a page and those that it goes on in, and notes that they are used.
func (c *pageChecker) read(page uint64) (data []byte, flags uint16, count int, err error) {
	if err := c.ctx.Err(); err != nil {
		return nil, 0, 0, err
	}
	if page >= c.meta.high {
		return nil, 0, 0, fmt.Errorf("page %d is beyond the last one, %d", page, c.meta.high)
	}
	size := int64(c.meta.pageSize)
	head := make([]byte, pageHeaderSize)
	if _, err := c.f.ReadAt(head, int64(page)*size); err != nil {
		return nil, 0, 0, fmt.Errorf("page %d: %w", page, err)
	}
	order := binary.NativeEndian
	if id := order.Uint64(head); id != page {
		return nil, 0, 0, fmt.Errorf("page %d says that it is page %d", page, id)
	}
	n := uint64(order.Uint32(head[12:])) + 1
	if err := c.use(page, n); err != nil {
		return nil, 0, 0, err
	}
	data = make([]byte, int64(n)*size)
	if _, err := c.f.ReadAt(data, int64(page)*size); err != nil {
		return nil, 0, 0, fmt.Errorf("page %d: %w", page, err)
	}
	return data, order.Uint16(head[8:]), int(order.Uint16(head[10:])), nil
}

// tree checks a page of a bucket and all below it. Its keys are from least on, and before limit; nil is no limit.
func (c *pageChecker) tree(page uint64, least, limit []byte, depth int) error {
	if depth > mostDepth {
		return fmt.Errorf("page %d is %d levels deep", page, depth)
	}
	data, flags, count, err := c.read(page)
	if err != nil {
		return err
	}
	switch flags {
	case branchPage:
		return c.branch(page, data, count, least, limit, depth)
	case leafPage:
		return c.leaf(page, data, count, least, limit, depth)
	}
	return fmt.Errorf("page %d is of no kind that a bucket has: %#x", page, flags)
}

func (c *pageChecker) branch(page uint64, data []byte, count int, least, limit []byte, depth int) error {
	if count == 0 {
		return fmt.Errorf("page %d leads nowhere", page)
	}
	order := binary.NativeEndian
	keys, below := make([][]byte, count), make([]uint64, count)
	for i := range count {
		at := pageHeaderSize + i*pageElementSize
		if at+pageElementSize > len(data) {
			return fmt.Errorf("page %d has %d elements, more than there is place for", page, count)
		}
		key, err := part(data, at, order.Uint32(data[at:]), order.Uint32(data[at+4:]))
		if err != nil {
			return fmt.Errorf("page %d: element %d: %w", page, i, err)
		}
		keys[i], below[i] = key, order.Uint64(data[at+8:])
	}
	if err := inOrder(keys, nil, limit); err != nil { // the first may be less than what is below it
		return fmt.Errorf("page %d: %w", page, err)
	}
	for i := range count {
		from, to := least, limit
		if i > 0 {
			from = keys[i]
		}
		if i+1 < count {
			to = keys[i+1]
		}
		if err := c.tree(below[i], from, to, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *pageChecker) leaf(page uint64, data []byte, count int, least, limit []byte, depth int) error {
	order := binary.NativeEndian
	keys := make([][]byte, count)
	var buckets []uint64
	for i := range count {
		at := pageHeaderSize + i*pageElementSize
		if at+pageElementSize > len(data) {
			return fmt.Errorf("page %d has %d elements, more than there is place for", page, count)
		}
		flags, pos, keySize, valueSize := order.Uint32(data[at:]), order.Uint32(data[at+4:]), order.Uint32(data[at+8:]), order.Uint32(data[at+12:])
		key, err := part(data, at, pos, keySize)
		var value []byte
		if err == nil {
			value, err = part(data, at+int(keySize), pos, valueSize)
		}
		if err != nil {
			return fmt.Errorf("page %d: element %d: %w", page, i, err)
		}
		keys[i] = key
		if flags&bucketLeaf == 0 {
			continue
		}
		if len(value) < bucketSize {
			return fmt.Errorf("page %d: bucket %q: it has %d bytes", page, key, len(value))
		}
		if root := order.Uint64(value); root != 0 {
			buckets = append(buckets, root)
		} else if err := c.inline(value[bucketSize:], depth); err != nil {
			return fmt.Errorf("page %d: bucket %q: %w", page, key, err)
		}
	}
	if err := inOrder(keys, least, limit); err != nil {
		return fmt.Errorf("page %d: %w", page, err)
	}
	for _, root := range buckets {
		if err := c.tree(root, nil, nil, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// inline checks a bucket that is so small that it is in the value of its parent.
func (c *pageChecker) inline(data []byte, depth int) error {
	if len(data) < pageHeaderSize {
		return errors.New("its page is cut off")
	}
	if flags := binary.NativeEndian.Uint16(data[8:]); flags != leafPage {
		return fmt.Errorf("its page is no leaf: %#x", flags)
	}
	if depth > mostDepth {
		return fmt.Errorf("it is %d levels deep", depth)
	}
	return c.leaf(0, data, int(binary.NativeEndian.Uint16(data[10:])), nil, nil, depth+1)
}

// free checks the list of free pages.
func (c *pageChecker) free(page uint64) error {
	data, flags, count, err := c.read(page)
	if err != nil {
		return err
	}
	if flags != freelistPage {
		return fmt.Errorf("page %d is no list of free pages: %#x", page, flags)
	}
	order := binary.NativeEndian
	ids := data[pageHeaderSize:]
	n := uint64(count)
	if count == math.MaxUint16 && len(ids) >= 8 {
		n, ids = order.Uint64(ids), ids[8:]
	}
	if n > uint64(len(ids)/8) {
		return fmt.Errorf("page %d lists %d free pages, more than there is place for", page, n)
	}
	for i := range n {
		if err := c.use(order.Uint64(ids[8*i:]), 1); err != nil {
			return fmt.Errorf("free pages: %w", err)
		}
	}
	return nil
}

// part returns size bytes that begin pos bytes behind at.
func part(data []byte, at int, pos, size uint32) ([]byte, error) {
	from := uint64(at) + uint64(pos)
	if to := from + uint64(size); from > uint64(len(data)) || to > uint64(len(data)) {
		return nil, errors.New("it is not within its page")
	}
	return data[from : from+uint64(size)], nil
}

// inOrder returns an error unless keys grow, from least on, and are before limit.
func inOrder(keys [][]byte, least, limit []byte) error {
	for i, key := range keys {
		switch {
		case i > 0 && bytes.Compare(keys[i-1], key) >= 0:
			return fmt.Errorf("its keys are out of order at element %d", i)
		case i == 0 && least != nil && bytes.Compare(key, least) < 0,
			limit != nil && bytes.Compare(key, limit) >= 0:
			return fmt.Errorf("key %d belongs into another page", i)
		}
	}
	return nil
}

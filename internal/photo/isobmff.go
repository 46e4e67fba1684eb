package photo

import (
	"encoding/binary"
	"iter"
)

// ISO base media files (ISO/IEC 14496-12) are boxes in boxes: HEIC, AVIF and CR3.

// maxBoxes bounds the boxes beside each other, and all that are read of a file that is not in memory.
const maxBoxes = 10000

// A box is a named part of a file: its content lies in from..to.
type box struct {
	kind     string
	from, to int64
}

// boxes yields the boxes between from and to. One that claims to reach further ends at
// to, as the last box of a truncated file does.
func (s source) boxes(from, to int64) iter.Seq[box] {
	to = min(to, s.size)
	return func(yield func(box) bool) {
		for range maxBoxes {
			if s.left != nil {
				if *s.left--; *s.left < 0 {
					return
				}
			}
			head := s.at(from, 8)
			if head == nil || to-from < 8 {
				return
			}
			length, content := int64(binary.BigEndian.Uint32(head)), from+8
			switch length {
			case 0:
				length = to - from
			case 1:
				long := s.at(from+8, 8)
				if long == nil {
					return
				}
				length, content = int64(binary.BigEndian.Uint64(long)), from+16
			}
			if length < content-from { // negative too: the highest bit was set
				return
			}
			end := to
			if length < to-from {
				end = from + length
			}
			if content > end || !yield(box{string(head[4:8]), content, end}) {
				return
			}
			from = end
		}
	}
}

// find returns the first box of a kind between from and to.
func (s source) find(kind string, from, to int64) (box, bool) {
	for b := range s.boxes(from, to) {
		if b.kind == kind {
			return b, true
		}
	}
	return box{}, false
}

// A cursor reads big-endian numbers one after the other. Behind the end all are 0 and bad is set.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.bad, c.b = true, nil
		return nil
	}
	b := c.b[:n]
	c.b = c.b[n:]
	return b
}

// uint reads a number of n bytes, 0 to 8.
func (c *cursor) uint(n int) (v uint64) {
	for _, b := range c.take(n) {
		v = v<<8 | uint64(b)
	}
	return v
}

// text reads up to a zero byte.
func (c *cursor) text() string {
	for i, b := range c.b {
		if b == 0 {
			return string(c.take(i + 1)[:i])
		}
	}
	return string(c.take(len(c.b)))
}

package photo

import (
	"bytes"
	"iter"
)

// gifBlocks yields the blocks of a GIF behind its header and global colour table: an
// extension with its label, or 0 with a frame's descriptor and data (GIF 89a, section
// 12 on). Each is all its bytes. What follows the trailer, or cannot be told, is the last one.
func gifBlocks(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		const header = 13
		if len(data) < header {
			return
		}
		at := header + colourTable(data[10])
		for at < len(data) {
			label, from, end := byte(0), at, len(data)
			switch {
			case data[at] == 0x21 && at+2 < len(data):
				label = data[at+1]
				end = subBlocks(data, at+2)
			case data[at] == 0x2C && at+10 < len(data):
				end = subBlocks(data, at+10+colourTable(data[at+9])+1) // and the size of a code
			}
			if !yield(label, data[from:end]) {
				return
			}
			at = end
		}
	}
}

func colourTable(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// subBlocks returns where the pieces that begin at a place end.
func subBlocks(data []byte, at int) int {
	for at < len(data) {
		length := int(data[at])
		at += 1 + length
		if length == 0 {
			return at
		}
	}
	return len(data)
}

const (
	gifComment       = 0xFE
	gifOfApplication = 0xFF
)

// gifApplication returns the joined pieces of an application's extension, nil if there is none.
func gifApplication(data []byte, name string) []byte {
	for label, block := range gifBlocks(data) {
		if label != gifOfApplication || len(block) < 14 || string(block[3:14]) != name {
			continue
		}
		var joined []byte
		for rest := block[14:]; len(rest) > 0 && rest[0] != 0; rest = rest[min(1+int(rest[0]), len(rest)):] {
			joined = append(joined, rest[1:min(1+int(rest[0]), len(rest))]...)
		}
		return joined
	}
	return nil
}

// gifXMP returns the packet of a GIF. It is not cut into pieces: 258 bytes behind it lead
// whoever takes its letters for lengths to its end (XMP part 3, 1.1.2).
func gifXMP(data []byte) []byte {
	for label, block := range gifBlocks(data) {
		if label != gifOfApplication || len(block) < 14 || string(block[3:14]) != "XMP DataXMP" {
			continue
		}
		if packet, _, ok := bytes.Cut(block[14:], []byte("\x01\xFF\xFE\xFD")); ok {
			return packet
		}
	}
	return nil
}

// gifPicture yields what of a GIF is picture: all but the version, which is another one
// as soon as there is an extension, comments, and what applications added.
func gifPicture(data []byte) iter.Seq[[]byte] {
	const version = 6
	start := min(13+colourTable(data[10]), len(data))
	return func(yield func([]byte) bool) {
		if !yield(data[version:start]) {
			return
		}
		for label, block := range gifBlocks(data) {
			if label != gifComment && label != gifOfApplication && !yield(block) {
				return
			}
		}
	}
}

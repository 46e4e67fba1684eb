package catalog

import (
	"bytes"

	"semblance/catalog/query"
)

// names is the names of all photos, one behind the other without regard to case, so that one search for bytes goes through all of
// them: 450,000 names are 6 MB.
type names struct {
	text []byte
	ends []uint32 // of each photo's name in text
}

// nameEnd is behind every name. It is in no UTF-8.
const nameEnd = 0xff

// add adds the name of the next photo.
func (n *names) add(name string) {
	n.text = append(query.AppendFold(n.text, name), nameEnd)
	n.ends = append(n.ends, uint32(len(n.text)))
}

// meeting returns the photos whose names meet a condition: that they contain what it asks for.
func (n *names) meeting(c *query.Condition) bitset {
	met := newBitset(len(n.ends))
	for _, it := range c.Items {
		part := query.AppendFold(nil, it.Text)
		ref, at := 0, 0
		for {
			k := bytes.Index(n.text[at:], part)
			if k < 0 {
				break
			}
			for at += k; int(n.ends[ref]) <= at; ref++ {
			}
			met.add(uint32(ref))
			at = int(n.ends[ref])
			ref++
		}
	}
	if c.Not {
		met.invert()
	}
	return met
}

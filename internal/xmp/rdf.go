package xmp

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The limits of what is read of a packet.
const (
	maxDepth = 32      // of elements within a property
	maxItems = 2000    // of a list
	maxText  = 4 << 10 // bytes of a text
	maxNodes = 100_000 // of all properties together
)

// A value is what a property says: a text, a list or a structure. Programs write a list of one as a text and the other way
// round, so that whoever asks says what is meant.
type value struct {
	text   string
	items  []value
	fields map[xml.Name]value
}

// texts returns the texts of a list, or the one text.
func (v value) texts() []string {
	if len(v.items) == 0 {
		if v.text == "" {
			return nil
		}
		return []string{v.text}
	}
	var out []string
	for _, item := range v.items {
		if item.text != "" {
			out = append(out, item.text)
		}
	}
	return out
}

// field returns a field of a structure; one that is not there is empty.
func (v value) field(space, local string) value {
	return v.fields[xml.Name{Space: space, Local: local}]
}

func (v *value) set(n xml.Name, field value) {
	if v.fields == nil {
		v.fields = map[xml.Name]value{}
	}
	v.fields[n] = field
}

// parser reads one document.
type parser struct {
	xml   *xml.Decoder
	said  map[xml.Name]value // properties that are wanted
	nodes int                // values so far
}

func (p *parser) get(space, local string) (value, bool) {
	v, ok := p.said[xml.Name{Space: space, Local: local}]
	return v, ok
}

// document reads up to the end of the outermost element. What comes behind it is not looked at: a shorter packet that was
// written over a longer one leaves its end.
func (p *parser) document() error {
	found := false
	for depth := 0; ; {
		t, err := p.xml.Token()
		switch {
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%w: there is no XMP in it", ErrBroken)
		case err != nil:
			return err
		}
		switch t := t.(type) {
		case xml.Directive:
			return fmt.Errorf("%w: it has a document type, which XMP has not", ErrBroken)
		case xml.StartElement:
			if t.Name == (xml.Name{Space: nsRDF, Local: "RDF"}) {
				found = true
				if err := p.rdf(); err != nil {
					return err
				}
				if depth == 0 {
					return nil
				}
				continue
			}
			depth++
		case xml.EndElement:
			if depth--; depth == 0 {
				if !found {
					return fmt.Errorf("%w: there is no RDF in it", ErrBroken)
				}
				return nil
			}
		}
	}
}

// rdf reads the descriptions within rdf:RDF.
func (p *parser) rdf() error {
	return p.children(func(t xml.StartElement) error {
		if t.Name != (xml.Name{Space: nsRDF, Local: "Description"}) {
			return p.xml.Skip()
		}
		for _, a := range t.Attr {
			if wanted(a.Name) {
				if err := p.count(); err != nil {
					return err
				}
				p.said[a.Name] = value{text: bounded(a.Value)}
			}
		}
		return p.children(func(t xml.StartElement) error {
			if !wanted(t.Name) {
				return p.xml.Skip()
			}
			v, err := p.value(t, 0)
			if _, twice := p.said[t.Name]; err == nil && !twice { // a second one is no XMP: the first stays
				p.said[t.Name] = v
			}
			return err
		})
	})
}

// children calls do for every element within the one that was begun, up to its end. do reads to the end of the element.
func (p *parser) children(do func(xml.StartElement) error) error {
	for {
		t, err := p.xml.Token()
		if err != nil {
			return unexpected(err)
		}
		switch t := t.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if err := do(t); err != nil {
				return unexpected(err)
			}
		case xml.Directive:
			return fmt.Errorf("%w: it has a document type, which XMP has not", ErrBroken)
		}
	}
}

// unexpected names the end of a packet in the midst of it.
func unexpected(err error) error {
	var syntax *xml.SyntaxError
	if errors.Is(err, io.EOF) || errors.As(err, &syntax) && syntax.Msg == "unexpected EOF" {
		return errors.New("it ends in the middle")
	}
	return err
}

func (p *parser) count() error {
	if p.nodes++; p.nodes > maxNodes {
		return fmt.Errorf("%w: it has more than %d values", ErrTooLarge, maxNodes)
	}
	return nil
}

// value reads the value of a property, field or item, whose element was begun, up to its end.
func (p *parser) value(start xml.StartElement, depth int) (v value, err error) {
	if err := p.count(); err != nil {
		return v, err
	}
	if depth > maxDepth {
		return v, fmt.Errorf("%w: its elements lie more than %d deep", ErrTooLarge, maxDepth)
	}
	if err := p.attributes(&v, start); err != nil {
		return v, err
	}
	var text strings.Builder
	for {
		t, err := p.xml.Token()
		if err != nil {
			return v, unexpected(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			if text.Len() <= maxText {
				text.Write(t[:min(len(t), maxText+1)])
			}
		case xml.StartElement:
			if err := p.within(&v, t, depth+1); err != nil {
				return v, err
			}
		case xml.EndElement:
			if v.items == nil && v.fields == nil && v.text == "" {
				v.text = bounded(text.String())
			}
			return v, nil
		case xml.Directive:
			return v, fmt.Errorf("%w: it has a document type, which XMP has not", ErrBroken)
		}
	}
}

// attributes reads the fields that are attributes of an element.
func (p *parser) attributes(v *value, start xml.StartElement) error {
	for _, a := range start.Attr {
		switch a.Name.Space {
		case nsRDF:
			if a.Name.Local == "resource" || a.Name.Local == "value" {
				v.text = bounded(a.Value)
			}
		case "", "xmlns", "xml", "http://www.w3.org/XML/1998/namespace":
		default:
			if err := p.count(); err != nil {
				return err
			}
			v.set(a.Name, value{text: bounded(a.Value)})
		}
	}
	return nil
}

// within reads an element that is a part of v: a list, a structure, or a field.
func (p *parser) within(v *value, start xml.StartElement, depth int) error {
	if start.Name.Space != nsRDF {
		field, err := p.value(start, depth)
		v.set(start.Name, field)
		return err
	}
	switch start.Name.Local {
	case "Bag", "Seq", "Alt":
		return p.children(func(t xml.StartElement) error {
			if t.Name != (xml.Name{Space: nsRDF, Local: "li"}) || len(v.items) >= maxItems {
				return p.xml.Skip()
			}
			item, err := p.value(t, depth+1)
			v.items = append(v.items, item)
			return err
		})
	case "Description":
		inner, err := p.value(start, depth)
		for n, field := range inner.fields {
			v.set(n, field)
		}
		if inner.text != "" {
			v.text = inner.text
		}
		return err
	case "value":
		inner, err := p.value(start, depth)
		v.text = inner.text
		return err
	}
	return p.xml.Skip()
}

// bounded returns a text without space at its ends, nothing if it is too long: the beginning of a name is another name.
func bounded(s string) string {
	if s = strings.TrimSpace(s); len(s) > maxText {
		return ""
	}
	return s
}

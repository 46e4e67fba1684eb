package main

import (
	"bytes"
	"encoding/json"
	"io"
)

// output is how the results of several photos become one stream. Its methods
// return the errors of writing.
type output interface {
	// add prints what became of a photo: its JSON, or the error.
	add(path string, result []byte, err error) error
	// close ends the stream.
	close() error
}

// element returns one photo as an object, without a line break at its end.
func element(path string, result []byte, err error) ([]byte, error) {
	o := struct {
		File   string          `json:"file"`
		Result json.RawMessage `json:"result,omitempty"`
		Error  string          `json:"error,omitempty"`
	}{File: path, Result: result}
	if err != nil {
		o.Error = err.Error()
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(o); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// document prints the result of the only photo as it is; its error is on standard error.
type document struct{ w io.Writer }

func (d *document) add(_ string, result []byte, _ error) error {
	if result == nil {
		return nil
	}
	_, err := d.w.Write(append(result, '\n'))
	return err
}

func (d *document) close() error { return nil }

// lines prints one element a line, each in one piece.
type lines struct{ w io.Writer }

func (l *lines) add(path string, result []byte, err error) error {
	line, err := element(path, result, err)
	if err != nil {
		return err
	}
	_, err = l.w.Write(append(line, '\n'))
	return err
}

func (l *lines) close() error { return nil }

// array prints the elements as one JSON array, one element a line.
type array struct {
	w     io.Writer
	begun bool
}

func (a *array) add(path string, result []byte, err error) error {
	line, err := element(path, result, err)
	if err != nil {
		return err
	}
	opening := ",\n"
	if !a.begun {
		opening, a.begun = "[\n", true
	}
	_, err = a.w.Write(append([]byte(opening), line...))
	return err
}

func (a *array) close() error {
	end := "\n]\n"
	if !a.begun {
		end = "[]\n"
	}
	_, err := io.WriteString(a.w, end)
	return err
}

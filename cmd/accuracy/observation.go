package main

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
)

// An observation is what became of one label: what it says beside what the program says.
// picture, truth and groups are of the label; the rest is of the program, and what is stored of it is
// enough to compare two versions of the program picture by picture.
type observation struct {
	picture string   // name
	truth   int      // class; its meaning is the measure's
	groups  []string // of people, of sizes

	said  int     // class; missing if no face was found, or the feature could not be
	p     float64 // probability of said
	sure  bool    // said is sure enough to be filtered by
	value float64 // error or size, in the measure's unit; NaN if there is none
	count int     // how many things value speaks about, where these are not one
}

// missing is what is said of a face that was not found.
const missing = -1

func (o *observation) found() bool          { return o.said != missing }
func (o *observation) right() bool          { return o.said == o.truth }
func (o *observation) in(group string) bool { return slices.Contains(o.groups, group) }

// Values are stored in hundredths, probabilities in 250ths.
const (
	valueSteps       = 100
	probabilitySteps = 250
)

// noValue stands for NaN.
const noValue = math.MinInt16

// quantise returns the observations as they are after they were stored: only such are
// compared with stored ones.
func quantise(obs []observation) []observation {
	out := slices.Clone(obs)
	for i := range out {
		o := &out[i]
		o.p = float64(steps(o.p, probabilitySteps)) / probabilitySteps
		o.value = fromSteps(steps(o.value, valueSteps))
	}
	return out
}

func steps(v float64, n int) int16 {
	if math.IsNaN(v) {
		return noValue
	}
	return int16(math.Round(min(max(v*float64(n), -math.MaxInt16), math.MaxInt16)))
}

func fromSteps(v int16) float64 {
	if v == noValue {
		return math.NaN()
	}
	return float64(v) / valueSteps
}

// pack stores what the program said, as short text: a column after the other, deflated.
func pack(obs []observation) (string, error) {
	var columns [5]bytes.Buffer
	for _, o := range obs {
		var b [2]byte
		columns[0].WriteByte(byte(int8(o.said)))
		columns[1].WriteByte(byte(steps(o.p, probabilitySteps)))
		columns[2].WriteByte(map[bool]byte{true: 1}[o.sure])
		binary.LittleEndian.PutUint16(b[:], uint16(steps(o.value, valueSteps)))
		columns[3].Write(b[:])
		binary.LittleEndian.PutUint16(b[:], uint16(o.count))
		columns[4].Write(b[:])
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return "", err
	}
	for i := range columns {
		if _, err := w.Write(columns[i].Bytes()); err != nil {
			return "", err
		}
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(out.Bytes()), nil
}

// unpack is the reverse of pack: obs are observations of the same labels, of which the rest
// is taken. They are not changed.
func unpack(text string, obs []observation) ([]observation, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	const width = 7 // bytes of one observation
	n := len(obs)
	b, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), int64(width*n)+1))
	if err != nil {
		return nil, err
	}
	if len(b) != width*n {
		return nil, fmt.Errorf("not %d observations", n)
	}
	out := slices.Clone(obs)
	for i := range out {
		o := &out[i]
		o.said = int(int8(b[i]))
		o.p = float64(b[n+i]) / probabilitySteps
		o.sure = b[2*n+i] == 1
		o.value = fromSteps(int16(binary.LittleEndian.Uint16(b[3*n+2*i:])))
		o.count = int(binary.LittleEndian.Uint16(b[5*n+2*i:]))
	}
	return out, nil
}

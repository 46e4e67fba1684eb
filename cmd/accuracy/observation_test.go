package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestPack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	obs := []observation{
		{truth: 1, said: missing, value: math.NaN()},
		{picture: "a", truth: 2, groups: []string{"x"}, said: 8, p: 1, sure: true, value: -12.345, count: 52},
		{said: 0, p: .5004, value: 1e9},
		{said: 1, value: -1e9},
	}
	for range 500 {
		obs = append(obs, observation{said: r.IntN(9), p: r.Float64(), value: r.NormFloat64() * 10, count: r.IntN(60)})
	}
	text, err := pack(obs)
	if err != nil {
		t.Fatal(err)
	}
	// What was said is read; what the labels say is taken from the labels.
	labels := make([]observation, len(obs))
	for i, o := range obs {
		labels[i] = observation{picture: o.picture, truth: o.truth, groups: o.groups, said: 5, value: 7, sure: true}
	}
	got, err := unpack(text, labels)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(quantise(obs), got, cmp.AllowUnexported(observation{}), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, o := range got {
		if want := obs[i]; math.Abs(o.p-want.p) > .5/probabilitySteps+1e-9 || math.Abs(want.value) < 300 && math.Abs(o.value-want.value) > .5/valueSteps+1e-9 {
			t.Errorf("%+v became %+v", want, o)
		}
	}
	if labels[0].said != 5 {
		t.Error("the labels were written to")
	}
}

func TestUnpackRefuses(t *testing.T) {
	text, err := pack(make([]observation, 3))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		n    int
	}{"too many": {text, 2}, "too few": {text, 4}, "no base64": {"%", 1}, "nothing deflated": {"AAAA", 1}} {
		if _, err := unpack(c.text, make([]observation, c.n)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestFingerprint(t *testing.T) {
	a := []observation{{picture: "a", truth: 1, groups: []string{"x"}, said: 1}, {picture: "b"}}
	same := []observation{{picture: "a", truth: 1, groups: []string{"x"}, said: 0, p: .5, value: 3}, {picture: "b", sure: true}}
	if fingerprint(a) != fingerprint(same) {
		t.Error("what the program says is part of it")
	}
	for _, other := range [][]observation{
		a[:1],
		{a[1], a[0]},
		{{picture: "a", truth: 2, groups: []string{"x"}}, {picture: "b"}},
		{{picture: "a", truth: 1, groups: []string{"y"}}, {picture: "b"}},
		{{picture: "a", truth: 1, groups: []string{"x"}}, {picture: "c"}},
	} {
		if fingerprint(a) == fingerprint(other) {
			t.Errorf("%+v are the same labels", other)
		}
	}
}

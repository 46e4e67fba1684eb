package analysis

import (
	"context"
	"errors"
	"fmt"
	"math"

	"semblance/internal/face"
)

// Stage is one stage of an analysis, ready to be run alone, again and again.
type Stage struct {
	Name string
	Run  func() error
}

// Stages finds the faces of a photo and returns every stage as it runs for its largest face, or
// once for the photo. They are valid until done is called.
func (e *Engine) Stages(ctx context.Context, src Source) (stages []Stage, done func(), err error) {
	w, h := src.Size()
	j := &job{engine: e, src: src, w: w, h: h, models: map[string]string{}}
	found, err := j.detectTurn(ctx, Fast, 0)
	if err != nil {
		return nil, nil, err
	}
	if len(found) == 0 {
		return nil, nil, errors.New("the photo has no face")
	}
	largest := found[0]
	for _, c := range found {
		if c.box.Area() > largest.box.Area() {
			largest = c
		}
	}
	b := largest.box
	var boxes []candidate
	for _, p := range passes(w, h, Fast) {
		more, err := j.pass(ctx, p, 0)
		if err != nil {
			return nil, nil, err
		}
		boxes = append(boxes, more...)
	}
	v, putBack, err := j.around(ctx, b, false)
	if err != nil {
		return nil, nil, err
	}
	m, ok, err := j.mesh(ctx, v, b, 0, false)
	if err != nil || !ok {
		return nil, nil, fmt.Errorf("no mesh: %w", err)
	}
	add := func(name string, run func() error) { stages = append(stages, Stage{name, run}) }
	for _, side := range []int{160, 320, 640, 960, 1600} {
		for t := range turn(2) {
			name := fmt.Sprintf("pass/%d", side)
			if t != 0 {
				name += "/turned"
			}
			add(name, func() error {
				_, err := j.pass(ctx, pass{side, math.Inf(1)}, t)
				return err
			})
		}
	}
	add("fusion", func() error {
		dropInside(fuse(boxes))
		return nil
	})
	add("looks", func() error {
		_, _, err := j.looks(ctx, b, 0)
		return err
	})
	add("around", func() error {
		_, done, err := j.around(ctx, b, false)
		if err == nil {
			done()
		}
		return err
	})
	add("mesh", func() error {
		_, _, err := j.mesh(ctx, v, b, 0, false)
		return err
	})
	add("landmarks", func() error {
		landmarks(m)
		return nil
	})
	add("pose", func() error {
		kabsch(m).turnedBack(0).pose()
		return nil
	})
	var f face.Face
	add("blur", func() error { return j.quality(ctx, v, b, m, face.Blurriness, &f) })
	add("exposure", func() error { return j.quality(ctx, v, b, m, face.Lighting, &f) })
	add("eyes", func() error {
		_, err := j.eyes(ctx, v, m, face.Pose{})
		return err
	})
	add("attributes", func() error { return j.attributes(ctx, v, m, needsAttributes, &f) })
	small, putSmallBack := j.faceAPICrop(v, m)
	add("crop", func() error {
		_, done := j.faceAPICrop(v, m)
		done()
		return nil
	})
	add("age", func() error {
		_, err := j.faceAPIAge(ctx, small)
		return err
	})
	add("expression", func() error {
		_, err := j.expression(ctx, small)
		return err
	})
	rigid := kabsch(m)
	add("second expression", func() error {
		_, err := j.secondEmotion(ctx, v, m)
		return err
	})
	add("smile", func() error {
		smile(m, rigid, face.Emotions{}, face.Emotions{}, true)
		return nil
	})
	faces := []face.Face{{Box: b, Score: 1}}
	for _, mode := range []Mode{Fast, Default} {
		add("hair/"+mode.String(), func() error { return j.hair(ctx, faces, 0, mode.String()) })
	}
	// What follows the network.
	own := headOf(&faces[0], false)
	hair := e.pool.hairMap(224)
	if err := j.hairPass(ctx, hair, netHair224, own, nil, own.crop(float64(w), float64(h))); err != nil {
		return nil, nil, err
	}
	logits, err := j.run(ctx, netHair224, hair.input())
	if err != nil {
		return nil, nil, err
	}
	add("hair/read", func() error {
		hair.read(logits[0].Data)
		return nil
	})
	add("hair/own", func() error {
		hair.within(float64(w), float64(h))
		hair.keepOwn(own, []head{{own.x + own.w, own.y, own.w, own.h, 0}})
		return nil
	})
	add("hair/outlines", func() error {
		hair.polygons(own)
		return nil
	})
	add("hair/color", func() error {
		hair.look(own)
		return nil
	})
	return stages, func() { putSmallBack(); putBack(); j.release() }, nil
}

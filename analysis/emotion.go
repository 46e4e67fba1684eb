package analysis

import (
	"context"
	"math"

	"semblance/internal/face"
	"semblance/models"
)

// emotionTemperature flattens the expression network's probabilities, which are far too
// sure of themselves: on FER2013 it errs by .33 in them without, by about .1 with it.
const emotionTemperature = 2.5

// expressionOrder says which output of the expression network (neutral happy sad angry
// fearful disgusted surprised) is which of our emotions.
var expressionOrder = [face.NumEmotions]int{3, 5, 4, 1, 2, 6, 0}

// expression returns what the expression network says, in our order, before calibration.
func (j *job) expression(ctx context.Context, input models.Tensor) (face.Emotions, error) {
	outputs, err := j.run(ctx, netExpression, input)
	if err != nil {
		return face.Emotions{}, err
	}
	values, err := output(outputs, netExpression, 1, face.NumEmotions)
	if err != nil {
		return face.Emotions{}, err
	}
	var p face.Emotions
	for i, k := range expressionOrder {
		p[i] = values[k]
	}
	return p, nil
}

// soften returns softmax(ln(p) / temperature): the same order, less sure.
func soften(p face.Emotions, temperature float64) face.Emotions {
	const least = 1e-6 // so that ln stays finite
	var q face.Emotions
	var sum float32
	for i, v := range p {
		q[i] = float32(math.Pow(float64(v)+least, 1/temperature))
		sum += q[i]
	}
	for i := range q {
		q[i] /= sum
	}
	return q
}

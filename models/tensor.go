package models

import "fmt"

// Tensor is a dense float32 array in row-major order: the last dimension of Shape varies fastest. len(Data) is the
// product of Shape.
type Tensor struct {
	Shape []int
	Data  []float32
}

// NewTensor returns a tensor of zeros.
func NewTensor(shape ...int) Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return Tensor{Shape: shape, Data: make([]float32, n)}
}

// Check returns an error unless t fits the port: the same rank, every fixed dimension equal, every free one positive,
// and as much data as the shape says.
func (p Port) Check(t Tensor) error {
	if len(t.Shape) != len(p.Shape) {
		return fmt.Errorf("%s: shape %v, want %v", p.Name, t.Shape, p.Shape)
	}
	n := 1
	for i, d := range t.Shape {
		if d <= 0 || p.Shape[i] != -1 && p.Shape[i] != d {
			return fmt.Errorf("%s: shape %v, want %v", p.Name, t.Shape, p.Shape)
		}
		n *= d
	}
	if len(t.Data) != n {
		return fmt.Errorf("%s: %d values for shape %v", p.Name, len(t.Data), t.Shape)
	}
	return nil
}

package analysis

import "math"

// matrix is a 3x3 matrix, row by row.
type matrix [3][3]float64

// identity returns the unit matrix.
func identity() matrix { return matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} }

func (a matrix) times(b matrix) matrix {
	var c matrix
	for i := range 3 {
		for k := range 3 {
			c[i][k] = a[i][0]*b[0][k] + a[i][1]*b[1][k] + a[i][2]*b[2][k]
		}
	}
	return c
}

func (a matrix) transposed() matrix {
	var t matrix
	for i := range 3 {
		for k := range 3 {
			t[k][i] = a[i][k]
		}
	}
	return t
}

func (a matrix) det() float64 {
	return a[0][0]*(a[1][1]*a[2][2]-a[1][2]*a[2][1]) -
		a[0][1]*(a[1][0]*a[2][2]-a[1][2]*a[2][0]) +
		a[0][2]*(a[1][0]*a[2][1]-a[1][1]*a[2][0])
}

func (a matrix) column(k int) [3]float64 { return [3]float64{a[0][k], a[1][k], a[2][k]} }

func (a *matrix) setColumn(k int, v [3]float64) { a[0][k], a[1][k], a[2][k] = v[0], v[1], v[2] }

// rotate turns columns p and q into c*p - s*q and s*p + c*q.
func (a *matrix) rotate(p, q int, c, s float64) {
	for i := range 3 {
		a[i][p], a[i][q] = c*a[i][p]-s*a[i][q], s*a[i][p]+c*a[i][q]
	}
}

// svd returns a = u diag(s) v' with u and v orthogonal and s >= 0, the largest first: the
// one-sided Jacobi method (G. Golub and C. Van Loan, Matrix Computations, section 8.6.3),
// which turns the columns of a until they are orthogonal. u is orthogonal for singular a too.
func svd(a matrix) (u matrix, s [3]float64, v matrix) {
	v = identity()
	for range 30 { // 4 to 6 sweeps suffice; the limit is for NaN
		turned := false
		for _, pair := range pairs() {
			p, q := a.column(pair[0]), a.column(pair[1])
			pp, qq, pq := dot(p, p), dot(q, q), dot(p, q)
			if math.Abs(pq) <= 1e-15*math.Sqrt(pp*qq) {
				continue
			}
			turned = true
			zeta := (qq - pp) / (2 * pq)
			t := math.Copysign(1, zeta) / (math.Abs(zeta) + math.Sqrt(1+zeta*zeta))
			c := 1 / math.Sqrt(1+t*t)
			a.rotate(pair[0], pair[1], c, c*t)
			v.rotate(pair[0], pair[1], c, c*t)
		}
		if !turned {
			break
		}
	}
	for k := range 3 {
		s[k] = math.Sqrt(dot(a.column(k), a.column(k)))
	}
	for _, pair := range pairs() { // sorts three: the larger to the left
		if p, q := pair[0], pair[1]; s[q] > s[p] {
			s[p], s[q] = s[q], s[p]
			for _, m := range []*matrix{&a, &v} {
				cp, cq := m.column(p), m.column(q)
				m.setColumn(p, cq)
				m.setColumn(q, cp)
			}
		}
	}
	const tiny = 1e-12 // of the largest singular value: below it a column has no direction
	for k := range 3 {
		c := a.column(k)
		switch {
		case s[k] > tiny*s[0]:
			c = [3]float64{c[0] / s[k], c[1] / s[k], c[2] / s[k]}
		case k == 2:
			c = cross(u.column(0), u.column(1))
		case k == 1:
			c = perpendicular(u.column(0))
		default:
			c = [3]float64{1, 0, 0}
		}
		u.setColumn(k, c)
	}
	return u, s, v
}

// pairs returns the pairs of columns, in an order that also sorts three values.
func pairs() [3][2]int { return [...][2]int{{0, 1}, {0, 2}, {1, 2}} }

func dot(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

func cross(a, b [3]float64) [3]float64 {
	return [3]float64{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

// perpendicular returns a unit vector at right angles to the unit vector a.
func perpendicular(a [3]float64) [3]float64 {
	axis := [3]float64{1, 0, 0}
	if math.Abs(a[0]) > .7 {
		axis = [3]float64{0, 1, 0}
	}
	c := cross(a, axis)
	n := math.Sqrt(dot(c, c))
	return [3]float64{c[0] / n, c[1] / n, c[2] / n}
}

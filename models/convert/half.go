package convert

import "math"

// halfToFloat widens an IEEE 754 binary16 value. Every value is exact.
func halfToFloat(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exp := uint32(h>>10) & 0x1f
	man := uint32(h) & 0x3ff
	switch exp {
	case 0:
		if man == 0 {
			return math.Float32frombits(sign)
		}
		e := uint32(127 - 15 + 1)
		for man&0x400 == 0 {
			man <<= 1
			e--
		}
		return math.Float32frombits(sign | e<<23 | (man&0x3ff)<<13)
	case 31:
		return math.Float32frombits(sign | 0xff<<23 | man<<13)
	}
	return math.Float32frombits(sign | (exp+127-15)<<23 | man<<13)
}

// floatToHalf rounds to the nearest binary16 value, ties to even; what is too large becomes infinite.
func floatToHalf(f float32) uint16 {
	b := math.Float32bits(f)
	sign := uint16(b>>16) & 0x8000
	exp := int(b>>23&0xff) - 127 + 15
	man := b & 0x7fffff
	if exp >= 31 {
		if b&0x7fffffff > 0x7f800000 {
			return sign | 0x7e00
		}
		return sign | 0x7c00
	}
	if exp <= 0 {
		if exp < -10 {
			return sign
		}
		shift := uint(14 - exp)
		return sign | uint16(roundShift(man|0x800000, shift))
	}
	// A mantissa that rounds up to the next power of two carries into the exponent, which is right.
	return sign | uint16(uint32(exp)<<10+roundShift(man, 13))
}

// roundShift shifts v right, rounding to nearest, ties to even.
func roundShift(v uint32, shift uint) uint32 {
	r := v >> shift
	rest, half := v&(1<<shift-1), uint32(1)<<(shift-1)
	if rest > half || rest == half && r&1 == 1 {
		r++
	}
	return r
}

package draw

import "strconv"

// RGB is a colour of 8 bits a channel. The fourth byte is 1 for a colour and
// 0 for "the terminal's own".
type RGB struct{ R, G, B, set uint8 }

// rgb is the colour of a hexadecimal number 0xRRGGBB.
func rgb(hex uint32) RGB { return RGB{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 1} }

// IsSet tells whether it is a colour at all, rather than the terminal's own.
func (c RGB) IsSet() bool { return c.set != 0 }

// Hex is the colour as #rrggbb.
func (c RGB) Hex() string {
	const digits = "0123456789abcdef"
	return string([]byte{
		'#', digits[c.R>>4], digits[c.R&15], digits[c.G>>4], digits[c.G&15], digits[c.B>>4], digits[c.B&15],
	})
}

// mix is the colour that is part of the way, share of 0 to 1, from c to d.
func (c RGB) mix(d RGB, share float64) RGB {
	ch := func(a, b uint8) uint8 { return uint8(float64(a) + (float64(b)-float64(a))*share + 0.5) }
	return RGB{ch(c.R, d.R), ch(c.G, d.G), ch(c.B, d.B), 1}
}

// Depth is how many colours a terminal can show.
type Depth uint8

// The depths. DepthNone still shows bold, underlined and reversed text: that
// is what NO_COLOR asks for.
const (
	DepthTrue Depth = iota
	Depth256
	Depth16
	DepthNone
)

// cubeLevels are the six levels of a channel in the 256-colour cube.
var cubeLevels = [6]int{0, 95, 135, 175, 215, 255}

// index256 is the nearest of the 216 cube colours and 24 greys.
func (c RGB) index256() int {
	r, g, b := int(c.R), int(c.G), int(c.B)
	ri, gi, bi := cubeIndex(r), cubeIndex(g), cubeIndex(b)
	grey := clamp(((r+g+b)/3-3)/10, 0, 23)
	level := 8 + 10*grey
	cube := distance(r-cubeLevels[ri], g-cubeLevels[gi], b-cubeLevels[bi])
	if distance(r-level, g-level, b-level) < cube {
		return 232 + grey
	}
	return 16 + 36*ri + 6*gi + bi
}

func cubeIndex(v int) int {
	best := 0
	for i, level := range cubeLevels {
		if abs(v-level) < abs(v-cubeLevels[best]) {
			best = i
		}
	}
	return best
}

func distance(r, g, b int) int { return r*r + g*g + b*b }

func abs(v int) int { return max(v, -v) }

// appendColour adds the parameters of one colour to a select-graphic-rendition
// sequence. ansi is the nearest of the sixteen: 0 to 15, or -1 for none.
func appendColour(dst []byte, depth Depth, c RGB, ansi int8, behind bool) []byte {
	base := int64(30)
	if behind {
		base = 40
	}
	switch {
	case depth == DepthNone:
	case depth == Depth16:
		if ansi >= 8 {
			dst = strconv.AppendInt(append(dst, ';'), base+60+int64(ansi)-8, 10)
		} else if ansi >= 0 {
			dst = strconv.AppendInt(append(dst, ';'), base+int64(ansi), 10)
		}
	case !c.IsSet():
	case depth == Depth256:
		dst = strconv.AppendInt(append(dst, ';'), base+8, 10)
		dst = strconv.AppendInt(append(dst, ";5;"...), int64(c.index256()), 10)
	default:
		dst = strconv.AppendInt(append(dst, ';'), base+8, 10)
		dst = append(dst, ";2"...)
		for _, v := range [3]uint8{c.R, c.G, c.B} {
			dst = strconv.AppendInt(append(dst, ';'), int64(v), 10)
		}
	}
	return dst
}

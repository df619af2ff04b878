package report

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// palette reads the colours of one of the two themes of the page's style.
func palette(t *testing.T, block string) map[string][3]float64 {
	t.Helper()
	colours := map[string][3]float64{}
	for _, m := range regexp.MustCompile(`--([a-z0-9]+): (#[0-9a-f]{6}|[0-9]+, [0-9]+, [0-9]+);`).FindAllStringSubmatch(block, -1) {
		var c [3]float64
		if hex, is := strings.CutPrefix(m[2], "#"); is {
			for i := range c {
				v, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
				c[i] = float64(v)
			}
		} else if _, err := fmt.Sscanf(m[2], "%g, %g, %g", &c[0], &c[1], &c[2]); err != nil {
			t.Fatal(err)
		}
		colours[m[1]] = c
	}
	return colours
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(c [3]float64) float64 {
	l := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := c[i] / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		l += weight * v
	}
	return l
}

func contrast(a, b [3]float64) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// over is a colour that is so opaque, on another.
func over(top, ground [3]float64, opacity float64) (c [3]float64) {
	for i := range c {
		c[i] = top[i]*opacity + ground[i]*(1-opacity)
	}
	return c
}

// All text can be read on what it stands on, in light and dark: level AA of
// WCAG 2.2, 4.5 to 1. Lines of drawings are no fainter.
func TestContrast(t *testing.T) {
	light, dark, found := strings.Cut(pageStyle, "@media screen and (prefers-color-scheme: dark)")
	if !found {
		t.Fatal("there is no dark theme")
	}
	dark, _, _ = strings.Cut(dark, "* { box-sizing")
	light, _, _ = strings.Cut(light, "* { box-sizing")
	heats := regexp.MustCompile(`\.h([1-6]) \{ background: rgba\(var\(--heat\), (\.[0-9]+)\)`).FindAllStringSubmatch(pageStyle, -1)
	if len(heats) != 6 {
		t.Fatalf("%d depths of a heat map", len(heats))
	}
	for theme, block := range map[string]string{"light": light, "dark": dark} {
		c := palette(t, block)
		if len(c) < 20 {
			t.Fatalf("%d colours in the %s theme", len(c), theme)
		}
		check := func(what string, text, ground [3]float64, least float64) {
			if got := contrast(text, ground); got < least {
				t.Errorf("%s: %s has a contrast of %.2f, less than %g", theme, what, got, least)
			}
		}
		for _, text := range []string{"ink", "faint", "good", "warn", "bad", "link"} {
			check(text+" on paper", c[text], c["paper"], 4.5)
			check(text+" on a card", c[text], c["card"], 4.5)
		}
		for k := range 11 {
			name := fmt.Sprintf("k%d", k)
			check("a number on a bar of "+name, c["paper"], c[name], 4.5)
			check("a letter in "+name, c[name], c["card"], 4.5)
		}
		for _, h := range heats {
			opacity, _ := strconv.ParseFloat(h[2], 64)
			check("a number in depth "+h[1], c["ink"], over(c["heat"], c["paper"], opacity), 4.5)
		}
		for _, text := range []string{"bad", "warn"} {
			check(text+" where somebody notices", c[text], over(c["heat"], c["paper"], 0.13), 4.5)
		}
		check("the row's name of a heat map", c["faint"], c["paper"], 4.5)
	}
}

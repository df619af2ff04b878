package report

import (
	"math"
	"strconv"
	"strings"

	"eddy/sim"
)

// absent stands for a number that has no value.
const absent = "–"

// human writes a number for a person: its unit, three significant digits.
func human(v sim.Number, u sim.Unit) string {
	if !v.Valid {
		return absent
	}
	switch u {
	case sim.UnitSeconds:
		return duration(v.Value)
	case sim.UnitPerSecond:
		return rate(v.Value)
	case sim.UnitBytes:
		return size(v.Value)
	case sim.UnitShare:
		return percent(v.Value)
	}
	return quantity(v.Value)
}

// duration writes seconds: 831ns, 12.4ms, 2.31s, 2m24s, 3d4h.
func duration(s float64) string {
	if s < 0 {
		return "−" + duration(-s)
	}
	s = round3(s)
	switch {
	case s == 0:
		return "0s"
	case s < 1e-6:
		return digits3(s*1e9) + "ns"
	case s < 1e-3:
		return digits3(s*1e6) + "µs"
	case s < 1:
		return digits3(s*1e3) + "ms"
	case s < 60:
		return digits3(s) + "s"
	}
	return span(s)
}

// span writes a length of a minute and more in its two largest units,
// without the second if that is nothing: 10m, 2m24s, 1h12m, 3d4h. It takes
// whole seconds exactly as they are, so it is also how a length that
// somebody wrote is said.
func span(s float64) string {
	const minute, hour, day = 60, 3600, 86400
	two := func(large float64, a string, small float64, b string) string {
		n := math.Round(s / small)
		per := large / small
		high := math.Floor(n / per)
		text := strconv.FormatFloat(high, 'f', 0, 64) + a
		if low := n - float64(high*per); low > 0 {
			text += strconv.FormatFloat(low, 'f', 0, 64) + b
		}
		return text
	}
	switch {
	case s < minute:
		return strconv.FormatFloat(s, 'g', 6, 64) + "s"
	case math.Round(s) < hour:
		return two(minute, "m", 1, "s")
	case math.Round(s/minute) < day/minute:
		return two(hour, "h", minute, "m")
	}
	return two(day, "d", hour, "h")
}

// rate writes events per second: 0.5/s, 12.3/s, 1,234/s, 45.6k/s.
func rate(v float64) string {
	switch r := round3(math.Abs(v)); {
	case r >= 1e9:
		return digits3(v/1e9) + "G/s"
	case r >= 1e6:
		return digits3(v/1e6) + "M/s"
	case r >= 1e4:
		return digits3(v/1e3) + "k/s"
	}
	return quantity(v) + "/s"
}

// size writes bytes in powers of 1024: 512B, 1.50KiB.
func size(v float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	i := 0
	for i < len(units)-1 && round3(math.Abs(v)) >= 1000 {
		v /= 1024
		i++
	}
	if i == 0 {
		return quantity(v) + "B"
	}
	return digits3(v) + units[i]
}

// percent writes a share. Near none and near all it keeps the digits that
// tell "nearly" from "entirely".
func percent(share float64) string {
	p := share * 100
	switch {
	case p == 0 || p == 100:
		return strconv.FormatFloat(p, 'f', 0, 64) + "%"
	case p > 0 && p < 0.01:
		return "<0.01%"
	case p > 99.99 && p < 100:
		return ">99.99%"
	case p > 99 && p < 100, p > 0 && p < 1:
		return strconv.FormatFloat(p, 'f', 2, 64) + "%"
	case p < 10:
		return strconv.FormatFloat(p, 'f', 1, 64) + "%"
	}
	return strconv.FormatFloat(p, 'f', 0, 64) + "%"
}

// quantity writes a plain number: whole ones and those from 100 on as whole
// numbers with separators, others with three significant digits.
func quantity(v float64) string {
	if v < 0 {
		return "−" + quantity(-v)
	}
	switch {
	case v == 0:
		return "0"
	case v >= 1e15:
		return strconv.FormatFloat(v, 'g', 3, 64)
	case v == math.Floor(v), round3(v) >= 100:
		return integer(int64(math.Round(v)))
	}
	return digits3(v)
}

// precise writes a number that is known to within ± doubt (> 0): with the
// decimals that show two digits of the doubt, at most six, and in the unit
// that suits most, the largest of the numbers it stands beside.
func precise(v float64, u sim.Unit, most, doubt float64) string {
	factor, suffix := scale(u, most)
	decimals := 0
	for step := doubt * factor; step < 9.5 && decimals < 6; step *= 10 {
		decimals++
	}
	v *= factor
	sign := ""
	if v < 0 {
		sign, v = "−", -v
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if before, after, _ := strings.Cut(text, "."); len(before) > 3 && len(before) < 16 {
		n, _ := strconv.ParseInt(before, 10, 64)
		text = integer(n)
		if after != "" {
			text += "." + after
		}
	}
	return sign + text + suffix
}

// scale is what numbers of a unit are multiplied by to be read, and what is
// written after them, where the largest is most.
func scale(u sim.Unit, most float64) (factor float64, suffix string) {
	switch u {
	case sim.UnitSeconds:
		switch {
		case most < 1e-6:
			return 1e9, "ns"
		case most < 1e-3:
			return 1e6, "µs"
		case most < 1:
			return 1e3, "ms"
		}
		return 1, "s"
	case sim.UnitPerSecond:
		return 1, "/s"
	case sim.UnitShare:
		return 100, "%"
	case sim.UnitBytes:
		switch {
		case most >= 1<<30:
			return 1.0 / (1 << 30), "GiB"
		case most >= 1<<20:
			return 1.0 / (1 << 20), "MiB"
		case most >= 1<<10:
			return 1.0 / (1 << 10), "KiB"
		}
		return 1, "B"
	}
	return 1, ""
}

// integer writes a whole number with a comma between each three digits.
func integer(n int64) string { return sim.Counted(n) }

// digits3 writes v with three significant digits, but never more than three
// before an exponent is needed.
func digits3(v float64) string {
	v = round3(v)
	switch a := math.Abs(v); {
	case v == 0:
		return "0"
	case a >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case a >= 1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// round3 rounds to three significant decimal digits, through text, for that
// is exact and the same everywhere.
func round3(v float64) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 2, 64), 64)
	return r
}

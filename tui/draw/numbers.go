package draw

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Missing stands for a number that is not known: there was nothing to measure.
const Missing = "–"

// Duration is a length of time in three digits or fewer, at most six cells: 0s,
// 850ns, 8.2µs, 240µs, 31ms, 2.81s, 48.2s, 3m12s, 2h05m, 3d04h. It rounds
// half away from zero; a negative length has a sign before it.
func Duration(d time.Duration) string {
	if d < 0 {
		if d == math.MinInt64 {
			d++
		}
		return "−" + Duration(-d)
	}
	switch {
	case d == 0:
		return "0s"
	case d < time.Microsecond:
		return strconv.FormatInt(int64(d), 10) + "ns"
	case d < 999_500*time.Nanosecond:
		return shortUnit(d, time.Microsecond) + "µs"
	case d < 999_500*time.Microsecond:
		return shortUnit(d, time.Millisecond) + "ms"
	case d < 59_950*time.Millisecond:
		return seconds(d) + "s"
	}
	return minutes(d)
}

// Tidy is Duration without zeros that say nothing: 1s, 1.5s, 3m, 2h. For
// settings and axes; for numbers that change, Duration keeps its width.
func Tidy(d time.Duration) string {
	text := Duration(d)
	switch {
	case strings.HasSuffix(text, "m00s"), strings.HasSuffix(text, "h00m"), strings.HasSuffix(text, "d00h"):
		return text[:len(text)-3]
	case strings.Contains(text, ".") && strings.HasSuffix(text, "s"):
		digits := strings.TrimRight(text, "nµms")
		return strings.TrimSuffix(strings.TrimRight(digits, "0"), ".") + text[len(digits):]
	}
	return text
}

// shortUnit has one decimal below ten units.
func shortUnit(d, unit time.Duration) string {
	if d < unit*995/100 {
		tenths := int64((d + unit/20) / (unit / 10))
		return trimZero(strconv.FormatInt(tenths/10, 10) + "." + strconv.FormatInt(tenths%10, 10))
	}
	return strconv.FormatInt(int64((d+unit/2)/unit), 10)
}

// trimZero leaves out ".0".
func trimZero(s string) string { return strings.TrimSuffix(s, ".0") }

func seconds(d time.Duration) string {
	if d < 9_995*time.Millisecond {
		return strconv.FormatFloat(float64(d.Round(10*time.Millisecond))/1e9, 'f', 2, 64)
	}
	return strconv.FormatFloat(float64(d.Round(100*time.Millisecond))/1e9, 'f', 1, 64)
}

func minutes(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d.Round(time.Second) < time.Hour:
		d = d.Round(time.Second)
		return strconv.Itoa(int(d/time.Minute)) + "m" + twoDigits(int(d%time.Minute/time.Second)) + "s"
	case d.Round(time.Minute) < day:
		d = d.Round(time.Minute)
		return strconv.Itoa(int(d/time.Hour)) + "h" + twoDigits(int(d%time.Hour/time.Minute)) + "m"
	case d < 100*day:
		d = d.Round(time.Hour)
		return strconv.Itoa(int(d/day)) + "d" + twoDigits(int(d%day/time.Hour)) + "h"
	}
	return Short(float64(d/day)) + "d"
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// Clock is a moment since the start to the millisecond: 02:24.380, or
// 1:02:24.380 from an hour on. It rounds down, so that a moment is never shown before
// it has come.
func Clock(t time.Duration) string {
	ms := int64(max(0, t) / time.Millisecond)
	text := strconv.FormatInt(ms%1000, 10)
	return clock(ms/1000, true) + "." + strings.Repeat("0", 3-len(text)) + text
}

// ClockShort is a moment since the start to the second, rounded down: 2:24.
func ClockShort(t time.Duration) string { return clock(int64(max(0, t)/time.Second), false) }

func clock(s int64, pad bool) string {
	h, m := s/3600, int(s%3600/60)
	rest := twoDigits(int(s % 60))
	switch {
	case h > 0:
		return strconv.FormatInt(h, 10) + ":" + twoDigits(m) + ":" + rest
	case pad:
		return twoDigits(m) + ":" + rest
	}
	return strconv.Itoa(m) + ":" + rest
}

// Rate is a number of events a second in at most six cells: 0/s, 0.25/s,
// 2.4/s, 214/s, 1.2k/s, 60k/s. Not a number is Missing.
func Rate(perSecond float64) string {
	if math.IsNaN(perSecond) {
		return Missing
	}
	return Short(perSecond) + "/s"
}

// Short is a number in at most four cells and a sign: 0, 0.25, 2.4, 48, 536,
// 2k, 12.3k has become 12k, 1.2M. Infinity is ∞; not a number is Missing.
func Short(v float64) string {
	switch {
	case math.IsNaN(v):
		return Missing
	case math.IsInf(v, 0):
		if v < 0 {
			return "−∞"
		}
		return "∞"
	case v < 0:
		if text := Short(-v); text != "0" {
			return "−" + text
		}
		return "0"
	case v < 0.005:
		return "0"
	case v < 0.995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 999.5:
		return trimZero(threeOrLess(v))
	}
	for _, unit := range []string{"k", "M", "G", "T", "P"} {
		v /= 1000
		if v < 999.5 {
			return trimZero(threeOrLess(v)) + unit
		}
	}
	return strconv.FormatFloat(v*1e15, 'e', 0, 64)
}

// threeOrLess has one decimal below ten, none from there on.
func threeOrLess(v float64) string {
	if v < 9.95 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

// Count is a whole number with its thousands apart: 431,902.
func Count(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "−", text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return sign + text
}

// Percent is a share of one in percent: 0%, 0.03%, 4.1%, 82%, 100%. A share
// that is not quite all is never shown as 100%, nor one above zero as 0%.
func Percent(share float64) string {
	p := share * 100
	switch {
	case math.IsNaN(p) || math.IsInf(p, 0):
		return Missing
	case p < 0:
		return "−" + Percent(-share)
	case p == 0:
		return "0%"
	case p < 0.01:
		return "<0.01%"
	case p < 0.095:
		return strconv.FormatFloat(p, 'f', 2, 64) + "%"
	case p < 9.95:
		return trimZero(strconv.FormatFloat(p, 'f', 1, 64)) + "%"
	case p > 99.95 && p < 100:
		return ">99.9%"
	case p >= 99.5 && p < 100:
		return strconv.FormatFloat(math.Floor(p*10)/10, 'f', 1, 64) + "%"
	}
	return strconv.FormatFloat(p, 'f', 0, 64) + "%"
}

// Bytes is a size in at most six cells, in powers of 1024: 512B, 2KiB, 1.5MiB.
func Bytes(n float64) string {
	if math.IsNaN(n) || math.IsInf(n, 0) || n < 0 {
		return Missing
	}
	if n < 1023.5 {
		return strconv.FormatFloat(math.Round(n), 'f', 0, 64) + "B"
	}
	units := []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	for i, unit := range units {
		n /= 1024
		if n < 999.5 || i == len(units)-1 {
			return trimZero(threeOrLess(n)) + unit
		}
	}
	return Missing
}

// Ratio is a number around one with two decimals: a utilisation, 0.78, 1.11.
func Ratio(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Missing
	}
	if v >= 99.95 {
		return Short(v)
	}
	return strings.Replace(strconv.FormatFloat(v, 'f', 2, 64), "-", "−", 1)
}

package sim

import (
	"math"
	"strconv"
	"strings"
)

// What findings say is for people: numbers with their units and three
// significant digits, counts with separators.

// digits writes a number with three significant digits: 0.0123, 1.25, 40, 1,230.
func digits(v float64) string {
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'e', 2, 64), 64)
	if a := math.Abs(v); a >= 1000 && a < 1e15 {
		return counted(int64(v))
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// counted writes a whole number with a comma between each three digits.
func counted(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// times is a count and its noun.
func times(n int64, one, many string) string { return counted(n) + " " + plural(n, one, many) }

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// perSecondText writes a rate.
func perSecondText(v float64) string { return digits(v) + "/s" }

// percentText writes a share. What is nearly everything keeps the digits that
// tell it from everything.
func percentText(share float64) string {
	p := 100 * share
	switch {
	case p > 0 && p < 0.01:
		return "less than 0.01%"
	case p > 99 && p < 100:
		return strconv.FormatFloat(math.Floor(p*100)/100, 'f', 2, 64) + "%"
	}
	return digits(p) + "%"
}

// secondsText writes a length of time: 250ms, 1.43s, 30s, 2m10s, 3h5m, 2d4h.
func secondsText(s float64) string {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(s, 'e', 2, 64), 64)
	switch {
	case r <= 0:
		return "0s"
	case r < 1e-6:
		return digits(s*1e9) + "ns"
	case r < 1e-3:
		return digits(s*1e6) + "µs"
	case r < 1:
		return digits(s*1e3) + "ms"
	case r < 60:
		return digits(s) + "s"
	case r >= 1e15:
		return digits(s) + "s"
	}
	units := []struct {
		name string
		size int64
	}{{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}}
	for i, u := range units[:3] {
		small := units[i+1]
		if n := int64(math.Round(s/float64(small.size))) * small.size; n >= u.size {
			text := counted(n/u.size) + u.name
			if rest := n % u.size / small.size; rest > 0 {
				text += strconv.FormatInt(rest, 10) + small.name
			}
			return text
		}
	}
	return digits(s) + "s"
}

// roundUp is the next number of the series 1, 1.5, 2, 3, 5, 7, 10 … that is at
// least v > 0: as a person would write a limit.
func roundUp(v float64) float64 {
	scale := 1.0
	for v > float64(scale*10) {
		scale *= 10
	}
	for v <= scale/10 {
		scale /= 10
	}
	for _, step := range []float64{1, 1.5, 2, 3, 5, 7} {
		if v <= float64(step*scale) {
			return step * scale
		}
	}
	return 10 * scale
}

// settingSeconds writes a length of time as a scenario takes it, rounded up.
func settingSeconds(s float64) string {
	if s < 1 {
		return strconv.FormatInt(int64(math.Ceil(roundUp(max(1, s*1000)))), 10) + "ms"
	}
	return strconv.FormatInt(int64(math.Ceil(roundUp(s))), 10) + "s"
}

// listed is a list of names as one says it.
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// Digits, Counted, PercentText, PerSecondText, SecondsText, Times and Listed
// write things as findings do, and SettingSeconds a length of time as a scenario
// takes it, for what is found before a run and for reports.
func Digits(v float64) string                { return digits(v) }
func Counted(n int64) string                 { return counted(n) }
func PercentText(share float64) string       { return percentText(share) }
func PerSecondText(v float64) string         { return perSecondText(v) }
func SecondsText(s float64) string           { return secondsText(s) }
func SettingSeconds(s float64) string        { return settingSeconds(s) }
func Times(n int64, one, many string) string { return times(n, one, many) }
func Listed(names []string) string           { return listed(names) }

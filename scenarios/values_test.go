package scenarios

import (
	"math"
	"strings"
	"testing"

	"eddy/sim/spec"
)

func TestDurations(t *testing.T) {
	for text, want := range map[string]spec.Nanos{
		"0": 0, "1ns": 1, "250ms": 250 * spec.Millisecond, "1.5s": 1500 * spec.Millisecond, "2m": 2 * spec.Minute,
		"1h30m": 90 * spec.Minute, "1d": spec.Day, "0.3us": 300, "7µs": 7000, "7μs": 7000, "1h0m0.5s": spec.Hour + spec.Second/2,
		"36500d": spec.MaxDuration, "0.6ns": 1, "0s": 0, "1d1h1m1s1ms1us1ns": spec.Day + spec.Hour + spec.Minute + spec.Second + spec.Millisecond + spec.Microsecond + 1,
	} {
		got, f := parseNanos(text)
		if f != nil || got != want {
			t.Errorf("%s is %d, want %d (%v)", text, got, want, f)
			continue
		}
		if back, f := parseNanos(writeNanos(got)); f != nil || back != got {
			t.Errorf("%s is written as %s", text, writeNanos(got))
		}
	}
	for text, suggestion := range map[string]string{
		"10": "10s", "": "", "s": "", "-1s": "", "+1s": "1s", "1.s": "1s", ".5s": "0.5s", "01s": "1s", "1 s": "1s", "1sec": "1s", "2hours": "2h", "1_000ms": "1000ms",
		"1m1h": "", "1s1s": "", "36501d": "", "1e3ms": "", "0x1ms": "", "0.1ns": "", "NaN": "", "infs": "", "1,000ms": "1000ms", "10S": "10s", "5w": "", "1ms,": "", "00": "",
	} {
		switch _, f := parseNanos(text); {
		case f == nil:
			t.Errorf("%q is accepted", text)
		case f.suggestion != suggestion:
			t.Errorf("%q: suggested %q, want %q (%s)", text, f.suggestion, suggestion, f.problem)
		}
	}
}

func TestRates(t *testing.T) {
	for text, want := range map[string]spec.Rate{
		"120/s": {Events: 120, Per: spec.Second}, "90/m": {Events: 90, Per: spec.Minute}, "10/h": {Events: 10, Per: spec.Hour}, "5/d": {Events: 5, Per: spec.Day},
		"0.5/s": {Events: 1, Per: 2 * spec.Second}, "2.5/s": {Events: 5, Per: 2 * spec.Second}, "0/s": {Events: 0, Per: spec.Second},
		"1000000000/s": {Events: 1_000_000_000, Per: spec.Second}, "0.00001/h": {Events: 1, Per: 100_000 * spec.Hour}, "33.333/s": {Events: 33333, Per: 1000 * spec.Second},
	} {
		got, f := parseRate(text)
		if f != nil || got != want {
			t.Errorf("%s is %v, want %v (%v)", text, got, want, f)
			continue
		}
		if back, f := parseRate(writeRate(got)); f != nil || back != got {
			t.Errorf("%s is written as %s", text, writeRate(got))
		}
	}
	for text, suggestion := range map[string]string{
		"120": "120/s", "120/sec": "120/s", "120/ s": "120/s", "120 /s": "120/s", "-1/s": "", "/s": "", "120rps": "120/s", "1e3/s": "1000/s", "1_000/s": "1000/s",
		"1000000001/s": "", "0.0000001/d": "", "120/w": "", "120/min": "120/m", "1/2s": "",
	} {
		switch _, f := parseRate(text); {
		case f == nil:
			t.Errorf("%q is accepted", text)
		case f.suggestion != suggestion:
			t.Errorf("%q: suggested %q, want %q (%s)", text, f.suggestion, suggestion, f.problem)
		}
	}
}

func TestChances(t *testing.T) {
	for text, want := range map[string]float64{"2%": 0.02, "0.02": 0.02, "0": 0, "1": 1, "100%": 1, "0.1%": 0.001, "33.3%": 0.333, "0%": 0} {
		got, f := parseChance(text)
		if f != nil || got != want {
			t.Errorf("%s is %v, want %v (%v)", text, got, want, f)
			continue
		}
		if back, f := parseChance(writeChance(got)); f != nil || back != got {
			t.Errorf("%s is written as %s", text, writeChance(got))
		}
	}
	for _, text := range []string{"", "%", "101%", "1.1", "-1%", "2 %", "1e-2", "two", "2%%", ".5", "5 percent"} {
		if _, f := parseChance(text); f == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]float64{"512B": 512, "2KiB": 2048, "2KB": 2000, "1MB": 1e6, "1.5MiB": 1.5 * (1 << 20), "1GiB": 1 << 30, "3GB": 3e9, "0": 0} {
		got, f := sizeQuantity.float(text)
		if f != nil || got != want {
			t.Errorf("%s is %v, want %v (%v)", text, got, want, f)
			continue
		}
		if back, f := sizeQuantity.float(sizeQuantity.write(got)); f != nil || back != got {
			t.Errorf("%s is written as %s", text, sizeQuantity.write(got))
		}
	}
	for text, suggestion := range map[string]string{"512": "512B", "2kb": "2KB", "1 MB": "1MB", "2K": "2KB", "1KiB1B": "", "-1B": "", "1TiB": ""} {
		switch _, f := sizeQuantity.float(text); {
		case f == nil:
			t.Errorf("%q is accepted", text)
		case f.suggestion != suggestion:
			t.Errorf("%q: suggested %q, want %q", text, f.suggestion, suggestion)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, text := range []string{"0x10", "1e5", "1_000", "1,000", "NaN", ".inf", "inf", "+5", "007", ".5", "5.", "", "-", "1.2.3", "٣", strings.Repeat("1", 101)} {
		if _, f := parseNumber(text); f == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	for text, want := range map[string]int64{"0": 0, "12": 12, "9223372036854775807": math.MaxInt64} {
		if got, f := parseWhole(text, 0, math.MaxInt64); f != nil || got != want {
			t.Errorf("%s is %d (%v)", text, got, f)
		}
	}
	for _, text := range []string{"1.5", "1.0", "-1", "9223372036854775808", "1e3", strings.Repeat("9", 200)} {
		if _, f := parseWhole(text, 0, math.MaxInt64); f == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

// Every number a distribution can have must be written so that it reads back
// as the same float.
func TestQuantitiesReadBack(t *testing.T) {
	for _, q := range []*quantity{durationQuantity, sizeQuantity, numberQuantity} {
		for _, v := range []float64{0, 1, 0.1, 1.0 / 3, 1e6, 1.5e9, 123456789.123, 2.0 / 7e3, 900719925474099.3, 1e-20, 86400e9, 1234567e9} {
			if v < 1e15 {
				text := q.write(v)
				if back, f := q.float(text); f != nil || back != v {
					t.Errorf("%v of %s is written as %s and read as %v (%v)", v, q.what, text, back, f)
				}
			}
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"a", "A1", "order.placed", "shop.bus", "a_b-c.d", "注文", "заказ", "été", "é", strings.Repeat("x", 64), "5"} {
		if problem := nameFlaw(name); problem != "" {
			t.Errorf("%q is refused: %s", name, problem)
		}
	}
	for _, name := range []string{"", ".a", "a.", "-a", "a_", "a b", "a/b", "a:b", "a\tb", "*", strings.Repeat("x", 65), "a\u200b", "🚀"} {
		if nameFlaw(name) == "" {
			t.Errorf("%q is accepted", name)
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"order.placed", "order.placed", true},
		{"order.placed", "order", false},
		{"order.*", "order.placed", true},
		{"order.*", "order", false},
		{"order.*", "order.placed.late", false},
		{"order.#", "order", true},
		{"order.#", "order.a.b", true},
		{"#.placed", "placed", true},
		{"#.placed", "a.b.placed", true},
		{"a.#.z", "a.z", true},
		{"a.#.z", "a.b.c.z", true},
		{"order.>", "order", false},
		{"order.>", "order.a.b", true},
		{">", "a", true},
		{"#", "a.b", true},
		{"*", "a.b", false},
	} {
		p, f := parsePattern(c.pattern)
		if f != nil {
			t.Errorf("%s: %s", c.pattern, f.problem)
			continue
		}
		if got := matchWords(p.Words, strings.Split(c.name, ".")); got != c.want {
			t.Errorf("%s matches %s: %v", c.pattern, c.name, got)
		}
	}
	for _, text := range []string{"order.pl*", "a.>.b", ".a", "a.", "", "a b", "a#"} {
		if _, f := parsePattern(text); f == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestSuggestions(t *testing.T) {
	names := []string{"payment", "orders", "orders.dlq", "work", "dead_letter", "latency"}
	for word, want := range map[string]string{
		"paymant": "payment", "oders": "orders", "wrok": "work", "WORK": "work", "dead": "dead_letter", "latencies": "latency", "nothing": "", "": "", "x": "",
		"deadletter": "dead_letter", "order.dlq": "orders.dlq",
	} {
		if got := closest(word, names); got != want {
			t.Errorf("%q: suggested %q, want %q", word, got, want)
		}
	}
}

package draw_test

import (
	"math"
	"testing"
	"time"

	"eddy/tui/draw"
)

func pow(x, y float64) float64 { return math.Pow(x, y) }

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 1: "1ns", 850: "850ns", 999: "999ns", 1000: "1µs", 8240: "8.2µs", 9940: "9.9µs", 9960: "10µs", 240_400: "240µs",
		999_499: "999µs", 999_500: "1ms", 8_200_000: "8.2ms", 31_000_000: "31ms", 999_499_999: "999ms", 999_500_000: "1.00s",
		2_812_000_000: "2.81s", 9_994_000_000: "9.99s", 9_996_000_000: "10.0s", 48_250_000_000: "48.3s", 59_949_000_000: "59.9s",
		59_960_000_000: "1m00s", 192 * time.Second: "3m12s", time.Hour - time.Millisecond: "1h00m", 125 * time.Minute: "2h05m",
		76 * time.Hour: "3d04h", 400 * 24 * time.Hour: "400d", -31 * time.Millisecond: "−31ms", math.MaxInt64: "107kd",
	} {
		if got := draw.Duration(d); got != want {
			t.Errorf("Duration(%d) = %q, want %q", d, got, want)
		}
	}
	for d := time.Duration(1); d < 1<<61; d += d/7 + 1 {
		if got := draw.Duration(d); draw.Width(got) > 6 {
			t.Errorf("Duration(%d) = %q is wider than six cells", d, got)
		}
	}
	_ = draw.Duration(math.MinInt64)
	for d, want := range map[time.Duration]string{
		time.Second: "1s", 1500 * time.Millisecond: "1.5s", 10 * time.Second: "10s", 3 * time.Minute: "3m", 2 * time.Hour: "2h",
		192 * time.Second: "3m12s", 100 * time.Millisecond: "100ms", 0: "0s", 48 * time.Hour: "2d", 8_200_000: "8.2ms", 100: "100ns",
	} {
		if got := draw.Tidy(d); got != want {
			t.Errorf("Tidy(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	for d, want := range map[time.Duration][2]string{
		0: {"00:00.000", "0:00"}, 144_380_999_999: {"02:24.380", "2:24"}, 3744 * time.Second: {"1:02:24.000", "1:02:24"}, -5: {"00:00.000", "0:00"},
		59_999_999_999: {"00:59.999", "0:59"},
	} {
		if got := [2]string{draw.Clock(d), draw.ClockShort(d)}; got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct{ got, want string }{
		{draw.Rate(0), "0/s"},
		{draw.Rate(0.25), "0.25/s"},
		{draw.Rate(2.44), "2.4/s"},
		{draw.Rate(214.4), "214/s"},
		{draw.Rate(60123), "60k/s"},
		{draw.Rate(1234), "1.2k/s"},
		{draw.Rate(nan), "–"},
		{draw.Rate(999.6), "1k/s"},
		{draw.Short(-3), "−3"},
		{draw.Short(-0.001), "0"},
		{draw.Short(0.996), "1"},
		{draw.Short(9.96), "10"},
		{draw.Short(inf), "∞"},
		{draw.Short(999_600), "1M"},
		{draw.Short(2e9), "2G"},
		{draw.Short(math.MaxFloat64), "2e+308"},
		{draw.Count(431902), "431,902"},
		{draw.Count(-1234567), "−1,234,567"},
		{draw.Count(12), "12"},
		{draw.Count(0), "0"},
		{draw.Count(math.MinInt64), "−9,223,372,036,854,775,808"},
		{draw.Percent(0), "0%"},
		{draw.Percent(0.00001), "<0.01%"},
		{draw.Percent(0.0003), "0.03%"},
		{draw.Percent(0.041), "4.1%"},
		{draw.Percent(0.82), "82%"},
		{draw.Percent(1), "100%"},
		{draw.Percent(0.9999), ">99.9%"},
		{draw.Percent(0.9969), "99.6%"},
		{draw.Percent(0.9995), "99.9%"},
		{draw.Percent(-0.02), "−2%"},
		{draw.Percent(nan), "–"},
		{draw.Percent(12), "1200%"},
		{draw.Bytes(512), "512B"},
		{draw.Bytes(2048), "2KiB"},
		{draw.Bytes(1.5 * 1024 * 1024), "1.5MiB"},
		{draw.Bytes(nan), "–"},
		{draw.Bytes(1023.9), "1KiB"},
		{draw.Bytes(1e30), "867361737988EiB"},
		{draw.Ratio(0.784), "0.78"},
		{draw.Ratio(1.11), "1.11"},
		{draw.Ratio(nan), "–"},
		{draw.Ratio(250), "250"},
		{draw.Ratio(-0.5), "−0.50"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestBarsAndSparks(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct{ got, want string }{
		{draw.BarText(0, 1, 4), "    "},
		{draw.BarText(1, 1, 4), "████"},
		{draw.BarText(9, 1, 4), "████"},
		{draw.BarText(1e-9, 1, 4), "▏   "},
		{draw.BarText(0.5, 1, 3), "█▌ "},
		{draw.BarText(nan, 1, 2), "  "},
		{draw.BarText(1, 0, 2), "  "},
		{draw.BarText(1, nan, 2), "  "},
		{draw.SparkText([]float64{0, 1, 4, 8, nan, 9}, 8), "▁▁▄█ █"},
		{draw.SparkText([]float64{0, 0}, 0), "▁▁"},
		{draw.SparkText([]float64{-3, 2}, 0), "▁█"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	got := draw.Resample([]float64{1, 9, nan, nan, 2, 3, 4}, 3)
	if got[0] != 9 || got[1] != 9 && !math.IsNaN(got[1]) && got[1] < 0 || got[2] != 4 {
		t.Errorf("Resample loses peaks: %v", got)
	}
	over := draw.New(8, 2)
	over.Bar(0, 0, 8, draw.Bar{Value: 7.5, Max: 8, Limit: 5})
	over.Bar(0, 1, 8, draw.Bar{Value: 2, Max: 8, Limit: 5, Glyph: '·'})
	if want := "█████▓▓▌\n██···▏··"; over.String() != want {
		t.Errorf("got\n%s\nwant\n%s", over.String(), want)
	}
	g := draw.New(8, 2)
	g.Workers(0, 0, 8, 2, 1, 1)
	g.Workers(0, 1, 8, 10, 10, 1)
	if want := "■■□✗\n■■■■□□□✗"; g.String() != want {
		t.Errorf("got\n%s\nwant\n%s", g.String(), want)
	}
}

package tui

import (
	"strings"
	"testing"

	"eddy/sim"
	"eddy/sim/spec"
)

// TestPartitions: the flow shows what waits in each partition of a stream, marks
// the one that holds most of it and the stream as the place where it hurts.
func TestPartitions(t *testing.T) {
	f := FrameAt(builtin(t, "hot-partition"), sim.Options{}, 120*spec.Second)
	s := NewScreen("x")
	text := s.Draw(f, 120, 36).String()
	for _, want := range []string{"p0 ", "p5 ", "▲ p2 holds", "orders ▲"} {
		if !strings.Contains(text, want) {
			t.Errorf("the flow does not say %q:\n%s", want, text)
		}
	}
	node := f.World.NodeAt("channels.orders")
	sum := 0.0
	for _, lag := range f.lags(f.World.Nodes[node].Index, 0) {
		sum += lag
	}
	if sum != f.Points[node].Level || sum == 0 {
		t.Errorf("the partitions hold %v, the stream %v", sum, f.Points[node].Level)
	}
	s.View, s.Chosen = Component, f.World.NodeAt("consumers.fulfilment")
	if text := s.Draw(f, 120, 36).String(); !strings.Contains(text, "by partition") || !strings.Contains(text, "most: p2") || !strings.Contains(text, "the keys are uneven") {
		t.Errorf("the group's view does not show its partitions:\n%s", text)
	}
	for w := 1; w < 140; w += 5 {
		for h := 1; h < 45; h += 3 {
			s.View = View((w + h) % views)
			checkWidths(t, s.Draw(f, w, h), w, h)
		}
	}
	several := FrameAt(builtin(t, "stream-partitions"), sim.Options{}, 60*spec.Second)
	if text := NewScreen("x").Draw(several, 120, 36).String(); !strings.Contains(text, "8 partitions, each a bar") {
		t.Errorf("several groups are not told apart:\n%s", text)
	}
}

// TestSkewed: a partition is said to be one that stands out when it holds twice
// its share of enough.
func TestSkewed(t *testing.T) {
	for _, c := range []struct {
		lags []float64
		want bool
	}{{[]float64{1266, 0, 0}, true}, {[]float64{99, 0, 0}, false}, {[]float64{300, 300, 300}, false}, {[]float64{500, 100, 100, 100}, true}} {
		sum := 0.0
		for _, v := range c.lags {
			sum += v
		}
		if got := skewed(c.lags, sum, 0); got != c.want {
			t.Errorf("%v: %v", c.lags, got)
		}
	}
}

// TestTryLine: where there is little room, the value and what it comes to stay.
func TestTryLine(t *testing.T) {
	x := &sim.Finding{Change: []spec.Setting{{Path: "consumers.支払いサービス.instances", Value: "2"}}, Predicted: "ρ 0.5"}
	for w, want := range map[int]string{60: "try consumers.支払いサービス.instances=2 → ρ 0.5", 40: "try ….支払いサービス.instances=2 → ρ 0.5"} {
		if got := lineText(tryLine(x, w)); got != want {
			t.Errorf("in %d: %q, not %q", w, got, want)
		}
	}
}

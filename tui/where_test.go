package tui

import (
	"slices"
	"strings"
	"testing"

	"eddy/sim/spec"
	"eddy/tui/draw"
)

// TestUsual: the medians that an event is held against are those of all the
// families of its kind, those without a part counting as nothing of it.
func TestUsual(t *testing.T) {
	f := frames(t)["busy"]
	s := NewScreen("x")
	x := s.families(f)[0]
	u := s.usualOf(f, x.Type)
	var whole, works, failed []int64
	for i := len(f.Families) - 1; i >= 0 && len(whole) < usualMost; i-- {
		y := f.Families[i]
		if y.Type != x.Type || y.Ended < 0 || y.Failed || y.Cut {
			continue
		}
		var work, fail int64
		for _, p := range y.spent(f) {
			switch p.name {
			case "in work at payment":
				work = p.took
			case "failed at payment":
				fail = p.took
			}
		}
		whole, works, failed = append(whole, y.Ended-y.Created), append(works, work), append(failed, fail)
	}
	middle := func(list []int64) int64 {
		slices.Sort(list)
		return list[(len(list)-1)/2]
	}
	if u.of != len(whole) || u.of < 500 {
		t.Fatalf("the median is of %d families, there are %d", u.of, len(whole))
	}
	if u.took != middle(whole) || u.parts["in work at payment"] != middle(works) || u.parts["failed at payment"] != middle(failed) {
		t.Errorf("medians %d, %d, %d, not %d, %d, %d", u.took, u.parts["in work at payment"], u.parts["failed at payment"], middle(whole), middle(works), middle(failed))
	}
	if middle(works) == 0 || middle(failed) != 0 {
		t.Error("the run is not one that tells these apart")
	}
	if s.usualOf(f, x.Type) != u {
		t.Error("it is worked out again at every drawing")
	}
}

// TestSpent: the parts of every family add up to what it took, to the nanosecond.
func TestSpent(t *testing.T) {
	for name, f := range frames(t) {
		for _, x := range f.Families {
			sum := int64(0)
			for _, p := range x.spent(f) {
				sum += p.took
			}
			if sum != x.took(f.At()) {
				t.Fatalf("%s: the parts of %v add up to %d of %d", name, x.Root, sum, x.took(f.At()))
			}
		}
	}
}

// TestAgainst: what is said of a part, by what it usually takes.
func TestAgainst(t *testing.T) {
	u := &usual{of: usualLeast, parts: map[string]int64{"a": 100}}
	for _, c := range []struct {
		name  string
		took  int64
		total int64
		want  string
	}{
		{"a", 100, 1000, "≈"},
		{"a", 151, 1000, "▲ 1.5×"},
		{"a", 3800, 4000, "▲ 38×"},
		{"a", 50, 1000, "▼ 0.5×"},
		{"a", 200, 100_000, "2.0×"},
		{"b", 500, 1000, "▲ new"},
		{"b", 1, 1000, "new"},
	} {
		if got, _ := u.against(&part{name: c.name, took: c.took}, c.total); got != c.want {
			t.Errorf("%s %d of %d: %q, not %q", c.name, c.took, c.total, got, c.want)
		}
	}
	u.of--
	if got, _ := u.against(&part{name: "a", took: 1000}, 1000); got != "" {
		t.Errorf("of too few it says %q", got)
	}
}

// TestWhySlow: a slow event says what made it slow, against what is usual, and
// F leads to the finding whose change would mend that.
func TestWhySlow(t *testing.T) {
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(144 * spec.Second)
	m.settle(t)
	press(m, "3")
	text := strings.Join(strings.Fields(m.grid().String()), " ")
	for _, want := range []string{"against the median of", "waits in payments", "▲", "above all because it waited in", "instead of none", "try consumers.payment.instances=4", "F to it"} {
		if !strings.Contains(text, want) {
			t.Errorf("the inspector does not say %q:\n%s", want, text)
		}
	}
	press(m, "F")
	if x := m.screen.finding(m.frame); m.screen.View != Overview || x == nil || x.Component != "consumers.payment" || len(x.Change) == 0 {
		t.Errorf("F leads to %+v in view %d", x, m.screen.View)
	}
}

// TestInspectorRoom: its panels do not overlap and lie within the room, at every
// size, and z shows each of them alone, however small the screen is.
func TestInspectorRoom(t *testing.T) {
	for w := 1; w < 150; w++ {
		for h := 1; h < 60; h++ {
			for zoom := range inspectorZooms {
				for _, choosing := range []bool{false, true} {
					at := inspectorAreas(draw.Rect{W: w, H: h}, zoom, choosing)
					panels := []draw.Rect{at.list, at.life, at.where, at.fields, at.moment}
					covered := 0
					for i, a := range panels {
						if a.Empty() {
							continue
						}
						covered++
						if a.X < 0 || a.Y < 0 || a.X+a.W > w || a.Y+a.H > h {
							t.Fatalf("%d×%d zoom %d: panel %d is at %+v", w, h, zoom, i, a)
						}
						for _, b := range panels[:i] {
							if !b.Empty() && a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
								t.Fatalf("%d×%d zoom %d: %+v and %+v overlap", w, h, zoom, a, b)
							}
						}
					}
					if zoom > 0 && covered != 1 {
						t.Fatalf("%d×%d zoom %d shows %d panels", w, h, zoom, covered)
					}
				}
			}
		}
	}
	m := play(t, builtin(t, "order-fulfilment"))
	m.seek(144 * spec.Second)
	m.settle(t)
	m.w, m.h = 60, 16
	press(m, "3")
	m.screen.Moment = m.screen.lookAt(m.frame)
	for _, want := range []string{"payment #", "where its", "CloudEvents", "the system at", "slowest first"} {
		press(m, "z")
		if text := m.grid().String(); !strings.Contains(text, want) {
			t.Errorf("z does not come to %q:\n%s", want, text)
		}
	}
}

func BenchmarkUsual(b *testing.B) {
	f := frames(b)["busy"]
	for b.Loop() {
		newUsual(f, 0)
	}
}

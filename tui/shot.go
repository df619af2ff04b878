package tui

import (
	"fmt"
	"io"

	"eddy/report"
	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
)

// ShotOptions say what a shot is of and how it is written.
type ShotOptions struct {
	Name    string // of the scenario, as it was asked for
	Version string
	At      int64 // ns
	W, H    int
	View    string // of viewNames; "" is the overview
	Chosen  string // a component's name or path, "" for none
	Format  string // text, ansi or svg
	Theme   string
	Symbols string
	YAML    YAMLOf  // for the component's view; may be nil
	Pace    float64 // as it is shown; 0: ×1

	// Against is what the scenario is compared with, for the views compare and
	// statistics; Got is what paired runs of the two say, for statistics.
	Against *spec.Scenario
	Got     *report.Compared
}

// Shot writes one frame of the screen. The same scenario, seed and options give
// the same bytes.
func Shot(w io.Writer, sc *spec.Scenario, o ShotOptions) error {
	s := NewScreen(o.Name)
	if t, ok := draw.ThemeNamed(o.Theme); ok {
		s.Theme = t
	}
	if symbols, ok := draw.SymbolsNamed(o.Symbols); ok {
		s.Symbols = symbols
	}
	s.YAML = o.YAML
	if o.Against != nil {
		g := s.drawVersus(matchAt(sc, o), &versusChoice{result: o.View == statisticsView, side: 1}, o.W, o.H)
		return writeShot(w, g, s, o, o.At)
	}
	f := FrameAt(sc, sim.Options{Version: o.Version}, o.At)
	if o.Pace > 0 {
		f.Pace = o.Pace
	}
	for i, name := range viewNames {
		if name == o.View {
			s.View = View(i)
		}
	}
	if o.Chosen != "" {
		m := model{frame: f}
		if s.Chosen = m.named(o.Chosen); s.Chosen < 0 {
			return fmt.Errorf("there is no component %q", o.Chosen)
		}
	}
	if s.View == Inspector {
		s.Moment = s.lookAt(f)
	}
	return writeShot(w, s.Draw(f, o.W, o.H), s, o, f.At())
}

// writeShot writes what was drawn in the form that was asked for.
func writeShot(w io.Writer, g draw.Grid, s *Screen, o ShotOptions, at int64) error {
	var err error
	switch o.Format {
	case "svg":
		err = draw.SVG(w, g, s.Theme, "eddy "+o.Name+" at "+draw.ClockShort(nanos(at)))
	case "ansi":
		_, err = io.WriteString(w, draw.NewPainter(s.Theme, draw.DepthTrue, s.Symbols).Frame(g)+"\n")
	default:
		_, err = io.WriteString(w, draw.NewPainter(s.Theme, draw.DepthNone, s.Symbols).Plain(g)+"\n")
	}
	return err
}

// Names of the two pages of the compare view, for --view.
const (
	compareView    = "compare"
	statisticsView = "statistics"
)

// Views are the names of the views, for --view.
func Views() []string {
	return append(viewNames[:len(viewNames):len(viewNames)], compareView, statisticsView)
}

// Compares says whether a view is of two scenarios, and whether it is of paired
// runs of them.
func Compares(view string) (two, paired bool) {
	return view == compareView || view == statisticsView, view == statisticsView
}

// matchAt is the comparison of two scenarios at a moment.
func matchAt(sc *spec.Scenario, o ShotOptions) *Match {
	list := []*spec.Scenario{sc, o.Against}
	m := &Match{
		Duel: DuelAt(sc, o.Against, sim.Options{Version: o.Version}, o.At), Pair: 1, Of: 1,
		Names: [2]string{rivalName(list, 0), rivalName(list, 1)},
	}
	if o.Got != nil {
		m.Board, m.Pairs, m.Wanted, m.Share = o.Got.Board(), o.Got.Pairs, o.Got.Pairs, 1
	}
	return m
}

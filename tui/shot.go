package tui

import (
	"fmt"
	"io"

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
	g := s.Draw(f, o.W, o.H)
	var err error
	switch o.Format {
	case "svg":
		err = draw.SVG(w, g, s.Theme, "eddy "+o.Name+" at "+draw.ClockShort(nanos(f.At())))
	case "ansi":
		_, err = io.WriteString(w, draw.NewPainter(s.Theme, draw.DepthTrue, s.Symbols).Frame(g)+"\n")
	default:
		_, err = io.WriteString(w, draw.NewPainter(s.Theme, draw.DepthNone, s.Symbols).Plain(g)+"\n")
	}
	return err
}

// Views are the names of the views, for --view.
func Views() []string { return viewNames[:] }

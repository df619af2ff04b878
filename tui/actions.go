package tui

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
	"eddy/tui/graph"
)

// paces are the speeds that + and - go through; 0 is as fast as it goes.
var paces = []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 0}

func (m *model) setPace(by int) tea.Cmd {
	i := len(paces) - 1
	if m.frame.Pace > 0 {
		i = slices.IndexFunc(paces, func(p float64) bool { return p == 0 || p >= m.frame.Pace })
	}
	return m.paceAt(paces[max(0, min(len(paces)-1, i+by))])
}

// paceAt goes on at so many simulated seconds a second, 0 for as fast as it goes.
func (m *model) paceAt(pace float64) tea.Cmd {
	m.driver.ask(func(d *driver) {
		d.pace = pace
		d.restart()
	})
	f := *m.frame
	f.Pace = pace // several presses in one frame count
	m.frame = &f
	return nil
}

func (m *model) faster() tea.Cmd { return m.setPace(1) }
func (m *model) slower() tea.Cmd { return m.setPace(-1) }

func (m *model) togglePause() tea.Cmd {
	if m.frame.Over() {
		return m.refuse("the run is over; ← goes back, home to the start")
	}
	m.driver.ask(func(d *driver) {
		if !d.paused {
			// At a whole millisecond: what is changed now is written down with it.
			d.to((d.engine.Now() + spec.Millisecond - 1) / spec.Millisecond * spec.Millisecond)
		}
		d.paused, d.halt = !d.paused, ""
		d.restart()
	})
	return nil
}

func (m *model) stepOnce() tea.Cmd {
	return m.step(func(*World, *sim.Record) bool { return true })
}

// stepAtChosen goes to the next step of what is followed, or of the chosen component.
func (m *model) stepAtChosen() tea.Cmd {
	if x := m.frame.Followed; x != nil {
		root := x.Root
		return m.step(func(_ *World, r *sim.Record) bool { return r.Root == root })
	}
	node := m.screen.Chosen
	if node < 0 {
		return m.refuse("choose a component first: ↑ and ↓; or follow an event: f")
	}
	return m.step(func(w *World, r *sim.Record) bool { return w.nodeOf(r.Component) == node })
}

func (m *model) step(wanted func(*World, *sim.Record) bool) tea.Cmd {
	m.driver.ask(func(d *driver) {
		d.paused, d.halt = true, ""
		d.step(wanted)
	})
	return nil
}

// skip moves by hundredths of the duration.
func (m *model) skip(hundredths int64) tea.Cmd {
	return m.seek(m.at() + hundredths*m.frame.spec().Duration/100)
}

// seek goes to a moment. Of several wishes in a row only the last is run.
func (m *model) seek(at int64) tea.Cmd {
	at = max(0, min(at, m.frame.spec().Duration))
	m.driver.bound.Store(at)
	m.driver.ask(func(d *driver) {
		if d.bound.Load() == at {
			d.goTo(at)
			d.arrived(at)
		}
	})
	return nil
}

// at is the moment that the run is at, or on its way to: what the user does
// next is meant for there.
func (m *model) at() int64 {
	if to := m.driver.bound.Load(); to >= 0 {
		return to
	}
	m.look()
	return m.frame.At()
}

// goTo runs on to a moment, or again from the start when it has passed.
func (d *driver) goTo(at int64) {
	if at < d.engine.Now() {
		if _, over := d.engine.Ended(); over {
			d.paused = true // whoever goes back from the end wants to look around there
		}
		d.redo(d.sc, at)
		return
	}
	d.reach(at)
	d.restart()
}

func (m *model) askGoTo() tea.Cmd {
	m.screen.dialog = &prompt{
		heading: "go to", about: "a time such as 2m24s or 2:24, or an event such as web:12 that is kept",
		done: func(m *model, text string) tea.Cmd {
			if at, ok := moment(text); ok {
				return m.seek(at)
			}
			for _, x := range m.frame.Families {
				if id, _ := m.frame.Names.Event(x.Root); id == text {
					m.screen.View, m.screen.Only, m.screen.Row = Inspector, text, 0
					return nil
				}
			}
			return m.refuse("%q is neither a time nor an event that is kept; pause to see which are", text)
		},
	}
	return nil
}

// moment reads 2m24s, 2:24 or 1:02:24.5, in ns.
func moment(text string) (int64, bool) {
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return int64(d), true
	}
	total := 0.0
	for _, part := range strings.Split(text, ":") {
		v := number(part)
		if !(v >= 0 && v < 1e9) {
			return 0, false
		}
		total = total*60 + v
	}
	return int64(total * 1e9), strings.Contains(text, ":") && total < 9e9
}

// named is the node of a path or a bare name, -1 for none.
func (m *model) named(name string) int {
	for i, n := range m.frame.World.Nodes {
		if n.Name == name || m.frame.World.Path(i) == name {
			return i
		}
	}
	return -1
}

func (m *model) show(v View) tea.Cmd {
	m.screen.View, m.screen.Row, m.screen.Lane, m.screen.Deep, m.screen.Zoom = v, 0, 0, false, 0
	if v == Inspector && m.moving() {
		// Single events can only be looked at while they stand still.
		return m.togglePause()
	}
	return nil
}

// choose moves the choice: by rows in a list, through the graph elsewhere.
func (m *model) choose(dx, dy int) tea.Cmd {
	s := m.screen
	if s.View == Inspector {
		if s.Deep {
			s.Lane = max(0, s.Lane+dy)
		} else {
			s.Row, s.Lane = max(0, s.Row+dy), 0
		}
		return nil
	}
	if s.where() == InFindings {
		return m.chooseFinding(dy)
	}
	if s.Chosen < 0 {
		s.Chosen = m.frame.worst()
		return nil
	}
	if dx != 0 {
		return m.sideways(dx)
	}
	n := len(m.frame.World.Nodes)
	s.Chosen = ((s.Chosen+dy)%n + n) % n
	return nil
}

// sideways chooses what is beside the chosen component in the flow.
func (m *model) sideways(dx int) tea.Cmd {
	s := m.screen
	if s.layout.l == nil || !s.layout.ok || m.w < fullW || m.h < fullH {
		return m.refuse("there is no flow to go sideways in at this size; ↑ and ↓ choose")
	}
	dir := draw.East
	if dx < 0 {
		dir = draw.West
	}
	from := s.layout.l.BoxOf[s.Chosen]
	to := s.layout.l.Beside(from, dir)
	if to == from {
		return m.refuse("there is nothing beside it")
	}
	s.Chosen = s.layout.l.Boxes[to].Members[0]
	return nil
}

func (m *model) open() tea.Cmd {
	if m.gallery != nil {
		return m.openEntry()
	}
	switch m.screen.View {
	case Overview:
		if x := m.screen.finding(m.frame); x != nil {
			if node := m.frame.World.NodeAt(x.Component); node >= 0 {
				m.screen.Chosen = node
			}
		}
		if m.screen.Chosen < 0 {
			m.screen.Chosen = m.frame.worst()
		}
		return m.show(Component)
	case Component:
		m.screen.Only = m.frame.World.Nodes[max(0, m.screen.Chosen)].Name
		return m.show(Inspector)
	case Inspector:
		return m.intoEvent()
	}
	return nil
}

func (m *model) openEntry() tea.Cmd {
	list := m.gallery.found()
	if len(list) == 0 {
		return nil
	}
	return m.runEntry(list[max(0, min(m.gallery.chosen, len(list)-1))].Name)
}

// runEntry leaves the gallery for one of its scenarios.
func (m *model) runEntry(name string) tea.Cmd {
	sc, err := m.options.Open(name)
	if err != nil {
		return m.refuse("%s", err)
	}
	m.gallery = nil
	m.screen.Name, m.screen.View, m.screen.Chosen = name, Overview, -1
	m.play(sc)
	return nil
}

// back undoes the nearest choice: the ghost, a filter, the view, the choice of
// a component; then it leads to the gallery.
func (m *model) back() tea.Cmd {
	s := m.screen
	if m.gallery != nil {
		m.gallery.typed, m.gallery.yaml = "", false
		return nil
	}
	switch {
	case s.View == Inspector && s.Deep:
		s.Deep = false
	case s.Zoom > 0:
		s.Zoom = 0
	case m.frame.Followed != nil:
		m.driver.ask((*driver).letGo)
	case m.frame.Future > 0:
		m.driver.ask((*driver).forget)
	case s.Finding != "":
		s.Finding = ""
	case s.Only != "":
		s.Only = ""
	case s.View != Overview:
		s.View = Overview
	case s.Chosen >= 0:
		s.Chosen = -1
	case m.versus != nil:
		m.returnTo()
	case m.options.Scenario == nil:
		return m.toGallery()
	}
	return nil
}

// toGallery leaves a run for the gallery.
func (m *model) toGallery() tea.Cmd {
	if len(m.options.Gallery) == 0 {
		return m.refuse("there is no gallery here; eddy alone opens it")
	}
	m.close()
	m.endVersus()
	m.frame = nil
	m.gallery = &gallery{entries: m.options.Gallery}
	for i, e := range m.gallery.entries {
		if e.Name == m.screen.Name {
			m.gallery.chosen = i
		}
	}
	return nil
}

// zoom shows one panel alone, then the next, then all again. Where the overview
// is tables, there is no flow to show.
func (m *model) zoom() tea.Cmd {
	s := m.screen
	zooms := componentZooms
	switch s.View {
	case Overview:
		zooms = overviewZooms
	case Inspector:
		zooms = inspectorZooms
	case Ledger:
		return m.refuse("the ledger is one panel already")
	}
	s.Zoom = (s.Zoom + 1) % zooms
	if s.View == Overview && s.Zoom == 1 && (m.w < fullW || m.h < fullH) {
		s.Zoom = 2
	}
	return nil
}

func (m *model) askFilter() tea.Cmd {
	p := &prompt{heading: "find", done: func(*model, string) tea.Cmd { return nil }}
	switch {
	case m.gallery != nil:
		p.text, p.about = m.gallery.typed, "letters of a scenario's name or of what it is about"
		p.changed = func(m *model, text string) { m.gallery.typed, m.gallery.chosen = text, 0 }
	case m.screen.View == Inspector:
		p.text, p.about = m.screen.Only, "words: an id, a type, a key, a component it came to, done, failed, open; tries>1"
		p.changed = func(m *model, text string) { m.screen.Only, m.screen.Row = text, 0 }
	default:
		p.about = "letters of a component's name"
		p.changed = func(m *model, text string) { m.screen.Chosen = m.nearest(text) }
	}
	m.screen.dialog = p
	return nil
}

// nearest is the component whose name matches best, -1 for none.
func (m *model) nearest(typed string) int {
	best, score := -1, math.MaxInt
	for i, n := range m.frame.World.Nodes {
		// The shorter of two names that match alike is the one that was meant.
		if s := fuzzy(n.Name, typed); typed != "" && s >= 0 && s<<16+len(n.Name) < score {
			best, score = i, s<<16+len(n.Name)
		}
	}
	return best
}

// export writes the screen as a picture; in the gallery it shows the YAML.
func (m *model) export() tea.Cmd {
	if m.gallery != nil {
		m.gallery.yaml, m.gallery.scroll = !m.gallery.yaml, 0
		return nil
	}
	if m.options.Save == nil {
		return m.refuse("there is nowhere to write to")
	}
	var b bytes.Buffer
	if err := draw.SVG(&b, m.grid(), m.screen.Theme, "eddy "+m.screen.Name); err != nil {
		return m.refuse("%s", err)
	}
	clock := strings.NewReplacer(":", "-", ".", "-").Replace(draw.Clock(nanos(m.frame.At())))
	name, err := m.options.Save(fmt.Sprintf("eddy-%s-%s.svg", m.frame.spec().Name, clock), b.Bytes())
	if err != nil {
		return m.refuse("%s", err)
	}
	return m.say("written: %s", name)
}

func (m *model) nextTheme() tea.Cmd {
	list := draw.Themes()
	i := slices.Index(list, m.screen.Theme)
	return m.setTheme(list[(i+1)%len(list)])
}

func (m *model) nextMotion() tea.Cmd {
	m.screen.Motion = (m.screen.Motion + 1) % 3
	return m.say("motion %s", [...]string{"full", "reduced", "none"}[m.screen.Motion])
}

func (m *model) help() tea.Cmd {
	m.screen.dialog = &helpList{in: m.where()}
	return nil
}

// quit ends the screen. What was changed live and not written is lost then, so
// it is asked for once.
func (m *model) quit() tea.Cmd {
	if m.unsaved {
		m.unsaved = false
		return m.refuse("what was changed live is not written: w writes it, q quits all the same")
	}
	m.quitting = true
	return tea.Quit
}

// pointed takes a click or a turn of the wheel.
func (m *model) pointed(msg tea.MouseMsg) tea.Cmd {
	at := msg.Mouse()
	if m.comparing() {
		return m.pointedAtMatch(msg)
	}
	switch msg.(type) {
	case tea.MouseWheelMsg:
		step := 1
		if at.Button == tea.MouseWheelUp {
			step = -1
		}
		if m.gallery != nil {
			if m.gallery.yaml {
				m.gallery.scroll += 3 * step
			} else {
				m.gallery.chosen += step
			}
			return nil
		}
		return m.choose(0, step)
	case tea.MouseClickMsg:
		if m.gallery == nil && m.screen.dialog == nil && at.Button == tea.MouseLeft {
			return m.clicked(at.X, at.Y)
		}
	}
	return nil
}

func (m *model) clicked(x, y int) tea.Cmd {
	for _, a := range m.screen.areas {
		if !a.at.Contains(x, y) {
			continue
		}
		switch {
		case a.layout != nil:
			if box, ok := a.layout.BoxAt(x-a.at.X, y-a.at.Y); ok {
				node := a.layout.Boxes[box].Members[0]
				if node == m.screen.Chosen {
					return m.open()
				}
				m.screen.Chosen = node
			} else {
				m.screen.Chosen = -1
			}
		case a.finding != "":
			if a.finding == m.screen.Finding {
				return m.open()
			}
			m.screen.Finding = a.finding
		case a.strip:
			return m.seek(int64(m.frame.strip().Moment(a.at.W, x-a.at.X) * 1e9))
		case a.compare:
			return m.compare()
		default:
			return m.show(a.view)
		}
		return nil
	}
	return nil
}

// area is a part of the screen that can be clicked on.
type area struct {
	at     draw.Rect
	layout *graph.Layout
	strip  bool
	view   View

	compare bool   // the tab of the compare view
	finding string // a finding
}

package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"eddy/report"
	"eddy/sim"
	"eddy/sim/spec"
)

// Match is what the compare view shows: two runs at the same moment, and what
// paired runs of the same two have told so far.
type Match struct {
	Duel  *Duel
	Board *report.Board // nil until the first pairs are done
	Names [2]string     // what A and B are
	Pair  int           // which two of several scenarios these are, from 1 on
	Of    int           // how many choices of two there are

	Pairs, Wanted int
	Share         float64 // of the pairs asked for that is done
	Running       bool
	Took, Left    time.Duration // 0: not known
	Err           string
}

// Panels of the result, in the order of their numbers.
const (
	ResultPanel = iota
	CurvePanel
	CoursePanel
	DiffersPanel
	WordsPanel
	panels
)

// versusChoice is what a user has chosen to see of a match.
type versusChoice struct {
	result   bool // the statistics, not the two runs
	side     int  // the run that enter opens
	panel    int
	zoomed   bool
	sort     int // of sortNames
	relative bool
	density  bool
	all      bool // also what is the same everywhere
	flow     int
	rows     [panels]int // how far each panel is scrolled
}

var sortNames = [...]string{"as listed", "largest change first", "by who is better"}

// versus is the compare view: the scenarios, the two that are looked at, their
// runs in lockstep and the paired runs behind.
type versus struct {
	rivals        []*spec.Scenario
	words         []string       // how each was asked for, "" as the first
	played        *spec.Scenario // which of them was played live, nil for none
	first, second int
	choice        versusChoice
	pair          *lockstep
	duel          *Duel
	trials        map[[2]int]*trial // of the couples that were looked at
	state         trialState        // of the present one
	origin        *leftAt           // the live run that it was opened from, nil for none
	away          bool              // one of the runs is open by itself
}

// leftAt is where a live run was left.
type leftAt struct {
	name string
	base *spec.Scenario
	live []spec.Action
	past []version
	at   int64

	paused bool
}

// usualPairs is how many pairs are made when nobody says, and how many more n asks for.
const usualPairs = 20

// contend opens the compare view on scenarios.
func (m *model) contend(list []*spec.Scenario, words []string, origin *leftAt) {
	v := &versus{rivals: list, words: make([]string, len(list)), first: 0, second: 1, origin: origin, trials: map[[2]int]*trial{}}
	copy(v.words, words)
	v.choice.side = 1
	m.versus = v
	m.face(0)
}

// face puts the chosen two side by side at a moment, and runs pairs of them behind.
func (m *model) face(at int64) {
	v := m.versus
	pace, paused := m.options.Pace, false
	if v.pair != nil {
		pace, paused = v.duel.Pace, v.duel.Paused
		v.pair.stop()
	}
	o := sim.Options{Version: m.options.Version, MaxEvents: m.options.MaxEvents, MaxPending: m.options.MaxPending}
	v.pair = newLockstep(v.rivals[v.first], v.rivals[v.second], o, pace)
	v.pair.paused = paused
	v.duel = v.pair.latest.Load()
	m.hear()
	if at > 0 {
		v.pair.ask(func(l *lockstep) { l.goTo(at) })
	}
	go v.pair.run()
	m.try()
}

// hear lets the goroutines behind the compare view reach the screen.
func (m *model) hear() {
	send := m.send
	m.versus.pair.tell(func() { send(nudgeMsg{}) }, m.fell)
}

// fell takes note of a panic of a goroutine.
func (m *model) fell(c *Crash) {
	m.crash.CompareAndSwap(nil, c)
	m.send(crashMsg{})
}

// trial is that of the two that are looked at, nil for none.
func (v *versus) trial() *trial { return v.trials[[2]int{v.first, v.second}] }

// try begins the paired runs of the two that are looked at, or goes on with
// them; those of others wait meanwhile.
func (m *model) try() {
	v := m.versus
	pair := [2]int{v.first, v.second}
	for other, t := range v.trials {
		t.hold(other != pair)
	}
	if m.options.Contest != nil && v.trials[pair] == nil {
		pairs := m.options.Pairs
		if pairs <= 0 {
			pairs = usualPairs
		}
		send, list := m.send, []*spec.Scenario{v.rivals[v.first], v.rivals[v.second]}
		v.trials[pair] = newTrial(m.options.Contest(list), list, pairs, func() { send(nudgeMsg{}) }, m.fell)
	}
	v.state = trialState{}
	if t := v.trial(); t != nil {
		v.state = t.now()
	}
}

// look takes the latest of the runs and of the statistics.
func (v *versus) look() {
	v.duel = v.pair.latest.Load()
	if t := v.trial(); t != nil {
		v.state = t.now()
	}
}

// moving says whether the runs side by side change by themselves.
func (v *versus) moving() bool { return !v.duel.Paused && !v.duel.Over() }

// stop ends the goroutines.
func (v *versus) stop() {
	v.pair.tell(func() {}, func(*Crash) {})
	v.pair.stop()
	for _, t := range v.trials {
		t.stop()
	}
}

// endVersus ends the compare view, if there is one.
func (m *model) endVersus() {
	if m.versus != nil {
		m.versus.stop()
		m.versus = nil
	}
}

// couples are the choices of two of so many scenarios, those with the base
// first.
func couples(n int) [][2]int {
	var all [][2]int
	for a := range n {
		for b := a + 1; b < n; b++ {
			all = append(all, [2]int{a, b})
		}
	}
	return all
}

// match is what is to be drawn.
func (v *versus) match() *Match {
	all := couples(len(v.rivals))
	m := &Match{
		Duel: v.duel, Board: v.state.Board, Names: [2]string{rivalName(v.rivals, v.first), rivalName(v.rivals, v.second)},
		Pair: 1 + slices.Index(all, [2]int{v.first, v.second}), Of: len(all),
		Pairs: v.state.Pairs, Wanted: v.state.Wanted, Share: v.state.Share, Running: v.state.Running, Took: v.state.Took, Left: v.state.Left,
	}
	if v.state.Err != nil {
		m.Err = v.state.Err.Error()
	}
	return m
}

// rivalName tells a scenario from the others: where all have one name, by its
// variant and what was set in it.
func rivalName(list []*spec.Scenario, i int) string {
	sc := list[i]
	same := true
	for _, other := range list {
		same = same && other.Name == sc.Name
	}
	var parts []string
	if sc.Variant != "" {
		parts = append(parts, sc.Variant)
	}
	for _, set := range sc.Set {
		if !slices.Contains(list[0].Set, set) || i == 0 {
			parts = append(parts, set.Path+"="+set.Value)
		}
	}
	if !same || len(parts) == 0 {
		parts = append([]string{sc.Name}, parts...)
	}
	return strings.Join(parts, ", ")
}

// comparing says whether the compare view is on the screen.
func (m *model) comparing() bool { return m.versus != nil && !m.versus.away }

// compare leads from a live run to the compare view: of the scenario, of what
// was changed in it live, and of its variants.
func (m *model) compare() tea.Cmd {
	if m.versus != nil { // one of its runs is open
		m.returnTo()
		return nil
	}
	list, err := m.rivals()
	switch {
	case err != nil:
		return m.refuse("%s", err)
	case len(list) < 2:
		return m.askRival(list)
	}
	m.leaveFor(list)
	return nil
}

// leaveFor opens the compare view from a live run, which is left where it is.
func (m *model) leaveFor(list []*spec.Scenario) {
	at := &leftAt{m.screen.Name, m.base, m.live, m.undos, m.frame.At(), m.frame.Paused}
	m.close()
	m.frame = nil
	m.contend(list, nil, at)
	for _, sc := range list {
		if sc.Variant == asPlayed {
			m.versus.played = sc
		}
	}
}

// asPlayed is the name of a run with what was changed live, as if it were a variant.
const asPlayed = "as played"

// rivals are what a live run can be compared with, the scenario first.
func (m *model) rivals() ([]*spec.Scenario, error) {
	base := m.base
	if len(m.undos) > 0 {
		base = m.undos[0].base
	}
	list := []*spec.Scenario{base}
	if base != m.base || len(m.live) > 0 {
		played := withTimeline(m.base, m.live)
		played.Variant = asPlayed
		list = append(list, played)
	}
	if m.options.Variants == nil {
		return list, nil
	}
	variants, err := m.options.Variants(m.screen.Name)
	for _, sc := range variants {
		if sc.Variant != base.Variant {
			same := *sc
			same.Seed = base.Seed // the same luck
			list = append(list, &same)
		}
	}
	return list, err
}

// openRun shows the chosen one of the two as a live run, at the same moment.
func (m *model) openRun(v *versus) tea.Cmd {
	i := [2]int{v.first, v.second}[v.choice.side]
	at := v.duel.At
	v.pair.ask(func(l *lockstep) { l.paused = true })
	v.away = true
	m.screen.View, m.screen.Chosen, m.screen.Row, m.screen.Only = Overview, -1, 0, ""
	m.screen.Name = m.options.Name
	if v.origin != nil {
		m.screen.Name = v.origin.name
	}
	if v.words[i] != "" {
		m.screen.Name = v.words[i]
	}
	if v.rivals[i] == v.played {
		// With what was changed live as such, so that it can be taken back and written.
		m.play(v.origin.base)
		m.live, m.undos = v.origin.live, v.origin.past
		m.rerun(at)
	} else {
		m.play(v.rivals[i])
		if at > 0 {
			m.seek(at)
		}
	}
	return m.say("%s by itself; esc goes back to the comparison", rivalName(v.rivals, i))
}

// returnTo goes back from one of the runs to the comparison.
func (m *model) returnTo() {
	m.close()
	m.frame = nil
	m.versus.away = false
	m.versus.look()
}

// leaveVersus goes back to where the compare view was opened from.
func (m *model) leaveVersus(v *versus) tea.Cmd {
	switch {
	case v.choice.zoomed:
		v.choice.zoomed = false
	case v.origin != nil:
		v.stop()
		m.versus = nil
		o := v.origin
		m.screen.Name, m.screen.View, m.screen.Chosen = o.name, Overview, -1
		m.play(o.base)
		m.live, m.undos = o.live, o.past
		m.driver.ask(func(d *driver) { d.paused = o.paused })
		m.rerun(o.at)
	case v.choice.result:
		v.choice.result = false
	default:
		return m.say("q quits")
	}
	return nil
}

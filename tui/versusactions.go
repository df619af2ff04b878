package tui

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"eddy/sim/spec"
	"eddy/tui/draw"
)

// either is what a key does in a live run, and what it does to the runs of a
// comparison.
func either(run func(*model) tea.Cmd, both func(*model, *versus) tea.Cmd) func(*model) tea.Cmd {
	return func(m *model) tea.Cmd {
		if m.comparing() {
			return both(m, m.versus)
		}
		return run(m)
	}
}

// inMatch is what a key does in the compare view alone.
func inMatch(do func(*model, *versus) tea.Cmd) func(*model) tea.Cmd {
	return func(m *model) tea.Cmd {
		if !m.comparing() {
			return nil
		}
		return do(m, m.versus)
	}
}

// skipping moves by hundredths of the duration.
func skipping(hundredths int64) func(*model) tea.Cmd {
	return either(func(m *model) tea.Cmd { return m.skip(hundredths) }, func(m *model, v *versus) tea.Cmd { return m.skipBoth(v, hundredths) })
}

func (m *model) toEnd() tea.Cmd { return m.seek(m.frame.spec().Duration) }

func (m *model) pauseBoth(v *versus) tea.Cmd {
	if v.duel.Over() {
		return m.refuse("both runs are over; ← goes back, home to the start; l shows the statistics")
	}
	v.pair.ask(func(l *lockstep) {
		l.paused = !l.paused
		l.restart()
	})
	return nil
}

func (m *model) stepBoth(v *versus) tea.Cmd {
	v.pair.ask(func(l *lockstep) {
		l.paused = true
		l.step()
	})
	return nil
}

func (m *model) paceBoth(v *versus, by int) tea.Cmd {
	i := len(paces) - 1
	if v.duel.Pace > 0 {
		i = slices.IndexFunc(paces, func(p float64) bool { return p == 0 || p >= v.duel.Pace })
	}
	pace := paces[max(0, min(len(paces)-1, i+by))]
	v.pair.ask(func(l *lockstep) {
		l.pace = pace
		l.restart()
	})
	d := *v.duel
	d.Pace = pace // several presses in one frame count
	v.duel = &d
	return nil
}

// skipBoth moves both by hundredths of the duration.
func (m *model) skipBoth(v *versus, hundredths int64) tea.Cmd {
	at := m.seekTo.Load()
	if at < 0 {
		at = v.duel.At
	}
	return m.seekBoth(v, at+hundredths*v.duel.Duration()/100)
}

// seekBoth goes to a moment. Of several wishes in a row only the last is run.
func (m *model) seekBoth(v *versus, at int64) tea.Cmd {
	m.seekTo.Store(max(0, min(at, v.duel.Duration())))
	v.pair.ask(func(l *lockstep) {
		if at := m.seekTo.Swap(-1); at >= 0 {
			l.goTo(at)
		}
	})
	return nil
}

func (m *model) goToBoth(*versus) tea.Cmd {
	m.screen.dialog = &prompt{
		heading: "go to", about: "a time such as 2m24s or 2:24; both runs go there",
		done: func(m *model, text string) tea.Cmd {
			at, ok := moment(text)
			if !ok || !m.comparing() {
				return m.refuse("%q is no time such as 2m24s or 2:24", text)
			}
			return m.seekBoth(m.versus, at)
		},
	}
	return nil
}

// turnPage changes between the two runs and the statistics.
func (m *model) turnPage(v *versus) tea.Cmd {
	v.choice.result = !v.choice.result
	return nil
}

// nextPanel goes through the panels of the statistics, or chooses the other run.
func (m *model) nextPanel(v *versus, by int) tea.Cmd {
	if !v.choice.result {
		v.choice.side = 1 - v.choice.side
		return nil
	}
	v.choice.panel = ((v.choice.panel+by)%panels + panels) % panels
	return nil
}

// toPanel goes to the panel whose number was pressed.
func (m *model) toPanel(v *versus) tea.Cmd {
	v.choice.result = true
	if n := int(number(m.pressed)); n >= 1 && n <= panels {
		v.choice.panel = n - 1
	}
	return nil
}

// scroll moves the chosen row of the panel that has the keys.
func (v *versus) scroll(by int) {
	if !v.choice.result {
		v.choice.side = max(0, min(1, v.choice.side+by))
		return
	}
	row := &v.choice.rows[v.choice.panel]
	*row = max(0, *row+by)
}

func (m *model) zoomPanel(v *versus) tea.Cmd {
	v.choice.zoomed = !v.choice.zoomed
	return nil
}

func (m *model) sortRows(v *versus) tea.Cmd {
	v.choice.sort = (v.choice.sort + 1) % len(sortNames)
	v.choice.rows[ResultPanel] = 0
	return m.say("%s", sortNames[v.choice.sort])
}

func (m *model) toggleRelative(v *versus) tea.Cmd {
	v.choice.relative = !v.choice.relative
	if v.choice.relative {
		return m.say("differences as shares of A")
	}
	return m.say("differences in their own units")
}

func (m *model) toggleDensity(v *versus) tea.Cmd {
	v.choice.density = !v.choice.density
	return nil
}

func (m *model) toggleMetrics(v *versus) tea.Cmd {
	v.choice.all = !v.choice.all
	v.choice.rows[ResultPanel] = 0
	if v.choice.all {
		return m.say("all metrics, also those that are the same in every pair")
	}
	return m.say("the metrics that differ in some pair")
}

func (m *model) nextFlow(v *versus) tea.Cmd {
	if v.state.Board == nil || len(v.state.Board.Flows) < 2 {
		return m.refuse("there is one kind of family only")
	}
	v.choice.flow = (v.choice.flow + 1) % len(v.state.Board.Flows)
	return nil
}

func (m *model) moreSeeds(v *versus) tea.Cmd {
	if v.trial() == nil || v.state.Err != nil {
		return m.refuse("no pairs are being run")
	}
	v.trial().ask(usualPairs)
	v.state = v.trial().now()
	return m.say("%d pairs more, %d in all: an interval of √n times as many pairs is so much narrower", usualPairs, v.state.Wanted)
}

// nextPair chooses another two of the scenarios.
func (m *model) nextPair(v *versus, by int) tea.Cmd {
	all := couples(len(v.rivals))
	if len(all) < 2 {
		return m.refuse("there are only two; a adds a variant")
	}
	i := slices.Index(all, [2]int{v.first, v.second})
	next := all[((i+by)%len(all)+len(all))%len(all)]
	v.first, v.second = next[0], next[1]
	m.face(v.duel.At)
	return nil
}

// askRival asks for a further scenario to compare with.
func (m *model) askRival(list []*spec.Scenario) tea.Cmd {
	if m.options.Rival == nil {
		return m.refuse("there is nothing to compare this scenario with")
	}
	m.screen.dialog = &prompt{
		heading: "compare with", about: "a variant, a built-in scenario, a file, or a change such as consumers.payment.instances=4",
		done: func(m *model, text string) tea.Cmd {
			if text == "" {
				return nil
			}
			sc, of, err := m.options.Rival(m.screen.Name, list[0], text)
			if err != nil {
				return m.refuse("%s", err)
			}
			if !m.comparing() {
				m.leaveFor(append(list, sc))
				m.versus.words[len(list)] = of
				return nil
			}
			v := m.versus
			at := v.duel.At
			v.rivals, v.words = append(slices.Clone(list), sc), append(v.words, of)
			v.first, v.second, v.choice.side = 0, len(v.rivals)-1, 1
			m.face(at)
			return m.say("compared with %s", rivalName(v.rivals, v.second))
		},
	}
	return nil
}

func (m *model) addRival(v *versus) tea.Cmd {
	if len(v.rivals) >= mostRivals {
		return m.refuse("%d scenarios are enough to compare at once", mostRivals)
	}
	return m.askRival(v.rivals)
}

// mostRivals is how many scenarios are compared at once at most: each has a
// letter.
const mostRivals = 26

// saveReport writes the report of the two.
func (m *model) saveReport(v *versus) tea.Cmd {
	if m.options.Report == nil {
		return m.refuse("there is nowhere to write to")
	}
	if v.state.Board == nil {
		return m.refuse("the first pairs are still being run")
	}
	names, err := m.options.Report(v.state.Got)
	if err != nil {
		return m.refuse("%s", err)
	}
	return m.say("written: %s", strings.Join(names, ", "))
}

// exportMatch writes the screen as a picture, and the statistics as data.
func (m *model) exportMatch(v *versus) tea.Cmd {
	if m.options.Save == nil {
		return m.refuse("there is nowhere to write to")
	}
	var b bytes.Buffer
	a, other := rivalName(v.rivals, v.first), rivalName(v.rivals, v.second)
	if err := draw.SVG(&b, m.grid(), m.screen.Theme, fmt.Sprintf("eddy: %s and %s", a, other)); err != nil {
		return m.refuse("%s", err)
	}
	name, err := m.options.Save("eddy-compare-"+v.rivals[v.first].Name+".svg", b.Bytes())
	if err != nil {
		return m.refuse("%s", err)
	}
	names := []string{name}
	if v.state.Board != nil && m.options.Data != nil {
		data, err := m.options.Data(v.state.Got)
		if err != nil {
			return m.refuse("%s", err)
		}
		names = append(names, data...)
	}
	return m.say("written: %s", strings.Join(names, ", "))
}

// pointedAtMatch takes a click or a turn of the wheel in the compare view.
func (m *model) pointedAtMatch(msg tea.MouseMsg) tea.Cmd {
	at := msg.Mouse()
	switch msg.(type) {
	case tea.MouseWheelMsg:
		step := 1
		if at.Button == tea.MouseWheelUp {
			step = -1
		}
		m.versus.scroll(step)
	case tea.MouseClickMsg:
		if m.screen.dialog != nil || at.Button != tea.MouseLeft {
			return nil
		}
		for _, x := range m.screen.hot {
			if x.at.Contains(at.X, at.Y) {
				x.do(m, m.versus, at.X-x.at.X)
				return nil
			}
		}
	}
	return nil
}

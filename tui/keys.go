package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"eddy/tui/graph"
)

// Where says in which part of the screen a key does something.
type Where uint16

// Parts of the screen.
const (
	InGallery Where = 1 << iota
	InOverview
	InComponent
	InInspector
	InLedger
	InFindings // one of the overview's findings is chosen
	InLockstep // two runs side by side
	InResult   // what paired runs of them say
	inRun      = InOverview | InComponent | InInspector | InLedger | InFindings
	anywhere   = inRun | InGallery
	inVersus   = InLockstep | InResult
)

// Binding is a key, or several, and what it does. The table of them feeds the
// dispatch of keys, the footer, the help and the manual.
type Binding struct {
	Keys  []string // as Bubble Tea calls them
	Shown string   // as they are written for people
	Short string   // what it does in the footer; "" for not there
	Text  string   // what it does
	Group string
	In    Where
	Last  int // in the footer, those of the highest number are left out first
	do    func(*model) tea.Cmd
}

var bindings []Binding

func init() {
	bindings = []Binding{
		{[]string{"space"}, "space", "pause", "pause, or go on", "time", inRun | InLockstep, 0, either((*model).togglePause, (*model).pauseBoth)},
		{[]string{"."}, ".", "", "one step: the next thing that happens", "time", inRun | InLockstep, 5, either((*model).stepOnce, (*model).stepBoth)},
		{[]string{"n"}, "n", "", "the next thing that happens at the chosen component, or to the event that is followed", "time", inRun, 5, (*model).stepAtChosen},
		{[]string{"+", "="}, "+", "faster", "faster: up to ×1000, then as fast as it goes", "time", inRun | InLockstep, 2, either((*model).faster, func(m *model, v *versus) tea.Cmd { return m.paceBoth(v, 1) })},
		{[]string{"-", "_"}, "-", "slower", "slower: down to ×0.001, where an event is seen to cross", "time", inRun | InLockstep, 2, either((*model).slower, func(m *model, v *versus) tea.Cmd { return m.paceBoth(v, -1) })},
		{[]string{"left"}, "←", "", "back in time", "time", inRun | InLockstep, 3, skipping(-1)},
		{[]string{"right"}, "→", "", "forth in time", "time", inRun | InLockstep, 3, skipping(1)},
		{[]string{"shift+left"}, "shift+←", "", "back by a larger step", "time", inRun | InLockstep, 5, skipping(-10)},
		{[]string{"shift+right"}, "shift+→", "", "forth by a larger step", "time", inRun | InLockstep, 5, skipping(10)},
		{[]string{"home"}, "home", "", "to the start", "time", inRun | InLockstep, 5, either(func(m *model) tea.Cmd { return m.seek(0) }, func(m *model, v *versus) tea.Cmd { return m.seekBoth(v, 0) })},
		{[]string{"end"}, "end", "", "to the end", "time", inRun | InLockstep, 5, either((*model).toEnd, func(m *model, v *versus) tea.Cmd { return m.seekBoth(v, v.duel.Duration()) })},
		{[]string{"g"}, "g", "", "go to a time, or to an event that is kept", "time", inRun | InLockstep, 4, either((*model).askGoTo, (*model).goToBoth)},
		{[]string{"b"}, "b", "", "breakpoint: halt when a condition begins to hold, a component fails, an event of a type comes", "time", inRun, 4, (*model).askBreak},
		{[]string{"f"}, "f", "follow", "follow one event through the graph, slowly: the inspector's, or the next that comes to the chosen component", "time", inRun &^ InFindings, 2, (*model).follow},

		{[]string{"1"}, "1", "", "overview", "views", inRun, 5, func(m *model) tea.Cmd { return m.show(Overview) }},
		{[]string{"2"}, "2", "", "component: why is this one slow?", "views", inRun, 5, func(m *model) tea.Cmd { return m.show(Component) }},
		{[]string{"3"}, "3", "", "inspector: what happened to this event?", "views", inRun, 5, func(m *model) tea.Cmd { return m.show(Inspector) }},
		{[]string{"4"}, "4", "", "ledger: is anything lost or done twice?", "views", inRun, 5, func(m *model) tea.Cmd { return m.show(Ledger) }},
		{[]string{"5"}, "5", "", "compare: with its variants, or before and after what was changed live", "views", inRun, 5, (*model).compare},
		{[]string{"6"}, "6", "", "the gallery of scenarios", "views", inRun, 5, (*model).toGallery},
		{[]string{"tab"}, "tab", "view", "the next view", "views", inRun, 1, func(m *model) tea.Cmd { return m.show(View((int(m.screen.View) + 1) % views)) }},
		{[]string{"shift+tab"}, "shift+tab", "", "the view before", "views", inRun, 5, func(m *model) tea.Cmd { return m.show(View((int(m.screen.View) + views - 1) % views)) }},
		{[]string{"up", "down"}, "↑/↓", "choose", "choose a component, an event or a scenario; in the flow, ctrl with an arrow goes sideways", "views", anywhere | inVersus, 1, nil},
		{[]string{"ctrl+left", "h"}, "h", "", "choose the component to the left", "views", InOverview | InFindings, 5, func(m *model) tea.Cmd { return m.choose(-1, 0) }},
		{[]string{"ctrl+right", "l"}, "l", "", "choose the component to the right", "views", InOverview | InFindings, 5, func(m *model) tea.Cmd { return m.choose(1, 0) }},
		{[]string{"enter"}, "enter", "open", "open what is chosen; in the inspector, go into the event", "views", anywhere | inVersus, 1, either((*model).open, (*model).openRun)},
		{[]string{"esc"}, "esc", "", "go back; let go of an event that is followed, the ghost of a left future, a choice, a filter", "views", anywhere | inVersus, 4, either((*model).back, (*model).leaveVersus)},
		{[]string{"z"}, "z", "", "zoom: one panel alone, the next, and all again", "views", inRun, 4, (*model).zoom},
		{[]string{"c"}, "c", "", "in the inspector: mark the critical path, which decided how long the event took, or not", "views", InInspector, 4, (*model).togglePath},
		{[]string{"F"}, "F", "findings", "choose a finding, or the next one", "views", inRun, 2, func(m *model) tea.Cmd { return m.chooseFinding(1) }},
		{[]string{"/"}, "/", "find", "filter events, scenarios; find a component", "views", anywhere, 3, (*model).askFilter},

		{[]string{"]"}, "]", "add", "one instance more of the chosen consumer", "change", inRun, 3, func(m *model) tea.Cmd { return m.scale(1) }},
		{[]string{"["}, "[", "remove", "one instance fewer of it", "change", inRun, 3, func(m *model) tea.Cmd { return m.scale(-1) }},
		{[]string{"}"}, "}", "more", "a quarter more: the rate of a producer, the speed of a consumer's work", "change", inRun, 5, func(m *model) tea.Cmd { return m.speedUp(true) }},
		{[]string{"{"}, "{", "less", "a fifth less of it", "change", inRun, 5, func(m *model) tea.Cmd { return m.speedUp(false) }},
		{[]string{"k"}, "k", "kill", "crash one instance of the chosen consumer", "change", inRun, 3, func(m *model) tea.Cmd { return m.crashOne(false) }},
		{[]string{"K"}, "K", "", "crash all its instances", "change", inRun, 5, func(m *model) tea.Cmd { return m.crashOne(true) }},
		{[]string{"x"}, "x", "", "cut its link to the broker, or mend it", "change", inRun, 5, (*model).cut},
		{[]string{"s"}, "s", "set", "set any value of the chosen component, or of any other, from this moment on", "change", inRun, 3, (*model).askSet},
		{[]string{"i"}, "i", "inject", "inject an event at the chosen producer or channel", "change", inRun, 5, (*model).inject},
		{[]string{"p"}, "p", "stop", "stop the chosen component taking or creating anything, or let it go on", "change", inRun, 5, (*model).pauseChosen},
		{[]string{"f"}, "f", "try it", "on a finding: try the change that it proposes, from the start to this moment", "change", InFindings, 2, (*model).fix},
		{[]string{"u"}, "u", "undo", "take the last change back", "change", inRun, 4, (*model).undo},
		{[]string{"w"}, "w", "write", "write the scenario with the changes made live", "change", inRun, 4, (*model).write},

		{[]string{"l"}, "l", "statistics", "what paired runs of the two say", "compare", InLockstep, 0, inMatch((*model).turnPage)},
		{[]string{"l"}, "l", "side by side", "the two runs side by side, live", "compare", InResult, 1, inMatch((*model).turnPage)},
		{[]string{"tab"}, "tab", "panel", "the next panel; side by side, the other run", "compare", inVersus, 0, inMatch(func(m *model, v *versus) tea.Cmd { return m.nextPanel(v, 1) })},
		{[]string{"shift+tab"}, "shift+tab", "", "the panel before", "compare", inVersus, 5, inMatch(func(m *model, v *versus) tea.Cmd { return m.nextPanel(v, -1) })},
		{[]string{"1", "2", "3", "4", "5"}, "1–5", "", "a panel: result, distribution, course, what differs, in words", "compare", inVersus, 5, inMatch((*model).toPanel)},
		{[]string{"]"}, "]", "", "the next two of several scenarios", "compare", inVersus, 5, inMatch(func(m *model, v *versus) tea.Cmd { return m.nextPair(v, 1) })},
		{[]string{"["}, "[", "", "the two before", "compare", inVersus, 5, inMatch(func(m *model, v *versus) tea.Cmd { return m.nextPair(v, -1) })},
		{[]string{"a"}, "a", "add", "compare with one more: a variant, another scenario, a changed value", "compare", inVersus, 3, inMatch((*model).addRival)},
		{[]string{"n"}, "n", "more seeds", "twenty pairs of runs more", "compare", InResult, 2, inMatch((*model).moreSeeds)},
		{[]string{"m"}, "m", "metrics", "all metrics, or those that differ", "compare", InResult, 3, inMatch((*model).toggleMetrics)},
		{[]string{"s"}, "s", "sort", "sort: as listed, the largest change first, by who is better", "compare", InResult, 4, inMatch((*model).sortRows)},
		{[]string{"%"}, "%", "", "differences as shares of A, or in their own units", "compare", InResult, 4, inMatch((*model).toggleRelative)},
		{[]string{"d"}, "d", "", "the distribution as density, or cumulative", "compare", InResult, 4, inMatch((*model).toggleDensity)},
		{[]string{"f"}, "f", "", "the distribution of the next kind of family", "compare", InResult, 5, inMatch((*model).nextFlow)},
		{[]string{"z"}, "z", "", "zoom the panel", "compare", InResult, 4, inMatch((*model).zoomPanel)},
		{[]string{"r"}, "r", "report", "save the report of the two, in Markdown and HTML", "compare", InResult, 2, inMatch((*model).saveReport)},

		{[]string{"e"}, "e", "", "export the screen as a picture, of a comparison the numbers, too; in the gallery, show the YAML", "other", anywhere | inVersus, 4, either((*model).export, (*model).exportMatch)},
		{[]string{"R"}, "R", "", "read the scenario's file again after it was edited, and run it to this moment", "other", inRun, 5, (*model).reload},
		{[]string{"t"}, "t", "", "the next theme", "other", anywhere | inVersus, 5, (*model).nextTheme},
		{[]string{"m"}, "m", "", "how much moves: all, single events, nothing", "other", inRun | InLockstep, 5, (*model).nextMotion},
		{[]string{"?"}, "?", "help", "help: all keys, searched and run", "other", anywhere | inVersus, 0, (*model).help},
		{[]string{":"}, ":", "", "command palette: the keys, and any component, scenario, moment, speed or theme by its name", "other", anywhere | inVersus, 4, (*model).palette},
		{[]string{"ctrl+z"}, "ctrl+z", "", "suspend", "other", anywhere | inVersus, 6, func(*model) tea.Cmd { return tea.Suspend }},
		{[]string{"q", "ctrl+c"}, "q", "quit", "quit", "other", anywhere | inVersus, 0, (*model).quit},
	}
	for i := range bindings {
		if b := &bindings[i]; b.do == nil { // both directions stand in one line
			b.do = func(*model) tea.Cmd { return nil }
		}
	}
}

// offered are the changes that the footer offers when a component of a kind is
// chosen, those that matter most first: keys of the table.
var offered = map[graph.NodeKind][]string{
	graph.Source:  {"}", "{", "p", "s"},
	graph.Channel: {"i", "s"},
	graph.Worker:  {"]", "k", "[", "s"},
}

// Keys is the table of keys, for the manual.
func Keys() []Binding { return slices.Clone(bindings) }

// bindingFor finds what a key does in a part of the screen.
func bindingFor(key string, in Where) *Binding {
	for i := range bindings {
		if b := &bindings[i]; b.In&in != 0 && slices.Contains(b.Keys, key) {
			return b
		}
	}
	return nil
}

// fuzzy says how well a text matches what was typed: all its letters, in
// order. The lower the better; -1 is not at all.
func fuzzy(text, typed string) int {
	text, typed = strings.ToLower(text), strings.ToLower(typed)
	if i := strings.Index(text, typed); i >= 0 {
		return i
	}
	score, at := 100, 0
	for _, r := range typed {
		if r == ' ' {
			continue
		}
		i := strings.IndexRune(text[at:], r)
		if i < 0 {
			return -1
		}
		score += i
		at += i + len(string(r))
	}
	return score
}

// KeysMarkdown is the table of keys for the manual.
func KeysMarkdown() string {
	var b strings.Builder
	b.WriteString("| key | does |\n|---|---|\n")
	for _, k := range bindings {
		b.WriteString("| `" + strings.ReplaceAll(k.Shown, "|", `\|`) + "` | " + strings.ReplaceAll(k.Text, "|", `\|`) + " |\n")
	}
	return b.String()
}

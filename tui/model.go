package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"eddy/report"
	"eddy/sim"
	"eddy/sim/spec"
	"eddy/tui/draw"
)

// Options say what the screen shows, how, and how it reaches the rest of the
// program.
type Options struct {
	Name     string         // of the scenario, as it was asked for
	Scenario *spec.Scenario // nil: the gallery
	Gallery  []Entry
	Version  string
	// Theme is auto or the name of one; Symbols and Motion are names, too.
	// Pace is the simulated seconds a second, 0 for as fast as it goes.
	Theme, Symbols, Motion string
	Pace                   float64
	Mouse                  bool
	MaxEvents, MaxPending  int64 // 0: the engine's own limits

	// Open loads a scenario of the gallery.
	Open func(name string) (*spec.Scenario, error)
	// Reload reads the file of the scenario on the screen again; what is wrong
	// with it is the error, a line for each thing or several. Nil: there is none.
	Reload func(name string, base *spec.Scenario) (*spec.Scenario, error)
	// Apply is the scenario on the screen with settings changed.
	Apply func(base *spec.Scenario, name string, set []spec.Setting) (*spec.Scenario, error)
	// Settable are the paths that may be set while a scenario runs, with the
	// values they have; SetLive is the timeline's entry that sets one.
	Settable func(base *spec.Scenario, name string) []spec.Setting
	SetLive  func(base *spec.Scenario, name, path, value string) (spec.Action, error)
	// Propose is the name of a file that is not there yet for a scenario with
	// what was changed live; Write writes it and returns what else was written
	// beside it. It is ErrExists when that would overwrite a file, unless it may.
	Propose func(name string) string
	Write   func(Played, string, bool) (beside []string, err error)
	// Compare opens the compare view on these scenarios, the base first, when
	// there are two or more; Pairs is how many pairs of runs it makes, 0: twenty.
	// Words are how they were asked for, Name for those without one.
	Compare []*spec.Scenario
	Words   []string
	Pairs   int
	// Contest prepares paired runs of scenarios; nil: the compare view has no statistics.
	Contest func([]*spec.Scenario) Trial
	// Variants are the variants of the scenario on the screen.
	Variants func(name string) ([]*spec.Scenario, error)
	// Rival is a further scenario to compare the base with: one of the named
	// scenario's variants, another scenario, or the base with a changed value;
	// and the name of what it is of.
	Rival func(name string, base *spec.Scenario, text string) (sc *spec.Scenario, of string, err error)
	// Report and Data write the report and the numbers of a comparison into new
	// files and return their names.
	Report, Data func(*report.Compared) ([]string, error)
	// YAML is a scenario as it is written, for the component's view.
	YAML YAMLOf
	// Save writes any other file; it returns its name.
	Save func(name string, content []byte) (string, error)

	In  io.Reader
	Out io.Writer
	Env []string
}

// ErrExists says that there is a file of that name already.
var ErrExists = errors.New("there is a file of that name")

// Played is a scenario as it was played: what it was opened as, what it came to
// be by settings that hold from the start, and what was added to its timeline.
type Played struct {
	Name     string
	Base     *spec.Scenario
	Live     []spec.Action
	Scenario *spec.Scenario // the base with the live entries in its timeline
}

// Run shows the screen until the user quits or the context ends. The terminal
// is then as it was. The error is a *Crash when something panicked.
func Run(ctx context.Context, o Options) error {
	m := newModel(o)
	defer m.close()
	defer m.endVersus()
	options := []tea.ProgramOption{tea.WithInput(o.In), tea.WithOutput(o.Out), tea.WithFPS(30), tea.WithoutSignalHandler()}
	if o.Env != nil {
		options = append(options, tea.WithEnvironment(o.Env))
	}
	p := tea.NewProgram(m, options...)
	// Sent from goroutines that Update may wait for, so never by waiting for it.
	m.send = func(msg tea.Msg) { go p.Send(msg) }
	if err := m.begin(); err != nil {
		return err
	}
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-ctx.Done():
			p.Quit()
		case <-over:
		}
	}()
	_, err := p.Run()
	if crash := m.crash.Load(); crash != nil {
		return crash
	}
	if errors.Is(err, tea.ErrProgramPanic) {
		return &Crash{Value: err}
	}
	return err
}

type (
	tickMsg  struct{}
	nudgeMsg struct{}
	crashMsg struct{}
)

// model is the Bubble Tea model: the screen, the driver behind it, and what
// was changed live.
type model struct {
	options Options
	screen  *Screen
	gallery *gallery
	versus  *versus // the compare view, nil for none
	pressed string  // the key that is being dealt with
	driver  *driver
	frame   *Frame
	w, h    int
	painter *draw.Painter
	depth   draw.Depth
	auto    bool // the theme follows the terminal
	ticking bool
	mouse   bool
	send    func(tea.Msg)
	crash   atomic.Pointer[Crash]

	base     *spec.Scenario // without what was added live
	live     []spec.Action
	undos    []version
	furthest int64
	seekTo   atomic.Int64 // where the run is to go, -1 for nowhere
	quitting bool
	unsaved  bool // something was changed live that is not written, and nobody has been told
	peeking  bool // a run to a moment of an event's life is under way
}

// version is a scenario and what was added to its timeline.
type version struct {
	base *spec.Scenario
	live []spec.Action
}

func newModel(o Options) *model {
	m := &model{options: o, screen: NewScreen(o.Name), auto: true, mouse: o.Mouse, send: func(tea.Msg) {}}
	m.seekTo.Store(-1)
	m.screen.YAML = o.YAML
	if t, ok := draw.ThemeNamed(o.Theme); ok {
		m.screen.Theme, m.auto = t, false
	}
	if s, ok := draw.SymbolsNamed(o.Symbols); ok {
		m.screen.Symbols = s
	}
	m.screen.Motion = motionNamed(o.Motion)
	m.repaint()
	return m
}

func motionNamed(name string) Motion {
	switch name {
	case "reduced":
		return ReducedMotion
	case "none":
		return NoMotion
	}
	return FullMotion
}

// begin opens the gallery or the scenario.
func (m *model) begin() error {
	if len(m.options.Compare) > 1 {
		m.contend(m.options.Compare, m.options.Words, nil)
		return nil
	}
	if m.options.Scenario == nil {
		m.gallery = &gallery{entries: m.options.Gallery}
		return nil
	}
	m.play(m.options.Scenario)
	return nil
}

// play begins to run a scenario.
func (m *model) play(sc *spec.Scenario) {
	m.base, m.live, m.undos, m.furthest = sc, nil, nil, 0
	m.screen.About = lesson(m.options.Gallery, m.screen.Name)
	m.driver = newDriver(sc, sim.Options{Version: m.options.Version, MaxEvents: m.options.MaxEvents, MaxPending: m.options.MaxPending}, m.options.Pace)
	m.frame = m.driver.latest.Load()
	m.listen()
	go m.driver.run()
}

// listen lets the driver reach the screen.
func (m *model) listen() {
	if m.driver == nil {
		return
	}
	send := m.send
	m.driver.ask(func(d *driver) {
		d.told = func(any) { send(nudgeMsg{}) }
		d.crashed = func(c *Crash) {
			m.crash.CompareAndSwap(nil, c)
			send(crashMsg{})
		}
	})
}

// close ends the driver.
func (m *model) close() {
	if m.driver != nil {
		m.driver.ask(func(d *driver) { d.told = func(any) {} })
		m.driver.stop()
		m.driver = nil
	}
}

func (m *model) repaint() {
	m.screen.Flat = m.depth == draw.DepthNone
	m.painter = draw.NewPainter(m.screen.Theme, m.depth, m.screen.Symbols)
}

// Init asks the terminal for its background and begins to tick.
func (m *model) Init() tea.Cmd {
	m.ticking = m.driver != nil || m.comparing()
	return tea.Batch(tea.RequestBackgroundColor, m.tickIf(m.ticking))
}

func (m *model) tickIf(yes bool) tea.Cmd {
	if !yes {
		return nil
	}
	every := time.Second / 30
	if m.comparing() && !m.versus.moving() {
		every = time.Second / 5 // only the count of pairs moves
	}
	return tea.Tick(every, func(time.Time) tea.Msg { return tickMsg{} })
}

// guarded keeps a panic from burying the terminal.
func (m *model) guarded() {
	if v := recover(); v != nil {
		m.crash.CompareAndSwap(nil, &Crash{v, debug.Stack()})
		go m.send(crashMsg{})
	}
}

// safe is a command that ends the screen in order when it panics.
func (m *model) safe(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		defer m.guarded()
		return cmd()
	}
}

// Update takes in what happened.
func (m *model) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	defer m.guarded()
	switch msg := msg.(type) {
	case crashMsg:
		return m, tea.Quit
	case tickMsg:
		m.look()
		m.ticking = m.moving()
		return m, m.tickIf(m.ticking)
	case nudgeMsg:
		m.look()
		return m, tea.Batch(m.wake(), m.peek())
	case peekedMsg:
		m.peeking = false
		m.screen.Moment = msg.instant
		return m, m.peek()
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		if m.auto {
			m.screen.Theme = &draw.Light
			if msg.IsDark() {
				m.screen.Theme = &draw.Dark
			}
			m.repaint()
		}
	case tea.ColorProfileMsg:
		m.depth = depthOf(msg.Profile)
		m.repaint()
	case tea.KeyPressMsg:
		return m, tea.Batch(m.safe(m.key(msg)), m.wake(), m.peek())
	case tea.MouseMsg:
		return m, tea.Batch(m.safe(m.pointed(msg)), m.wake(), m.peek())
	case tea.PasteMsg:
		if d, ok := m.screen.dialog.(interface{ paste(*model, string) }); ok && len(msg.Content) < 200 {
			d.paste(m, firstWords(msg.Content))
		}
	}
	return m, nil
}

func depthOf(p colorprofile.Profile) draw.Depth {
	switch p {
	case colorprofile.TrueColor:
		return draw.DepthTrue
	case colorprofile.ANSI256:
		return draw.Depth256
	case colorprofile.ANSI:
		return draw.Depth16
	}
	return draw.DepthNone
}

// look takes the latest frame.
func (m *model) look() {
	if m.comparing() {
		m.versus.look()
		return
	}
	if m.driver == nil {
		return
	}
	m.frame = m.driver.latest.Load()
	m.furthest = max(m.furthest, m.frame.At())
	if m.screen.Chosen >= len(m.frame.World.Nodes) {
		m.screen.Chosen = -1
	}
}

// moving says whether the screen changes by itself.
func (m *model) moving() bool {
	if m.comparing() {
		return m.versus.moving() || m.versus.state.Running
	}
	return m.frame != nil && !m.frame.Paused && !m.frame.Over()
}

// wake begins to tick again when something moves.
func (m *model) wake() tea.Cmd {
	if m.ticking || !m.moving() {
		return nil
	}
	m.ticking = true
	return m.tickIf(true)
}

// View draws the screen.
func (m *model) View() (v tea.View) {
	defer m.guarded()
	v.AltScreen = true
	v.WindowTitle = "eddy"
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if m.w > 0 && m.h > 0 && !m.quitting {
		v.SetContent(m.content())
	}
	return v
}

// content is the screen, and the dialog over it if one is open.
func (m *model) content() string {
	content := m.painter.Frame(m.grid())
	if d := m.screen.dialog; d != nil && m.w >= smallW && m.h >= smallH {
		content = over(content, d.view(skin{m.painter}, m.w, m.h), m.w, m.h)
	}
	return content
}

func (m *model) grid() draw.Grid {
	if m.gallery != nil {
		return m.screen.drawGallery(m.gallery, m.w, m.h)
	}
	if m.comparing() {
		return m.screen.drawVersus(m.versus.match(), &m.versus.choice, m.w, m.h)
	}
	return m.screen.Draw(m.frame, m.w, m.h)
}

// key hands a key to the dialog that is open, or looks it up in the table.
func (m *model) key(k tea.KeyPressMsg) tea.Cmd {
	m.screen.Said = ""
	if d, ok := m.screen.dialog.(interface {
		key(*model, tea.KeyPressMsg) tea.Cmd
	}); ok && m.screen.dialog != nil {
		return d.key(m, k)
	}
	name := k.String()
	if k.Text != "" && k.Text != " " {
		name = k.Text // a letter in whatever layout, shifted or not
	}
	m.pressed = name
	if name == "ctrl+c" {
		m.unsaved = false // it always ends
	}
	if b := bindingFor(name, m.where()); b != nil && name != "up" && name != "down" {
		return b.do(m)
	}
	if m.gallery != nil {
		m.gallery.key(k)
		return nil
	}
	if m.comparing() {
		m.versus.scroll(map[string]int{"up": -1, "down": 1, "pgup": -10, "pgdown": 10}[name])
		return nil
	}
	switch name {
	case "up":
		return m.choose(0, -1)
	case "down":
		return m.choose(0, 1)
	case "pgup":
		return m.choose(0, -10)
	case "pgdown":
		return m.choose(0, 10)
	}
	return nil
}

func (m *model) where() Where {
	if m.gallery != nil {
		return InGallery
	}
	if m.comparing() {
		if m.versus.choice.result {
			return InResult
		}
		return InLockstep
	}
	return m.screen.where()
}

func (m *model) say(format string, args ...any) tea.Cmd {
	m.screen.Said, m.screen.Bad = fmt.Sprintf(format, args...), false
	return nil
}

func (m *model) refuse(format string, args ...any) tea.Cmd {
	m.screen.Said, m.screen.Bad = fmt.Sprintf(format, args...), true
	return nil
}

// Setting is a changed value of a scenario, as --set writes it.
type Setting = spec.Setting

// Action is an entry of a scenario's timeline.
type Action = spec.Action

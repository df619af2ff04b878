package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"eddy/sim/experiment"
)

const (
	// progressAfter is how long work may take without a word.
	progressAfter = time.Second
	barEvery      = 100 * time.Millisecond
	lineEvery     = 10 * time.Second
)

// showProgress shows how far an experiment is, until the function it returns
// is called: a bar on a terminal, a line now and then elsewhere.
func (p *program) showProgress(x *experiment.Experiment, sc *experiment.Scenario) (done func()) {
	return p.showWork(sc.Name, sc.Duration, x.Progress)
}

// showWork shows how far work is that consists of runs of this many simulated
// ns each, on average.
func (p *program) showWork(name string, duration int64, ask func() experiment.Progress) (done func()) {
	if p.conf.Quiet {
		return func() {}
	}
	v := &progressView{
		w: p.errs, name: name, duration: duration, ask: ask, began: time.Now(),
		bar: obedient(p.errs, os.Getenv), every: lineEvery,
	}
	if v.bar {
		v.every = barEvery
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		v.loop(stop)
	}()
	return func() {
		close(stop)
		<-stopped
	}
}

// progressView is the bar or the lines.
type progressView struct {
	w        io.Writer
	name     string
	duration int64 // simulated ns of one run
	ask      func() experiment.Progress
	began    time.Time
	bar      bool
	every    time.Duration
	shown    bool
}

func (v *progressView) loop(stop <-chan struct{}) {
	tick := time.NewTicker(v.every)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			v.show(now.Sub(v.began))
		case <-stop:
			v.clear()
			return
		}
	}
}

func (v *progressView) show(passed time.Duration) {
	if passed < progressAfter {
		return
	}
	line := progressLine(v.name, v.duration, v.ask(), passed, v.bar)
	if v.bar {
		// Back to the beginning, and erase what the last line had more.
		fmt.Fprint(v.w, "\r"+line+"\x1b[K")
	} else {
		fmt.Fprintln(v.w, "eddy: "+line)
	}
	v.shown = true
}

// clear leaves a terminal as if there had been no bar.
func (v *progressView) clear() {
	if v.bar && v.shown {
		fmt.Fprint(v.w, "\r\x1b[K")
	}
}

// progressLine says in under 80 columns how far it is: the share done, the
// simulated time, the pace, and the time left at that pace.
func progressLine(name string, duration int64, at experiment.Progress, passed time.Duration, bar bool) string {
	all := float64(duration) * float64(at.Runs)
	share := min(1, float64(at.Now)/all)
	var parts []string
	if bar {
		parts = append(parts, drawBar(share))
	} else {
		parts = append(parts, visible(shorten(name, 24)))
	}
	parts = append(parts, fmt.Sprintf("%3.0f %%", 100*share))
	if at.Runs > 1 {
		parts = append(parts, fmt.Sprintf("%d of %d runs", at.Done, at.Runs))
	} else {
		parts = append(parts, fmt.Sprintf("%s of %s", clock(at.Now), clock(duration)))
	}
	parts = append(parts, fmt.Sprintf("%s events/s", thousands(float64(at.Events)/passed.Seconds())))
	if share > 0 {
		left := time.Duration(float64(passed) * (1 - share) / share)
		parts = append(parts, clock(int64(left))+" left")
	}
	return strings.Join(parts, "  ")
}

func drawBar(share float64) string {
	const cells = 20
	full := int(share * cells)
	return strings.Repeat("█", full) + strings.Repeat("░", cells-full)
}

func shorten(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// clock writes a time in at most two units.
func clock(ns int64) string {
	s := ns / 1e9
	switch {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	case s < 86400:
		return fmt.Sprintf("%dh%02dm", s/3600, s/60%60)
	case s < 1e4*86400:
		return fmt.Sprintf("%dd%02dh", s/86400, s/3600%24)
	}
	return fmt.Sprintf("%dd", s/86400)
}

// thousands writes a rate with three digits and k or M.
func thousands(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.3gM", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%.3gk", v/1e3)
	}
	return fmt.Sprintf("%.3g", v)
}

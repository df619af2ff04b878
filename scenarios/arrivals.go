package scenarios

import (
	"fmt"
	"strings"

	"eddy/sim/spec"
)

// process is one way to write a rate.
type process struct {
	name   string
	params []param
	sign   string
	read   func(r *arrivalReader, args map[string]*expr) (spec.Arrivals, *exprFlaw)
}

// arrivalReader reads the text of a rate.
type arrivalReader struct {
	l    *loader
	n    *node
	at   *place
	call *expr
}

func processes() []process {
	return []process{
		{"every", []param{{"interval", false}, {"jitter", true}}, "every(100ms) or every(100ms, jitter=10%)", (*arrivalReader).every},
		{"poisson", must("rate"), "poisson(120/s)", (*arrivalReader).poisson},
		{"renewal", must("gap"), "renewal(gamma(10ms, 5ms)) with the distribution of the gaps", (*arrivalReader).renewal},
		{"burst", must("size", "every"), "burst(70, every=5s)", (*arrivalReader).burst},
		{"mmpp", must("low", "high", "low_for", "high_for"), "mmpp(low=10/s, high=200/s, low_for=30s, high_for=5s)", (*arrivalReader).mmpp},
		{"replay", must("file"), "replay(file=arrivals.csv)", (*arrivalReader).replay},
	}
}

const arrivalsWant = "a rate such as 120/s or poisson(120/s)"

var arrivalsForm = &form[spec.Arrivals]{
	shape: &shape{want: arrivalsWant, schema: arrivalsSchema},
	read:  readArrivals,
	write: func(_ *writer, v spec.Arrivals) *node {
		if v.Kind == spec.NoArrivals {
			return nil
		}
		return word(writeArrivals(v))
	},
}

func readArrivals(l *loader, n *node, at *place) (spec.Arrivals, bool) {
	text, ok := l.text(n, at, arrivalsWant)
	if !ok {
		return spec.Arrivals{}, false
	}
	e, f := parseExpr(text)
	if f != nil {
		if _, plain := parseRate(text); plain != nil && plain.suggestion != "" {
			l.flawed(n, at, plain) // "10 per second" is no expression, and a rate nearly
		} else {
			l.flawedIn(n, at, f)
		}
		return spec.Arrivals{}, false
	}
	r := arrivalReader{l: l, n: n, at: at, call: e}
	a, f := r.arrivals()
	if f != nil {
		l.flawedIn(n, at, f)
		return a, false
	}
	return a, !l.replayBroken(a)
}

// replayBroken says that a trace had errors, which are reported where it is.
func (l *loader) replayBroken(a spec.Arrivals) bool {
	return a.Kind == spec.Replay && l.files.replays[a.File] != nil && l.files.replays[a.File].broken
}

func (r *arrivalReader) arrivals() (spec.Arrivals, *exprFlaw) {
	e := r.call
	if !e.call {
		rate, f := parseRate(e.text)
		if f != nil && f.accepted == rateAccepted {
			f.accepted = rateAccepted + ", every(100ms), poisson(120/s), renewal(…), burst(…), mmpp(…) or replay(file=…)"
		}
		return spec.Arrivals{Kind: spec.Every, Rate: rate}, e.at(f)
	}
	var names []string
	for _, p := range processes() {
		if p.name != e.text {
			names = append(names, p.name)
			continue
		}
		args, f := e.arguments(p.params, p.sign)
		if f != nil {
			return spec.Arrivals{}, f
		}
		return p.read(r, args)
	}
	f := &flaw{problem: quoted(e.text) + " is not a way of arriving", accepted: "write 120/s or one of " + listed(names)}
	f.suggestion = closest(e.text, names)
	if findFamily(e.text) != nil {
		f.suggestion = "renewal(" + e.text + "(…))"
	}
	return spec.Arrivals{}, e.at(f)
}

func (r *arrivalReader) rate(e *expr) (spec.Rate, *exprFlaw) {
	if f := e.literal("a rate such as 120/s"); f != nil {
		return spec.Rate{}, f
	}
	v, f := parseRate(e.text)
	return v, e.at(f)
}

func (r *arrivalReader) every(args map[string]*expr) (spec.Arrivals, *exprFlaw) {
	a := spec.Arrivals{Kind: spec.Every}
	interval := args["interval"]
	if f := interval.literal("a duration such as 100ms"); f != nil {
		return a, f
	}
	v, f := parsePositive(interval.text)
	if f != nil {
		if _, bad := parseRate(interval.text); bad == nil {
			f = &flaw{problem: "every wants the time between two events", accepted: "write every(100ms), or the rate alone", suggestion: interval.text}
		}
		return a, interval.at(f)
	}
	a.Rate = spec.Rate{Events: 1, Per: v}
	if j := args["jitter"]; j != nil {
		if a.Jitter, f = parseChance(j.text); f != nil {
			return a, j.at(f)
		}
	}
	return a, nil
}

func (r *arrivalReader) poisson(args map[string]*expr) (spec.Arrivals, *exprFlaw) {
	rate, f := r.rate(args["rate"])
	return spec.Arrivals{Kind: spec.Poisson, Rate: rate}, f
}

// gap reads a distribution of the time between arrivals; its mean must be
// finite and more than 0, or the run would stand still at one instant.
func (r *arrivalReader) gap(e *expr) (spec.Dist, *exprFlaw) {
	d := distReader{l: r.l, quantity: durationQuantity}
	gap, f := d.dist(e)
	if f != nil {
		return gap, f
	}
	if alwaysZero(gap) {
		return gap, e.at(&flaw{problem: "the time between arrivals must be more than 0"})
	}
	if !r.l.moments(r.n, r.at, gap, durationQuantity, true) {
		return gap, nil
	}
	return gap, nil
}

// alwaysZero says whether a distribution gives nothing but 0.
func alwaysZero(d spec.Dist) bool {
	switch d.Kind {
	case spec.Constant, spec.Exponential, spec.Erlang, spec.Weibull, spec.Hyperexp, spec.Gamma:
		return d.Mean == 0
	case spec.Normal:
		return d.Mean <= 0 && d.SD == 0
	case spec.Uniform, spec.Triangular:
		return d.Max == 0
	case spec.Lognormal:
		return d.HasSD && d.Mean == 0
	case spec.Mix:
		for _, p := range d.Parts {
			if p.Weight > 0 && !alwaysZero(p.Dist) {
				return false
			}
		}
		return true
	case spec.Empirical:
		return d.Values[len(d.Values)-1] == 0
	}
	return false
}

func (r *arrivalReader) renewal(args map[string]*expr) (spec.Arrivals, *exprFlaw) {
	gap, f := r.gap(args["gap"])
	return spec.Arrivals{Kind: spec.Renewal, Gap: gap}, f
}

func (r *arrivalReader) burst(args map[string]*expr) (spec.Arrivals, *exprFlaw) {
	a := spec.Arrivals{Kind: spec.Burst}
	size, f := parseWhole(args["size"].text, 1, 1_000_000)
	if f != nil {
		return a, args["size"].at(f)
	}
	a.Size = int(size)
	gap, bad := r.gap(args["every"])
	a.Gap = gap
	return a, bad
}

func (r *arrivalReader) mmpp(args map[string]*expr) (spec.Arrivals, *exprFlaw) {
	a := spec.Arrivals{Kind: spec.MMPP}
	var f *exprFlaw
	if a.Low, f = r.rate(args["low"]); f != nil {
		return a, f
	}
	if a.High, f = r.rate(args["high"]); f != nil {
		return a, f
	}
	if a.Low.PerSecond() > a.High.PerSecond() {
		return a, args["low"].at(&flaw{problem: "the low rate is above the high one"})
	}
	for _, stay := range []struct {
		name string
		to   *float64
	}{{"low_for", &a.LowFor}, {"high_for", &a.HighFor}} {
		e := args[stay.name]
		v, bad := durationQuantity.float(e.text)
		if bad == nil && v <= 0 {
			bad = &flaw{problem: stay.name + " must be more than 0"}
		}
		if bad != nil {
			return a, e.at(bad)
		}
		*stay.to = v
	}
	return a, nil
}

// replay resolves the event names of a trace. Traces are shared between
// readings, so the rows are copied when they name events.
func (r *arrivalReader) replay(args map[string]*expr) (spec.Arrivals, *exprFlaw) {
	a := spec.Arrivals{Kind: spec.Replay, File: args["file"].text}
	trace, f := r.l.files.replay(r.l, a.File)
	if f != nil {
		return a, args["file"].at(f)
	}
	for _, c := range trace.columns {
		r.l.columns[c] = true
	}
	a.Rows, a.Columns = trace.rows, trace.columns
	if len(trace.events) > 0 {
		index := make([]int, len(trace.events))
		for i, name := range trace.events {
			index[i] = r.l.event(name, r.n)
			r.l.spots.emitted[index[i]] = true
		}
		a.Rows = make([]spec.ReplayRow, len(trace.rows))
		for i, row := range trace.rows {
			if row.Event != spec.None {
				row.Event = index[row.Event]
			}
			a.Rows[i] = row
		}
	}
	return a, nil
}

func writeArrivals(a spec.Arrivals) string {
	switch a.Kind {
	case spec.Every:
		if s := writeRate(a.Rate); s != "" && a.Jitter == 0 {
			return s
		}
		if a.Jitter == 0 {
			return fmt.Sprintf("every(%s)", writeNanos(a.Rate.Per))
		}
		return fmt.Sprintf("every(%s jitter=%s)", writeNanos(a.Rate.Per), writeChance(a.Jitter))
	case spec.Poisson:
		return "poisson(" + writeRate(a.Rate) + ")"
	case spec.Renewal:
		return "renewal(" + writeDist(a.Gap, durationQuantity) + ")"
	case spec.Burst:
		return fmt.Sprintf("burst(%d every=%s)", a.Size, writeDist(a.Gap, durationQuantity))
	case spec.MMPP:
		return strings.Join([]string{
			"mmpp(low=" + writeRate(a.Low), "high=" + writeRate(a.High),
			"low_for=" + durationQuantity.write(a.LowFor), "high_for=" + durationQuantity.write(a.HighFor) + ")",
		}, " ")
	}
	return "replay(file=" + fileArgument(a.File) + ")"
}

package report

import (
	"math"
	"sort"

	"eddy/sim"
	"eddy/sim/experiment"
)

// Board is a comparison of two scenarios, A and B, laid out for a screen: the
// same numbers and words as its report, in pieces.
type Board struct {
	Pairs   int
	Basis   string // what it rests on, in a line
	A, B    string // what the two are
	Rows    []BoardRow
	Words   []BoardWords // the verdict first
	Remarks []BoardWords // what to be wary of, and how the table is read
	Changes []Change     // what differs between the resolved scenarios
	Keys    int          // places of the resolved scenarios in all
	Flows   []BoardFlow
	Course  []BoardStep
}

// Standings of a row: who is better, or why that is not said.
const (
	StandsA       = 'A' // A is better
	StandsB       = 'B'
	StandsSame    = '=' // equal in every pair
	StandsNoise   = '~' // no difference that these pairs can tell
	StandsFact    = '≠' // a difference that is neither good nor bad
	StandsUnknown = '?' // not enough to say
)

// BoardRow is one measure.
type BoardRow struct {
	Group, Name string // "consumers", "payment"
	Label       string // "payment latency p99"
	A, B        string // the means over the runs
	Difference  string // B − A with half of its 95 % interval: "−205ms ±2"
	Relative    string // the same as a share of A: "−96% ±1", "" where A is 0
	Standing    rune
	Moves       float64 // how much of the larger value the difference is, 0 to 1, for sorting
	Note        string  // why there is no interval
	Of          string  // how many observations a run's percentile is of in A and B, "" for what is no percentile
}

// BoardWords is a sentence with what kind of sentence it is.
type BoardWords struct {
	Kind rune // '+' better, '-' worse, '!' a warning, '?' open, '·' anything else
	Text string
}

// BoardFlow is how long the families of one flow took in both.
type BoardFlow struct {
	Name       string
	A, B       []BoardPoint // in order of Seconds; the same places in both
	TopA, TopB float64      // the share that was completed at all
}

// BoardPoint is a point of a cumulative distribution.
type BoardPoint struct {
	Seconds float64
	Share   float64 // of all families that were completed or failed, within that time
	Density float64 // of the share over the logarithm of time, as a share of the greatest in the flow
}

// BoardStep is what happened in one step of simulated time, the means of all
// runs: families a second, and what waits at its end.
type BoardStep struct {
	At                                                           float64 // s, the end of the step
	CompletedA, CompletedB, FailedA, FailedB, WaitingA, WaitingB float64
}

// Board lays out a comparison of two scenarios.
func (c *Compared) Board() *Board {
	b := &Board{Pairs: c.Pairs, Basis: c.basis(), A: c.label(0), B: c.label(1)}
	for i := range c.Measures {
		if m := &c.Measures[i]; saysSomething(m) {
			b.Rows = append(b.Rows, boardRow(m))
		}
	}
	b.Words = boardWords(c.verdict())
	for _, list := range c.remarks() {
		b.Remarks = append(b.Remarks, boardWords(list)...)
	}
	if len(c.Resolved) == 2 {
		for _, ch := range Differs(c.Resolved[0], c.Resolved[1]) {
			b.Changes = append(b.Changes, Change{clean(ch.Path), clean(ch.Was), clean(ch.Is)})
		}
		b.Keys = places(c.Resolved[0], c.Resolved[1])
	}
	if shapes := c.Shapes(); len(shapes) == 2 {
		b.Flows = boardFlows(shapes[0], shapes[1])
		b.Course = boardCourse(shapes[0], shapes[1])
	}
	return b
}

// places is how many places two resolved scenarios have together.
func places(first, second []byte) int {
	seen := map[string]bool{}
	for _, text := range [][]byte{first, second} {
		for _, e := range flatten(text) {
			seen[e.path] = true
		}
	}
	return len(seen)
}

func boardRow(m *experiment.Compared) BoardRow {
	d := m.Against[0]
	r := BoardRow{
		Group: m.Group, Name: clean(m.Name), Label: measureName(m),
		A: human(m.Values[0].Mean, m.Unit), B: human(m.Values[1].Mean, m.Unit),
		Difference: differenceCell(m, 1).text, Moves: moves(m, 1), Note: clean(d.Note),
	}
	if x, y := m.Values[0].Count, m.Values[1].Count; x.Valid && y.Valid {
		r.Of = compactCount(x.Value) + " and " + compactCount(y.Value)
	}
	if base := m.Values[0].Mean; base.Valid && base.Value != 0 && d.Mean.Valid {
		r.Relative = relativeText(d, math.Abs(base.Value))
	}
	switch d.Standing {
	case experiment.Better:
		r.Standing = StandsB
	case experiment.Worse:
		r.Standing = StandsA
	case experiment.Different:
		r.Standing = StandsFact
	case experiment.Noise:
		r.Standing = StandsNoise
	case experiment.Same:
		r.Standing = StandsSame
	default:
		r.Standing = StandsUnknown
	}
	return r
}

// relativeText is a difference as a share of the base's value.
func relativeText(d experiment.Difference, base float64) string {
	if d.Standing == experiment.Same {
		return "0"
	}
	share := d.Mean.Value / base
	half, doubt := 0.0, math.Abs(share)/10
	if d.Low.Valid {
		if half = (d.High.Value - d.Low.Value) / 2 / base; half > 0 {
			doubt = half
		}
	}
	if doubt <= 0 {
		return "0"
	}
	doubt = max(doubt, 1e-3)
	text := precise(share, sim.UnitShare, 1, doubt)
	if share > 0 {
		text = "+" + text
	}
	if half > 0 {
		text += " ±" + precise(half, sim.UnitShare, 1, doubt)
	}
	return text
}

func boardWords(list []remark) []BoardWords {
	var all []BoardWords
	for _, r := range list {
		kind := '·'
		switch r.mark {
		case okMark:
			kind = '+'
		case badMark:
			kind = '-'
		case warnMark:
			kind = '!'
		case openMark:
			kind = '?'
		}
		all = append(all, BoardWords{kind, r.text})
	}
	return all
}

// boardPoints is how many points a distribution has.
const boardPoints = 120

// boardFlows are the flows of both, those with the most families first.
func boardFlows(a, b *experiment.Shape) []BoardFlow {
	empty := &experiment.Completions{}
	of := func(s *experiment.Shape, name string) *experiment.Completions {
		for i := range s.Flows {
			if s.Flows[i].Flow == name {
				return &s.Flows[i]
			}
		}
		return empty
	}
	var names []string
	for _, s := range []*experiment.Shape{a, b} {
		for i := range s.Flows {
			if name := s.Flows[i].Flow; !contains(names, name) {
				names = append(names, name)
			}
		}
	}
	families := func(name string) int64 {
		x, y := of(a, name), of(b, name)
		return x.Completed + x.Failed + y.Completed + y.Failed
	}
	sort.SliceStable(names, func(i, j int) bool { return families(names[i]) > families(names[j]) })
	var flows []BoardFlow
	for _, name := range names {
		flows = append(flows, boardFlow(name, of(a, name), of(b, name)))
	}
	return flows
}

func boardFlow(name string, a, b *experiment.Completions) BoardFlow {
	f := BoardFlow{Name: clean(name)}
	low, high := math.Inf(1), 0.0
	for _, c := range []*experiment.Completions{a, b} {
		if least, most, ok := c.Range(); ok {
			low, high = min(low, max(least, 1e-9)), max(high, most)
		}
	}
	if math.IsInf(low, 1) || high <= 0 {
		return f
	}
	low = max(low, high/1e6) // six decades tell what there is to see
	high = max(high, low*1.001)
	f.A, f.TopA = boardCurve(a, low, high)
	f.B, f.TopB = boardCurve(b, low, high)
	most := 0.0
	for _, list := range [][]BoardPoint{f.A, f.B} {
		for _, p := range list {
			most = max(most, p.Density)
		}
	}
	for _, list := range [][]BoardPoint{f.A, f.B} {
		for i := range list {
			list[i].Density /= most
		}
	}
	return f
}

// boardCurve is the distribution at places between low and high that are even
// on a logarithmic scale, and the share that was completed at all.
func boardCurve(c *experiment.Completions, low, high float64) ([]BoardPoint, float64) {
	if _, _, ok := c.Range(); !ok {
		return nil, 0
	}
	points := make([]BoardPoint, boardPoints)
	before := 0.0
	for i := range points {
		at := low * math.Pow(high/low, float64(i)/(boardPoints-1))
		if i == boardPoints-1 {
			at = high
		}
		share := c.Share(at)
		points[i] = BoardPoint{Seconds: at, Share: share, Density: share - before}
		before = share
	}
	return points, c.Share(high)
}

// boardCourse is the course of both, in the steps of the one that lasts longer.
func boardCourse(a, b *experiment.Shape) []BoardStep {
	long := a
	if b.Step > a.Step {
		long = b
	}
	var steps []BoardStep
	for _, at := range long.Steps {
		s := BoardStep{At: float64(at.At) / 1e9}
		if x := courseAt(a, at.At); x != nil {
			s.CompletedA, s.FailedA, s.WaitingA = x.Completed, x.Failed, x.Waiting
		}
		if x := courseAt(b, at.At); x != nil {
			s.CompletedB, s.FailedB, s.WaitingB = x.Completed, x.Failed, x.Waiting
		}
		steps = append(steps, s)
	}
	return steps
}

// courseAt is the step that a moment, in ns, is in; nil after the end.
func courseAt(s *experiment.Shape, at int64) *experiment.Course {
	if i := int((at - 1) / max(1, s.Step)); i >= 0 && i < len(s.Steps) {
		return &s.Steps[i]
	}
	return nil
}

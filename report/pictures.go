package report

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"eddy/sim"
)

// mostCharted is how many components of a kind have charts: those with the
// largest values. A page of hundreds is read by nobody.
const mostCharted = 24

// pictures draws a result; the note says of which run it is.
func (p page) pictures(r *sim.Result, h *History, note string) {
	p.need.need("warmup", "latency", "quantile", "blame", "ledger")
	p.quantiles(r.Consumers, note)
	p.blame(r.Consumers, note)
	p.overTime(r, h, note)
	p.ledger(r.Ledger, note)
}

// overTime is the charts of the history.
func (p page) overTime(r *sim.Result, h *History, note string) {
	if h == nil || len(h.tracks) == 0 {
		return
	}
	about := note + "Each point is a step of the run, or the mean of several: then a band reaches from the lowest to the highest of them."
	if len(h.left) > 0 {
		about += fmt.Sprintf(" %s beyond the first are not drawn.", plural(int64(len(h.left)), "component"))
	}
	if r.Run.Warmup > 0 {
		h.warmup = int64(r.Run.Warmup * 1e9)
		about += " The grey part on the left is the warm-up, which does not count."
	}
	if len(h.Troubled) > 0 {
		about += " The shaded parts are the times of trouble in the timeline."
	}
	p.section("Over time", about)
	p.charts("Flows: families that ended, per second", namesOf(r.Flows, func(x sim.FlowResult) string { return x.Name }), h, func(name string) []chart {
		at := "flows." + name
		return []chart{{about: "per second", unit: sim.UnitPerSecond, lines: []plotted{
			{"completed", "k3", h.of(at, "rate"), true}, {"failed", "k4", stirring(h.of(at, "failed")), false},
		}}}
	})
	p.charts("Producers: events created per second", namesOf(r.Producers, func(x sim.ProducerResult) string { return x.Name }), h, func(name string) []chart {
		return []chart{{about: "created", unit: sim.UnitPerSecond, lines: []plotted{{"rate", "k0", h.of("producers."+name, "rate"), true}}}}
	})
	stores := func(kind string) func(string) []chart {
		return func(name string) []chart {
			at := kind + "." + name
			return []chart{
				{about: "copies", unit: sim.UnitOne, lines: []plotted{
					{"ready", "k1", h.of(at, "depth"), true}, {"leased", "k2", h.of(at, "leased"), false},
				}},
				{about: "per second", unit: sim.UnitPerSecond, lines: []plotted{
					{"in", "k0", h.of(at, "rate_in"), true}, {"out", "k3", h.of(at, "rate_out"), false},
				}},
			}
		}
	}
	p.charts("Channels: depth and rates", namesOf(r.Channels, func(x sim.ChannelResult) string { return x.Name }), h, stores("channels"))
	p.charts("Subscriptions: depth and rates", namesOf(r.Subscriptions, func(x sim.ChannelResult) string { return x.Name }), h, stores("subscriptions"))
	p.charts("Consumers: latency of a step, load and instances", namesOf(r.Consumers, func(x sim.ConsumerResult) string { return x.Name }), h, func(name string) []chart {
		at := "consumers." + name
		return []chart{
			{about: "latency", unit: sim.UnitSeconds, lines: []plotted{
				{"p50", "k3", h.of(at, "latency.p50"), false}, {"p95", "k1", h.of(at, "latency.p95"), false}, {"p99", "k4", h.of(at, "latency.p99"), false},
			}},
			{about: "utilisation", unit: sim.UnitShare, least: 1, lines: []plotted{{"busy", "k2", h.of(at, "utilisation"), true}}},
			{about: "done per second", unit: sim.UnitPerSecond, lines: []plotted{{"rate", "k0", h.of(at, "rate"), true}}},
			{about: "instances", unit: sim.UnitOne, lines: []plotted{{"up", "k5", varying(h.of(at, "instances")), true}}},
		}
	})
}

// stirring is the line if it is not 0 all the time.
func stirring(t *track) *track {
	if t == nil || t.peak().Value == 0 {
		return nil
	}
	return t
}

// varying is the line if it is not the same all the time: a chart of a
// constant says nothing.
func varying(t *track) *track {
	if t == nil {
		return nil
	}
	for _, b := range t.buckets {
		if b.n > 0 && (b.low != t.buckets[0].low || b.high != t.buckets[0].low) {
			return t
		}
	}
	return nil
}

// charts draws those of a kind of component, as many as there should be.
func (p page) charts(title string, names []string, h *History, of func(name string) []chart) {
	type drawn struct {
		charts []chart
		peak   float64
		nth    int
	}
	var all []drawn
	var idle []string
	for _, name := range names {
		d := drawn{nth: len(all)}
		drew := false
		for _, c := range of(name) {
			c.title, c.end, c.warmup, c.troubled = clean(name), h.end, h.warmup, h.Troubled
			if c = c.fitting(); len(c.lines) > 0 {
				if d.charts = append(d.charts, c); len(d.charts) == 1 {
					d.peak = c.top()
				}
				drew = drew || !c.empty()
			}
		}
		switch {
		case drew:
			all = append(all, d)
		case len(d.charts) > 0:
			idle = append(idle, clean(name))
		}
	}
	if len(all)+len(idle) == 0 {
		return
	}
	fmt.Fprintf(p, "<h3>%s</h3>\n", markup(title))
	if len(idle) > 0 {
		more := ""
		if n := len(idle) - mostCharted; n > 0 {
			idle, more = idle[:mostCharted], fmt.Sprintf(" and %s more", integer(int64(n)))
		}
		p.note("0 all the time: " + strings.Join(idle, ", ") + more + ".")
	}
	if len(all) == 0 {
		return
	}
	if left := len(all) - mostCharted; left > 0 {
		sort.SliceStable(all, func(i, j int) bool { return all[i].peak > all[j].peak })
		all = all[:mostCharted]
		sort.Slice(all, func(i, j int) bool { return all[i].nth < all[j].nth })
		fmt.Fprintf(p, "<p class=\"note\">The %d with the highest values; %s more are in the series.</p>\n", mostCharted, integer(int64(left)))
	}
	// A component's charts begin a line; those of one chart share theirs.
	most := 0
	for _, d := range all {
		most = max(most, len(d.charts))
	}
	class := "charts"
	if most == 2 {
		class = "charts pairs"
	}
	fmt.Fprintf(p, "<div class=\"%s\">\n", class)
	for i, d := range all {
		if most > 2 && i > 0 {
			fmt.Fprintf(p, "</div>\n<div class=\"%s\">\n", class)
		}
		for _, c := range d.charts {
			if most == 2 {
				c.wide = halfWidth
			}
			c.write(p)
		}
	}
	p.WriteString("</div>\n")
}

// causeOrder is how the causes stand in a bar: first what is no waiting, then
// the waits that are most usual. Each has a colour of its own.
var causeOrder = []struct {
	cause sim.Cause
	class string
	label string
}{
	{sim.Service, "k3", "service"},
	{sim.FailedService, "k4", "failed service"},
	{sim.Queueing, "k1", "queue"},
	{sim.Behind, "k7", "behind"},
	{sim.BackingOff, "k2", "backoff"},
	{sim.Network, "k0", "network"},
	{sim.LeaseWait, "k5", "lease"},
	{sim.Outage, "k8", "outage"},
	{sim.Rebalancing, "k9", "rebalance"},
	{sim.Startup, "k6", "startup"},
	{sim.Batch, "k10", "batch"},
}

// blame is what latency consists of, for all copies and for the slowest.
func (p page) blame(consumers []sim.ConsumerResult, note string) {
	var shown []sim.ConsumerResult
	used := map[sim.Cause]bool{}
	for _, c := range consumers {
		if !c.Blame[sim.Service].Valid {
			continue
		}
		shown = append(shown, c)
		for _, o := range causeOrder {
			used[o.cause] = used[o.cause] || c.Blame[o.cause].Value > 0 || c.BlameP99[o.cause].Value > 0
		}
	}
	if len(shown) == 0 {
		return
	}
	p.section("Latency by cause", note+"The time from publication to effect, by cause: all copies, and the slowest 1%.")
	p.WriteString("<figure><figcaption>")
	for _, o := range causeOrder {
		if used[o.cause] {
			fmt.Fprintf(p, `<span class="key %s">%s</span> `, o.class, o.label)
		}
	}
	p.WriteString("</figcaption>\n")
	height := 8 + 44*len(shown)
	p.draw(780, float64(height), "full", "Latency by cause", "For each consumer two bars, of all copies and of the slowest 1%; the numbers are in the table Where the time went.")
	for i, c := range shown {
		y := 8 + 44*i
		fmt.Fprintf(p, `<text class="name" x="0" y="%d">%s<title>%s</title></text>`+"\n", y+12, markup(cut(clean(c.Name), 24)), markup(c.Name))
		p.shares(c.Blame, "all", y)
		p.shares(c.BlameP99, "p99", y+19)
	}
	p.WriteString("</svg></figure>\n")
}

// shares is one bar of causes.
func (p page) shares(s sim.Shares, label string, y int) {
	const left, wide = 190.0, 590.0
	fmt.Fprintf(p, `<text class="y" x="%s" y="%d">%s</text>`, place1(left-6), y+12, label)
	at := left
	for _, o := range causeOrder {
		v := s[o.cause].Value
		if !s[o.cause].Valid || v <= 0 {
			continue
		}
		w := float64(v * wide)
		fmt.Fprintf(p, `<rect class="part gap %s" x="%s" y="%d" width="%s" height="16"><title>%s %s</title></rect>`,
			o.class, place1(at), y, place1(w), o.label, percent(v))
		at += w
	}
	p.WriteByte('\n')
	at = left
	for _, o := range causeOrder {
		v := s[o.cause].Value
		if w := float64(v * wide); v > 0.08 {
			fmt.Fprintf(p, `<text class="on" x="%s" y="%d">%s</text>`, place1(at+w/2), y+12, percent(v))
		}
		at += float64(v * wide)
	}
	p.WriteByte('\n')
}

// quantiles is the latency of the consumers from the fastest copy to the
// slowest: where a line turns up is where the trouble begins.
func (p page) quantiles(consumers []sim.ConsumerResult, note string) {
	const most = 8
	var shown []sim.ConsumerResult
	for _, c := range consumers {
		if c.Latency.P50.Valid && c.Latency.Max.Valid && c.Latency.Max.Value > 0 {
			shown = append(shown, c)
		}
	}
	if len(shown) == 0 {
		return
	}
	about := note + "From publication to effect; the scale is logarithmic."
	if len(shown) > most {
		about += fmt.Sprintf(" The %d consumers with the largest p99 of %d.", most, len(shown))
		slices.SortStableFunc(shown, func(a, b sim.ConsumerResult) int {
			return -compareNumbers(a.Latency.P99, b.Latency.P99)
		})
		shown = shown[:most]
	}
	p.section("Latency by quantile", about)
	q := quantilePlot{page: p, consumers: shown}
	q.write()
}

func compareNumbers(a, b sim.Number) int {
	switch {
	case a.Value < b.Value:
		return -1
	case a.Value > b.Value:
		return 1
	}
	return 0
}

// ledgerPart is one class of copies.
type ledgerPart struct {
	n           int64
	class, word string
}

// ledger is what became of every copy, as a bar and in words.
func (p page) ledger(l sim.Ledger, note string) {
	p.section("Ledger", note+"Of the whole run.")
	parts := []ledgerPart{
		{l.Done, "k3", "done"},
		{l.Leased, "k2", "leased"},
		{l.Waiting, "k1", "waiting"},
		{l.Delayed, "k7", "delayed"},
		{l.DeadLettered, "k4", "dead-lettered"},
		{l.Dropped, "k8", "dropped"},
		{l.Expired, "k6", "expired"},
		{l.Lost, "k0", "lost"},
	}
	if l.Copies > 0 {
		p.WriteString("<figure><figcaption>")
		for _, c := range parts {
			if c.n > 0 {
				fmt.Fprintf(p, `<span class="key %s">%s %s</span> `, c.class, integer(c.n), c.word)
			}
		}
		p.WriteString("</figcaption>\n")
		p.draw(780, 26, "full", "What became of the copies", strings.Join(copyTerms(l), ", "))
		p.ledgerBar(parts, l.Copies)
		p.WriteString("\n</svg></figure>\n")
	}
	balanced := markSpan(okMark) + "balanced"
	if !l.Balanced {
		balanced = markSpan(badMark) + "does not balance"
	}
	fmt.Fprintf(p, "<p>%s</p>\n<p>%s = %s: %s</p>\n", strings.Join(eventTerms(l), ", "), plural(l.Copies, "copy"), strings.Join(copyTerms(l), " + "), balanced)
	if l.Duplicates > 0 {
		fmt.Fprintf(p, "<p class=\"bad\">%s</p>\n", plural(l.Duplicates, "duplicate effect"))
	}
}

// ledgerBar draws the classes by their number; even the smallest is seen.
func (p page) ledgerBar(parts []ledgerPart, copies int64) {
	const wide, least = 780.0, 4.0
	present := 0.0
	for _, c := range parts {
		if c.n > 0 {
			present++
		}
	}
	at := 0.0
	for _, c := range parts {
		if c.n == 0 {
			continue
		}
		w := least + float64(float64(c.n)/float64(copies)*(wide-float64(least*present)))
		fmt.Fprintf(p, `<rect class="part gap %s" x="%s" y="4" width="%s" height="18"><title>%s %s</title></rect>`,
			c.class, place1(at), place1(w), integer(c.n), c.word)
		at += w
	}
}

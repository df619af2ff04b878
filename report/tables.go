package report

import (
	"sort"
	"strings"

	"eddy/sim"
)

// view is what the tables need to know beside the result.
type view struct {
	marks map[string]mark // the worst finding of each component
	bar   int             // cells of a utilisation bar, 0: none
}

func newView(r *sim.Result, bar int) view {
	v := view{marks: map[string]mark{}, bar: bar}
	for _, f := range r.Findings {
		if m := severityMark(f.Severity); m != noteMark {
			v.marks[f.Component] = max(v.marks[f.Component], m)
		}
	}
	return v
}

func severityMark(s sim.FindingSeverity) mark {
	switch s {
	case sim.SeverityError:
		return badMark
	case sim.SeverityWarning:
		return warnMark
	}
	return noteMark
}

// tables are all tables of a result that have a row, in reading order.
func (v view) tables(r *sim.Result) []table {
	all := []table{
		v.producers(r), v.channels(r), v.consumers(r), v.calls(r),
		v.causes(r), v.classes(r), v.flows(r),
	}
	kept := all[:0]
	for _, t := range all {
		if len(t.rows) > 0 {
			kept = append(kept, t)
		}
	}
	return kept
}

func (v view) producers(r *sim.Result) table {
	type item = sim.ProducerResult
	t := tabulate("Producers", r.Producers, func(p item) mark { return v.marks["producers."+p.Name] }, []field[item]{
		{column{left: true}, func(p item) cell { return name(p.Name) }},
		{column{head: "created"}, func(p item) cell { return whole(p.Created) }},
		{column{head: "published", rank: 1, optional: true}, func(p item) cell {
			c := whole(p.Published)
			c.blank = p.Published == p.Created
			return c
		}},
		{column{head: "rate"}, func(p item) cell { return number(p.Rate, sim.UnitPerSecond) }},
		{column{group: "confirm", head: "p50", optional: true, rank: 3}, func(p item) cell { return confirm(p, p.Confirm.P50) }},
		{column{group: "confirm", head: "p99", optional: true, rank: 2}, func(p item) cell { return confirm(p, p.Confirm.P99) }},
		{column{head: "unsent", optional: true, spills: true}, func(p item) cell { return trouble(p.Unsent, warn) }},
		{column{head: "retries", optional: true, spills: true}, func(p item) cell { return trouble(p.Retries, warn) }},
		{column{head: "rejected", optional: true, spills: true}, func(p item) cell { return trouble(p.Rejected, bad) }},
		{column{head: "dropped", optional: true, spills: true}, func(p item) cell { return trouble(p.Dropped, bad) }},
		{column{head: "blocked", optional: true, spills: true}, func(p item) cell {
			c := number(p.Blocked, sim.UnitSeconds)
			c.blank = c.blank || p.Blocked.Value == 0
			return c
		}},
		{column{head: "available", optional: true, spills: true}, func(p item) cell {
			c := number(p.Availability, sim.UnitShare)
			c.blank = c.blank || p.Availability.Value == 1
			return c
		}},
	})
	t.spillTitle = "Trouble"
	return t
}

// confirm says nothing where links take no time.
func confirm(p sim.ProducerResult, v sim.Number) cell {
	c := number(v, sim.UnitSeconds)
	c.blank = c.blank || p.Confirm.Max.Value == 0
	return c
}

// place is a channel or a subscription as a row.
type place struct {
	sim.ChannelResult
	name cell
	mark mark
}

func (v view) channels(r *sim.Result) table {
	t := tabulate("Channels", v.places(r), func(p place) mark { return p.mark }, []field[place]{
		{column{left: true}, func(p place) cell { return p.name }},
		{column{head: "type", left: true, rank: 4}, func(p place) cell { return cell{text: clean(p.Type), blank: p.Type == ""} }},
		{column{head: "in"}, func(p place) cell { return number(p.RateIn, sim.UnitPerSecond) }},
		{column{head: "out", rank: 3}, func(p place) cell { return number(p.RateOut, sim.UnitPerSecond) }},
		{column{group: "depth", head: "mean"}, func(p place) cell { return number(p.Depth.Mean, sim.UnitOne) }},
		{column{group: "depth", head: "max", rank: 2}, func(p place) cell { return number(p.Depth.Max, sim.UnitOne) }},
		{column{group: "depth", head: "last", rank: 5}, func(p place) cell { return number(p.Depth.Last, sim.UnitOne) }},
		{column{group: "wait", head: "p50", optional: true, rank: 6}, func(p place) cell { return number(p.Wait.P50, sim.UnitSeconds) }},
		{column{group: "wait", head: "p95", optional: true, rank: 7}, func(p place) cell { return number(p.Wait.P95, sim.UnitSeconds) }},
		{column{group: "wait", head: "p99", optional: true, rank: 1}, func(p place) cell { return number(p.Wait.P99, sim.UnitSeconds) }},
		{column{head: "redelivered", optional: true, spills: true}, func(p place) cell { return trouble(p.Redelivered, warn) }},
		{column{head: "dead", optional: true, spills: true}, func(p place) cell { return trouble(p.DeadLettered, bad) }},
		{column{head: "dropped", optional: true, spills: true}, func(p place) cell { return trouble(p.Dropped, bad) }},
		{column{head: "expired", optional: true, spills: true}, func(p place) cell { return trouble(p.Expired, bad) }},
		{column{head: "rejected", optional: true, spills: true}, func(p place) cell { return trouble(p.Rejected, bad) }},
		{column{head: "ignored", optional: true, spills: true}, func(p place) cell { return whole(p.DuplicatesIgnored) }},
	})
	t.spillTitle = "Trouble"
	return t
}

// places are the channels, each followed by its subscriptions.
func (v view) places(r *sim.Result) []place {
	of := map[string][]sim.ChannelResult{}
	for _, s := range r.Subscriptions {
		channel, _, _ := strings.Cut(s.Name, "/")
		of[channel] = append(of[channel], s)
	}
	var rows []place
	add := func(c sim.ChannelResult, kind, branch, short string) {
		rows = append(rows, place{c, cell{text: branch + clean(short), full: clean(c.Name)}, v.marks[kind+c.Name]})
	}
	for _, c := range r.Channels {
		add(c, "channels.", "", c.Name)
		subs := of[c.Name]
		delete(of, c.Name)
		for i, s := range subs {
			branch := "├ "
			if i == len(subs)-1 {
				branch = "└ "
			}
			add(s, "subscriptions.", branch, s.Name[len(c.Name)+1:])
		}
	}
	for _, s := range r.Subscriptions { // of no channel in the result
		if channel, _, _ := strings.Cut(s.Name, "/"); of[channel] != nil {
			add(s, "subscriptions.", "", s.Name)
		}
	}
	return rows
}

func (v view) consumers(r *sim.Result) table {
	type item = sim.ConsumerResult
	t := tabulate("Consumers", r.Consumers, func(c item) mark { return v.marks["consumers."+c.Name] }, []field[item]{
		{column{left: true}, func(c item) cell { return name(c.Name) }},
		{column{head: "inst"}, func(c item) cell { return instances(c.Instances) }},
		{column{head: "rate"}, func(c item) cell { return number(c.Rate, sim.UnitPerSecond) }},
		{column{head: "utilisation", optional: true}, func(c item) cell { return v.utilisation(c.Utilisation) }},
		{column{group: "wait", head: "p50", optional: true, rank: 4}, func(c item) cell { return number(c.Wait.P50, sim.UnitSeconds) }},
		{column{group: "wait", head: "p95", optional: true, rank: 6}, func(c item) cell { return number(c.Wait.P95, sim.UnitSeconds) }},
		{column{group: "wait", head: "p99", optional: true, rank: 2}, func(c item) cell { return number(c.Wait.P99, sim.UnitSeconds) }},
		{column{head: "service", optional: true, rank: 7}, func(c item) cell { return number(c.Service.Mean, sim.UnitSeconds) }},
		{column{group: "latency", head: "p50", optional: true, rank: 3}, func(c item) cell { return number(c.Latency.P50, sim.UnitSeconds) }},
		{column{group: "latency", head: "p95", optional: true, rank: 5}, func(c item) cell { return number(c.Latency.P95, sim.UnitSeconds) }},
		{column{group: "latency", head: "p99", optional: true, rank: 1}, func(c item) cell { return number(c.Latency.P99, sim.UnitSeconds) }},
		{column{head: "failed", optional: true, spills: true}, func(c item) cell { return trouble(c.FailedAttempts, warn) }},
		{column{head: "retries", optional: true, spills: true}, func(c item) cell { return trouble(c.Retries, warn) }},
		{column{head: "timed out", optional: true, spills: true}, func(c item) cell { return trouble(c.TimedOut, warn) }},
		{column{head: "dead", optional: true, spills: true}, func(c item) cell { return trouble(c.DeadLettered, bad) }},
		{column{head: "dropped", optional: true, spills: true}, func(c item) cell { return trouble(c.Dropped, bad) }},
		{column{head: "lost", optional: true, spills: true}, func(c item) cell { return trouble(c.Lost, bad) }},
		{column{head: "duplicates", optional: true, spills: true}, func(c item) cell { return trouble(c.Duplicates, bad) }},
		{column{head: "recognised", optional: true, spills: true}, func(c item) cell { return whole(c.Recognised) }},
		{column{head: "out of order", optional: true, spills: true}, func(c item) cell { return trouble(c.OrderViolations, warn) }},
	})
	t.spillTitle = "Trouble"
	return t
}

// exchange is one side of the synchronous calls.
type exchange struct {
	name, full                           string
	ok, failed, timedOut, refused, short int64
	late                                 int64
	response                             sim.Latency
}

func (v view) calls(r *sim.Result) table {
	var sides []exchange
	add := func(e exchange) {
		if e.ok+e.failed+e.timedOut+e.refused+e.short+e.late > 0 {
			sides = append(sides, e)
		}
	}
	asks := func(kind, name string, c sim.Calls, response sim.Latency) {
		add(exchange{
			name: clean(name) + " asks", full: clean(kind + name),
			ok: c.OK, failed: c.Failed, timedOut: c.TimedOut, refused: c.Refused, short: c.ShortCircuited, response: response,
		})
	}
	for _, p := range r.Producers {
		asks("producers.", p.Name, p.Calls, p.Response)
	}
	for _, c := range r.Consumers {
		asks("consumers.", c.Name, c.Calls, sim.Latency{})
		add(exchange{
			name: clean(c.Name) + " answers", full: clean("consumers." + c.Name),
			ok: c.Served.OK, failed: c.Served.Failed, late: c.Served.Late, response: c.Served.Response,
		})
	}
	return tabulate("Calls", sides, unmarked, []field[exchange]{
		{column{left: true}, func(e exchange) cell { return cell{text: e.name} }},
		{column{head: "ok"}, func(e exchange) cell { return whole(e.ok) }},
		{column{head: "failed", optional: true, term: "calls"}, func(e exchange) cell { return trouble(e.failed, bad) }},
		{column{head: "timed out", optional: true, term: "calls"}, func(e exchange) cell { return trouble(e.timedOut, bad) }},
		{column{head: "refused", optional: true}, func(e exchange) cell { return trouble(e.refused, bad) }},
		{column{head: "cut short", optional: true}, func(e exchange) cell { return trouble(e.short, warn) }},
		{column{head: "late", optional: true}, func(e exchange) cell { return trouble(e.late, warn) }},
		{column{group: "response", head: "p50", optional: true, rank: 3}, func(e exchange) cell { return number(e.response.P50, sim.UnitSeconds) }},
		{column{group: "response", head: "p95", optional: true, rank: 2}, func(e exchange) cell { return number(e.response.P95, sim.UnitSeconds) }},
		{column{group: "response", head: "p99", optional: true, rank: 1}, func(e exchange) cell { return number(e.response.P99, sim.UnitSeconds) }},
	})
}

func (v view) causes(r *sim.Result) table {
	type item = sim.ConsumerResult
	var done []item
	for _, c := range r.Consumers {
		if len(topCauses(c.Blame)) > 0 {
			done = append(done, c)
		}
	}
	return tabulate("Where the time went", done, unmarked, []field[item]{
		{column{left: true}, func(c item) cell { return name(c.Name) }},
		{column{head: "of all", left: true, flex: true}, func(c item) cell { return causes(c.Blame) }},
		{column{head: "of the slowest 1%", left: true, flex: true, optional: true}, func(c item) cell { return causes(c.BlameP99) }},
	})
}

func causes(s sim.Shares) cell {
	parts := topCauses(s)
	return cell{parts: parts, blank: len(parts) == 0}
}

// topCauses says where at least one percent went each, most first, at most four.
func topCauses(s sim.Shares) []string {
	var order []int
	for i, share := range s {
		if share.Valid && share.Value >= 0.01 {
			order = append(order, i)
		}
	}
	sort.SliceStable(order, func(a, b int) bool { return s[order[a]].Value > s[order[b]].Value })
	var parts []string
	for _, i := range order[:min(len(order), 4)] {
		parts = append(parts, strings.ReplaceAll(sim.CauseNames[i], "_", " ")+" "+percent(s[i].Value))
	}
	return parts
}

// class is one event type or priority at one consumer.
type class struct {
	sim.ClassResult
	consumer string
}

// classes are the types and priorities of the consumers that have several.
func (v view) classes(r *sim.Result) table {
	var rows []class
	for _, c := range r.Consumers {
		if len(c.ByType) > 1 {
			for _, k := range c.ByType {
				rows = append(rows, class{k, c.Name})
			}
		}
		if len(c.ByPriority) > 1 {
			for _, k := range c.ByPriority {
				k.Name = "priority " + k.Name
				rows = append(rows, class{k, c.Name})
			}
		}
	}
	return tabulate("By type and priority", rows, unmarked, []field[class]{
		{column{left: true}, func(k class) cell { return name(k.consumer) }},
		{column{head: "events", left: true}, func(k class) cell { return name(k.Name) }},
		{column{head: "done"}, func(k class) cell { return whole(k.Done) }},
		{column{group: "wait", head: "p50", optional: true, rank: 4}, func(k class) cell { return number(k.Wait.P50, sim.UnitSeconds) }},
		{column{group: "wait", head: "p95", optional: true, rank: 6}, func(k class) cell { return number(k.Wait.P95, sim.UnitSeconds) }},
		{column{group: "wait", head: "p99", optional: true, rank: 2}, func(k class) cell { return number(k.Wait.P99, sim.UnitSeconds) }},
		{column{group: "latency", head: "p50", optional: true, rank: 3}, func(k class) cell { return number(k.Latency.P50, sim.UnitSeconds) }},
		{column{group: "latency", head: "p95", optional: true, rank: 5}, func(k class) cell { return number(k.Latency.P95, sim.UnitSeconds) }},
		{column{group: "latency", head: "p99", optional: true, rank: 1}, func(k class) cell { return number(k.Latency.P99, sim.UnitSeconds) }},
	})
}

func (v view) flows(r *sim.Result) table {
	type item = sim.FlowResult
	return tabulate("Flows", r.Flows, unmarked, []field[item]{
		{column{left: true}, func(f item) cell { return name(f.Name) }},
		{column{head: "created"}, func(f item) cell { return whole(f.Created) }},
		{column{head: "completed"}, func(f item) cell { return whole(f.Completed) }},
		{column{head: "failed", optional: true, term: "failedflow"}, func(f item) cell { return trouble(f.Failed, bad) }},
		{column{group: "completion", head: "p50", optional: true}, func(f item) cell { return number(f.Completion.P50, sim.UnitSeconds) }},
		{column{group: "completion", head: "p95", optional: true, rank: 2}, func(f item) cell { return number(f.Completion.P95, sim.UnitSeconds) }},
		{column{group: "completion", head: "p99", optional: true, rank: 1}, func(f item) cell { return number(f.Completion.P99, sim.UnitSeconds) }},
		{column{group: "completion", head: "max", optional: true, rank: 3}, func(f item) cell { return number(f.Completion.Max, sim.UnitSeconds) }},
	})
}

func name(s string) cell { return cell{text: clean(s)} }

// instances is one number if it was always the same, else the range.
func instances(l sim.InstancesLevel) cell {
	c := number(l.Mean, sim.UnitOne)
	if l.Min.Valid && l.Max.Valid {
		c.text = human(l.Min, sim.UnitOne)
		if l.Min.Value != l.Max.Value {
			c.text += "–" + human(l.Max, sim.UnitOne)
		}
	}
	return c
}

// utilisation is a bar and a percentage. From 85 % on waiting grows out of
// proportion, and from 99 % on nothing is left.
func (v view) utilisation(u sim.Number) cell {
	c := number(u, sim.UnitShare)
	c.full, c.share = c.text, u
	if !u.Valid {
		return c
	}
	switch {
	case u.Value >= 0.99:
		c.tone = bad
	case u.Value > 0.85:
		c.tone = warn
	}
	if v.bar > 0 {
		percent := quantity(float64(int(u.Value*100+0.5))) + "%"
		c.text = bar(u.Value, v.bar) + spaces(5-width(percent)) + percent
	}
	return c
}

// bar draws a share in eighths of a cell.
func bar(share float64, cells int) string {
	const eighths = " ▏▎▍▌▋▊▉"
	n := int(min(max(share, 0), 1)*float64(8*cells) + 0.5)
	s := strings.Repeat("█", n/8)
	if n%8 > 0 {
		s += string([]rune(eighths)[n%8])
	}
	return s + spaces(cells-width(s))
}

package scenarios

import (
	"fmt"
	"slices"

	"eddy/sim/spec"
)

// consumerDraft is a consumer while it is read: its short forms become a
// handler when all of them are known.
type consumerDraft struct {
	spec.Consumer
	parts [3]spec.Step
}

// verbs are the steps a handler can have, in the order of the short forms.
var verbs = []string{"work", "fail", "emit", "call"}

func consumerObject() *object[consumerDraft] {
	type S = consumerDraft
	o := &object[S]{
		title: "a consumer",
		start: func(l *loader, _ *node) S {
			var s S
			s.Instances, s.Concurrency, s.Backlog = 1, 1, spec.Unlimited
			s.Commit, s.Retry = l.likeOf.commit, l.likeOf.retry
			for i := range s.parts {
				s.parts[i] = defaultStep()
				s.parts[i].Verb = spec.Verb(i)
			}
			return s
		},
		keys: []key[S]{
			bind("about", textForm, func(s *S) *string { return &s.About }, "What it does."),
			bind("from", sourcesForm(), func(s *S) *[]spec.Source { return &s.From }, "The channel it reads, a list of channels, or `{channel, where, start}`. Without it the consumer only answers calls."),
			bind("instances", wholeForm[int](1, maxInstances), func(s *S) *int { return &s.Instances }, "How many of it run. Without a number, the least that `autoscale` allows.", dflt("1")),
			bind("concurrency", countForm[int](1, 1_000_000), func(s *S) *int { return &s.Concurrency }, "Events one instance works on at once.", dflt("1")),
			bind("prefetch", countForm[int](1, maxCount), func(s *S) *int { return &s.Prefetch }, "Events sent to one instance ahead of being answered.", dflt("the concurrency †")),
			bind("backlog", countForm[int](0, maxCount), func(s *S) *int { return &s.Backlog }, "Calls that may wait; more are refused.", dflt("unlimited")).
				writeIf(func(s *S) bool { return s.Backlog != spec.Unlimited }),
			bind("ack", enumForm(choice[bool]{"after", false}, choice[bool]{"before", true}), func(s *S) *bool { return &s.AckBefore },
				"When an event is acknowledged: `after` the work (at least once) or `before` it (at most once).", dflt("after")),
			bind("commit", durationForm, func(s *S) *spec.Nanos { return &s.Commit }, "Streams: offsets are committed so often; 0 is after each event.", dflt("0 †")).
				writeIf(func(s *S) bool { return s.Commit > 0 }),
			bind("idempotent", boolForm, func(s *S) *bool { return &s.Idempotent }, "Recognises an event it has already done: no second effect.", dflt("false")),
			bind("recognise", durationDist, func(s *S) *spec.Dist { return &s.Recognise }, "What recognising one costs.", dflt("0")),
			bind("starts", durationForm, func(s *S) *spec.Nanos { return &s.Starts }, "When it joins.", dflt("0")),
			bind("stops", limitForm, func(s *S) *spec.Nanos { return &s.Stops }, "When it leaves.", dflt("none")),
			bind("start_time", durationDist, func(s *S) *spec.Dist { return &s.StartTime }, "An instance needs so long before it takes work.", dflt("0")),
			bind("handle", handlersForm(), func(s *S) *[]spec.Handler { return &s.Handlers }, "What it does with an event: a list of steps, or a map from patterns of event types to lists of steps, of which the first that matches counts."),
			short("work", workForm, func(s *S) *spec.Step { return &s.parts[0] }, "Short for `handle: [{work: …}]`."),
			short("fail", failForm(), func(s *S) *spec.Step { return &s.parts[1] }, "Short for a step `fail`."),
			short("emit", emitForm, func(s *S) *spec.Step { return &s.parts[2] }, "Short for a step `emit`, with `to` beside it."),
			short("to", toForm, func(s *S) *spec.Step { return &s.parts[2] }, "Where `emit` publishes."),
			bind("retry", consumerRetryObject().form(), func(s *S) *spec.ConsumerRetry { return &s.Retry }, "What happens after a failed attempt.", dflt("5 attempts, exponential(100ms) †")),
			bind("autoscale", autoscaleObject().pointer(), func(s *S) **spec.Autoscale { return &s.Autoscale }, "A controller of the number of instances; see *Autoscaling*."),
		},
		finish: finishConsumer,
		extra:  consumerExtra,
	}
	return o.build()
}

// short is a key whose value is a part of a step; resolved scenarios have the
// handler instead.
func short[T any](name string, f *form[T], part func(*consumerDraft) *spec.Step, doc string) key[consumerDraft] {
	set := setters[name]
	return key[consumerDraft]{
		keyInfo: keyInfo{name: name, doc: doc, shape: f.shape},
		read: func(l *loader, n *node, at *place, s *consumerDraft) bool {
			v, ok := f.read(l, n, at)
			if ok {
				set(part(s), v)
			}
			return ok
		},
		write: func(*writer, *consumerDraft) *node { return nil },
	}
}

// consumersForm reads drafts and keeps what becomes of them.
func consumersForm() *form[[]spec.Consumer] {
	f := named("consumer", consumerObject(), func(s *consumerDraft) *string { return &s.Name })
	return &form[[]spec.Consumer]{
		shape: f.shape,
		read: func(l *loader, n *node, at *place) ([]spec.Consumer, bool) {
			drafts, ok := f.read(l, n, at)
			out := make([]spec.Consumer, len(drafts))
			for i := range drafts {
				out[i] = drafts[i].Consumer
			}
			return out, ok
		},
		write: func(w *writer, v []spec.Consumer) *node {
			drafts := make([]consumerDraft, len(v))
			for i := range v {
				drafts[i].Consumer = v[i]
			}
			return f.write(w, drafts)
		},
	}
}

func finishConsumer(f *fields, s *consumerDraft) {
	c := &s.Consumer
	if !f.has("prefetch") {
		c.Prefetch = f.l.likeOf.prefetch
		if c.Prefetch == 0 {
			c.Prefetch = c.Concurrency
		}
	}
	if f.sound("stops") && c.Stops > 0 && c.Stops <= c.Starts {
		f.fail("stops", fmt.Sprintf("it stops at %s, not after it starts at %s", writeNanos(c.Stops), writeNanos(c.Starts)), "stops after starts")
	}
	if f.sound("starts") && f.l.doc.Duration > 0 && c.Starts >= f.l.doc.Duration {
		f.l.warn(f.value("starts"), f.at.key("starts"), "this consumer starts when the run is over", "starts below the duration, "+writeNanos(f.l.doc.Duration), "")
	}
	if f.has("recognise") && !f.has("idempotent") {
		f.l.warn(f.keyNode("recognise"), f.at.key("recognise"), "only an idempotent consumer recognises anything", "idempotent: true", "")
	}
	if c.Autoscale != nil && f.sound("autoscale") && !f.has("instances") {
		c.Instances = max(c.Instances, c.Autoscale.Min)
	}
	if c.Autoscale != nil && f.sound("autoscale") && f.sound("instances") && (c.Instances < c.Autoscale.Min || c.Instances > c.Autoscale.Max) {
		f.fail("instances", fmt.Sprintf("%d instances are outside of what autoscale allows", c.Instances), fmt.Sprintf("from %d to %d", c.Autoscale.Min, c.Autoscale.Max))
	}
	f.shortForms(s)
}

// shortForms makes a handler of work, fail and emit written beside from.
func (f *fields) shortForms(s *consumerDraft) {
	var given []string
	for _, name := range []string{"work", "fail", "emit", "to"} {
		if f.has(name) {
			given = append(given, name)
		}
	}
	if len(given) == 0 {
		return
	}
	if f.has("handle") {
		f.misplaced(given[0], fmt.Sprintf("%s stands beside handle", quoted(given[0])), "make it a step of handle: - "+given[0]+": …")
		return
	}
	switch {
	case f.has("emit") && !f.has("to"):
		f.l.fail(f.keyNode("emit"), f.at.key("emit"), "emit needs a channel to publish to", "to: the name of a channel, beside emit", "")
		return
	case f.has("to") && !f.has("emit"):
		f.misplaced("to", "to says where emit publishes, and there is no emit", "emit: the event to publish")
		return
	}
	var steps []spec.Step
	for i, name := range []string{"work", "fail", "emit"} {
		if f.has(name) {
			steps = append(steps, s.parts[i])
		}
	}
	s.Handlers = []spec.Handler{{Pattern: everything(), Steps: steps}}
}

// everything is the pattern that matches every type.
func everything() spec.Pattern { return spec.Pattern{Text: "#", Words: []string{"#"}} }

func sourceObject() *object[spec.Source] {
	type S = spec.Source
	o := &object[S]{
		title: "a source of a consumer",
		keys: []key[S]{
			bind("channel", refForm(channels), func(s *S) *int { return &s.Channel }, "The channel it reads.", required),
			bind("where", filterForm, func(s *S) **spec.Filter { return &s.Where }, "Topics and streams: only events that match; see *Conditions*."),
			bind("start", enumForm(choice[bool]{"latest", false}, choice[bool]{"earliest", true}), func(s *S) *bool { return &s.Earliest }, "Streams: where a new group begins.", dflt("latest")).
				writeIf(func(s *S) bool { return s.Earliest }),
		},
		finish: func(f *fields, s *S) {
			t, known := spec.Queue, false
			if f.sound("channel") {
				t, known = f.l.channelType(s.Channel)
			}
			if known && t == spec.Queue && f.has("where") {
				f.misplaced("where", "a queue gives its events to whoever reads it, so a consumer cannot choose among them", "bind a queue of its own: {type: queue, from: "+f.value("channel").text+", where: {…}}")
			}
			if known && t != spec.Stream && f.has("start") {
				f.misplaced("start", "only a stream keeps events from before, so only there can a consumer begin earlier", "leave start out")
			}
		},
	}
	return o.build()
}

// sourcesForm is a channel's name, a map, or a list of either.
func sourcesForm() *form[[]spec.Source] {
	o := sourceObject()
	one := sourceSchema(o.shape)
	const want = "the name of a channel, a list of names, or {channel: …, where: {…}}"
	s := &shape{
		want: want, keys: o.shape.keys, title: o.shape.title,
		items:  &shape{want: want, keys: o.shape.keys, title: o.shape.title},
		schema: func() schema { return anyOf(one(), schema{"type": "array", "items": one(), "minItems": 1}) },
		expand: func(n *node) *node {
			return &node{kind: mapNode, line: n.line, col: n.col, width: n.width, option: n.option, entries: []entry{{word("channel"), n}}}
		},
	}
	source := func(l *loader, n *node, at *place) (spec.Source, bool) {
		if n.kind == mapNode {
			v, ok := o.read(l, n, at)
			return v, ok && l.readable(n, at, v.Channel)
		}
		i, ok := l.refer(channels, n, at)
		return spec.Source{Channel: i}, ok && l.readable(n, at, i)
	}
	return &form[[]spec.Source]{
		shape: s,
		read: func(l *loader, n *node, at *place) ([]spec.Source, bool) {
			if n.kind != listNode {
				v, ok := source(l, n, at)
				return []spec.Source{v}, ok
			}
			if len(n.items) == 0 {
				l.fail(n, at, "this list is empty", want, "")
				return nil, false
			}
			var out []spec.Source
			good := true
			for i, item := range n.items {
				v, ok := source(l, item, at.item(i))
				if ok && slices.ContainsFunc(out, func(s spec.Source) bool { return s.Channel == v.Channel }) {
					l.fail(item, at.item(i), "this channel is in the list twice", "each channel once", "")
					ok = false
				}
				good = good && ok
				out = append(out, v)
			}
			return out, good
		},
		write: func(w *writer, v []spec.Source) *node {
			if len(v) == 0 {
				return nil
			}
			list := &node{kind: listNode, flow: true}
			for _, x := range v {
				list.items = append(list.items, writeSource(w, o, x))
			}
			if len(v) == 1 {
				return list.items[0]
			}
			return list
		},
	}
}

func writeSource(w *writer, o *object[spec.Source], s spec.Source) *node {
	if s.Where == nil && !s.Earliest {
		return word(w.name(channels, s.Channel))
	}
	n := o.write(w, s)
	n.flow = true
	return n
}

// readable reports a channel that nobody can read.
func (l *loader) readable(n *node, at *place, channel int) bool {
	if t, known := l.channelType(channel); known && t == spec.Bus {
		l.fail(n, at, fmt.Sprintf("%s is a bus, which keeps nothing to read", quoted(l.names[channels].names[channel])), "read a channel its rules send to", "")
		return false
	}
	return true
}

func autoscaleObject() *object[spec.Autoscale] {
	type S = spec.Autoscale
	o := &object[S]{
		title:  "an autoscale",
		sample: "{max: 10, target: 100}",
		start: func(*loader, *node) S {
			return S{Min: 1, Every: 15 * spec.Second, Window: 30 * spec.Second, Cooldown: 60 * spec.Second}
		},
		keys: []key[S]{
			bind("min", wholeForm[int](1, maxInstances), func(s *S) *int { return &s.Min }, "Never fewer instances.", dflt("1")),
			bind("max", wholeForm[int](1, maxInstances), func(s *S) *int { return &s.Max }, "Never more instances.", required),
			bind("on", enumForm(choice[spec.AutoscaleOn]{"backlog", spec.OnBacklog}, choice[spec.AutoscaleOn]{"utilisation", spec.OnUtilisation}, choice[spec.AutoscaleOn]{"rate", spec.OnRate}),
				func(s *S) *spec.AutoscaleOn { return &s.On }, "What it follows: `backlog` (waiting and leased events per instance), `utilisation` or `rate` (per instance).", dflt("backlog")),
			bind("target", targetForm, func(s *S) *float64 { return &s.Target }, "What it should be: with `on: backlog` a number of events per instance, with `utilisation` a share, with `rate` a rate per instance.", required),
			bind("every", positiveForm, func(s *S) *spec.Nanos { return &s.Every }, "How often it looks.", dflt("15s")),
			bind("window", positiveForm, func(s *S) *spec.Nanos { return &s.Window }, "It takes the average over so long.", dflt("30s")),
			bind("cooldown", durationForm, func(s *S) *spec.Nanos { return &s.Cooldown }, "It waits so long after a change before it takes instances away.", dflt("60s")),
		},
		finish: func(f *fields, s *S) {
			if f.sound("max") && s.Max < s.Min {
				f.fail("max", fmt.Sprintf("the most instances, %d, are fewer than the fewest, %d", s.Max, s.Min), "max at least min")
			}
			if f.sound("target") {
				f.target(s)
			}
		},
	}
	return o.build()
}

// targetForm takes a number, a share or a rate; which it must be depends on
// the measure and is checked when that is known.
var targetForm = scalarForm("a number, a share or a rate", func() schema { return anyOf(numberSchema(0)(), chanceSchema(), rateSchema()) },
	func(s string) (float64, *flaw) {
		if r, f := parseRate(s); f == nil {
			return r.PerSecond(), positiveTarget(r.PerSecond())
		}
		if v, f := parseChance(s); f == nil {
			return v, positiveTarget(v)
		}
		v, f := parseFactor(s)
		if f != nil {
			return 0, f
		}
		return v, positiveTarget(v)
	},
	plain)

func positiveTarget(v float64) *flaw {
	if v > 0 {
		return nil
	}
	return &flaw{problem: "the target must be more than 0"}
}

func (f *fields) target(s *spec.Autoscale) {
	if f.bad["on"] {
		return // nobody knows what it should be
	}
	text := f.value("target").text
	_, notRate := parseRate(text)
	switch s.On {
	case spec.OnRate:
		if _, bad := parseNumber(text); notRate != nil && bad != nil {
			f.fail("target", "with on: rate the target is a rate", "write it as 100/s")
		}
	case spec.OnUtilisation:
		if _, bad := parseChance(text); bad != nil {
			f.fail("target", "with on: utilisation the target is a share", "write it as 70%")
		}
	default:
		if _, bad := parseNumber(text); bad != nil {
			f.fail("target", "with on: backlog the target is a number of events", "write it as 100")
		}
	}
}

package scenarios

import (
	"fmt"
	"slices"

	"eddy/sim/spec"
)

// maxSteps is how many steps one handler may have.
const maxSteps = 1000

func defaultStep() spec.Step {
	return spec.Step{Chance: 1, To: spec.None, Callee: spec.None, Count: 1, Retry: noRetry()}
}

// work is the time a step takes, or that of the replayed event.
type work struct {
	dist      spec.Dist
	fromEvent bool
}

const fromEvent = "from_event"

var workForm = &form[work]{
	shape: &shape{want: "a duration such as 20ms, a distribution, or from_event", schema: orWord(distSchema(durationQuantity), fromEvent)},
	read: func(l *loader, n *node, at *place) (work, bool) {
		if n.kind == scalarNode && n.text == fromEvent {
			return work{fromEvent: true}, true
		}
		d, ok := durationDist.read(l, n, at)
		return work{dist: d}, ok
	},
	write: func(w *writer, v work) *node {
		if v.fromEvent {
			return word(fromEvent)
		}
		return durationDist.write(w, v.dist)
	},
}

// failing is when a step fails.
type failing struct {
	chance    float64
	fromEvent bool
	Events    []int64
	Attempts  int
}

func failObject() *object[failing] {
	type S = failing
	o := &object[S]{
		title: "a list of failing events",
		start: func(*loader, *node) S { return S{Attempts: 1} },
		keys: []key[S]{
			bind("events", list(wholeForm[int64](1, 1_000_000_000_000), "a list of event numbers, such as [3, 7]", 1), func(s *S) *[]int64 { return &s.Events }, "Numbers of the events this consumer is given, from 1.", required),
			bind("attempts", wholeForm[int](1, 1_000_000), func(s *S) *int { return &s.Attempts }, "How many attempts of each fail.", dflt("1")),
		},
		finish: func(f *fields, s *S) {
			slices.Sort(s.Events)
			s.Events = slices.Compact(s.Events)
		},
	}
	return o.build()
}

func failForm() *form[failing] {
	o := failObject()
	const want = "a share such as 2%, from_event, or {events: [3, 7], attempts: 2}"
	return &form[failing]{
		shape: &shape{want: want, title: o.shape.title, keys: o.shape.keys, schema: func() schema { return anyOf(orWord(chanceSchema, fromEvent)(), o.shape.toSchema()) }},
		read: func(l *loader, n *node, at *place) (failing, bool) {
			switch {
			case n.kind == mapNode:
				return o.read(l, n, at)
			case n.kind == scalarNode && n.text == fromEvent:
				return failing{fromEvent: true}, true
			case n.kind == listNode:
				l.fail(n, at, "this should be "+want+", not a list", "", "")
				return failing{}, false
			}
			v, ok := chanceForm.read(l, n, at)
			return failing{chance: v}, ok
		},
		write: func(w *writer, v failing) *node {
			switch {
			case v.fromEvent:
				return word(fromEvent)
			case len(v.Events) > 0:
				n := o.write(w, v)
				n.flow = true
				return n
			}
			return chanceForm.write(w, v.chance)
		},
	}
}

var (
	emitForm = eventChoices
	toForm   = refForm(channels)
)

// setters put the value of a short form into its step.
var setters = map[string]func(s *spec.Step, v any){
	"work": func(s *spec.Step, v any) { setWork(s, v.(work)) },
	"fail": func(s *spec.Step, v any) { setFail(s, v.(failing)) },
	"emit": func(s *spec.Step, v any) { s.Emits = v.([]spec.Choice) },
	"to":   func(s *spec.Step, v any) { s.To = v.(int) },
}

func setWork(s *spec.Step, v work) { s.Work, s.WorkFromEvent = v.dist, v.fromEvent }

func setFail(s *spec.Step, v failing) {
	s.FailChance, s.FailFromEvent, s.FailEvents, s.FailAttempts = v.chance, v.fromEvent, v.Events, v.Attempts
}

// stepDraft is a step while it is read.
type stepDraft struct {
	spec.Step
	work    work
	fail    failing
	breaker *spec.Breaker
}

// stepKeys are the options of each verb.
var stepKeys = map[string][]string{
	"work": {"when", "chance"},
	"fail": {"poison", "when", "chance"},
	"emit": {"to", "count", "delay", "key", "at", "when", "chance"},
	"call": {"timeout", "retry", "breaker", "on_error", "when", "chance"},
}

// stepOf is what was meant by a time where a step should be: work that takes it.
func stepOf(n *node, format string) string {
	if n.kind != scalarNode || n.quoted {
		return ""
	}
	if _, flaw := parseNanos(n.text); flaw != nil {
		e, bad := parseExpr(n.text)
		if bad != nil || !e.call || findFamily(e.text) == nil {
			return ""
		}
	}
	return fmt.Sprintf(format, n.text)
}

func stepObject() *object[stepDraft] {
	type S = stepDraft
	is := func(v spec.Verb) func(*S) bool { return func(s *S) bool { return s.Verb == v } }
	isEmit, isCall := is(spec.Emit), is(spec.Call)
	o := &object[S]{
		title: "a step",
		start: func(*loader, *node) S { return S{Step: defaultStep()} },
		keys: []key[S]{
			bind("work", workForm, func(s *S) *work { return &s.work }, "Takes that long. `from_event` takes the time recorded with the replayed event.").writeIf(is(spec.Work)),
			bind("fail", failForm(), func(s *S) *failing { return &s.fail },
				"The attempt fails, so often. `from_event`: the first N attempts fail, N as recorded with the replayed event. `{events: [3, 7], attempts: 2}`: the third and the seventh event this consumer is given fail twice.").writeIf(is(spec.Fail)),
			bind("emit", emitForm, func(s *S) *[]spec.Choice { return &s.Emits }, "Publishes an event, or one of a map from events to shares; it counts when the attempt succeeds.").writeIf(isEmit),
			bind("call", refForm(consumers), func(s *S) *int { return &s.Callee }, "Asks another consumer and waits for its answer; see *Calls*.").writeIf(isCall),
			bind("to", toForm, func(s *S) *int { return &s.To }, "`emit`: the channel.").writeIf(isEmit),
			bind("count", wholeForm[int](1, 1_000_000), func(s *S) *int { return &s.Count }, "`emit`: so many events.", dflt("1")).writeIf(isEmit),
			bind("delay", durationDist, func(s *S) *spec.Dist { return &s.Delay }, "`emit`: so long after.", dflt("0")).writeIf(isEmit),
			bind("key", enumForm(choice[bool]{"same", false}, choice[bool]{"new", true}), func(s *S) *bool { return &s.NewKey }, "`emit`: the key of the event it was emitted for, or a new one.", dflt("same")).writeIf(isEmit),
			bind("at", enumForm(choice[bool]{"success", false}, choice[bool]{"once", true}), func(s *S) *bool { return &s.Once }, "`emit`: `success` publishes when the attempt succeeds, `once` at once, even if it fails later.", dflt("success")).writeIf(isEmit),
			bind("poison", boolForm, func(s *S) *bool { return &s.Poison }, "`fail`: the same events fail every time.", dflt("false")).
				writeIf(func(s *S) bool { return s.Verb == spec.Fail && s.Poison }),
			bind("timeout", limitForm, func(s *S) *spec.Nanos { return &s.Timeout }, "`call`: how long it waits.", dflt("none")).writeIf(isCall),
			bind("retry", tryObject(3).form(), func(s *S) *spec.Retry { return &s.Retry }, "`call`: tries again when it failed.", dflt("one attempt")).writeIf(isCall),
			bind("breaker", breakerObject().pointer(), func(s *S) **spec.Breaker { return &s.breaker }, "`call`: a circuit breaker.").writeIf(isCall),
			bind("on_error", enumForm(choice[bool]{"fail", false}, choice[bool]{"continue", true}), func(s *S) *bool { return &s.Continue }, "`call`: whether a call that failed fails the attempt, or the next step is done all the same.", dflt("fail")).writeIf(isCall),
			bind("when", filterForm, func(s *S) **spec.Filter { return &s.When }, "Only for events that match; see *Conditions*."),
			bind("chance", chanceForm, func(s *S) *float64 { return &s.Chance }, "Only so often.", dflt("100%")).
				writeIf(func(s *S) bool { return s.Chance != 1 }),
		},
		finish: finishStep,
	}
	return o.build()
}

func breakerObject() *object[spec.Breaker] {
	type S = spec.Breaker
	o := &object[S]{
		title:  "a breaker",
		sample: "{errors: 50%}",
		start:  func(*loader, *node) S { return S{Errors: 0.5, Window: 20, Open: 10 * spec.Second} },
		keys: []key[S]{
			bind("errors", chanceForm, func(s *S) *float64 { return &s.Errors }, "When so many of the last calls failed, it opens: calls then fail at once, without being made.", dflt("50%")),
			bind("window", wholeForm[int](1, 1_000_000), func(s *S) *int { return &s.Window }, "How many of the last calls it looks at; with fewer it stays closed.", dflt("20")),
			bind("open", positiveForm, func(s *S) *spec.Nanos { return &s.Open }, "How long it stays open. Then one call is made: if it succeeds the breaker closes, else it stays open for as long again.", dflt("10s")),
		},
		finish: func(f *fields, s *S) {
			if f.sound("errors") && s.Errors == 0 {
				f.fail("errors", "this must be more than 0", "a share such as 50%")
			}
		},
	}
	return o.build()
}

// finishStep settles which verb a step has and whether its options fit.
func finishStep(f *fields, s *stepDraft) {
	var given []string
	for _, v := range verbs {
		if f.has(v) {
			given = append(given, v)
		}
	}
	switch len(given) {
	case 0:
		if f.odd {
			return // that word is what it should do
		}
		f.l.fail(f.node, f.at, "this step does nothing", "a step has one of work, fail, emit or call", "")
		return
	case 1:
	default:
		f.misplaced(given[1], fmt.Sprintf("this step has both %s and %s", given[0], given[1]), "one of them a step: begin the next with `- `")
		return
	}
	verb := given[0]
	s.Verb = spec.Verb(slices.Index(verbs, verb))
	for _, e := range f.node.entries {
		if name := e.key.text; f.has(name) && name != verb && !slices.Contains(stepKeys[verb], name) {
			f.misplaced(name, fmt.Sprintf("%s is not an option of %s", quoted(name), verb), fmt.Sprintf("the options of %s are %s", verb, together(stepKeys[verb])))
		}
	}
	setWork(&s.Step, s.work)
	setFail(&s.Step, s.fail)
	s.Breaker = s.breaker
	switch verb {
	case "emit":
		if !f.has("to") {
			f.l.fail(f.keyNode("emit"), f.at, "emit needs a channel to publish to", "to: the name of a channel, beside emit", "")
		}
	case "fail":
		if f.has("poison") && (s.FailFromEvent || len(s.FailEvents) > 0) {
			f.misplaced("poison", "which events fail is given here, so poison has nothing to choose", "poison goes with a share, as in fail: 2%")
		}
	}
}

// stepForm reads a step and writes one.
func stepForm() *form[spec.Step] {
	o := stepObject()
	s := *o.shape
	s.schema = func() schema { return stepSchema(o.shape) }
	return &form[spec.Step]{
		shape: &s,
		read: func(l *loader, n *node, at *place) (spec.Step, bool) {
			d, ok := o.read(l, n, at)
			return d.Step, ok
		},
		write: func(w *writer, v spec.Step) *node {
			d := stepDraft{Step: v, work: work{v.Work, v.WorkFromEvent}, breaker: v.Breaker}
			d.fail = failing{v.FailChance, v.FailFromEvent, v.FailEvents, v.FailAttempts}
			n := o.write(w, d)
			n.flow = true
			return n
		},
	}
}

const handleWant = "a list of steps, or a map from patterns to lists of steps"

// handlersForm is a list of steps for every event, or a map from patterns.
func handlersForm() *form[[]spec.Handler] {
	steps := list(stepForm(), "a list of steps, each beginning with `- `", 0)
	return &form[[]spec.Handler]{
		shape: &shape{
			want: handleWant, items: steps.items,
			free: &freeShape{of: "a handler", key: patternSchema, value: steps.shape, open: true},
			schema: func() schema {
				return anyOf(steps.toSchema(), schema{"type": "object", "minProperties": 1, "propertyNames": patternSchema(), "additionalProperties": steps.toSchema()})
			},
		},
		read: func(l *loader, n *node, at *place) ([]spec.Handler, bool) {
			if n.kind == mapNode {
				return l.handlers(n, at, steps)
			}
			if n.kind != listNode {
				l.fail(n, at, "this should be "+handleWant, "begin each step with `- `", stepOf(n, "[{work: %s}]"))
				return nil, false
			}
			h, ok := l.handler(everything(), n, at, steps)
			return []spec.Handler{h}, ok
		},
		write: func(w *writer, v []spec.Handler) *node {
			switch {
			case len(v) == 0:
				return nil
			case len(v) == 1 && v[0].Pattern.Text == "#":
				return orEmpty(steps.write(w, v[0].Steps))
			}
			n := &node{kind: mapNode}
			for _, h := range v {
				n.entries = append(n.entries, entry{quoteIfOdd(h.Pattern.Text), orEmpty(steps.write(w, h.Steps))})
			}
			return n
		},
	}
}

func orEmpty(n *node) *node {
	if n == nil {
		return &node{kind: listNode, flow: true}
	}
	return n
}

func (l *loader) handlers(n *node, at *place, steps *form[[]spec.Step]) ([]spec.Handler, bool) {
	if len(n.entries) == 0 {
		l.fail(n, at, "this map is empty", handleWant, "")
		return nil, false
	}
	if step := n.entries[0].key.text; slices.Contains(verbs, step) && n.entries[0].value.kind != listNode {
		l.fail(n, at, fmt.Sprintf("%s is a step, and steps are a list", quoted(step)), "begin it with a dash", "- "+step+": …")
		return nil, false
	}
	out := slices.Grow([]spec.Handler(nil), len(n.entries))
	good := true
	for _, e := range n.entries {
		step := at.key(e.key.text)
		p, f := parsePattern(e.key.text)
		if f != nil {
			l.flawed(e.key, step, f)
			good = false
		}
		if e.value.kind == nullNode {
			l.fail(e.key, step, "this handler has no steps", "a list of steps, or [] for one that does nothing", "")
			good = false
			continue
		}
		h, ok := l.handler(p, e.value, step, steps)
		out = append(out, h)
		good = good && ok
	}
	return out, good
}

func (l *loader) handler(p spec.Pattern, n *node, at *place, steps *form[[]spec.Step]) (spec.Handler, bool) {
	if len(n.items) > maxSteps {
		l.fail(n, at, "this handler has too many steps", "at most 1,000", "")
		return spec.Handler{}, false
	}
	v, ok := steps.read(l, n, at)
	return spec.Handler{Pattern: p, Steps: v}, ok
}

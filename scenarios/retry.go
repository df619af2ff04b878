package scenarios

import (
	"strings"

	"eddy/sim/spec"
)

// noRetry is one attempt.
func noRetry() spec.Retry { return spec.Retry{Attempts: 1} }

func defaultBackoff() spec.Backoff {
	return spec.Backoff{Kind: spec.ExponentialBackoff, Base: 100 * spec.Millisecond, Times: 2}
}

const backoffWant = "a backoff such as exponential(100ms), constant(1s), linear(1s) or [1s, 5s, 30s]"

// backoffForm reads everything of a backoff but its jitter.
var backoffForm = &form[spec.Backoff]{
	shape: &shape{want: backoffWant, schema: backoffSchema},
	read:  readBackoff,
	write: func(_ *writer, v spec.Backoff) *node { return writeBackoff(v) },
}

func readBackoff(l *loader, n *node, at *place) (spec.Backoff, bool) {
	if n.kind == listNode {
		return backoffList(l, n, at)
	}
	text, ok := l.text(n, at, backoffWant)
	if !ok {
		return spec.Backoff{}, false
	}
	e, f := parseExpr(text)
	if f == nil {
		var b spec.Backoff
		if b, f = backoffOf(e); f == nil {
			return b, true
		}
	}
	l.flawedIn(n, at, f)
	return spec.Backoff{}, false
}

func backoffList(l *loader, n *node, at *place) (spec.Backoff, bool) {
	b := spec.Backoff{Kind: spec.ListBackoff}
	if len(n.items) == 0 {
		l.fail(n, at, "this list is empty", backoffWant, "")
		return b, false
	}
	good := true
	for i, item := range n.items {
		v, ok := durationForm.read(l, item, at.item(i))
		good = good && ok
		b.List = append(b.List, v)
	}
	return b, good
}

var backoffs = map[string]struct {
	kind   spec.BackoffKind
	params []param
	sign   string
}{
	"constant":    {spec.ConstantBackoff, must("wait"), "constant(1s)"},
	"linear":      {spec.LinearBackoff, []param{{"base", false}, {"max", true}}, "linear(1s) or linear(1s, max=10s)"},
	"exponential": {spec.ExponentialBackoff, []param{{"base", false}, {"times", true}, {"max", true}}, "exponential(100ms) or exponential(100ms, times=2, max=10s)"},
}

// otherBackoffs are names people know the backoffs by.
var otherBackoffs = map[string]string{
	"exp": "exponential", "expo": "exponential", "doubling": "exponential", "fixed": "constant", "const": "constant", "delay": "constant",
	"incremental": "linear", "additive": "linear",
}

// otherBackoff is the backoff that was meant by a word that is none, or by a
// name that lacks its arguments.
func otherBackoff(e *expr) string {
	name := otherBackoffs[strings.ToLower(e.text)]
	if name == "" {
		name = closest(e.text, []string{"constant", "linear", "exponential"})
	}
	if name == "" || e.call {
		return name
	}
	return map[string]string{"constant": "constant(1s)", "linear": "linear(1s)", "exponential": "exponential(100ms)"}[name]
}

// backoffOf reads constant(…), linear(…) and exponential(…). constant(0) is
// no backoff at all.
func backoffOf(e *expr) (spec.Backoff, *exprFlaw) {
	var b spec.Backoff
	law, known := backoffs[e.text]
	if !e.call || !known {
		f := &flaw{problem: quoted(e.text) + " is not a backoff", accepted: "write exponential(100ms), constant(1s), linear(1s) or a list [1s, 5s, 30s]"}
		if _, bad := parseNanos(e.text); bad == nil && !e.call {
			f.suggestion = "constant(" + e.text + ")"
		} else {
			f.suggestion = otherBackoff(e)
		}
		return b, e.at(f)
	}
	args, f := e.arguments(law.params, law.sign)
	if f != nil {
		return b, f
	}
	b.Kind = law.kind
	for _, p := range law.params {
		a := args[p.name]
		if a == nil {
			continue
		}
		if f := a.literal("a plain value"); f != nil {
			return b, f
		}
		var bad *flaw
		switch p.name {
		case "wait", "base":
			b.Base, bad = durationQuantity.nanos(a.text)
		case "max":
			b.Max, bad = parsePositive(a.text)
		case "times":
			if b.Times, bad = parseFactor(a.text); bad == nil && (b.Times < 1 || b.Times > 1000) {
				bad = &flaw{problem: "times must be from 1 to 1,000"}
			}
		}
		if bad != nil {
			return b, a.at(bad)
		}
	}
	if b.Kind == spec.ExponentialBackoff && b.Times == 0 {
		b.Times = 2
	}
	if b.Base == 0 {
		b = spec.Backoff{Kind: spec.NoBackoff}
	}
	return b, nil
}

func writeBackoff(b spec.Backoff) *node {
	args := []string{writeNanos(b.Base)}
	name := "constant"
	switch b.Kind {
	case spec.ListBackoff:
		n := &node{kind: listNode, flow: true}
		for _, v := range b.List {
			n.items = append(n.items, word(writeNanos(v)))
		}
		return n
	case spec.LinearBackoff:
		name = "linear"
	case spec.ExponentialBackoff:
		name = "exponential"
		args = append(args, "times="+plain(b.Times))
	}
	if b.Max > 0 {
		args = append(args, "max="+writeNanos(b.Max))
	}
	return word(name + "(" + strings.Join(args, " ") + ")")
}

var jitterForm = enumForm(
	choice[spec.Jitter]{"none", spec.NoJitter},
	choice[spec.Jitter]{"full", spec.FullJitter},
	choice[spec.Jitter]{"equal", spec.EqualJitter},
	choice[spec.Jitter]{"decorrelated", spec.DecorrelatedJitter},
)

// The documents of keys that several retries share.
const (
	backoffDoc = "The wait before the next attempt: `exponential(100ms, times=2, max=10s)`, `constant(1s)`, `linear(1s)`, or a list `[1s, 5s, 30s]` whose last entry repeats."
	jitterDoc  = "Spreads the backoff b: `none` (b), `full` (0 to b), `equal` (b/2 to b), `decorrelated` (from the first wait to three times the last one)."
)

// tryObject is the retry of a publish or a call.
func tryObject(attempts int) *object[spec.Retry] {
	type S = spec.Retry
	o := &object[S]{
		title:  "a retry of a publish or a call",
		sample: "{attempts: 3}",
		start:  func(*loader, *node) S { return S{Attempts: attempts, Backoff: defaultBackoff()} },
		keys: []key[S]{
			bind("attempts", countForm[int](1, 1_000_000), func(s *S) *int { return &s.Attempts }, "Attempts in all, the first included.", dflt("3")),
			bind("backoff", backoffForm, func(s *S) *spec.Backoff { return &s.Backoff }, backoffDoc, dflt("exponential(100ms)")),
			bind("jitter", jitterForm, func(s *S) *spec.Jitter { return &s.Backoff.Jitter }, jitterDoc, dflt("none")),
		},
	}
	return o.build()
}

// consumerRetryObject is what happens after a failed attempt of a consumer.
func consumerRetryObject() *object[spec.ConsumerRetry] {
	type S = spec.ConsumerRetry
	o := &object[S]{
		title:  "a retry of a consumer",
		sample: "{attempts: 5}",
		start:  func(l *loader, _ *node) S { return l.likeOf.retry },
		keys: []key[S]{
			bind("attempts", countForm[int](1, 1_000_000), func(s *S) *int { return &s.Attempts },
				"Deliveries in all, the first included. The channel's `max_deliveries` holds as well; the smaller wins.", dflt("5 †")),
			bind("backoff", backoffForm, func(s *S) *spec.Backoff { return &s.Backoff }, backoffDoc, dflt("exponential(100ms) †")).
				writeIf(func(s *S) bool { return !s.ByTimeout }),
			bind("jitter", jitterForm, func(s *S) *spec.Jitter { return &s.Backoff.Jitter }, jitterDoc, dflt("none")),
			bind("in", enumForm(choice[bool]{"broker", false}, choice[bool]{"worker", true}), func(s *S) *bool { return &s.InWorker },
				"Where the event waits: in the `broker` (given back, the worker is free) or with the `worker` (held while waiting).", dflt("broker †")).
				writeIf(func(s *S) bool { return !s.Blocks || s.InWorker }),
			bind("then", enumForm(choice[bool]{"dead_letter", false}, choice[bool]{"drop", true}), func(s *S) *bool { return &s.ThenDrop },
				"After the last attempt: `dead_letter` (to the channel's dead-letter queue if it has one, else dropped) or `drop`.", dflt("dead_letter")),
		},
		finish: func(f *fields, s *S) {
			if f.has("backoff") {
				s.ByTimeout = false
			}
			if f.has("in") && !s.InWorker {
				s.Blocks = false
			}
		},
	}
	return o.build()
}

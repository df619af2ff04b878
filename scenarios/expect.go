package scenarios

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"eddy/sim/spec"
)

// metric is the unit of a number of the result document.
type metric uint8

const (
	countMetric   metric = iota // events, instances: a plain number
	secondsMetric               // a duration
	rateMetric                  // a rate
	shareMetric                 // 0 to 1
	bytesMetric                 // a size
	truthMetric                 // true or false
)

// result is a part of the result document: numbers, or parts by name.
type result struct {
	metrics map[string]metric
	parts   map[string]*result
	named   func(l *loader) map[string]int // the names of its parts, all alike
	each    *result
	item    *result // of a list: what each of its items is; they are named by their numbers from 0
}

func counts(names ...string) map[string]metric {
	m := map[string]metric{}
	for _, n := range names {
		m[n] = countMetric
	}
	return m
}

func with(m map[string]metric, unit metric, names ...string) map[string]metric {
	for _, n := range names {
		m[n] = unit
	}
	return m
}

// document is the structure of the result that expectations may look into.
var document = resultDocument()

func resultDocument() *result {
	latency := &result{metrics: with(counts("count"), secondsMetric, "mean", "sd", "min", "p50", "p90", "p95", "p99", "p999", "max")}
	level := &result{metrics: counts("mean", "max", "last")}
	size := &result{metrics: with(counts(), bytesMetric, "mean", "max", "last")}
	channel := &result{
		metrics: with(counts("in", "delivered", "redelivered", "acked", "dead_lettered", "dropped", "expired", "rejected", "duplicates_ignored"), rateMetric, "rate_in", "rate_out"),
		parts: map[string]*result{
			"depth": level, "leased": level, "bytes": size, "wait": latency,
			"littles_law": {metrics: with(with(counts("l", "residual"), rateMetric, "lambda"), secondsMetric, "w")},
		},
	}
	channel.parts["partitions"] = &result{item: &result{
		metrics: counts("in", "delivered", "acked", "expired"), parts: map[string]*result{"depth": level, "wait": latency},
	}}
	blame := &result{metrics: with(counts(), shareMetric, "network", "queue", "behind", "service", "failed_service", "backoff", "lease", "outage", "rebalance", "startup", "batch")}
	typed := &result{metrics: counts("done"), parts: map[string]*result{"wait": latency, "latency": latency}}
	names := func(kind componentKind) func(l *loader) map[string]int {
		return func(l *loader) map[string]int { return l.names[kind].index }
	}
	return &result{parts: map[string]*result{
		"run": {metrics: with(counts("events", "seed", "replication"), secondsMetric, "duration", "warmup", "ended_at")},
		"ledger": {metrics: with(counts("created", "unsent", "rejected", "unrouted", "copies", "done", "waiting", "delayed", "leased",
			"dead_lettered", "dropped", "expired", "lost", "loop_cut", "duplicates"), truthMetric, "balanced")},
		"producers": {named: names(producers), each: &result{
			metrics: with(with(with(counts("created", "published", "rejected", "unsent", "dropped", "retries"), rateMetric, "rate"), secondsMetric, "blocked"), shareMetric, "availability"),
			parts: map[string]*result{
				"confirm": latency, "response": latency, "calls": {metrics: counts("ok", "failed", "timed_out", "refused")},
			},
		}},
		"channels":      {named: names(channels), each: channel},
		"subscriptions": {named: (*loader).subscriptions, each: channel},
		"consumers": {named: names(consumers), each: &result{
			metrics: with(with(with(counts("received", "attempts", "done", "failed_attempts", "retries", "timed_out", "dead_lettered", "dropped", "lost",
				"effects", "duplicates", "recognised", "order_violations"), rateMetric, "rate"), shareMetric, "utilisation"), secondsMetric, "busy_seconds", "instance_seconds"),
			parts: map[string]*result{
				"instances": {metrics: counts("mean", "min", "max", "last")},
				"wait":      latency, "service": latency, "latency": latency, "end_to_end": latency,
				"in_system": {metrics: counts("mean", "max")},
				"blame":     blame, "blame_p99": blame,
				"by_type":     {named: names(events), each: typed},
				"by_priority": {named: priorityNames, each: typed},
				"by_instance": {item: &result{metrics: with(counts("done"), shareMetric, "utilisation")}},
				"calls":       {metrics: counts("ok", "failed", "timed_out", "refused", "short_circuited")},
				"served":      {metrics: counts("ok", "failed", "late"), parts: map[string]*result{"response": latency}},
			},
		}},
		"flows": {named: names(events), each: &result{metrics: counts("created", "completed", "failed"), parts: map[string]*result{"completion": latency}}},
	}}
}

func priorityNames(*loader) map[string]int {
	names := map[string]int{}
	for i := range 10 {
		names[strconv.Itoa(i)] = i
	}
	return names
}

// subscriptions are the names channel/consumer of a topic's subscribers and a
// stream's groups.
func (l *loader) subscriptions() map[string]int {
	if l.subscribed != nil {
		return l.subscribed
	}
	l.subscribed = map[string]int{}
	for _, c := range l.doc.Consumers {
		for _, s := range c.From {
			if s.Channel < len(l.doc.Broker.Channels) {
				if ch := l.doc.Broker.Channels[s.Channel]; ch.Type == spec.Topic || ch.Type == spec.Stream {
					l.subscribed[ch.Name+"/"+c.Name] = len(l.subscribed)
				}
			}
		}
	}
	return l.subscribed
}

// has says whether there is a name one step down.
func (r *result) has(l *loader, name string) bool {
	if r.item != nil {
		i, err := strconv.ParseUint(name, 10, 32)
		return err == nil && i < maxInstances && name == strconv.FormatUint(i, 10)
	}
	if r.named != nil {
		_, is := r.named(l)[name]
		return is
	}
	_, is := r.metrics[name]
	return is || r.parts[name] != nil
}

// longest is the longest name one step down that a path begins with.
func (r *result) longest(l *loader, path string) string {
	if len(path) > 1000 {
		return ""
	}
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
		if r.has(l, path[:end]) {
			return path[:end]
		}
	}
	return ""
}

// size is how many names there are one step down.
func (r *result) size(l *loader) int {
	if r.named != nil {
		return len(r.named(l))
	}
	return len(r.metrics) + len(r.parts)
}

// children are the names one step down.
func (r *result) children(l *loader) []string {
	if r.item != nil {
		return []string{"0"}
	}
	var names []string
	if r.named != nil {
		names = slices.Collect(maps.Keys(r.named(l)))
	} else {
		names = slices.Concat(slices.Collect(maps.Keys(r.metrics)), slices.Collect(maps.Keys(r.parts)))
	}
	slices.Sort(names)
	return names
}

// resolve walks a path into the result document. Names may have dots, so at
// each step the longest name that fits is taken.
func (l *loader) resolve(path string) ([]string, metric, *flaw) {
	var steps []string
	at, rest := document, path
	for {
		step := at.longest(l, rest)
		if step == "" {
			return nil, 0, l.lostIn(at, steps, rest)
		}
		steps = append(steps, step)
		tail := strings.TrimPrefix(rest[len(step):], ".")
		switch {
		case at.named != nil:
			at = at.each
		case at.item != nil:
			at = at.item
		case at.parts[step] != nil:
			at = at.parts[step]
		case tail != "":
			return nil, 0, &flaw{problem: fmt.Sprintf("%s is a number, so nothing is below it", quoted(strings.Join(steps, "."))), suggestion: strings.Join(steps, ".")}
		default:
			return steps, at.metrics[step], nil
		}
		if tail == "" {
			return nil, 0, &flaw{
				problem:  fmt.Sprintf("%s is not one number", quoted(path)),
				accepted: "go on with " + at.some(l),
			}
		}
		rest = tail
	}
}

// some names what may follow a step.
func (r *result) some(l *loader) string {
	if r.named != nil {
		return "a name"
	}
	if r.item != nil {
		return "a number from 0"
	}
	return "one of these: " + some(r.children(l))
}

// lostIn says what was perhaps meant by a step that is not there.
func (l *loader) lostIn(at *result, steps []string, rest string) *flaw {
	f := &flaw{problem: "the result has no " + quoted(strings.Join(append(slices.Clone(steps), rest), "."))}
	if !l.maySuggest(at.size(l)) {
		return f
	}
	names := at.children(l)
	f = &flaw{accepted: "there are " + some(names)}
	if len(names) == 0 {
		f.accepted = "there are none"
	}
	if at.item != nil {
		f.accepted = "its items are 0, 1 and so on"
	}
	word, _, _ := strings.Cut(rest, ".")
	f.problem = "the result has no " + quoted(strings.Join(append(slices.Clone(steps), word), "."))
	if near := at.elsewhere(l, steps, rest); near != "" {
		f.suggestion = near
	} else if near, tail := closestStart(rest, names); near != "" {
		f.suggestion = strings.Join(append(slices.Clone(steps), near), ".") + tail
	}
	return f
}

// otherMeasures are words of other tools for what the result has.
var otherMeasures = map[string][]string{
	"lag": {"depth.max"}, "backlog": {"depth.max"}, "length": {"depth.max"}, "waiting": {"depth.max"},
	"throughput": {"rate", "rate_out"}, "errors": {"failed_attempts"}, "failures": {"failed_attempts"}, "failed": {"failed_attempts"},
}

// elsewhere is the path that was meant by one that leaves a step out, or has
// another word for one: "" if there is none.
func (r *result) elsewhere(l *loader, steps []string, rest string) string {
	path := func(more ...string) string { return strings.Join(append(slices.Clone(steps), more...), ".") }
	if len(steps) == 0 {
		for _, part := range []string{"consumers", "channels", "producers", "subscriptions"} {
			if r.parts[part].longest(l, rest) != "" {
				return path(part, rest)
			}
		}
	}
	for _, part := range []string{"latency", "depth", "wait", "confirm", "completion"} {
		if p := r.parts[part]; p != nil && p.longest(l, rest) != "" {
			return path(part, rest)
		}
	}
	for _, measure := range otherMeasures[rest] {
		if r.longest(l, measure) != "" {
			return path(measure)
		}
	}
	return ""
}

var (
	operators = []struct {
		sign string
		op   spec.Operator
	}{
		{"<=", spec.LessEqual}, {">=", spec.GreaterEqual}, {"==", spec.Equal}, {"!=", spec.NotEqual}, {"<", spec.Less}, {">", spec.Greater},
	}
	expectation = regexp.MustCompile(`^\s*(\S+?)\s*(<=|>=|==|!=|<|>|=>|=<|=|≤|≥|≠)\s*(.*?)\s*$`)
	otherSigns  = map[string]string{"=": "==", "=>": ">=", "=<": "<=", "≤": "<=", "≥": ">=", "≠": "!="}
)

const expectWant = "an expectation such as consumers.payment.latency.p99 < 1s"

// expectationForm reads one line of expect.
func expectationForm() *form[spec.Expectation] {
	return &form[spec.Expectation]{
		shape: &shape{want: expectWant, schema: func() schema {
			return schema{"type": "string", "pattern": `^\s*\S+?\s*(<=|>=|==|!=|<|>)\s*\S.*$`}
		}},
		read: readExpectation,
		write: func(_ *writer, v spec.Expectation) *node {
			if v.Why == "" {
				return quote(v.Text)
			}
			return quote(v.Text + " # " + v.Why)
		},
	}
}

// itemNumber is how an item of a list may be written, too: by_instance[0].
var itemNumber = regexp.MustCompile(`\[([0-9]+)\]`)

// turnedRound are the operators read from right to left.
var turnedRound = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}

func beginsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

func readExpectation(l *loader, n *node, at *place) (spec.Expectation, bool) {
	var e spec.Expectation
	if n.kind == mapNode {
		l.fail(n, at, "this should be "+expectWant+", on one line", "a colon makes a map of it", "")
		return e, false
	}
	text, ok := l.text(n, at, expectWant)
	if !ok {
		return e, false
	}
	e.Text = strings.TrimSpace(text)
	e.Why = strings.TrimSpace(strings.TrimLeft(n.comment, "# "))
	if before, why, found := strings.Cut(text, " #"); found {
		e.Text, e.Why = strings.TrimSpace(before), strings.TrimSpace(strings.TrimLeft(why, "# "))
	}
	m := expectation.FindStringSubmatch(e.Text)
	if m == nil {
		l.fail(n, at, quoted(e.Text)+" is not an expectation", "write a path, one of < <= > >= == !=, and a value: consumers.payment.latency.p99 < 1s", "")
		return e, false
	}
	path, sign, value := itemNumber.ReplaceAllString(m[1], ".$1"), m[2], m[3]
	if right, wrong := otherSigns[sign]; wrong {
		l.fail(n, at, quoted(sign)+" is not an operator", "the operators are < <= > >= == !=", path+" "+right+" "+value)
		return e, false
	}
	for _, o := range operators {
		if o.sign == sign {
			e.Op = o.op
		}
	}
	if turned, ok := turnedRound[sign]; ok && beginsWithDigit(path) && !beginsWithDigit(value) {
		l.fail(n, at, "the value stands before the path", "write the path first, then the value", value+" "+turned+" "+path)
		return e, false
	}
	if strings.HasPrefix(path, "subscriptions.") && l.doc.Consumers == nil {
		return e, false // the consumers have errors, so nobody knows who subscribes
	}
	steps, unit, f := l.resolve(path)
	if f == nil {
		e.Path = steps
		e.Value, f = expected(value, unit)
	}
	if f != nil {
		l.flawed(n, at, f)
		return e, false
	}
	return e, true
}

// expected reads the value of an expectation in the unit of the result.
func expected(s string, unit metric) (float64, *flaw) {
	if s == "" {
		return 0, &flaw{problem: "a value is missing after the operator", accepted: expectWant}
	}
	switch unit {
	case secondsMetric:
		r, f := durationQuantity.parse(s)
		if f != nil {
			return 0, f
		}
		r.Quo(r, nanosPerSecond)
		v, _ := r.Float64()
		return v, nil
	case rateMetric:
		if s == "0" {
			return 0, nil
		}
		r, f := parseRate(s)
		return r.PerSecond(), f
	case shareMetric:
		if _, f := parseChance(s); f == nil {
			return parseChance(s)
		}
		// A utilisation compared with more than all of it is odd but sound.
		if v, f := parseFactor(strings.TrimSuffix(s, "%")); f == nil && strings.HasSuffix(s, "%") {
			return v / 100, nil
		}
		return parseChance(s)
	case bytesMetric:
		return sizeQuantity.float(s)
	case truthMetric:
		switch s {
		case "true":
			return 1, nil
		case "false":
			return 0, nil
		}
		return 0, &flaw{problem: quoted(s) + " is neither true nor false", accepted: "write true or false"}
	}
	v, f := numberQuantity.float(s)
	if f != nil {
		if _, bad := parseChance(s); bad == nil {
			f = &flaw{problem: "this is a number, not a share", accepted: "write it without %"}
		} else if _, bad := parseNanos(s); bad == nil {
			f = &flaw{problem: "this is a number, not a duration", accepted: "write it without a unit"}
		}
	}
	return v, f
}

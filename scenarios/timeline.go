package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"eddy/sim/spec"
)

// actionDraft is a timeline entry while it is read.
type actionDraft struct {
	spec.Action
	first  *node // the value of the action's own key
	firstP *place
	to     *node // scale: a number; emit: a channel; set: a value
	toP    *place
}

// actionRule is what one action takes.
type actionRule struct {
	name    string
	kind    spec.ActionKind
	of      string   // what its own key names, for messages
	options []string // other than at and for
	needs   []string
	lasting bool // takes for
	example string
	doc     string
}

var actionRules = []actionRule{
	{"crash", spec.CrashAction, "a consumer", []string{"instances", "restart"}, nil, true, "{at: 1m, crash: payment, restart: 5s}", "Instances of a consumer die; work in hand is gone. `instances`: how many, or `all` (default 1). They come back after `restart`, or when `for` is over; with neither they stay away."},
	{"slow", spec.SlowAction, "a consumer", []string{"times"}, []string{"times"}, true, "{at: 1m, slow: payment, times: 3}", "The work of a consumer takes so many `times` longer."},
	{"fail", spec.FailAction, "a consumer", []string{"chance"}, nil, true, "", "Its attempts fail with this `chance` (default 100%)."},
	{"scale", spec.ScaleAction, "a consumer", []string{"to"}, []string{"to"}, true, "{at: 1m, scale: payment, to: 6}", "It has so many instances from then on, or for so long."},
	{"stop", spec.StopAction, "a producer or consumer", nil, nil, true, "", "It leaves: a producer creates nothing, the instances of a consumer finish what they have in hand."},
	{"start", spec.StartAction, "a producer or consumer", nil, nil, false, "", "It comes back."},
	{"outage", spec.OutageAction, "broker, or a channel", nil, nil, true, "", "The broker, or one channel of it, is away: publishes are unanswered and nothing is delivered."},
	{"cut", spec.CutAction, "a pair [A, B]", nil, nil, true, "", "No traffic between a component and the broker, or between caller and callee."},
	{"delay", spec.DelayAction, "a pair [A, B]", []string{"by"}, []string{"by"}, true, "{at: 1m, delay: [payment, broker], by: 100ms}", "Traffic between the two takes so much longer."},
	{"drop", spec.DropAction, "a pair [A, B]", []string{"chance"}, nil, true, "", "Messages between the two are lost with this `chance` (default 100%)."},
	{"duplicate", spec.DuplicateAction, "a channel", []string{"chance"}, nil, true, "", "Publishes to it arrive twice with this `chance` (default 100%)."},
	{"surge", spec.SurgeAction, "a producer", []string{"times"}, []string{"times"}, true, "{at: 1m, surge: web, times: 10}", "Its rate is multiplied by `times`."},
	{"purge", spec.PurgeAction, "a channel", nil, nil, false, "", "Everything waiting in it is dropped."},
	{"pause", spec.PauseAction, "a consumer", nil, nil, true, "", "It takes no new work."},
	{"resume", spec.ResumeAction, "a consumer", nil, nil, false, "", "It takes work again."},
	{"emit", spec.EmitAction, "an event", []string{"to", "count"}, []string{"to"}, false, "{at: 1m, emit: order.placed, to: orders}", "Publishes an event `to` a channel, `count` times (default 1)."},
	{"set", spec.SetAction, "a path", []string{"to"}, []string{"to"}, true, "{at: 1m, set: consumers.payment.concurrency, to: 8}", "Puts the value `to` at a path of the scenario, as `--set` does before the run; see *Setting values while it runs*."},
}

func actionNames() []string {
	names := make([]string, len(actionRules))
	for i, r := range actionRules {
		names[i] = r.name
	}
	return names
}

// rawForm keeps a value's node: what it means depends on the action.
func rawForm(want string, sch func() schema, keep func(d *actionDraft, n *node, at *place)) func(name, doc string) key[actionDraft] {
	return func(name, doc string) key[actionDraft] {
		return key[actionDraft]{
			keyInfo: keyInfo{name: name, doc: doc, shape: &shape{want: want, schema: sch}},
			read: func(_ *loader, n *node, at *place, d *actionDraft) bool {
				keep(d, n, at)
				return true
			},
			write: func(*writer, *actionDraft) *node { return nil },
		}
	}
}

func actionObject() *object[actionDraft] {
	type S = actionDraft
	o := &object[S]{
		title: "an entry of timeline",
		start: func(*loader, *node) S {
			var d S
			d.Count, d.Chance, d.Event = 1, 1, spec.None
			return d
		},
		keys: []key[S]{
			bind("at", durationForm, func(s *S) *spec.Nanos { return &s.At }, "When it happens.", required),
			bind("for", positiveForm, func(s *S) *spec.Nanos { return &s.For }, "It is undone after so long.").writeIf(func(s *S) bool { return s.For > 0 }),
		},
		finish: finishAction,
	}
	for _, r := range actionRules {
		sch := nameSchema
		switch r.of {
		case "a pair [A, B]":
			sch = pairSchema
		case "a path":
			sch = textSchema
		}
		o.keys = append(o.keys, rawForm(r.of, sch, func(d *S, n *node, at *place) { d.first, d.firstP = n, at })(r.name, r.doc))
	}
	o.keys = append(o.keys,
		rawForm("a number of instances, a channel or a value", anything, func(d *S, n *node, at *place) { d.to, d.toP = n, at })("to", "`scale`: instances; `emit`: the channel; `set`: the value."),
		bind("instances", instancesOrAll, func(s *S) *int { return &s.Count }, "`crash`: how many, or `all`.", dflt("1")),
		bind("restart", durationForm, func(s *S) *spec.Nanos { return &s.Restart }, "`crash`: they come back after so long."),
		bind("times", factorForm, func(s *S) *float64 { return &s.Times }, "`slow`, `surge`: the factor."),
		bind("chance", chanceForm, func(s *S) *float64 { return &s.Chance }, "`fail`, `drop`, `duplicate`: how often.", dflt("100%")),
		bind("by", durationDist, func(s *S) *spec.Dist { return &s.By }, "`delay`: how much longer."),
		bind("count", wholeForm[int](1, maxCount), func(s *S) *int { return &s.Count }, "`emit`: how many.", dflt("1")),
	)
	return o.build()
}

var instancesOrAll = scalarForm("a whole number, or all", orWord(wholeSchema(1, maxInstances), "all"),
	func(s string) (int, *flaw) {
		if s == "all" {
			return spec.Unlimited, nil
		}
		v, f := parseWhole(s, 1, maxInstances)
		if f != nil {
			f.accepted += ", or all"
		}
		return int(v), f
	},
	func(v int) string {
		if v == spec.Unlimited {
			return "all"
		}
		return fmt.Sprint(v)
	})

func finishAction(f *fields, d *actionDraft) {
	rule := f.action()
	if rule == nil {
		return
	}
	d.Kind = rule.kind
	allowed := append([]string{rule.name, "at"}, rule.options...)
	if rule.lasting {
		allowed = append(allowed, "for")
	}
	for _, e := range f.node.entries {
		if name := e.key.text; f.has(name) && !slices.Contains(allowed, name) {
			f.misplaced(name, fmt.Sprintf("%s is not an option of %s", quoted(name), rule.name), "its keys are "+together(allowed))
		}
	}
	if rule.kind == spec.SetAction && f.sound(rule.name) && f.setOtherwise(d) {
		return
	}
	for _, name := range rule.needs {
		if !f.has(name) {
			f.l.fail(f.keyNode(rule.name), f.at, fmt.Sprintf("%s needs %s", rule.name, name), "write "+rule.example, "")
		}
	}
	if f.sound("at") && f.l.doc.Duration > 0 && d.At >= f.l.doc.Duration {
		f.l.warn(f.value("at"), f.at.key("at"), "this happens when the run is over", "at below the duration, "+writeNanos(f.l.doc.Duration), "")
	}
	if d.Count == spec.Unlimited {
		d.Count, d.All = 0, true
	}
	d.Restarts = f.sound("restart")
	if f.bad[rule.name] {
		return
	}
	f.l.target(rule, d)
	if d.to != nil {
		f.l.actionTo(rule, d)
	}
}

// setOtherwise reports a set that is written as a map, or as --set is.
func (f *fields) setOtherwise(d *actionDraft) bool {
	const accepted = "the path after set, and the value after to"
	switch n := d.first; {
	case f.has("to"):
	case n.kind == mapNode && len(n.entries) == 1:
		f.l.fail(n, d.firstP, "a set has its value beside the path", accepted, "set: "+n.entries[0].key.text+", to: "+flowText(n.entries[0].value))
		return true
	case n.kind == scalarNode && strings.Contains(n.text, "="):
		path, value, _ := strings.Cut(n.text, "=")
		f.l.fail(n, d.firstP, "a set has its value beside the path", accepted, "set: "+path+", to: "+value)
		return true
	}
	return false
}

// action finds the one action of an entry.
func (f *fields) action() *actionRule {
	var found *actionRule
	for i := range actionRules {
		r := &actionRules[i]
		if !f.has(r.name) {
			continue
		}
		if found != nil {
			f.misplaced(r.name, fmt.Sprintf("this entry has both %s and %s", found.name, r.name), "one action an entry: begin the next with `- `")
			return nil
		}
		found = r
	}
	if found == nil && !f.odd {
		f.l.fail(f.node, f.at, "this entry does nothing", "an entry has at and one of "+listed(actionNames()), "")
	}
	return found
}

// target reads what an action's own key names.
func (l *loader) target(rule *actionRule, d *actionDraft) {
	switch rule.of {
	case "a pair [A, B]":
		d.A, d.B = l.pair(d.first, d.firstP)
	case "an event":
		d.Event, _ = l.emitted(d.first, d.firstP)
	case "a path":
		d.Path, _ = l.text(d.first, d.firstP, "a path such as consumers.payment.instances")
	case "a consumer":
		d.A = l.component(d.first, d.firstP, consumers)
	case "a producer":
		d.A = l.component(d.first, d.firstP, producers)
	case "a channel":
		d.A = l.component(d.first, d.firstP, channels)
	case "a producer or consumer":
		d.A = l.component(d.first, d.firstP, consumers, producers)
	default:
		d.A = l.brokerOr(d.first, d.firstP, channels)
	}
}

// actionTo reads `to`, which means something else with each action.
func (l *loader) actionTo(rule *actionRule, d *actionDraft) {
	switch rule.kind {
	case spec.ScaleAction:
		if v, ok := wholeForm[int](0, maxInstances).read(l, d.to, d.toP); ok {
			d.Count = v
		}
	case spec.EmitAction:
		if i, ok := l.refer(channels, d.to, d.toP); ok {
			d.B = spec.Ref{Kind: spec.ChannelComponent, Index: i}
		}
	case spec.SetAction:
		d.Value = flowText(d.to)
		l.changes = append(l.changes, change{path: d.Path, pathNode: d.first, value: d.to, at: d.firstP, when: d.At})
	}
}

var refKinds = map[componentKind]spec.ComponentKind{
	producers: spec.ProducerComponent, channels: spec.ChannelComponent, consumers: spec.ConsumerComponent,
}

// prefixes let a name that two kinds share be told apart.
var prefixes = []struct {
	prefix string
	kind   componentKind
}{{"producers.", producers}, {"broker.channels.", channels}, {"channels.", channels}, {"consumers.", consumers}}

// component finds a component of one of some kinds.
func (l *loader) component(n *node, at *place, kinds ...componentKind) spec.Ref {
	var what []string
	for _, k := range kinds {
		what = append(what, kindNames[k])
	}
	name, ok := l.text(n, at, "the name of a "+listed(what))
	if !ok {
		return spec.Ref{}
	}
	for _, p := range prefixes {
		if rest, cut := strings.CutPrefix(name, p.prefix); cut && slices.Contains(kinds, p.kind) {
			if i, known := l.names[p.kind].index[rest]; known {
				return spec.Ref{Kind: refKinds[p.kind], Index: i}
			}
		}
	}
	found := spec.Ref{}
	for _, k := range kinds {
		i, known := l.names[k].index[name]
		switch {
		case !known:
		case found.Kind != spec.NoComponent:
			l.fail(n, at, fmt.Sprintf("%s is the name of two components", quoted(name)), "say which: producers."+name+", channels."+name+" or consumers."+name, "")
			return spec.Ref{}
		default:
			found = spec.Ref{Kind: refKinds[k], Index: i}
		}
	}
	if found.Kind == spec.NoComponent {
		if len(kinds) == 1 {
			if !l.otherAction(name, n, at) {
				l.unknownName(kinds[0], name, n, at)
			}
			return found
		}
		var names []string
		for _, k := range kinds {
			names = append(names, l.names[k].names...)
		}
		accepted, suggestion := "there are "+some(names), closest(name, names)
		if _, is := l.names[channels].index[name]; is {
			accepted, suggestion = quoted(name)+" is a channel, and channels are within the broker", "broker"
		}
		l.fail(n, at, fmt.Sprintf("there is no %s %s", listed(what), quoted(name)), accepted, suggestion)
	}
	return found
}

// instead are the actions for another kind of component than the one they are
// written with.
var instead = map[string]map[componentKind]string{
	"crash":  {producers: "stop: %s", channels: "outage: %s"},
	"pause":  {producers: "stop: %s", channels: "outage: %s"},
	"resume": {producers: "start: %s"},
	"outage": {consumers: "crash: %s", producers: "stop: %s"},
	"stop":   {channels: "outage: %s"},
	"purge":  {consumers: "purge: the channel it reads"},
}

var insteadOnBroker = map[string]string{
	"crash": "outage: broker", "stop": "outage: broker", "pause": "outage: broker",
	"slow": "delay: [payment, broker], with by: 100ms",
}

// otherAction reports an action on a component of the wrong kind for which
// there is another action.
func (l *loader) otherAction(name string, n *node, at *place) bool {
	if write := insteadOnBroker[lastStep(at)]; name == "broker" && write != "" {
		l.fail(n, at, "this is not for the broker", "what this does to it: "+write, "")
		return true
	}
	for _, kind := range []componentKind{producers, channels, consumers} {
		if write := instead[lastStep(at)][kind]; write != "" {
			if _, is := l.names[kind].index[name]; is {
				l.fail(n, at, fmt.Sprintf("%s is %s", quoted(name), kind.withArticle()), "what this does to it: "+strings.Replace(write, "%s", name, 1), "")
				return true
			}
		}
	}
	return false
}

func (l *loader) brokerOr(n *node, at *place, kinds ...componentKind) spec.Ref {
	if n.kind == scalarNode && n.text == "broker" {
		return spec.Ref{Kind: spec.BrokerComponent}
	}
	if n.kind == scalarNode && !l.isComponent(n.text) && closest(n.text, []string{"broker"}) != "" {
		l.fail(n, at, "there is no "+quoted(n.text), "the broker is called broker", "broker")
		return spec.Ref{}
	}
	return l.component(n, at, kinds...)
}

func (l *loader) isComponent(name string) bool {
	for _, kind := range []componentKind{producers, channels, consumers} {
		if _, is := l.names[kind].index[name]; is {
			return true
		}
	}
	return false
}

// pair reads [A, B]: a component and the broker, or a caller and its callee.
func (l *loader) pair(n *node, at *place) (a, b spec.Ref) {
	if n.kind != listNode || len(n.items) != 2 {
		l.fail(n, at, "this should be a pair", "write [payment, broker] or [checkout, payment]", "")
		return a, b
	}
	a = l.brokerOr(n.items[0], at.item(0), producers, consumers)
	b = l.brokerOr(n.items[1], at.item(1), producers, consumers)
	if a == b && a.Kind != spec.NoComponent {
		l.fail(n, at, "this pair names the same twice", "a component and the broker, or a caller and its callee", "")
		return a, b
	}
	l.warnStrangers(n, at, a, b)
	return a, b
}

// timelineForm is the list of actions in the order of time.
func timelineForm() *form[[]spec.Action] {
	o := actionObject()
	s := *o.shape
	s.schema = func() schema { return actionSchema(o.shape) }
	f := list(&form[actionDraft]{shape: &s, read: o.read, write: o.write}, "a list of entries such as {at: 1m, crash: payment}", 0)
	return &form[[]spec.Action]{
		shape: f.shape,
		read: func(l *loader, n *node, at *place) ([]spec.Action, bool) {
			drafts, ok := f.read(l, n, at)
			out := slices.Grow([]spec.Action(nil), len(drafts))
			for _, d := range drafts {
				out = append(out, d.Action)
			}
			slices.SortStableFunc(out, func(a, b spec.Action) int { return cmp.Compare(a.At, b.At) })
			return out, ok
		},
		write: func(w *writer, v []spec.Action) *node {
			if len(v) == 0 {
				return nil
			}
			n := &node{kind: listNode}
			for _, a := range v {
				n.items = append(n.items, writeAction(w, a))
			}
			return n
		},
	}
}

func writeAction(w *writer, a spec.Action) *node {
	rule := actionRules[slices.IndexFunc(actionRules, func(r actionRule) bool { return r.kind == a.Kind })]
	n := &node{kind: mapNode, flow: true}
	put := func(name string, v *node) { n.entries = append(n.entries, entry{word(name), v}) }
	put("at", word(writeNanos(a.At)))
	switch rule.of {
	case "a pair [A, B]":
		put(rule.name, &node{kind: listNode, flow: true, items: []*node{w.ref(a.A), w.ref(a.B)}})
	case "an event":
		put(rule.name, word(w.name(events, a.Event)))
	case "a path":
		path, value := w.setEntry(a)
		put(rule.name, path)
		put("to", value)
	default:
		put(rule.name, w.ref(a.A))
	}
	switch a.Kind {
	case spec.ScaleAction:
		put("to", word(fmt.Sprint(a.Count)))
	case spec.EmitAction:
		put("to", word(w.name(channels, a.B.Index)))
	}
	w.actionOptions(rule, a, put)
	if a.For > 0 {
		put("for", word(writeNanos(a.For)))
	}
	return n
}

func (w *writer) actionOptions(rule actionRule, a spec.Action, put func(string, *node)) {
	for _, o := range rule.options {
		switch o {
		case "instances":
			if a.All {
				put(o, word("all"))
			} else {
				put(o, word(fmt.Sprint(a.Count)))
			}
		case "restart":
			if a.Restarts {
				put(o, word(writeNanos(a.Restart)))
			}
		case "times":
			put(o, word(plain(a.Times)))
		case "chance":
			put(o, word(writeChance(a.Chance)))
		case "by":
			put(o, word(writeDist(a.By, durationQuantity)))
		case "count":
			put(o, word(fmt.Sprint(a.Count)))
		}
	}
}

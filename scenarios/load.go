package scenarios

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/big"
	"slices"

	"eddy/sim/spec"
)

var nanosPerSecond = new(big.Rat).SetInt64(spec.Second)

// Options say how a text is loaded.
type Options struct {
	// Name is how diagnostics call the file.
	Name string
	// FS is where files named in the scenario are found, relative to its own
	// folder; nil: none may be named.
	FS fs.FS
	// Variant is the variant to apply, "" for none.
	Variant string
	// Set are --set PATH=VALUE, applied in order after the variant.
	Set []spec.Setting
	// Vary is a point of a sweep: settings like those of Set, applied after them,
	// whose mistakes are those of --vary.
	Vary []spec.Setting
	// Seed, Duration and Warmup replace the scenario's own where not nil.
	Seed             *int64
	Duration, Warmup *string
	// Foresee tells what can be known of a sound scenario before it runs, beyond
	// what its text says; nil: nothing.
	Foresee func(*spec.Scenario) []Foreseen
}

// Foreseen is something to warn of.
type Foreseen struct {
	Code string // of the finding that a run would have
	// Component is where: consumers.payment, channels.orders,
	// subscriptions.orders/payment, producers.web, broker, or run.
	Component         string
	Problem, Accepted string
}

// Load reads a scenario. The scenario is nil if and only if the diagnostics
// have an error; they are sorted by place. Load never panics, whatever the text.
func Load(text []byte, o Options) (*spec.Scenario, Diagnostics) {
	if o.Name == "" {
		o.Name = "scenario"
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	l := &loader{source: &source{name: o.Name, text: string(text)}, files: newFiles(o.FS), budget: new(int)}
	*l.budget = maxTried
	s := l.scenario(text, o)
	l.diags.sort()
	if l.errors > 0 {
		return nil, l.diags
	}
	return s, l.diags
}

func (l *loader) scenario(text []byte, o Options) *spec.Scenario {
	if !l.guard(text) {
		return nil
	}
	root := l.parse(text)
	if root == nil {
		return nil
	}
	if root.kind != mapNode {
		l.fail(root, nil, "this is not a scenario", "a scenario is a map: name, duration, producers, broker and consumers, each followed by a colon", "")
		return nil
	}
	plain := root
	if root = l.applied(root, o); root == nil {
		return nil
	}
	s := l.read(root)
	s.Variant, s.Set = o.Variant, slices.Concat(o.Set, o.Vary)
	l.warnings()
	if !l.tryChanges(root) {
		l.tooManyChanges()
	}
	l.tryVariants(plain, o)
	if l.errors == 0 {
		s.Hash = Hash(s)
		if o.Foresee != nil {
			for _, x := range o.Foresee(s) {
				l.foreseen(root, x)
			}
		}
	}
	return s
}

// read walks a tree. The scenario is only whole if there was no error.
func (l *loader) read(root *node) *spec.Scenario {
	l.doc = &spec.Scenario{}
	l.likeOf = profileOf(likeWritten(root))
	l.columns = map[string]bool{}
	l.register(root)
	l.spots = newSpots(root, l)
	scenarioObject.into(l, root, nil, l.doc)
	l.limits(root)
	return l.doc
}

// applied is the tree with the variant and the settings of the command line.
func (l *loader) applied(root *node, o Options) *node {
	if o.Variant != "" {
		if root = l.variant(root, o.Variant); root == nil {
			return nil
		}
	}
	for _, c := range l.settings(o) {
		if changed, ok := l.set(root, c); ok {
			root = changed
		}
	}
	return root
}

// settings are the changes of the command line in order.
func (l *loader) settings(o Options) []change {
	var changes []change
	add := func(option, path, value string) {
		if n, ok := l.parseValue(option, path, value); ok {
			at := &node{kind: scalarNode, text: path, option: option, width: 1}
			changes = append(changes, change{path: path, pathNode: at, value: n, at: (*place)(nil).steps(path)})
		}
	}
	for _, s := range o.Set {
		add("--set "+harmless(clip(s.Path, 200)), s.Path, s.Value)
	}
	for _, s := range o.Vary {
		add("--vary "+harmless(clip(s.Path, 200)), s.Path, s.Value)
	}
	if o.Seed != nil {
		add("--seed", "seed", fmt.Sprint(*o.Seed))
	}
	if o.Duration != nil {
		add("--duration", "duration", *o.Duration)
	}
	if o.Warmup != nil {
		add("--warmup", "warmup", *o.Warmup)
	}
	return changes
}

// scenarioObject is the whole format; built in init since its forms look each
// other up.
var scenarioObject *object[spec.Scenario]

func init() {
	inlineKey = keyObject()
	inlineKey.shape.title = "a key space"
	scenarioObject = documentObject()
	format = scenarioObject.shape
	homes = findHomes(format)
}

func documentObject() *object[spec.Scenario] {
	type S = spec.Scenario
	o := &object[S]{
		title: "a scenario",
		start: func(*loader, *node) S { return S{Seed: 1} },
		keys: []key[S]{
			bind("name", nameForm, func(s *S) *string { return &s.Name }, "The scenario's name.", required),
			bind("about", textForm, func(s *S) *string { return &s.About }, "What it shows; seen in lists and reports."),
			bind("duration", positiveForm, func(s *S) *spec.Nanos { return &s.Duration }, "Simulated time.", required),
			bind("warmup", durationForm, func(s *S) *spec.Nanos { return &s.Warmup }, "Statistics start here; less than `duration`.", dflt("0")),
			bind("seed", wholeForm[int64](0, 1<<63-1), func(s *S) *int64 { return &s.Seed }, "Where the dice begin: the same seed gives the same run.", dflt("1")),
			bind("keys", keysForm(), func(s *S) *[]spec.KeySpace { return &s.Keys }, "Named key spaces: `customer: {count: 10000, skew: 1.1}`."),
			bind("events", eventsForm(), func(s *S) *[]spec.EventType { return &s.Events }, "Declares event types; one that is emitted and not declared gets the defaults."),
			bind("producers", named("producer", producerObject(), func(s *spec.Producer) *string { return &s.Name }), func(s *S) *[]spec.Producer { return &s.Producers }, "What creates events; at least one.", required),
			bind("broker", brokerObject().form(), func(s *S) *spec.Broker { return &s.Broker }, "What carries them.", required),
			bind("consumers", consumersForm(), func(s *S) *[]spec.Consumer { return &s.Consumers }, "What handles them; at least one.", required),
			bind("timeline", timelineForm(), func(s *S) *[]spec.Action { return &s.Timeline }, "Faults and changes while it runs."),
			bind("expect", list(expectationForm(), "a list of expectations", 0), func(s *S) *[]spec.Expectation { return &s.Expect }, "Assertions on the result: `- consumers.payment.latency.p99 < 1s # why`."),
			variantsKey(),
		},
		finish: finishScenario,
	}
	return o.build()
}

func finishScenario(f *fields, s *spec.Scenario) {
	if f.sound("duration") && s.Warmup >= s.Duration && (f.sound("warmup") || !f.has("warmup")) {
		f.fail("warmup", fmt.Sprintf("the warm-up of %s is not shorter than the run of %s", writeNanos(s.Warmup), writeNanos(s.Duration)), "a warm-up below the duration")
	}
	for _, name := range []string{"producers", "consumers"} {
		if n := f.value(name); f.has(name) && n.kind == mapNode && len(n.entries) == 0 {
			f.fail(name, "there are no "+name, "at least one")
		}
	}
}

// limits are those over all components together.
func (l *loader) limits(root *node) {
	s := l.doc
	if n := len(s.Producers) + len(s.Broker.Channels) + len(s.Consumers); n > maxComponents {
		l.fail(root, nil, fmt.Sprintf("the scenario has %s components", thousands(int64(n))), "at most 10,000", "")
	}
	instances := 0
	for i := range s.Producers {
		instances += s.Producers[i].Instances
	}
	for i := range s.Consumers {
		most := s.Consumers[i].Instances
		if a := s.Consumers[i].Autoscale; a != nil {
			most = max(most, a.Max)
		}
		instances += most
	}
	for i := range s.Broker.Channels {
		if s.Broker.Channels[i].Type == spec.Stream {
			instances += s.Broker.Channels[i].Partitions
		}
	}
	if instances > maxInstances {
		l.fail(root, nil, fmt.Sprintf("the scenario has %s instances and partitions", thousands(int64(instances))), "at most 100,000 in all", "")
	}
	users := 0
	for i := range s.Producers {
		users += s.Producers[i].Users * s.Producers[i].Instances
	}
	if users > 10_000_000 {
		l.fail(root, nil, fmt.Sprintf("the scenario has %s users", thousands(int64(users))), "at most 10,000,000 in all", "")
	}
}

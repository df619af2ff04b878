package reference

import (
	"errors"
	"reflect"
	"slices"

	"eddy/sim"
	"eddy/sim/luck"
	"eddy/sim/spec"
)

// Classes of things that happen at one instant, in the order they happen.
const (
	timelineEntries = 0
	completions     = 1
	timers          = 2
	arrivals        = 3
	deliveries      = 4
	controllers     = 5
)

// entry is something that will happen: do at the instant at, ordered among the
// others of that instant by class, component, and how many entries the
// component had asked for before.
type entry struct {
	at        int64
	class     int
	component int
	count     int64
	do        func()
}

func (e *entry) before(o *entry) bool {
	switch {
	case e.at != o.at:
		return e.at < o.at
	case e.class != o.class:
		return e.class < o.class
	case e.component != o.component:
		return e.component < o.component
	}
	return e.count < o.count
}

// world is everything there is in one run.
type world struct {
	sc            *spec.Scenario // as the sets that last have it
	own           *spec.Scenario // as it was written
	sets          []*action      // that last, in the order in which they began
	seed          uint64
	limit         int // records to tell at most, but for those of one step
	now           int64
	future        []*entry        // sorted, the next one first
	asked         map[int]int64   // by component: entries asked for
	marked        map[*store]bool // stores that may have something to send at this instant
	sent          int64           // deliveries and calls so far
	connections   []*connection
	scalers       []*scaler
	undisturbed   connection // where there is no timeline
	outages       map[spec.Ref]int
	doubles       map[int][]*disturbance // by channel: chances that a publish is taken twice
	injected      int64                  // events of the timeline's own
	told          []sim.Record           // what happened so far
	texts         []string               // keys that are texts, in the order they came up; see textKeys
	came          int64                  // deliveries and calls that arrived at consumers so far
	isDeadlocked  bool
	opened, short int // breakers, and tries that one failed at once
	broker        *broker
	types         []*eventType      // by index into the scenario's events
	names         []string          // by component
	partitioned   map[int]bool      // components that are streams, groups, or readers of streams
	sends         []*producer       // by index into the scenario's producers
	reads         []*consumer       // by index into the scenario's consumers
	stores        map[string]*store // by name, "channel" or "channel/consumer"; not those of streams
	streams       map[int]*stream   // by channel
	read          int64             // deliveries of streams' events so far
	listed        []*store          // the same in the order of their components
}

// Supports says whether the reference can run the scenario, or why not.
func Supports(sc *spec.Scenario) error {
	for _, a := range sc.Timeline {
		if a.Kind != spec.SetAction {
			continue
		}
		for i := range sc.Producers {
			if !reflect.DeepEqual(sc.Producers[i].Shape, a.Changed.Producers[i].Shape) {
				return errors.New("a shape other than a producer began with is outside the reference")
			}
		}
		for i := range sc.Consumers {
			if sc.Consumers[i].Commit != a.Changed.Consumers[i].Commit {
				return errors.New("commits at other instants than it began with are outside the reference")
			}
		}
	}
	return nil
}

// Run simulates one replication of a scenario that Supports accepts, to its
// end or until at least limit records were told, and returns them with the
// whole run's accounts.
func Run(sc *spec.Scenario, replication, limit int) ([]sim.Record, Accounts) {
	w := build(sc, uint64(sc.Seed)+uint64(replication))
	w.limit = limit
	complete := w.run()
	a := w.accounts()
	a.Complete = complete
	return w.told, a
}

func build(sc *spec.Scenario, seed uint64) *world {
	w := &world{
		sc: sc, own: sc, seed: seed,
		asked:   map[int]int64{},
		marked:  map[*store]bool{},
		stores:  map[string]*store{},
		streams: map[int]*stream{}, partitioned: map[int]bool{},
		outages: map[spec.Ref]int{}, doubles: map[int][]*disturbance{},
	}
	for i := range sc.Events {
		w.types = append(w.types, newEventType(w, &sc.Events[i]))
	}
	w.number()
	w.buildBroker()
	w.beginTimeline()
	for i := range sc.Producers {
		w.sends[i].begin()
	}
	for i := range sc.Consumers {
		w.reads[i].begin()
	}
	return w
}

// number gives every component its index and makes it: producers, channels,
// subscriptions by channel and consumer, consumers.
func (w *world) number() {
	for i := range w.sc.Producers {
		w.names = append(w.names, w.sc.Producers[i].Name)
		w.sends = append(w.sends, newProducer(w, i))
	}
	for i := range w.sc.Broker.Channels {
		ch := &w.sc.Broker.Channels[i]
		if ch.Type == spec.Queue {
			w.addStore(newStore(w, len(w.names), i, ch.Name, &ch.Store))
		}
		if ch.Type == spec.Stream {
			w.partitioned[len(w.names)] = true
			w.streams[i] = newStream(w, len(w.names), i)
		}
		w.names = append(w.names, ch.Name)
	}
	subscribed := w.countSubscriptions()
	for i := range w.sc.Consumers {
		w.reads = append(w.reads, newConsumer(w, len(w.names)+subscribed+i, i))
	}
	for i := range w.sc.Broker.Channels {
		ch := &w.sc.Broker.Channels[i]
		for k := range w.sc.Consumers {
			c := &w.sc.Consumers[k]
			for _, source := range c.From {
				if source.Channel == i && hasSubscriptions(ch) {
					if ch.Type == spec.Stream {
						w.partitioned[len(w.names)] = true
						w.partitioned[len(w.sc.Producers)+len(w.sc.Broker.Channels)+subscribed+k] = true
					}
					w.subscribe(ch, i, w.reads[k], source)
					w.names = append(w.names, ch.Name+"/"+c.Name)
				}
			}
		}
	}
	for _, c := range w.sc.Consumers {
		w.names = append(w.names, c.Name)
	}
	for _, s := range w.listed {
		if s.spec.DeadLetter != spec.None {
			s.deadLetter = w.stores[w.sc.Broker.Channels[s.spec.DeadLetter].Name]
		}
	}
}

func (w *world) addStore(s *store) {
	w.stores[s.name] = s
	w.listed = append(w.listed, s)
}

// hasSubscriptions says whether each reader of a channel gets copies of its own.
func hasSubscriptions(ch *spec.Channel) bool { return ch.Type == spec.Topic || ch.Type == spec.Stream }

func (w *world) countSubscriptions() (n int) {
	for _, c := range w.sc.Consumers {
		for _, source := range c.From {
			if hasSubscriptions(&w.sc.Broker.Channels[source.Channel]) {
				n++
			}
		}
	}
	return n
}

// subscribe makes the stores of a consumer's own copies; their component is the
// next to be named.
func (w *world) subscribe(ch *spec.Channel, channel int, c *consumer, source spec.Source) {
	if ch.Type == spec.Topic {
		w.addStore(newStore(w, len(w.names), channel, ch.Name+"/"+c.spec.Name, &ch.Store))
		return
	}
	g := w.streams[channel].newGroup(c, len(w.names), source)
	c.groups = append(c.groups, g)
	w.listed = append(w.listed, g.parts...)
}

// ask puts an entry into the future.
func (w *world) ask(at int64, class, component int, do func()) *entry {
	w.asked[component]++
	return w.insert(&entry{at, class, component, w.asked[component], do})
}

// cancel takes an entry out of the future.
func (w *world) cancel(e *entry) {
	w.future = slices.DeleteFunc(w.future, func(o *entry) bool { return o == e })
}

// askLast is ask for a timer that comes after the component's others of the
// instant, whenever they were asked for: the parts of the component in turn.
func (w *world) askLast(at int64, component, part int, do func()) {
	const last, parts = 1 << 62, 1 << 40
	w.asked[component]++
	w.insert(&entry{at, timers, component, last + int64(part)*parts + w.asked[component], do})
}

func (w *world) insert(e *entry) *entry {
	i, _ := slices.BinarySearchFunc(w.future, e, func(a, b *entry) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	w.future = slices.Insert(w.future, i, e)
	return e
}

// run lets things happen in their order, up to and including the instant
// duration. It reports whether it came to that end before the limit.
func (w *world) run() bool {
	for len(w.told) < w.limit {
		if w.isDeadlocked {
			return true
		}
		if s := w.lowestMarked(); s != nil && w.isNext(s) {
			delete(w.marked, s)
			s.dispatch()
			continue
		}
		if len(w.future) == 0 || w.future[0].at > w.sc.Duration {
			return true
		}
		e := w.future[0]
		w.future = w.future[1:]
		for _, s := range w.scalers {
			s.elapse(e.at)
		}
		w.now = e.at
		e.do()
	}
	return false
}

func (w *world) lowestMarked() *store {
	for _, s := range w.listed {
		if w.marked[s] {
			return s
		}
	}
	return nil
}

// isNext says whether nothing else of this instant comes before the store's
// sending: at equal class and component the store's own sending is first.
func (w *world) isNext(s *store) bool {
	if len(w.future) == 0 || w.future[0].at > w.now {
		return true
	}
	return !w.future[0].before(&entry{w.now, deliveries, s.component, 0, nil})
}

// place says where in a component something happened; zero attempt: none yet,
// -1: does not apply.
type place struct{ attempt, instance, worker int }

var anywhere = place{0, -1, -1}

// tell records a step in an event's life.
func (w *world) tell(what sim.What, why sim.Why, component int, ev *event, p place) {
	partition := -1
	if w.partitioned[component] {
		partition = ev.partition
	}
	w.told = append(w.told, sim.Record{
		At: w.now, What: what, Why: why, Component: int32(component),
		Event: ev.id, Type: int32(ev.kind), Key: ev.key, Cause: ev.cause, Root: ev.root,
		Attempt: int32(p.attempt), Instance: int32(p.instance), Worker: int32(p.worker), Partition: int32(partition),
		Created: ev.created, Published: ev.left, Size: ev.size, Priority: ev.priority,
	})
}

// tellOfInstance records a step in the life of a consumer's instance.
func (w *world) tellOfInstance(what sim.What, why sim.Why, component, instance int) {
	w.tellOf(what, why, component, instance)
}

// tellOf records something that is not about an event.
func (w *world) tellOf(what sim.What, why sim.Why, component, instance int) {
	none := sim.EventID{Source: sim.NoEvent}
	w.told = append(w.told, sim.Record{
		At: w.now, What: what, Why: why, Component: int32(component), Event: none, Type: -1, Key: -1, Cause: none, Root: none,
		Instance: int32(instance), Worker: -1, Partition: -1,
	})
}

// draw is one random quantity of a component.
type draw struct {
	key     luck.Key
	sampler *luck.Sampler
}

func (w *world) newDraw(component, purpose string, d spec.Dist) draw {
	return draw{luck.NewKey(w.seed, component, purpose), luck.Compile(d)}
}

func (d draw) nanos(identity uint64, attempt int) int64 {
	return d.sampler.Nanos(d.key, luck.Counter(identity, uint32(attempt), 0))
}

// isZero says whether the quantity is always 0.
func (d draw) isZero() bool {
	v, constant := d.sampler.IsConst()
	return constant && v == 0
}

// textKeys is the key that stands for the first text; a recorded key is a text.
const textKeys = 1 << 62

// keyOf is the key that stands for a text.
func (w *world) keyOf(text string) int64 {
	i := slices.Index(w.texts, text)
	if i < 0 {
		i = len(w.texts)
		w.texts = append(w.texts, text)
	}
	return textKeys + int64(i)
}

// uniform draws in (0,1) for the purpose of a component.
func (w *world) uniform(component, purpose string, identity uint64, attempt int) float64 {
	return luck.NewKey(w.seed, component, purpose).Uniform(luck.Counter(identity, uint32(attempt), 0))
}

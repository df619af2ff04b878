package reference

import (
	"slices"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// theBroker is the broker as one end of a connection; the others are components.
const theBroker = -2

// Messages of each kind have luck of their own on a connection that is disturbed.
const (
	publishMessage = 4
	confirmMessage = 6
	unheldMessage  = 7
	heldMessage    = 8
	deliverMessage = 12
	ackMessage     = 13
	requestMessage = 27
	replyMessage   = 28
)

// link carries messages of one instance. A later message never overtakes.
type link struct {
	w       *world
	from    int // component
	latency draw
	latest  int64 // arrival of the last message
}

// message is something that crosses a link.
type message struct {
	kind    int
	ev      *event
	attempt int
	to      int // component, theBroker
	class   int // of its arrival, and the component it is asked for by
	asker   int
	arrive  func()
	lost    func() // nil: it cannot be lost
}

// connection is what is wrong between two ends.
type connection struct {
	a, b   int
	cuts   int
	delays []*disturbance
	drops  []*disturbance
	held   []func() // set out what waits for the end of a cut
}

// disturbance is a delay, or a chance of loss, by one entry of the timeline.
type disturbance struct {
	by     draw
	key    luck.Key
	chance float64
}

func (w *world) newLink(component int, name, purpose string, latency spec.Dist) *link {
	return &link{w: w, from: component, latency: w.newDraw(name, purpose, latency)}
}

// between finds the connection of two ends.
func (w *world) between(a, b int) *connection {
	if len(w.sc.Timeline) == 0 {
		return &w.undisturbed
	}
	a, b = min(a, b), max(a, b)
	i := slices.IndexFunc(w.connections, func(c *connection) bool { return c.a == a && c.b == b })
	if i < 0 {
		i = len(w.connections)
		w.connections = append(w.connections, &connection{a: a, b: b})
	}
	return w.connections[i]
}

func (c *connection) isDisturbed() bool { return c.cuts > 0 || len(c.delays) > 0 || len(c.drops) > 0 }

// cross lets a message arrive: within this step if the latency is 0, nothing is
// wrong and nothing is still on its way, else as an entry of the future.
func (l *link) cross(m message) {
	c := l.w.between(l.from, m.to)
	switch {
	case c.cuts > 0:
		c.held = append(c.held, func() { l.setOut(m, 0) })
	case !c.isDisturbed() && l.latency.isZero() && l.latest <= l.w.now:
		m.arrive()
	default:
		counter := luck.Counter(m.ev.luck, uint32(m.attempt), uint32(m.kind))
		for _, d := range c.drops {
			if m.lost != nil && d.key.Uniform(counter) < d.chance {
				m.lost()
				return
			}
		}
		later := int64(0)
		for _, d := range c.delays {
			later += d.by.sampler.Nanos(d.by.key, counter)
		}
		l.setOut(m, later)
	}
}

func (l *link) setOut(m message, later int64) {
	l.latest = max(l.latest, l.w.now+later+l.latency.nanos(m.ev.luck, m.attempt))
	l.w.ask(l.latest, m.class, m.asker, m.arrive)
}

// endCut sets out what waited, in order.
func (c *connection) endCut() {
	c.cuts--
	if c.cuts > 0 {
		return
	}
	held := c.held
	c.held = nil
	for _, setOut := range held {
		setOut()
	}
}

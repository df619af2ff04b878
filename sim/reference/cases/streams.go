package cases

import "eddy/sim/spec"

// stream makes a stream of a channel.
func (a *drawing) stream(i int) {
	ch := &a.sc.Broker.Channels[i]
	ch.Type = spec.Stream
	ch.Partitions = 1 + a.Choose(5)
	ch.Assign = spec.Assign(a.Choose(4))
	if a.coin() {
		ch.Rebalance = a.duration()
	}
	ch.Session = a.duration()
	if a.oneIn(3) {
		ch.Retention.Events = int64(1 + a.Choose(4))
	}
	if a.oneIn(4) {
		ch.Retention.Time = a.duration() + a.duration()
	}
	if a.oneIn(4) {
		ch.Retention.Size = 1024 * int64(1+a.Choose(4))
	}
	s := Store()
	if a.oneIn(4) {
		s.TTL = a.duration() + a.duration()
	}
	if a.oneIn(4) {
		s.AckTimeout, s.AckClockLease = a.duration(), a.coin()
	}
	if a.oneIn(4) {
		s.MaxDeliveries = 1 + a.Choose(3)
	}
	if a.oneIn(2) {
		s.DeadLetter = a.deadLetter(i)
	}
	if a.oneIn(5) {
		s.Dedup = a.duration() * spec.Nanos(1+a.Choose(2))
	}
	ch.Store = s
}

// reading is how a consumer reads streams.
func (a *drawing) reading(c *spec.Consumer) {
	for i := range c.From {
		if a.sc.Broker.Channels[c.From[i].Channel].Type == spec.Stream {
			c.From[i].Earliest = a.coin()
		}
	}
	if a.coin() {
		c.Commit = a.duration()
	}
	c.Retry.Blocks = a.oneIn(3)
}

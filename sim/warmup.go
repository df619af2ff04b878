package sim

// forgetWarmup leaves out what a run has counted that was over before its warm-up
// was: nothing came after it.
func (e *Engine) forgetWarmup() {
	if e.over && !e.measured && !e.forgotten {
		e.forgotten = true
		e.warmedUp()
		e.measured = false
	}
}

// warmedUp is the end of the warm-up: what is measured begins anew.
func (e *Engine) warmedUp() {
	e.measured = true
	for i := range e.stores {
		s := &e.stores[i]
		s.base, s.baseLeft, s.baseStayed = s.n, s.left, s.stayed
		s.areaAll = s.inside.Integral(e.now)
		s.backlogAll = s.ready.Integral(e.now).Add(s.leased.Integral(e.now))
		s.inside.Restart(e.now)
		s.ready.Restart(e.now)
		s.leased.Restart(e.now)
		s.bytes.Restart(e.now)
	}
	for _, g := range e.groups {
		g.ready.Restart(e.now)
		g.leased.Restart(e.now)
		g.inside.Restart(e.now)
	}
	for i := range e.channels {
		c := &e.channels[i]
		if c.stream != nil {
			for j := range c.stream.partitions {
				c.stream.partitions[j].baseIn = c.stream.partitions[j].in
			}
		}
		c.baseEntered, c.baseUnrouted, c.baseIgnored = c.entered, c.unrouted, c.ignored
	}
	for i := range e.producers {
		p := &e.producers[i]
		p.base = p.n
		p.blocked.Restart(e.now)
	}
	for i := range e.consumers {
		c := &e.consumers[i]
		c.base = c.n
		c.serving.base, c.serving.before = c.serving.n, c.serving.waiting.len()
		c.offeredBefore = c.offered.Integral(e.now)
		for j := range c.count {
			c.busyBefore = c.busyBefore.Add(e.instances[c.first+j].busy.Integral(e.now))
		}
		c.ups.Restart(e.now)
		c.offered.Restart(e.now)
		if c.inside != nil {
			c.inside.Restart(e.now)
		}
		c.settleTally()
		for j := range c.classes {
			c.classes[j].baseDone = c.classes[j].done
		}
	}
	for i := range e.instances {
		in := &e.instances[i]
		in.baseDone = in.done
		in.busy.Restart(e.now)
		in.offered.Restart(e.now)
	}
	for i := range e.flows {
		f := &e.flows[i]
		f.baseCreated, f.baseCompleted, f.baseFailed = f.created, f.completed, f.failed
	}
}

package sim

import "math/bits"

// tally is what is to be measured at a consumer, written down one thing after
// another and put into the distributions when the list is full. A distribution
// is kilobytes, any of which the next duration may fall into. Where there are
// many consumers, nothing of it is in the cache any more when that comes; a list
// is filled in order, and for many durations at once the processor fetches what
// they fall into side by side. Nothing reads a distribution before settleTally.
//
// An entry is a head and, as it says, durations in ns in the order of its parts.
type tally struct {
	words *[tallySize]uint64
	used  uint
}

const (
	tallySize    = 256
	longestEntry = 5 + Causes
)

// Parts of an entry, in its head. The causes of a latency are a bit each from
// tallyCauses on, and a duration each; priority and type stand above.
const (
	tallyDone    = 1 << iota // counts as done: no duration
	tallySwift               // the wait is the one in the store, too: no duration
	tallyWait                // a duration, as all that follow
	tallyService             // of an attempt; where it stands alone, without a type
	tallyLatency             // to an effect
	tallyRoot                // since the root was created, where that differs from the latency

	tallyCauses   = 8
	tallyPriority = 24
	tallyType     = 32
)

// ofClass is the part of a head that says what is measured apart.
func ofClass(v *event) uint64 {
	return uint64(v.typ)<<tallyType | uint64(uint8(v.priority))<<tallyPriority
}

// room is the list, with room for an entry, and where that begins.
func (c *consumer) room() (words *[tallySize]uint64, at uint) {
	if c.tally.used > tallySize-longestEntry {
		c.settleTally()
	}
	return c.tally.words, c.tally.used
}

// measure writes down one duration, ns.
func (c *consumer) measure(head uint64, ns int64) {
	w, at := c.room()
	w[at%tallySize], w[(at+1)%tallySize] = head, uint64(ns)
	c.tally.used = at + 2
}

// measureDone writes down that one was done.
func (c *consumer) measureDone(v *event) {
	w, at := c.room()
	w[at%tallySize] = tallyDone | ofClass(v)
	c.tally.used = at + 1
}

// measureEffect writes down how long a copy took to its effect, and why; with
// it, as the parts say, how long the attempt took.
func (e *Engine) measureEffect(parts uint64, service int64, cons *consumer, c *copyRec, v *event) {
	w, at := cons.room()
	i := at + 1
	w[i%tallySize] = uint64(service)
	i += uint(parts / tallyService & 1)
	latency := e.now - c.from
	w[i%tallySize] = uint64(latency)
	i++
	if root := v.root; root.created != c.from {
		parts |= tallyRoot
		w[i%tallySize] = uint64(e.now - root.created)
		i++
	}
	open := e.now - c.since
	c.blame[c.cause] += open
	set := uint64(c.causes | 1<<c.cause)
	for rest := set; rest != 0; rest &= rest - 1 {
		w[i%tallySize] = uint64(c.blame[bits.TrailingZeros64(rest)])
		i++
	}
	c.blame[c.cause] -= open
	w[at%tallySize] = parts | tallyLatency | set<<tallyCauses | ofClass(v)
	cons.tally.used = i
	if e.opt.Verify {
		e.verifyBlame(c, open, latency)
	}
}

// settleTally puts what was written down into the distributions.
func (c *consumer) settleTally() {
	w, used := c.tally.words, c.tally.used
	var cl *class
	var last uint64 // whose class that is
	var ns [Causes]int64
	for i := uint(0); i < used; {
		head := w[i%tallySize]
		i++
		if head&tallyService != 0 {
			c.service.Record(int64(w[i%tallySize]))
			i++
			if head&tallyLatency == 0 {
				continue
			}
		}
		if of := head >> tallyPriority; cl == nil || of != last {
			cl, last = c.class(int32(head>>tallyType), int8(of)), of
		}
		cl.done += int64(head & tallyDone)
		if head&tallyWait != 0 {
			h := &cl.wait
			if head&tallySwift != 0 {
				h = &cl.bothWaits
			}
			h.Record(int64(w[i%tallySize]))
			i++
		}
		if head&tallyLatency == 0 {
			continue
		}
		var bucket int
		if head&tallyRoot == 0 {
			bucket = cl.both.Record(int64(w[i%tallySize]))
		} else {
			bucket = cl.latency.Record(int64(w[i%tallySize]))
			i++
			cl.endToEnd.Record(int64(w[i%tallySize]))
		}
		i++
		set := uint(head >> tallyCauses & (1<<Causes - 1))
		for rest := set; rest != 0; rest &= rest - 1 {
			ns[bits.TrailingZeros(rest)] = int64(w[i%tallySize])
			i++
		}
		c.blame.RecordSet(bucket, set, &ns)
	}
	c.tally.used = 0
}

// settleTallies puts everything that was measured at consumers into the
// distributions.
func (e *Engine) settleTallies() {
	for i := range e.consumers {
		e.consumers[i].settleTally()
	}
}

package experiment

import (
	"math"

	"eddy/sim"
	"eddy/sim/spec"
)

// readsStreams says whether a consumer reads a stream: its reader fetches
// ahead, so that no worker waits for the way from the broker and back.
func (t *traffic) readsStreams(c *spec.Consumer) bool {
	for _, from := range c.From {
		if t.sc.Broker.Channels[from.Channel].Type == spec.Stream {
			return true
		}
	}
	return false
}

// blocks says whether what failed holds up its partition until it is tried again.
func (t *traffic) blocks(c *spec.Consumer) bool {
	for _, from := range c.From {
		if ch := &t.sc.Broker.Channels[from.Channel]; ch.Type == spec.Stream && (c.Retry.Blocks || ch.Store.DeadLetter == spec.None) {
			return true
		}
	}
	return false
}

// partitionsOf is how many partitions the one stream has that a consumer
// reads, 0 where it reads anything else.
func (t *traffic) partitionsOf(c *spec.Consumer) int {
	if len(c.From) != 1 || t.sc.Broker.Channels[c.From[0].Channel].Type != spec.Stream {
		return 0
	}
	return t.sc.Broker.Channels[c.From[0].Channel].Partitions
}

// comesTo is what comes for the first time to some of the partitions that a
// consumer reads, together.
func (t *traffic) comesTo(c *spec.Consumer, partitions []int) stream {
	return t.comesFrom(&c.From[0], partitions)
}

// comesFrom is what comes to some of the partitions of a stream, as far as its
// reader takes it.
func (t *traffic) comesFrom(from *spec.Source, partitions []int) stream {
	n := t.sc.Broker.Channels[from.Channel].Partitions
	var all stream
	for event := range t.sc.Events {
		in := t.channel[from.Channel][event]
		if in.rate == 0 {
			continue
		}
		p := t.share(from.Where, event)
		shares := t.keyShares(t.sc.Events[event].Key, n)
		if shares == nil {
			// So many of every n events, in turn.
			part := float64(len(partitions)) / float64(n)
			in.rate = float64(in.rate * part)
			in.scv, in.evenSCV = float64(in.scv*part), float64(in.evenSCV*part)
			in.batches = in.batches.part(part)
			in.poisson = in.poisson && part == 1
			all.join(in.part(p))
			continue
		}
		part := 0.0
		for _, i := range partitions {
			part += shares[i]
		}
		all.join(in.part(float64(p * part)))
	}
	return all
}

// keyShares is the share of each partition of the events with keys of a space,
// nil where they go in turn.
func (t *traffic) keyShares(key, partitions int) []float64 {
	if key == spec.None {
		return nil
	}
	at := [2]int{key, partitions}
	if t.shares == nil {
		t.shares = map[[2]int][]float64{}
	}
	if t.spreads == nil {
		t.spreads = map[int]*sim.KeySpread{}
	}
	if t.spreads[key] == nil {
		t.spreads[key] = sim.NewKeySpread(&t.sc.Keys[key])
	}
	if t.shares[at] == nil {
		t.shares[at] = t.spreads[key].Shares(partitions)
	}
	return t.shares[at]
}

// queueInPartitions is the wait of a group: each member is a queue of what its
// partitions get, before as many servers as it reads at once. A member that has
// workers for all its partitions is a queue for each.
func (t *traffic) queueInPartitions(c *spec.Consumer, s *station) {
	ch := &t.sc.Broker.Channels[c.From[0].Channel]
	members := max(1, min(c.Instances, s.partitions))
	owned := make([][]int, members)
	for i := range s.partitions {
		m := i % members
		if ch.Assign == spec.RangeAssign {
			m = rangeMember(i, s.partitions, members)
		}
		owned[m] = append(owned[m], i)
	}
	s.load, s.wait, s.model, s.left, s.over = 0, 0, "", 0, 0
	s.findHot(t, c)
	for _, parts := range owned {
		if c.Concurrency == spec.Unlimited || c.Concurrency >= len(parts) {
			for _, p := range parts {
				t.addLine(s, t.comesTo(c, []int{p}), 1)
			}
			continue
		}
		if c.Concurrency > 1 {
			s.guesses.add(guess{"a member with fewer workers than partitions is taken as one queue", Exact, Approximate})
		}
		t.addLine(s, t.comesTo(c, parts), c.Concurrency)
	}
	if math.IsInf(s.wait, 1) {
		s.model = "none"
	} else {
		s.wait /= s.fresh.rate
	}
	if t.blocks(c) && s.tries > 1 {
		s.guesses.add(guess{"an event that is tried again holds up its partition; its backoff is taken as work", Approximate, Unsure})
	}
}

// uneven is from how many times the mean on a partition is hot.
const uneven = 2

// findHot finds the partition that gets the most, if that is far more than the
// mean, or alone more than a worker can do although all together are not.
func (s *station) findHot(t *traffic, c *spec.Consumer) {
	most, sum := Hot{Partition: -1}, 0.0
	for i := range s.partitions {
		in := t.comesTo(c, []int{i}).rate
		sum += in
		if most.Partition < 0 || in > most.Share {
			most.Partition, most.Share = i, in
		}
	}
	if sum == 0 {
		return
	}
	load := float64(most.Share * s.tries * s.hold)
	most.Share /= sum
	most.Ratio = most.Share * float64(s.partitions)
	readers := min(s.partitions, c.Instances*max(1, min(c.Concurrency, s.partitions)))
	if c.Concurrency == spec.Unlimited {
		readers = s.partitions
	}
	if s.partitions > 1 && (most.Ratio >= uneven || (load >= 1 && s.busy < float64(readers))) {
		s.hot = most
	}
}

// addLine adds one queue to what a group waits for, weighted by what comes to it.
func (t *traffic) addLine(s *station, in stream, servers int) {
	if in.rate == 0 {
		return
	}
	tries := s.tries
	l := line{rate: in.rate * tries, scv: in.scv, poisson: in.poisson && tries == 1, servers: servers, batches: in.batches, evenSCV: in.evenSCV}
	wait, model := l.wait(s)
	load := l.load(s)
	s.load = max(s.load, load)
	if load > 1 {
		s.left += float64(in.rate * (1 - 1/load))
		s.over += in.rate
	}
	s.wait += float64(in.rate * wait)
	if s.model != "" && s.model != model {
		model = "Allen–Cunneen"
	}
	s.model = model
}

// mixed is the limit of a consumer that reads a stream and something else: its
// workers share the load, but a partition is read by one of them at a time.
func (t *traffic) mixed(c *spec.Consumer, s *station) {
	if s.partitions > 0 || !t.readsStreams(c) {
		return
	}
	s.guesses.add(guess{"who waits how long where several places, one of them a stream, are read in turn is not told", Exact, Unsure})
	s.left, s.over = 0, 0
	for i := range c.From {
		from := &c.From[i]
		ch := &t.sc.Broker.Channels[from.Channel]
		if ch.Type != spec.Stream {
			continue
		}
		for p := range ch.Partitions {
			in := t.comesFrom(from, []int{p}).rate
			if load := float64(in * s.tries * s.hold); load >= 1 {
				s.load = max(s.load, load)
				s.left += float64(in * (1 - 1/load))
				s.over += in
			}
		}
	}
	if s.left > 0 {
		s.wait, s.model = math.Inf(1), "none"
	}
}

// rangeMember is who reads a partition where each member gets a range of them,
// the first one more where they do not go up evenly.
func rangeMember(partition, partitions, members int) int {
	size, more := partitions/members, partitions%members
	if partition < more*(size+1) {
		return partition / (size + 1)
	}
	return more + (partition-more*(size+1))/size
}

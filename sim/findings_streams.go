package sim

import (
	"fmt"
	"slices"
	"strconv"

	"eddy/sim/spec"
)

// hotFrom is how many times the mean a partition's events make it hot.
const hotFrom = 2

// idleMembers says where a group has more members than partitions.
func (f *finder) idleMembers(g *group) {
	members, n := int64(g.cons.target), int64(len(g.stores))
	if members <= n || !g.cons.joined || f.haveElse(g) >= members {
		return
	}
	x := f.say(SeverityWarning, "idle_members", f.e.names.Component(g.stores[0].component),
		fmt.Sprintf("%s has %s for %s, so %s idle", g.cons.spec.Name, times(members, "instance", "instances"), times(n, "partition", "partitions"),
			times(members-n, "is", "are")), count("members", members), count("partitions", n))
	if g.cons.scaler == nil && !f.isScaled(g.cons) {
		x.mend("every instance has a partition", set("broker.channels."+g.channel.spec.Name+".partitions", strconv.FormatInt(members, 10)))
	}
}

// haveElse is how many members of a group can have something to read elsewhere:
// in another stream that their consumer reads, or a queue.
func (f *finder) haveElse(g *group) int64 {
	if g.cons.mixed {
		return int64(g.cons.target)
	}
	together := map[spec.Assign]int{} // partitions
	most := 0
	for _, o := range f.e.groupsOf(g.cons) {
		a := o.channel.spec.Assign
		if together[a] += len(o.stores); a == spec.RangeAssign {
			together[a] = len(o.stores) // each stream begins with the first member
		}
		most = max(most, together[a])
	}
	return int64(most)
}

// hotPartition says where one partition has far more to do than the others,
// so that more instances do not help it.
func (f *finder) hotPartition(g *group) {
	var all, most, growth int64
	hot := 0
	for p, s := range g.stores {
		n := s.n.in - s.base.in
		all += n
		if n > most {
			most, hot = n, p
			growth = n - (s.left - s.baseLeft)
		}
	}
	n := len(g.stores)
	mean := float64(all) / float64(n)
	ratio := float64(most) / max(mean, 1)
	if n < 2 || all < fewest*int64(n) || ratio < hotFrom {
		return
	}
	share := float64(most) / float64(all)
	severity := SeverityWarning
	text := fmt.Sprintf("the keys are uneven: partition %d of %s takes %s of the events, %s times the mean, and only one instance can read it", hot,
		g.channel.spec.Name, percentText(share), digits(ratio))
	ev := []Evidence{count("partition", int64(hot)), value("max_over_mean", ratio), value("share", share)}
	d := demand{entered: float64(most), inflow: float64(most) / f.span, growth: float64(growth) / f.span}
	rho, work, grown := 0.0, 0.0, int64(0)
	shares := make([]float64, n)
	for p, s := range g.stores {
		shares[p] = float64(s.n.in-s.base.in) / float64(all)
		grown += s.n.in - s.base.in - (s.left - s.baseLeft)
	}
	if load, ok := f.demandOn(int(g.cons.index)); ok {
		rho, work = d.inflow*load.per, float64(all)/f.span*load.per
		ev = append(ev, value("utilisation", rho))
		if d.grows() && rho > nearFrom {
			severity = SeverityError
			text += fmt.Sprintf(": it is at ρ %s and its backlog grows by %s", digits(rho), perSecondText(d.growth))
			ev = append(ev, value("growth", d.growth))
		} else if member := f.memberLoad(g, shares, work); member >= 1 {
			d := demand{entered: float64(all), inflow: float64(all) / f.span, growth: float64(grown) / f.span}
			if d.grows() {
				severity, rho = SeverityError, member
				text += fmt.Sprintf(", together with others: it is at ρ %s and the backlog grows by %s", digits(member), perSecondText(d.growth))
				ev = append(ev, value("member_utilisation", member), value("growth", d.growth))
			}
		}
	}
	var keys *KeySpread
	if space := f.keysOf(g); space != nil {
		keys = NewKeySpread(space)
		ev = append(ev, value("largest_key", keys.Largest))
	}
	x := f.say(severity, "hot_partition", f.e.names.Component(g.stores[0].component), text, ev...)
	if rho > nearFrom { // below, it is uneven and does no harm
		f.spread(x, g, keys, work)
	}
}

// memberLoad is how much of the workers' time of the member with the most to do
// its partitions ask for, by the shares of the events that they get; 0 where it
// is not told beforehand who reads what.
func (f *finder) memberLoad(g *group, shares []float64, work float64) float64 {
	if g.channel.spec.Assign != spec.RangeAssign || g.cons.scaler != nil || f.isScaled(g.cons) || g.cons.workers < 1 {
		return 0
	}
	members := min(g.cons.spec.Instances, len(shares))
	return largestRange(shares, members) * work / float64(g.cons.workers)
}

// keysOf is the one key space of all events that come to a group's stream,
// nil where there are none, several, or keys that are replayed.
func (f *finder) keysOf(g *group) *spec.KeySpace {
	space := spec.None
	for _, event := range f.typesTo(int(g.stores[0].channel)) {
		key := f.e.sc.Events[event].Key
		if key == spec.None || (space != spec.None && key != space) {
			return nil
		}
		space = key
	}
	if space == spec.None || slices.ContainsFunc(f.e.sc.Producers, func(p spec.Producer) bool {
		return slices.ContainsFunc(p.Rate.Rows, func(r spec.ReplayRow) bool { return r.HasKey })
	}) {
		return nil
	}
	return &f.e.sc.Keys[space]
}

// mostSpread is how many times the partitions a proposal may have.
const mostSpread = 8

// spread proposes what takes the load off a hot partition: more partitions
// where its keys then part, and else events without a key, which go to the
// partitions in turn. work is how many workers all the group's events occupy.
func (f *finder) spread(x *Finding, g *group, keys *KeySpread, work float64) {
	n := len(g.stores)
	if keys == nil || f.isScaled(g.cons) || g.cons.scaler != nil || g.cons.workers < 1 || len(g.cons.spec.From) > 1 {
		return
	}
	for more := n; more <= mostSpread*n; more += max(1, n/32) { // a few numbers are enough to choose from
		shares := keys.Shares(more)
		hottest := slices.Max(shares) * work
		if hottest > comfortable {
			continue
		}
		if members := f.membersFor(g, shares, work); members > g.cons.spec.Instances || (members > 0 && more > n) {
			var change []spec.Setting
			if more > n {
				change = append(change, set("broker.channels."+g.channel.spec.Name+".partitions", strconv.Itoa(more)))
			}
			if members > g.cons.spec.Instances {
				change = append(change, set("consumers."+g.cons.spec.Name+".instances", strconv.Itoa(members)))
			}
			x.mend(fmt.Sprintf("the hottest of %d partitions at ρ %s", more, digits(hottest)), change...)
			return
		}
	}
	if even := work / float64(n); even < nearFrom && f.membersFor(g, evenly(n), work) == g.cons.spec.Instances {
		var change []spec.Setting
		for _, event := range f.typesTo(int(g.stores[0].channel)) {
			change = append(change, set("events."+f.e.sc.Events[event].Name+".key", "null"))
		}
		x.mend(fmt.Sprintf("every partition at ρ %s, but order within a key is lost: no key, so events go in turn", digits(even)), change...)
	}
}

// evenly is the share of each of n partitions that are alike.
func evenly(n int) []float64 {
	shares := make([]float64, n)
	for i := range shares {
		shares[i] = 1 / float64(n)
	}
	return shares
}

// membersFor is how many instances, of those there are at least, read their
// partitions in good time, 0 where none do. Only of range is it told beforehand
// who reads what; with others each has to have a partition of its own.
func (f *finder) membersFor(g *group, shares []float64, work float64) int {
	present := g.cons.spec.Instances
	if present >= len(shares) {
		return present
	}
	first := present
	if g.channel.spec.Assign != spec.RangeAssign {
		first = len(shares)
	}
	for m := first; m <= len(shares); m++ {
		if largestRange(shares, m)*work <= float64(g.cons.workers)*nearFrom {
			return m
		}
	}
	return 0
}

// largestRange is the largest sum of shares that one of m members gets, each
// a range of partitions, the first one more where they do not go up evenly.
func largestRange(shares []float64, m int) float64 {
	most, next := 0.0, 0
	for i := range m {
		size := len(shares) / m
		if i < len(shares)%m {
			size++
		}
		sum := 0.0
		for _, s := range shares[next : next+size] {
			sum += s
		}
		next += size
		most = max(most, sum)
	}
	return most
}

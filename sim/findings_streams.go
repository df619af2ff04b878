package sim

import (
	"fmt"
	"strconv"
)

// hotFrom is how many times the mean a partition's events make it hot.
const hotFrom = 2

// idleMembers says where a group has more members than partitions.
func (f *finder) idleMembers(g *group) {
	members, n := int64(g.cons.target), int64(len(g.stores))
	if members <= n || !g.cons.joined {
		return
	}
	x := f.say(SeverityWarning, "idle_members", f.e.names.Component(g.stores[0].component),
		fmt.Sprintf("%s has %s for %s, so %s idle", g.cons.spec.Name, times(members, "instance", "instances"), times(n, "partition", "partitions"),
			times(members-n, "is", "are")), count("members", members), count("partitions", n))
	if g.cons.scaler == nil && !f.isScaled(g.cons) {
		x.mend("every instance has a partition", set("broker.channels."+g.channel.spec.Name+".partitions", strconv.FormatInt(members, 10)))
	}
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
	if load, ok := f.demandOn(int(g.cons.index)); ok {
		rho := d.inflow * load.per
		ev = append(ev, value("utilisation", rho))
		if d.grows() && rho > nearFrom {
			severity = SeverityError
			text += fmt.Sprintf(": it is at ρ %s and its backlog grows by %s", digits(rho), perSecondText(d.growth))
			ev = append(ev, value("growth", d.growth))
		}
	}
	f.say(severity, "hot_partition", f.e.names.Component(g.stores[0].component), text, ev...)
}

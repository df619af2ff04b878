package tui

import (
	"math"

	"eddy/sim/spec"
	"eddy/tui/draw"
)

// topicBody shows what waits for each subscriber: of a stream, in each partition.
func topicBody(g draw.Grid, node int, f *Frame) {
	channel := f.World.Nodes[node].Index
	type row struct {
		name          string
		consumer      int
		ready, leased int64
	}
	var rows []row
	most := int64(20)
	for _, st := range f.stores() {
		o := f.World.ownerOf(st.Component)
		if o.channel != channel || o.consumer < 0 {
			continue
		}
		rows = append(rows, row{f.spec().Consumers[o.consumer].Name, o.consumer, st.Ready + st.Delayed, st.Leased})
		most = max(most, st.Ready+st.Delayed)
	}
	name := min(14, g.W()/3)
	for y := range min(len(rows), g.H()) {
		if y == g.H()-1 && len(rows) > g.H() {
			g.Text(0, y, draw.Count(int64(len(rows)-y))+" more subscribers", draw.Dim)
			return
		}
		r := rows[y]
		g.TextIn(0, y, name, r.name, draw.Dim, draw.Left)
		count := draw.Count(r.ready)
		g.TextRight(g.W(), y, count, draw.Normal)
		room := g.W() - name - 2 - max(6, len(count))
		if lags := f.lags(channel, r.consumer); len(lags) > 1 && len(lags) <= room {
			g.Spark(name+1, y, len(lags), lags, float64(most), draw.Busy)
			continue
		}
		g.Bar(name+1, y, room, draw.Bar{Value: float64(r.ready), Max: float64(most), Fill: draw.Busy, Track: draw.Faint})
	}
	if y := len(rows); y < g.H() {
		text := "a copy for each subscriber"
		if n := f.spec().Broker.Channels[channel].Partitions; n > 1 {
			text = draw.Count(int64(n)) + " partitions, each a bar"
		}
		g.TextIn(0, y, g.W(), text, draw.Dim, draw.Left)
	}
}

// partitionsShown is of how many partitions each has a bar of its own in the flow.
const partitionsShown = 6

// partitionRows is in how many rows the partitions of a stream are shown in the
// flow, two beside one another; 0 for what is no stream, has one partition, too
// many, or several groups, which have rows of their own.
func (w *World) partitionRows(channel int) int {
	c := &w.Spec.Broker.Channels[channel]
	if c.Type != spec.Stream || c.Partitions < 2 || c.Partitions > partitionsShown || w.subsOf(channel) != 1 {
		return 0
	}
	return (c.Partitions + 1) / 2
}

// lags are how much waits for a consumer in each partition of a stream.
func (f *Frame) lags(channel, consumer int) []float64 {
	var list []float64
	if f.spec().Broker.Channels[channel].Type != spec.Stream {
		return nil
	}
	for i := range f.Snap.Stores {
		st := &f.Snap.Stores[i]
		if f.World.ownerOf(st.Component) == (store{channel, consumer}) {
			list = append(list, float64(st.Ready+st.Delayed))
		}
	}
	return list
}

// partitionsBody shows what waits in each partition of a stream that one group
// reads, and whether one holds most of it.
func partitionsBody(g draw.Grid, node int, f *Frame) {
	channel := f.World.Nodes[node].Index
	var group string
	var lags []float64
	for _, s := range f.World.subs {
		if s.channel == channel {
			group, lags = f.spec().Consumers[s.consumer].Name, f.lags(channel, s.consumer)
		}
	}
	rows := f.World.partitionRows(channel)
	most, sum, hottest := 20.0, 0.0, 0
	for i, lag := range lags {
		sum += lag
		most = math.Max(most, lag)
		if lag > lags[hottest] {
			hottest = i
		}
	}
	const gap, label, count = 2, 3, 6
	w := (g.W() - gap) / 2
	for i, lag := range lags {
		x, y := i/rows*(w+gap), i%rows
		style := draw.Busy
		if skewed(lags, sum, i) {
			style = draw.Hot
		}
		g.Text(x, y, "p"+draw.Count(int64(i)), draw.Dim)
		g.Bar(x+label, y, w-label-count, draw.Bar{Value: lag, Max: most, Fill: style, Track: draw.Faint})
		g.TextIn(x+w-count, y, count, draw.Short(lag), draw.Normal, draw.Right)
	}
	line := draw.Line{{Text: "lag ", Style: draw.Dim}, {Text: draw.Count(int64(sum)), Style: draw.Normal}, {Text: " of " + group, Style: draw.Dim}}
	if len(lags) > 0 && skewed(lags, sum, hottest) {
		line = draw.Line{{Text: "▲ p" + draw.Count(int64(hottest)) + " holds " + draw.Percent(lags[hottest]/sum), Style: draw.Hot}, {Text: " of " + draw.Count(int64(sum)), Style: draw.Dim}}
	}
	g.Line(0, rows, g.W(), line)
}

// drawGroupLags draws, a row for each stream that a consumer reads, what waits for
// it in each partition, and returns the row after them.
func drawGroupLags(g draw.Grid, y int, f *Frame, consumer int) int {
	for _, s := range f.World.subs {
		lags := f.lags(s.channel, consumer)
		if s.consumer != consumer || len(lags) < 2 || y >= g.H()-1 {
			continue
		}
		hottest, sum := 0, 0.0
		for i, lag := range lags {
			sum += lag
			if lag > lags[hottest] {
				hottest = i
			}
		}
		style := draw.Busy
		if skewed(lags, sum, hottest) {
			style = draw.Hot
		}
		text := "most: p" + draw.Count(int64(hottest)) + ", " + draw.Count(int64(lags[hottest]))
		room, most := max(0, g.W()-17-draw.Width(text)-2), max(20, lags[hottest])
		g.TextIn(1, y, 15, "by partition", draw.Normal, draw.Left)
		if len(lags) > room {
			lags = draw.Resample(lags, room)
		}
		g.Spark(17, y, len(lags), lags, most, style)
		g.Text(17+len(lags)+2, y, text, draw.Dim)
		y += 2
	}
	return y
}

// skewed says whether a partition holds so much more than its share of what
// waits that it is a problem of its own: at least a hundred, and twice its share.
func skewed(lags []float64, sum float64, i int) bool {
	return lags[i] >= 100 && lags[i]*float64(len(lags)) >= 2*sum
}

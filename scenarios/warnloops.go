package scenarios

import (
	"cmp"
	"math"
	"slices"

	"eddy/sim/spec"
)

// offspring is how many events for a handler another one emits for each of
// its own, on average.
type offspring struct {
	to     handlerID
	events float64
}

// loop finds a handler whose emissions come back to it without end: within a
// circle of handlers each event causes one or more, on average.
func (r *reach) loop() (handlerID, bool) {
	next := r.successors()
	for _, circle := range r.circles(next) {
		if grows(circle, next) {
			return circle[0], true
		}
	}
	return handlerID{}, false
}

// circles are the sets of handlers that reach one another, each in the order
// of the scenario (Tarjan 1972).
func (r *reach) circles(next map[handlerID][]offspring) [][]handlerID {
	number, low := map[handlerID]int{}, map[handlerID]int{}
	onStack := map[handlerID]bool{}
	var stack []handlerID
	var all [][]handlerID
	var visit func(at handlerID)
	visit = func(at handlerID) {
		number[at] = len(number) + 1
		low[at] = number[at]
		first := len(stack)
		stack, onStack[at] = append(stack, at), true
		for _, o := range next[at] {
			if number[o.to] == 0 {
				visit(o.to)
				low[at] = min(low[at], low[o.to])
			} else if onStack[o.to] {
				low[at] = min(low[at], number[o.to])
			}
		}
		if low[at] != number[at] {
			return
		}
		circle := slices.Clone(stack[first:])
		stack = stack[:first]
		for _, h := range circle {
			onStack[h] = false
		}
		slices.SortFunc(circle, handlerID.compare)
		all = append(all, circle)
	}
	for i, c := range r.s.Consumers {
		for j := range c.Handlers {
			if at := (handlerID{i, j}); number[at] == 0 {
				visit(at)
			}
		}
	}
	slices.SortFunc(all, func(a, b []handlerID) int { return a[0].compare(b[0]) })
	return all
}

func (h handlerID) compare(o handlerID) int {
	return cmp.Or(cmp.Compare(h.consumer, o.consumer), cmp.Compare(h.handler, o.handler))
}

// grows says whether events that go round a circle cause at least as many: the
// largest eigenvalue of how many each causes is 1 or more. It iterates with the
// identity added, so that it converges, between the bounds of Collatz and
// Wielandt.
func grows(circle []handlerID, next map[handlerID][]offspring) bool {
	const rounds, nearly = 1000, 1 - 1e-9
	at := map[handlerID]int{}
	for i, h := range circle {
		at[h] = i
	}
	x := make([]float64, len(circle))
	for i := range x {
		x[i] = 1
	}
	low, high := 0.0, math.Inf(1)
	for range rounds {
		y := slices.Clone(x)
		for i, h := range circle {
			for _, o := range next[h] {
				if j, inside := at[o.to]; inside {
					y[i] += float64(o.events * x[j])
				}
			}
		}
		low, high = math.Inf(1), 0
		for i := range x {
			low, high = min(low, y[i]/x[i]), max(high, y[i]/x[i])
		}
		if low-1 >= nearly || high-1 < nearly {
			break
		}
		most := slices.Max(y)
		for i := range y {
			x[i] = max(y[i]/most, 1e-300)
		}
	}
	return (low+high)/2-1 >= nearly
}

// successors are the handlers that each handler's emissions surely reach: only
// whole channels count, no filters.
func (r *reach) successors() map[handlerID][]offspring {
	readers := make([][]int, len(r.s.Broker.Channels))
	for i, c := range r.s.Consumers {
		for _, f := range c.From {
			if f.Where == nil {
				readers[f.Channel] = append(readers[f.Channel], i)
			}
		}
	}
	next := map[handlerID][]offspring{}
	for i, c := range r.s.Consumers {
		for j, h := range c.Handlers {
			gain := map[handlerID]float64{}
			var order []handlerID
			for _, s := range h.Steps {
				if s.Verb != spec.Emit || s.When != nil || s.To < 0 {
					continue
				}
				for _, x := range s.Emits {
					for _, k := range r.reachedFrom(s.To, readers) {
						to := handlerID{k, r.handlerOf(&r.s.Consumers[k], x.Value)}
						if to.handler < 0 {
							continue
						}
						if _, seen := gain[to]; !seen {
							order = append(order, to)
						}
						gain[to] += float64(s.Count) * s.Chance * x.Weight
					}
				}
			}
			for _, to := range order {
				next[handlerID{i, j}] = append(next[handlerID{i, j}], offspring{to, gain[to]})
			}
		}
	}
	return next
}

// reachedFrom are the consumers that get every event of a channel: its readers
// and those of channels bound to it without a where. Competing consumers count
// alone.
func (r *reach) reachedFrom(channel int, readers [][]int) []int {
	var out []int
	seen := map[int]bool{channel: true}
	for queue := []int{channel}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if c := &r.s.Broker.Channels[at]; c.Type != spec.Queue || len(readers[at]) == 1 {
			out = append(out, readers[at]...)
		}
		for i, c := range r.s.Broker.Channels {
			if !seen[i] && c.Where == nil && slices.Contains(c.From, at) {
				seen[i] = true
				queue = append(queue, i)
			}
		}
	}
	return out
}

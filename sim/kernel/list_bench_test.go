package kernel_test

import (
	"container/heap"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"eddy/sim/kernel"
)

// standard is the standard library's heap of the same items, the yardstick.
type standard []kernel.Item

func (s standard) Len() int           { return len(s) }
func (s standard) Less(i, j int) bool { return kernel.Before(s[i], s[j]) }
func (s standard) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *standard) Push(x any)        { *s = append(*s, x.(kernel.Item)) }
func (s *standard) Pop() any {
	old := *s
	it := old[len(old)-1]
	*s = old[:len(old)-1]
	return it
}

// gaps are exponential times to the next event, drawn before the clock runs.
func gaps() []int64 {
	rng := rand.New(rand.NewPCG(1, 2))
	out := make([]int64, 1<<16)
	for i := range out {
		out[i] = int64(-math.Log(1-rng.Float64()) * 1e6)
	}
	return out
}

// BenchmarkHold is the classical hold model: take the first of n pending
// events and ask for one an exponential time later.
func BenchmarkHold(b *testing.B) {
	gap := gaps()
	for _, n := range []int{10, 1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("list/%d", n), func(b *testing.B) {
			var l kernel.List
			for i := range n {
				l.Push(kernel.Item{At: gap[i&0xffff] + int64(i>>16), Ord: uint64(i)})
			}
			b.ReportAllocs()
			i := n
			for b.Loop() {
				it := l.Pop()
				i++
				l.Push(kernel.Item{At: it.At + gap[i&0xffff], Ord: uint64(i), Data: it.Data})
			}
		})
		b.Run(fmt.Sprintf("container-heap/%d", n), func(b *testing.B) {
			var s standard
			for i := range n {
				heap.Push(&s, kernel.Item{At: gap[i&0xffff] + int64(i>>16), Ord: uint64(i)})
			}
			b.ReportAllocs()
			i := n
			for b.Loop() {
				it := heap.Pop(&s).(kernel.Item)
				i++
				heap.Push(&s, kernel.Item{At: it.At + gap[i&0xffff], Ord: uint64(i), Data: it.Data})
			}
		})
	}
}

// BenchmarkPeekPopPush is the loop an engine runs: look whether the next
// event is due before taking it.
func BenchmarkPeekPopPush(b *testing.B) {
	gap := gaps()
	for _, n := range []int{10, 1_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var l kernel.List
			for i := range n {
				l.Push(kernel.Item{At: gap[i&0xffff], Ord: uint64(i)})
			}
			b.ReportAllocs()
			i := n
			for b.Loop() {
				if at, _, ok := l.Peek(); !ok || at < 0 {
					b.Fatal("empty")
				}
				it := l.Pop()
				i++
				l.Push(kernel.Item{At: it.At + gap[i&0xffff], Ord: uint64(i)})
			}
		})
	}
}

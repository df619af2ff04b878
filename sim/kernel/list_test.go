package kernel_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"eddy/sim/kernel"
)

// twin is the list as anybody would believe it: a slice kept sorted by the
// two keys spelled out, without the comparison under test.
type twin []kernel.Item

func (w *twin) push(it kernel.Item) {
	at := 0
	for at < len(*w) {
		o := (*w)[at]
		if o.At > it.At || o.At == it.At && o.Ord > it.Ord {
			break
		}
		at++
	}
	*w = slices.Insert(*w, at, it)
}

func (w *twin) pop() kernel.Item {
	it := (*w)[0]
	*w = slices.Delete(*w, 0, 1)
	return it
}

// TestListAgainstTwin does the same random things to both. Times are drawn
// from few values, so that ties are common, and from the two ends.
func TestListAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l kernel.List
		var w twin
		count := uint64(0)
		times := rapid.OneOf(
			rapid.Int64Range(0, 5),
			rapid.Int64Range(0, math.MaxInt64),
			rapid.SampledFrom([]int64{0, 1, math.MaxInt64 - 1, math.MaxInt64}),
		)
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				// The count makes Ord unique, the class in front of it makes
				// it differ from the order of pushing.
				count++
				ord := kernel.Order(rapid.Uint8Range(0, 7).Draw(t, "class"), 0, count)
				it := kernel.Item{At: times.Draw(t, "at"), Ord: ord, Data: rapid.Uint64().Draw(t, "data")}
				l.Push(it)
				w.push(it)
			},
			"pop": func(t *rapid.T) {
				if len(w) == 0 {
					t.Skip("empty")
				}
				if got, want := l.Pop(), w.pop(); got != want {
					t.Fatalf("pop = %+v, want %+v", got, want)
				}
			},
			"pop by": func(t *rapid.T) {
				until := times.Draw(t, "until")
				at, ord, data, ok := l.PopBy(until)
				if want := len(w) > 0 && w[0].At <= until; ok != want {
					t.Fatalf("pop by %d says ok = %v, want %v", until, ok, want)
				}
				if ok {
					if want := w.pop(); at != want.At || ord != want.Ord || data != want.Data {
						t.Fatalf("pop by %d = (%d, %d, %d), want %+v", until, at, ord, data, want)
					}
				}
			},
			"due": func(t *rapid.T) {
				at, ord := times.Draw(t, "at"), rapid.Uint64().Draw(t, "ord")
				want := len(w) > 0 && kernel.Before(w[0], kernel.Item{At: at, Ord: ord})
				if l.Due(at, ord) != want {
					t.Fatalf("due before (%d, %d): %v", at, ord, !want)
				}
			},
			"peek": func(t *rapid.T) {
				at, ord, ok := l.Peek()
				if ok != (len(w) > 0) {
					t.Fatalf("peek says ok = %v of %d items", ok, len(w))
				}
				if ok && (at != w[0].At || ord != w[0].Ord) {
					t.Fatalf("peek = (%d, %d), want %+v", at, ord, w[0])
				}
			},
			"reset": func(t *rapid.T) {
				if rapid.IntRange(0, 20).Draw(t, "rarely") == 0 {
					l.Reset()
					w = w[:0]
				}
			},
			"": func(t *rapid.T) {
				if l.Len() != len(w) {
					t.Fatalf("len = %d, want %d", l.Len(), len(w))
				}
			},
		})
		for len(w) > 0 {
			if got, want := l.Pop(), w.pop(); got != want {
				t.Fatalf("draining: %+v, want %+v", got, want)
			}
		}
		if _, _, ok := l.Peek(); ok || l.Len() != 0 {
			t.Fatal("not empty after draining")
		}
	})
}

// TestListLawsAtSize goes to depths the twin is too slow for: nothing out of
// order, nothing lost, nothing twice, with bursts of pushes and pops that
// leave the list at every residue of a family.
func TestListLawsAtSize(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var l kernel.List
	var pushed, popped uint64 // counts
	var inSum, outSum uint64  // of Data, which is unique: a check of identity
	now := kernel.Item{}
	for round := range 3000 {
		for range rng.IntN(80) {
			pushed++
			it := kernel.Item{At: now.At + rng.Int64N(1000), Ord: kernel.Order(uint8(1+rng.IntN(7)), 0, pushed), Data: pushed * 0x9e3779b97f4a7c15}
			if it.At == now.At && !kernel.Before(now, it) {
				it.At++ // nothing may be asked for that should have been already
			}
			inSum += it.Data
			l.Push(it)
		}
		n := rng.IntN(80)
		if round == 2999 {
			n = l.Len()
		}
		for range min(n, l.Len()) {
			it := l.Pop()
			if !kernel.Before(now, it) {
				t.Fatalf("%+v came after %+v", it, now)
			}
			now = it
			popped++
			outSum += it.Data
		}
		if got, want := uint64(l.Len()), pushed-popped; got != want {
			t.Fatalf("len = %d after %d pushes and %d pops", got, pushed, popped)
		}
	}
	if pushed != popped || inSum != outSum {
		t.Fatalf("%d in, %d out; sums %d and %d", pushed, popped, inSum, outSum)
	}
}

// TestTies puts everything at one instant, where only Ord decides.
func TestTies(t *testing.T) {
	const n = 1000
	for _, at := range []int64{0, 7, math.MaxInt64} {
		var l kernel.List
		for _, i := range rand.New(rand.NewPCG(5, 6)).Perm(n) {
			l.Push(kernel.Item{At: at, Ord: uint64(i)})
		}
		l.Push(kernel.Item{At: at, Ord: math.MaxUint64})
		for i := range n {
			if it := l.Pop(); it.Ord != uint64(i) {
				t.Fatalf("at %d: place %d has order %d", at, i, it.Ord)
			}
		}
		if it := l.Pop(); it.Ord != math.MaxUint64 {
			t.Fatalf("at %d: the last has order %d", at, it.Ord)
		}
	}
}

func TestSteadyStateDoesNotAllocate(t *testing.T) {
	var l kernel.List
	fill := func() {
		for i := range int64(1000) {
			l.Push(kernel.Item{At: i * 7919 % 1000, Ord: uint64(i)})
		}
	}
	fill()
	hold := func() {
		it := l.Pop()
		it.At += 500
		l.Push(it)
	}
	if n := testing.AllocsPerRun(1000, hold); n != 0 {
		t.Errorf("a hold allocates %v times", n)
	}
	refill := func() {
		l.Reset()
		fill()
		for l.Len() > 0 {
			l.Pop()
		}
	}
	if n := testing.AllocsPerRun(10, refill); n != 0 {
		t.Errorf("refilling up to the old size allocates %v times", n)
	}
}

func TestMisusePanics(t *testing.T) {
	panics := func(name string, f func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s did not panic", name)
			}
		}()
		f()
	}
	panics("pop of the zero list", func() { new(kernel.List).Pop() })
	panics("pop of an emptied list", func() {
		var l kernel.List
		l.Push(kernel.Item{At: 1})
		l.Pop()
		l.Pop()
	})
	panics("push before time 0", func() { new(kernel.List).Push(kernel.Item{At: -1}) })
	panics("a class too many", func() { kernel.Order(1<<kernel.ClassBits, 0, 0) })
	panics("a component too many", func() { kernel.Order(0, 1<<kernel.ComponentBits, 0) })
	panics("a count too many", func() { kernel.Order(0, 0, 1<<kernel.CountBits) })
}

// TestOrder: the class decides before the component, and that before the
// count, at the ends of each.
func TestOrder(t *testing.T) {
	const class, component, count = 1<<kernel.ClassBits - 1, 1<<kernel.ComponentBits - 1, 1<<kernel.CountBits - 1
	ascending := []uint64{
		kernel.Order(0, 0, 0),
		kernel.Order(0, 0, count),
		kernel.Order(0, 1, 0),
		kernel.Order(0, component, count),
		kernel.Order(1, 0, 0),
		kernel.Order(class, component, count),
	}
	for i := 1; i < len(ascending); i++ {
		if ascending[i-1] >= ascending[i] {
			t.Errorf("order %d is not below order %d", i-1, i)
		}
	}
	if top := ascending[len(ascending)-1]; top != math.MaxUint64 {
		t.Errorf("the last order is %x", top)
	}
}

// TestBefore compares with the two keys spelled out, and asks for what makes
// it an order: nothing before itself, never both ways round.
func TestBefore(t *testing.T) {
	at := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(0, math.MaxInt64))
	ord := rapid.OneOf(rapid.Uint64Range(0, 3), rapid.Uint64())
	rapid.Check(t, func(t *rapid.T) {
		a := kernel.Item{At: at.Draw(t, "a.at"), Ord: ord.Draw(t, "a.ord")}
		b := kernel.Item{At: at.Draw(t, "b.at"), Ord: ord.Draw(t, "b.ord")}
		want := a.At < b.At || a.At == b.At && a.Ord < b.Ord
		if kernel.Before(a, b) != want {
			t.Fatalf("Before(%+v, %+v) = %v", a, b, !want)
		}
		if kernel.Before(a, a) || kernel.Before(a, b) && kernel.Before(b, a) {
			t.Fatal("not an order")
		}
	})
}

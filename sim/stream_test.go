package sim

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"eddy/sim/spec"
)

// TestMurmur2IsKafkas holds the hash to the vectors of Kafka's own test
// (org.apache.kafka.common.utils.UtilsTest, testMurmur2).
func TestMurmur2IsKafkas(t *testing.T) {
	for text, want := range map[string]int32{
		"21":                         -973932308,
		"foobar":                     -790332482,
		"a-little-bit-long-string":   -985981536,
		"a-little-bit-longer-string": -1486304829,
		"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
		"abc": 479470107,
	} {
		if got := int32(murmur2([]byte(text))); got != want {
			t.Errorf("murmur2(%q) = %d, Kafka says %d", text, got, want)
		}
	}
}

// TestPartitionsFollowKeys holds the partitioner to Kafka's formula for a
// number's text and for a recorded text, and to its turn without a key.
func TestPartitionsFollowKeys(t *testing.T) {
	e := &Engine{texts: texts{list: []string{"foobar"}}}
	st := &stream{partitions: make([]partition, 7)}
	for key := range int64(100) {
		text := strconv.FormatInt(key, 10)
		want := int(murmur2([]byte(text)) & 0x7fffffff % 7)
		if got := e.partitionOf(st, &event{key: key}); got != want {
			t.Errorf("key %d is in partition %d, not %d", key, got, want)
		}
	}
	if got, want := e.partitionOf(st, &event{key: textKeys}), int((-790332482&0x7fffffff)%7); got != want {
		t.Errorf("key foobar is in partition %d, not %d", got, want)
	}
	for i := range 15 {
		if got := e.partitionOf(st, &event{key: -1}); got != i%7 {
			t.Errorf("event %d without a key is in partition %d", i, got)
		}
	}
}

// sharing is a group of so many partitions, each owned by one of the members
// or, at -1, by nobody.
func sharing(assign spec.Assign, owners []int, members int) (*group, []*instance) {
	g := &group{channel: &channel{spec: &spec.Channel{Assign: assign}}}
	all := make([]*instance, members)
	for i := range all {
		all[i] = &instance{index: int32(i)}
	}
	for _, o := range owners {
		s := &store{}
		switch {
		case o >= members:
			s.owner = &instance{} // one who has left
		case o >= 0:
			s.owner = all[o]
		}
		g.stores = append(g.stores, s)
	}
	return g, all
}

// assignmentOf is how a group that reads no other stream shares its partitions.
func assignmentOf(g *group, members []*instance) []int {
	return (&Engine{groups: []*group{g}}).assignment(g, members)
}

// shares counts the partitions of each member.
func sharesOf(want []int, members int) []int {
	n := make([]int, members)
	for _, m := range want {
		n[m]++
	}
	return n
}

func TestEveryAssignorSharesFairly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.IntRange(1, 8).Draw(t, "members")
		owners := rapid.SliceOfN(rapid.IntRange(-1, members+2), 1, 20).Draw(t, "owners")
		for assign := range spec.CooperativeAssign + 1 {
			g, all := sharing(assign, owners, members)
			want := assignmentOf(g, all)
			for p, m := range want {
				if m < 0 || m >= members {
					t.Fatalf("assignor %d gives partition %d to %d of %d", assign, p, m, members)
				}
			}
			if n := sharesOf(want, members); slices.Max(n)-slices.Min(n) > 1 {
				t.Fatalf("assignor %d gives %v", assign, n)
			}
		}
	})
}

func TestRangeIsContiguousAndTheFirstGetMore(t *testing.T) {
	g, all := sharing(spec.RangeAssign, make([]int, 8), 3)
	if got := assignmentOf(g, all); !slices.Equal(got, []int{0, 0, 0, 1, 1, 1, 2, 2}) {
		t.Errorf("range of 8 partitions over 3 members: %v", got)
	}
	g, all = sharing(spec.RoundRobinAssign, make([]int, 8), 3)
	if got := assignmentOf(g, all); !slices.Equal(got, []int{0, 1, 2, 0, 1, 2, 0, 1}) {
		t.Errorf("round robin of 8 partitions over 3 members: %v", got)
	}
	g, all = sharing(spec.RangeAssign, make([]int, 2), 4)
	if got := assignmentOf(g, all); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("2 partitions over 4 members: %v", got)
	}
	g, _ = sharing(spec.RangeAssign, make([]int, 2), 1)
	if got := assignmentOf(g, nil); !slices.Equal(got, []int{-1, -1}) {
		t.Errorf("2 partitions over nobody: %v", got)
	}
}

// TestStickyMovesTheFewest compares with every balanced sharing there is.
func TestStickyMovesTheFewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.IntRange(1, 4).Draw(t, "members")
		owners := rapid.SliceOfN(rapid.IntRange(-1, members+1), 1, 6).Draw(t, "owners")
		least := len(owners)
		every(members, make([]int, len(owners)), 0, func(want []int) {
			if n := sharesOf(want, members); slices.Max(n)-slices.Min(n) <= 1 {
				least = min(least, moves(owners, want))
			}
		})
		for _, assign := range []spec.Assign{spec.StickyAssign, spec.CooperativeAssign} {
			g, all := sharing(assign, owners, members)
			if got := moves(owners, assignmentOf(g, all)); got != least {
				t.Fatalf("assignor %d moves %d of %v, %d would do", assign, got, owners, least)
			}
		}
	})
}

// TestStreamsOfOneReaderAreSharedTogether: one stream after another comes to the
// same as all of them at once, balanced within one over all.
func TestStreamsOfOneReaderAreSharedTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.IntRange(1, 5).Draw(t, "members")
		owners := rapid.SliceOfN(rapid.IntRange(-1, members+1), 1, 12).Draw(t, "owners")
		assign := rapid.SampledFrom([]spec.Assign{spec.StickyAssign, spec.CooperativeAssign, spec.RoundRobinAssign}).Draw(t, "assignor")
		one, all := sharing(assign, owners, members)
		want := assignmentOf(one, all)

		cons := &consumer{}
		e := &Engine{}
		for from := 0; from < len(owners); {
			n := rapid.IntRange(1, len(owners)-from).Draw(t, "partitions")
			g := &group{cons: cons, channel: one.channel, stores: one.stores[from : from+n]}
			e.groups = append(e.groups, g)
			from += n
		}
		var got []int
		for _, g := range e.groups {
			is := e.assignment(g, all)
			for p, m := range is {
				g.stores[p].owner = all[m]
			}
			got = append(got, is...)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("one by one %v, together %v", got, want)
		}
	})
}

// moves counts the partitions that do not stay where they are.
func moves(owners, want []int) int {
	n := 0
	for p := range want {
		if want[p] != owners[p] {
			n++
		}
	}
	return n
}

// every calls do with every way to give partitions from p on to members.
func every(members int, want []int, p int, do func([]int)) {
	if p == len(want) {
		do(want)
		return
	}
	for m := range members {
		want[p] = m
		every(members, want, p+1, do)
	}
}

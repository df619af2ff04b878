package reference

import (
	"math/rand/v2"
	"testing"
)

// TestStickMovesAsFewAsItCan compares with all ways there are to share a few
// partitions.
func TestStickMovesAsFewAsItCan(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		all := []*instance{{index: 0}, {index: 1}, {index: 2}, {index: 3}}
		members := all[:1+r.IntN(3)]
		before := make([]*instance, 1+r.IntN(6))
		for i := range before {
			if k := r.IntN(5); k < 4 { // else nobody; the last may have left
				before[i] = all[k]
			}
		}
		after := append([]*instance(nil), before...)
		stick(after, members)
		if !isBalanced(after, members) {
			t.Fatalf("%d members: %v becomes %v", len(members), numbers(before), numbers(after))
		}
		if got, least := moves(before, after), fewestMoves(before, members); got != least {
			t.Fatalf("%d members: %v becomes %v, which is %d moves and not %d", len(members), numbers(before), numbers(after), got, least)
		}
	}
}

func isBalanced(readers, members []*instance) bool {
	has := map[*instance]int{}
	for _, in := range readers {
		has[in]++
	}
	sum, least, most := 0, len(readers), 0
	for _, in := range members {
		sum += has[in]
		least, most = min(least, has[in]), max(most, has[in])
	}
	return sum == len(readers) && most-least <= 1
}

func moves(before, after []*instance) (n int) {
	for i := range before {
		if before[i] != after[i] {
			n++
		}
	}
	return n
}

// fewestMoves tries every way.
func fewestMoves(before, members []*instance) int {
	least := len(before) + 1
	after := make([]*instance, len(before))
	var try func(i int)
	try = func(i int) {
		if i == len(before) {
			if isBalanced(after, members) {
				least = min(least, moves(before, after))
			}
			return
		}
		for _, in := range members {
			after[i] = in
			try(i + 1)
		}
	}
	try(0)
	return least
}

func numbers(readers []*instance) []int {
	var all []int
	for _, in := range readers {
		if in == nil {
			all = append(all, -1)
			continue
		}
		all = append(all, in.index)
	}
	return all
}

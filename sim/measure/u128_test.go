package measure_test

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"eddy/sim/measure"
)

var (
	two64  = new(big.Int).Lsh(big.NewInt(1), 64)
	two128 = new(big.Int).Lsh(big.NewInt(1), 128)
)

// word draws 64-bit numbers of every length, and the ends.
func word() *rapid.Generator[uint64] {
	return rapid.Custom(func(t *rapid.T) uint64 {
		w := rapid.Uint64().Draw(t, "bits") >> rapid.IntRange(0, 63).Draw(t, "shift")
		if rapid.Bool().Draw(t, "filled") {
			w |= w - 1 // ones to the end: carries run through
		}
		return w
	})
}

func wide() *rapid.Generator[measure.U128] {
	return rapid.Custom(func(t *rapid.T) measure.U128 {
		u := measure.U128{Lo: word().Draw(t, "lo")}
		if rapid.Bool().Draw(t, "wide") {
			u.Hi = word().Draw(t, "hi")
		}
		return u
	})
}

func exact(u measure.U128) *big.Int {
	b := new(big.Int).Mul(new(big.Int).SetUint64(u.Hi), two64)
	return b.Add(b, new(big.Int).SetUint64(u.Lo))
}

func TestU128AgainstBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, v := wide().Draw(t, "u"), wide().Draw(t, "v")
		a, b := word().Draw(t, "a"), word().Draw(t, "b")
		same := func(name string, got measure.U128, want *big.Int) {
			t.Helper()
			want.Mod(want, two128)
			if exact(got).Cmp(want) != 0 || got.Big().Cmp(want) != 0 {
				t.Fatalf("%s: %v (Big %v), want %v", name, got, got.Big(), want)
			}
		}
		same("Add", u.Add(v), new(big.Int).Add(exact(u), exact(v)))
		same("Sub", u.Sub(v), new(big.Int).Sub(exact(u), exact(v)))
		same("Add64", u.Add64(a), new(big.Int).Add(exact(u), new(big.Int).SetUint64(a)))
		product := new(big.Int).Mul(new(big.Int).SetUint64(a), new(big.Int).SetUint64(b))
		same("AddMul", u.AddMul(a, b), product.Add(product, exact(u)))
		if got, want := u.Cmp(v), exact(u).Cmp(exact(v)); got != want {
			t.Fatalf("Cmp = %d, want %d", got, want)
		}
		if u.Cmp(u) != 0 {
			t.Fatal("not equal to itself")
		}
	})
}

// TestRounding compares with math/big, which rounds exact quotients to the
// nearest float64, ties to even.
func TestRounding(t *testing.T) {
	check := func(t rapid.TB, u measure.U128, d uint64) {
		t.Helper()
		want, _ := new(big.Rat).SetInt(exact(u)).Float64()
		if got := u.Float(); got != want {
			t.Fatalf("%v.Float() = %x, want %x", u, got, want)
		}
		want, _ = new(big.Rat).SetFrac(exact(u), new(big.Int).SetUint64(d)).Float64()
		if got := u.Over(d); got != want {
			t.Fatalf("%v.Over(%d) = %x, want %x", u, d, got, want)
		}
	}
	edges := []uint64{0, 1, 2, 3, 1<<53 - 1, 1 << 53, 1<<53 + 1, 1<<53 + 3, 1<<54 + 2, 1 << 62, math.MaxInt64, 1 << 63, 1<<63 + 1<<10, 1<<63 + 3<<10, math.MaxUint64 - 1<<10, math.MaxUint64}
	for _, hi := range edges {
		for _, lo := range edges {
			for _, d := range edges[1:] {
				check(t, measure.U128{Hi: hi, Lo: lo}, d)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, wide().Draw(t, "u"), max(word().Draw(t, "d"), 1))
	})
}

package measure_test

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"eddy/sim/measure"
)

// charge is one call of Blame.Record; its twin is the list of them.
type charge struct {
	bucket int
	ns     [measure.Causes]int64
}

func charges() *rapid.Generator[[]charge] {
	ns := rapid.OneOf(rapid.Just(int64(0)), duration())
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) (c charge) {
		c.bucket = rapid.OneOf(
			rapid.IntRange(0, measure.Buckets-1),
			rapid.SampledFrom([]int{0, 511, 512, measure.Buckets - 1}),
		).Draw(t, "bucket")
		for i := range c.ns {
			c.ns[i] = ns.Draw(t, "ns")
		}
		return c
	}), 0, 40)
}

func blameOf(list []charge) *measure.Blame {
	b := new(measure.Blame)
	for i := range list {
		b.Record(list[i].bucket, &list[i].ns)
	}
	return b
}

// charged compares the totals with sums over the list.
func charged(t rapid.TB, b *measure.Blame, list []charge) {
	t.Helper()
	buckets := []int{-1, 0, 1, 511, 512, measure.Buckets - 1, measure.Buckets, math.MaxInt}
	for _, c := range list {
		buckets = append(buckets, c.bucket, c.bucket+1)
	}
	for _, bucket := range buckets {
		got := b.From(bucket)
		for cause := range got {
			want := new(big.Int)
			for _, c := range list {
				if c.bucket >= bucket {
					want.Add(want, big.NewInt(c.ns[cause]))
				}
			}
			if exact(got[cause]).Cmp(want) != 0 {
				t.Fatalf("cause %d from bucket %d on: %v, want %v", cause, bucket, got[cause].Big(), want)
			}
		}
	}
	if b.Total() != b.From(0) {
		t.Fatal("the total is not everything")
	}
}

func TestBlameAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := charges().Draw(t, "a"), charges().Draw(t, "b"), charges().Draw(t, "c")
		left := blameOf(a)
		charged(t, left, a)
		ab := append(append([]charge{}, a...), b...)
		abc := append(ab, c...)

		left.Merge(blameOf(b))
		left.Merge(blameOf(c))
		charged(t, left, abc)

		tail := blameOf(c)
		tail.Merge(blameOf(b))
		right := blameOf(a)
		right.Merge(tail)
		charged(t, right, abc)
		charged(t, tail, append(append([]charge{}, b...), c...))

		right.Reset()
		charged(t, right, nil)
		right.Merge(left)
		charged(t, right, abc)
	})
}

// TestRecordSet: a set with the nonzero parts, and others if you like, is the
// same as a search for them; a part without its bit is left out.
func TestRecordSet(t *testing.T) {
	parts := [measure.Causes]int64{0: 3, 4: 5, 10: 7}
	var b measure.Blame
	b.RecordSet(9, 1<<0|1<<1|1<<4|1<<10, &parts)
	b.RecordSet(9, 1<<0, &parts)
	b.RecordSet(9, 0, &parts)
	charged(t, &b, []charge{{9, parts}, {9, [measure.Causes]int64{0: 3}}})
}

// TestBlameNeverWraps fills one cell with more than 64 bits hold.
func TestBlameNeverWraps(t *testing.T) {
	var list []charge
	for range 9 {
		list = append(list, charge{bucket: 700, ns: [measure.Causes]int64{4: math.MaxInt64, 5: 1 << 62}})
	}
	b := blameOf(list)
	charged(t, b, list)
	b.Merge(blameOf(list))
	charged(t, b, append(list, list...))
	b.Reset()
	charged(t, b, nil)
}

func TestNegativeBlamePanics(t *testing.T) {
	for _, before := range []int64{0, 1, math.MaxInt64} {
		for _, v := range []int64{-1, math.MinInt64} {
			var b measure.Blame
			b.Record(3, &[measure.Causes]int64{2: before})
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("blaming %d after %d did not panic", v, before)
					}
				}()
				b.Record(3, &[measure.Causes]int64{2: v})
			}()
			charged(t, &b, []charge{{3, [measure.Causes]int64{2: before}}})
		}
	}
}

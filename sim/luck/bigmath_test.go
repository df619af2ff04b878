package luck

import "math/big"

// The yardstick: logarithm and exponential in 300 bits, by the plainest series.

const bigPrec = 300

func bigNew(x float64) *big.Float { return new(big.Float).SetPrec(bigPrec).SetFloat64(x) }

func bigZero() *big.Float { return new(big.Float).SetPrec(bigPrec) }

// bigAtanhSeries returns 2·atanh(t) for a small t.
func bigAtanhSeries(t *big.Float) *big.Float {
	sq := bigZero().Mul(t, t)
	pow := bigZero().Set(t)
	sum := bigZero()
	for n := int64(1); ; n += 2 {
		term := bigZero().Quo(pow, bigZero().SetInt64(n))
		if term.Sign() == 0 || (sum.Sign() != 0 && term.MantExp(nil) < sum.MantExp(nil)-bigPrec) {
			break
		}
		sum.Add(sum, term)
		pow.Mul(pow, sq)
	}
	return sum.Add(sum, sum)
}

var bigLn2 = bigAtanhSeries(bigZero().Quo(bigNew(1), bigNew(3)))

func bigLog(x *big.Float) *big.Float {
	m := bigZero()
	e := x.MantExp(m) // m in [1/2, 1)
	if m.Cmp(bigNew(0.7)) < 0 {
		m.SetMantExp(m, 1)
		e--
	}
	t := bigZero().Quo(bigZero().Sub(m, bigNew(1)), bigZero().Add(m, bigNew(1)))
	log := bigZero()
	if t.Sign() != 0 {
		log = bigAtanhSeries(t)
	}
	return log.Add(log, bigZero().Mul(bigLn2, bigZero().SetInt64(int64(e))))
}

func bigExp(x *big.Float) *big.Float {
	k, _ := bigZero().Quo(x, bigLn2).Int64()
	r := bigZero().Sub(x, bigZero().Mul(bigLn2, bigZero().SetInt64(k)))
	const halvings = 8
	r.SetMantExp(r, -halvings)
	sum, term := bigNew(1), bigNew(1)
	for n := int64(1); n < 60; n++ {
		term.Mul(term, r)
		term.Quo(term, bigZero().SetInt64(n))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum.SetMantExp(sum, int(k))
}

// ulps returns |got - want| in units of the last place of want.
func ulps(got float64, want *big.Float) float64 {
	diff := bigZero().Sub(bigNew(got), want)
	diff.Abs(diff)
	exp := want.MantExp(nil)
	if want.Sign() == 0 {
		exp = -1073
	}
	unit := max(exp-53, -1074)
	f, _ := diff.SetMantExp(diff, -unit).Float64()
	return f
}

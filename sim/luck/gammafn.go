package luck

import "math"

// LogGamma returns log Γ(x) for x > 0: Stirling's series from 16 on, below it
// a power series around 1 after moving there by the recurrence. The error is
// a few units in 10^16 of max(1, |log Γ(x)|), and close to 1 of the result itself.
func LogGamma(x float64) float64 {
	const halfLog2Pi = 0.91893853320467274178
	switch {
	case x >= 16:
		return float64((x-0.5)*Log(x)) - x + halfLog2Pi + stirling(x)
	case x < 0.5:
		return logGamma1p(x) - Log(x)
	}
	product := 1.0
	for x > 1.5 {
		x--
		product *= x
	}
	return logGamma1p(x-1) + Log(product)
}

// stirling returns what Stirling's formula for log Γ(x) leaves out, x ≥ 16:
// Σ B(2n) / (2n(2n-1) x^(2n-1)).
func stirling(x float64) float64 {
	s := 1 / float64(x*x)
	p := 1.0/1188 - float64(s*(691.0/360360))
	p = -1.0/1680 + float64(s*p)
	p = 1.0/1260 + float64(s*p)
	p = -1.0/360 + float64(s*p)
	p = 1.0/12 + float64(s*p)
	return p / x
}

// logGamma1p returns log Γ(1+a) for |a| ≤ 1/2, exact in relative terms also
// near 0: -log(1+a) + a(1-γ) + Σ (-1)^k (ζ(k)-1) a^k / k.
func logGamma1p(a float64) float64 {
	const oneMinusEuler = 0.42278433509846713939
	sum := 0.0
	for i := len(zetaMinus1) - 1; i >= 0; i-- {
		k := float64(i + 2)
		c := zetaMinus1[i] / k
		if i%2 == 1 {
			c = -c
		}
		sum = c + float64(a*sum)
	}
	return (float64(a*oneMinusEuler) - Log1p(a)) + float64(float64(a*a)*sum)
}

// zetaMinus1 is ζ(k) - 1 for k = 2, 3, …
var zetaMinus1 = [...]float64{
	0.64493406684822643647, 0.20205690315959428540, 0.08232323371113819152, 0.03692775514336992633,
	0.01734306198444913971, 0.00834927738192282684, 0.00407735619794433938, 0.00200839282608221442,
	0.00099457512781808534, 0.00049418860411946456, 0.00024608655330804830, 0.00012271334757848915,
	0.00006124813505870483, 0.00003058823630702049, 0.00001528225940865187, 0.00000763719763789976,
	0.00000381729326499984, 0.00000190821271655394, 0.00000095396203387280, 0.00000047693298678781,
	0.00000023845050272773, 0.00000011921992596531, 0.00000005960818905126, 0.00000002980350351465,
	0.00000001490155482837, 0.00000000745071178984, 0.00000000372533402479, 0.00000000186265972351,
	0.00000000093132743242, 0.00000000046566290650, 0.00000000023283118337, 0.00000000011641550173,
}

// gammaCDF returns the regularised incomplete gamma functions P(a, x) and
// Q(a, x) = 1 - P, each with a small relative error of its own (about 10^-13)
// however small it is; a > 0, x ≥ 0. Up to a = 10^5 it takes at most a few
// thousand terms.
func gammaCDF(a, x float64) (lower, upper float64) {
	if x <= 0 {
		return 0, 1
	}
	return gammaCDFLog(a, x, Log(x))
}

// gammaCDFLog is gammaCDF with log x given beside x, so that an x too small
// for a float64 can still be told from 0.
func gammaCDFLog(a, x, logx float64) (lower, upper float64) {
	switch {
	case x > math.MaxFloat64:
		return 1, 0
	case a < 1 && x < 1.1:
		return gammaSmall(a, x, logx)
	case x < a+1 && a >= 1:
		lower = min(gammaPrefix(a, x, logx)*gammaSeries(a, x), 1)
		return lower, 1 - lower
	default:
		upper = min(gammaPrefix(a, x, logx)*a*gammaFraction(a, x), 1)
		return 1 - upper, upper
	}
}

// gammaPrefix returns x^a e^-x / Γ(a+1).
func gammaPrefix(a, x, logx float64) float64 { return Exp(gammaLogPrefix(a, x, logx)) }

func gammaLogPrefix(a, x, logx float64) float64 {
	if a < 16 {
		return float64(a*logx) - x - LogGamma(a+1)
	}
	// Stirling's formula, with x/a = 1 + d: nothing large cancels.
	const halfLog2Pi = 0.91893853320467274178
	d := (x - a) / a
	return (float64(a*logMinus(d)) - stirling(a)) - (halfLog2Pi + float64(Log(a)/2))
}

// logMinus returns log(1+d) - d.
func logMinus(d float64) float64 {
	if d < -0.4 || d > 0.6 {
		return Log1p(d) - d
	}
	// With s = d/(2+d): log(1+d) = 2(s + s³/3 + …), and 2s - d = -s·d.
	s := d / (2 + d)
	s2 := float64(s * s)
	sum := 0.0
	for k := 37; k >= 3; k -= 2 {
		sum = 1/float64(k) + float64(s2*sum)
	}
	return float64(2*float64(s*s2)*sum) - float64(s*d)
}

// gammaSeries returns Σ x^n / ((a+1)…(a+n)), so that P = prefix · series.
func gammaSeries(a, x float64) float64 {
	term, sum := 1.0, 1.0
	for n := 1.0; term > sum*0x1p-54; n++ {
		term = float64(term * (x / (a + n)))
		sum += term
	}
	return sum
}

// gammaFraction returns the continued fraction of Q: Q = prefix · a · fraction
// (modified Lentz).
func gammaFraction(a, x float64) float64 {
	const tiny = 0x1p-900
	b := x + 1 - a
	c := 1 / tiny
	d := 1 / b
	h := d
	for n := 1.0; n < 1e6; n++ {
		an := -n * (n - a)
		b += 2
		d = 1 / nonZero(float64(an*d)+b, tiny)
		c = nonZero(b+an/c, tiny)
		delta := float64(c * d)
		h *= delta
		if math.Abs(delta-1) < 0x1p-52 {
			break
		}
	}
	return h
}

func nonZero(x, tiny float64) float64 {
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}

// gammaSmall is gammaCDF for a < 1 and x < 1.1.
func gammaSmall(a, x, logx float64) (lower, upper float64) {
	t, sum := gammaSmallTerms(a, x, logx)
	e := Exp(t)
	return e * (1 + sum), -Expm1(t) - float64(e*sum)
}

// gammaSmallTerms returns t = a log x - log Γ(1+a) and Σ a(-x)^n / ((a+n) n!),
// so that P = e^t (1 + sum).
func gammaSmallTerms(a, x, logx float64) (t, sum float64) {
	term := 1.0
	for n := 1.0; n < 40; n++ {
		term *= -x / n
		sum += float64(a*term) / (a + n)
		if math.Abs(term) < 0x1p-60 {
			break
		}
	}
	return float64(a*logx) - logGamma1p2(a), sum
}

// logGamma1p2 is log Γ(1+a) for 0 < a < 1, exact in relative terms near 0.
func logGamma1p2(a float64) float64 {
	if a <= 0.5 {
		return logGamma1p(a)
	}
	return LogGamma(1 + a)
}

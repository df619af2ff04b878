package luck

import (
	"math"
	"sync"
)

// A gamma distribution with shape a and scale 1 is drawn by inversion. Solving
// P(a, x) = u takes microseconds, so the solution is tabulated once a shape:
// log x against the normal quantile z of u, over all z that a uniform can
// have. That curve is smooth in both tails; between two nodes it is the
// polynomial of degree five with the right values, slopes and curvatures at
// both. The number of nodes is doubled until it is off by less than
// gammaTolerance half-way between nodes.

const (
	gammaNormalShape = 1e5  // from here on an expansion around the normal distribution serves
	gammaMinShape    = 1e-6 // the smallest shape Check lets pass: sd = 1000 means
	gammaTolerance   = 1e-10
	gammaReach       = 8.25 // > NormQuantile(1 - 2^-53) = 8.21
	gammaMaxNodes    = 1 << 14
	gammaNothing     = -200 // below this log x is no longer told apart from 0
)

// gammaTable is the solution for one shape.
type gammaTable struct {
	step, perStep float64 // between nodes, in z, and its inverse
	nodes         []gammaNode
}

// gammaNode holds log x at one z, its slope times the step and its curvature
// times the step squared.
type gammaNode struct{ value, slope, curve float64 }

// gammaTables keeps the tables of the shapes met so far. A table is a pure
// function of the shape, so who asked first cannot be seen in any result.
var gammaTables struct {
	sync.Mutex
	byShape map[float64]*gammaTable
}

const gammaTablesKept = 256

// gammaTableFor returns the table of a shape below gammaNormalShape.
func gammaTableFor(a float64) *gammaTable {
	gammaTables.Lock()
	t := gammaTables.byShape[a]
	gammaTables.Unlock()
	if t != nil {
		return t
	}
	t = newGammaTable(a)
	gammaTables.Lock()
	defer gammaTables.Unlock()
	if gammaTables.byShape == nil {
		gammaTables.byShape = make(map[float64]*gammaTable)
	}
	if len(gammaTables.byShape) < gammaTablesKept {
		gammaTables.byShape[a] = t
	}
	return t
}

func newGammaTable(a float64) *gammaTable {
	for n := 128; ; n *= 2 {
		t := gammaNodes(a, n)
		if n >= gammaMaxNodes || t.error(a) <= gammaTolerance {
			return t
		}
	}
}

// gammaNodes solves for n intervals, each from its neighbour's solution.
func gammaNodes(a float64, n int) *gammaTable {
	step := 2 * gammaReach / float64(n)
	t := &gammaTable{step: step, perStep: float64(n) / (2 * gammaReach), nodes: make([]gammaNode, n+1)}
	w := gammaGuess(a, -gammaReach)
	for i := range t.nodes {
		z := float64(float64(i)*step) - gammaReach
		w = gammaSolve(a, NormCDF(z), NormCDF(-z), w)
		slope, curve := gammaSlopes(a, z, w)
		t.nodes[i] = gammaNode{w, slope * step, curve * step * step}
		w += float64(slope * step)
	}
	return t
}

// error returns the largest error of log x half-way between nodes.
func (t *gammaTable) error(a float64) float64 {
	worst := 0.0
	for i := range len(t.nodes) - 1 {
		z := float64((float64(i)+0.5)*t.step) - gammaReach
		w := t.logAt(z)
		if w < gammaNothing {
			continue
		}
		exact := gammaSolve(a, NormCDF(z), NormCDF(-z), w)
		worst = max(worst, math.Abs(w-exact))
	}
	return worst
}

// logAt returns log x at z.
func (t *gammaTable) logAt(z float64) float64 {
	at := float64((z + gammaReach) * t.perStep)
	i := min(max(int(at), 0), len(t.nodes)-2)
	s := at - float64(i)
	p, q := &t.nodes[i], &t.nodes[i+1]
	// Hermite's quintic: Taylor at the left node, then what the right one asks for.
	half := float64(p.curve / 2)
	e0 := ((q.value - p.value) - p.slope) - half
	e1 := (q.slope - p.slope) - p.curve
	e2 := q.curve - p.curve
	c3 := float64(10*e0) - float64(4*e1) + float64(0.5*e2)
	c4 := float64(7*e1) - float64(15*e0) - e2
	c5 := float64(6*e0) - float64(3*e1) + float64(0.5*e2)
	high := c3 + float64(s*(c4+float64(s*c5)))
	return p.value + float64(s*(p.slope+float64(s*(half+float64(s*high)))))
}

// gammaSlopes returns the first two derivatives of w = log x by z: with
// w' = φ(z) / (x f(x)) it is w” = w'·(-z - w'·(a - x)).
func gammaSlopes(a, z, w float64) (slope, curve float64) {
	x := Exp(w)
	slope = normDensity(z) / (a * gammaPrefix(a, x, w))
	return slope, slope * (-z - float64(slope*(a-x)))
}

// gammaSolve returns log x with P(a, x) = p, where q = 1 - p, starting at w.
// Seen as functions of w = log x, both log P and log Q are concave, so that
// Newton's steps, once on the right side, never leave it; the right side is
// the left of the solution for P and the right of it for Q.
func gammaSolve(a, p, q, w float64) float64 {
	logp, logq := Log(p), Log(q)
	if p > 0.5 {
		logp = Log1p(-q)
	} else {
		logq = Log1p(-p)
	}
	for range 300 {
		move := gammaMove(a, w, logp, logq)
		w += move
		if math.Abs(move) <= 1e-15*max(1, math.Abs(w)) {
			break
		}
	}
	return w
}

// gammaMove is Newton's step for log P(a, e^w) = logp or log Q(a, e^w) = logq,
// whichever keeps its accuracy. A step out of the side where a tail is computed
// as 1 minus the other one is kept short, since the density there may vanish.
func gammaMove(a, w, logp, logq float64) float64 {
	x := Exp(w)
	if a < 1 && x < 1.1 {
		t, sum := gammaSmallTerms(a, x, w)
		return (logp - (t + Log1p(sum))) * ((1 + sum) * Exp(x) / a)
	}
	prefix := gammaLogPrefix(a, x, w)
	left := x < a+1 && a >= 1
	switch wantLeft := logp < logq; {
	case left && wantLeft:
		series := gammaSeries(a, x)
		return (logp - (prefix + Log(series))) * (series / a)
	case !left && !wantLeft:
		fraction := gammaFraction(a, x)
		return (prefix + Log(a*fraction) - logq) * fraction
	case left:
		density := Exp(prefix) * a
		tail := 1 - float64(Exp(prefix)*gammaSeries(a, x))
		return min((Log(tail)-logq)*tail/max(density, 0x1p-1000), 1)
	default:
		density := Exp(prefix) * a
		cdf := 1 - float64(density*gammaFraction(a, x))
		return max((logp-Log(cdf))*cdf/max(density, 0x1p-1000), -1)
	}
}

// gammaGuess returns a rough log x at z: E. Wilson and M. Hilferty's cube where
// that is positive, else the first term of the series of P.
func gammaGuess(a, z float64) float64 {
	c := 1 / (9 * a)
	if root := 1 - c + float64(z*math.Sqrt(c)); root > 0.3 {
		return Log(a) + float64(3*Log(root))
	}
	if z < 0 {
		return (Log(NormCDF(z)) + LogGamma(a+1)) / a
	}
	return Log(a + 1)
}

// gammaNearNormal returns x/a at z for a gamma distribution whose coefficient
// of variation is cv = 1/√a, a ≥ 10^5, from the expansion of E. Cornish and
// R. Fisher; what it leaves out is below 10^-11.
func gammaNearNormal(cv, z float64) float64 {
	z2 := float64(z * z)
	t1 := z
	t2 := (z2 - 1) / 3
	t3 := z * (z2 - 7) / 36
	t4 := -(float64(z2*(float64(3*z2)+7)) - 16) / 810
	t5 := z * (float64(z2*(float64(9*z2)+256)) - 433) / 38880
	s := t4 + float64(cv*t5)
	s = t3 + float64(cv*s)
	s = t2 + float64(cv*s)
	s = t1 + float64(cv*s)
	return 1 + float64(cv*s)
}

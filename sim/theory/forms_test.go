package theory_test

import (
	"math"
	"testing"

	"eddy/sim/theory"
)

// near fails the test where got is further from want than a share of it.
func near(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if !(math.Abs(got-want) <= share*math.Abs(want)) {
		t.Errorf("%s: %.12g, want %.12g", what, got, want)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// The values are from printed tables or by hand, to the digits given.
func TestPublishedValues(t *testing.T) {
	near(t, "Erlang B, 10 lines, 5 erlangs", theory.ErlangB(10, 5), 0.018385, 1e-4)
	near(t, "Erlang B, 20 lines, 12 erlangs", theory.ErlangB(20, 12), 0.0098, 3e-3)
	near(t, "Erlang B, 2 lines, 1 erlang", theory.ErlangB(2, 1), 0.2, 1e-15)
	near(t, "Erlang C, 2 servers, 1 erlang", theory.ErlangC(2, 1), 1.0/3, 1e-14)
	near(t, "M/D/1 at 0.5", must(theory.MDC(0.5, 1, 1)).Wait, 0.5, 1e-12)
	near(t, "M/D/1: nobody waits with chance 1−ρ", must(theory.MDC(0.7, 1, 1)).Delayed, 0.7, 1e-12)
}

// Erlang's own series for M/D/1 alternates, and is exact for short waits.
func TestFranxAgreesWithErlangsSeries(t *testing.T) {
	const lambda = 0.7
	for _, p := range []float64{0.5, 0.8, 0.95} {
		x := must(theory.MDCWaitQuantile(lambda, 1, 1, p))
		sum := 0.0
		for k := 0; k <= int(x); k++ {
			y := lambda * (x - float64(k))
			f, _ := math.Lgamma(float64(k) + 1)
			sum += math.Pow(-y, float64(k)) * math.Exp(y-f)
		}
		near(t, "P(W ≤ quantile)", (1-lambda)*sum, p, 1e-9)
	}
}

// Crommelin's own series for the mean wait in M/D/c has no chain in it.
func TestMDCAgreesWithCrommelinsSeries(t *testing.T) {
	for _, c := range []struct {
		servers int
		load    float64
	}{{1, 0.7}, {2, 1}, {4, 3.2}} {
		n := float64(c.servers)
		sum := 0.0
		for l := 1; l <= 400; l++ {
			mean := float64(l) * c.load
			chance := func(k int) float64 {
				f, _ := math.Lgamma(float64(k) + 1)
				return math.Exp(float64(k)*math.Log(mean) - mean - f)
			}
			from, beyond := l*c.servers, 0.0
			for k := from + 1; k < from+1500; k++ {
				beyond += chance(k)
			}
			sum += chance(from) + beyond - n/c.load*beyond
		}
		near(t, "mean wait", must(theory.MDC(c.load, 1, c.servers)).Wait, sum, 1e-8)
	}
}

// One model is often another's special case: two ways to one number.
func TestSpecialCases(t *testing.T) {
	mm1 := must(theory.MMC(0.7, 1, 1))
	same := func(what string, q theory.Queue) {
		t.Helper()
		near(t, what+": wait", q.Wait, mm1.Wait, 1e-9)
		near(t, what+": inside", q.Inside, mm1.Inside, 1e-9)
		near(t, what+": utilisation", q.Utilisation, mm1.Utilisation, 1e-9)
	}
	exponential := theory.Moments{Mean: 1, Second: 2, Third: 6}
	same("M/G/1", must(theory.MG1(0.7, exponential)))
	same("batches of one", must(theory.MG1Batch(0.7, 1, 1, exponential)))
	same("M/M/1/400", theory.MMCK(0.7, 1, 1, 400))
	same("GI/M/1 with exponential gaps", must(theory.GIM1(theory.ErlangTransform(1, 1/0.7), 0.7, 1)))
	same("a modulated process that does not change", must(theory.MMPPM1(theory.Modulated{Low: 0.7, High: 0.7, LowFor: 3, HighFor: 5}, 1)))
	same("endless patience", theory.NewImpatient(0.7, 1, 1, 1e3).Queue())
	near(t, "one class of priority", must(theory.Priority([]theory.Class{{Lambda: 0.7, Service: exponential}}))[0], mm1.Wait, 1e-12)
	near(t, "priorities for one server", must(theory.PriorityMMC([]float64{0.3, 0.4}, 1, 1))[1],
		must(theory.Priority([]theory.Class{{Lambda: 0.3, Service: exponential}, {Lambda: 0.4, Service: exponential}}))[1], 1e-12)
	near(t, "Allen-Cunneen for M/M/1", must(theory.AllenCunneen(0.7, 1, 1, 1, 1)), mm1.Wait, 1e-12)
	near(t, "mean square of the wait in M/M/1", must(theory.MG1WaitSecond(0.7, exponential)), 2*0.7/(0.3*0.3), 1e-12)

	two := must(theory.MMC(1.4, 1, 2))
	unequal, busy, err := theory.TwoUnequal(1.4, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "two equal servers: wait", unequal.Wait, two.Wait, 1e-9)
	near(t, "two equal servers: busy alike", busy[0], busy[1], 1e-12)
	near(t, "two equal servers: delayed", unequal.Delayed, two.Delayed, 1e-9)

	near(t, "M/D/1 by its chain", must(theory.MDC(0.9, 1, 1)).Wait, must(theory.MG1(0.9, theory.Moments{Mean: 1, Second: 1})).Wait, 1e-9)
	near(t, "Erlang B by its chain", theory.MMCK(3, 1, 5, 5).Lost, theory.ErlangB(5, 3), 1e-12)
	impatient := theory.NewImpatient(3, 1, 5, 1e-9).Queue()
	near(t, "no patience: Erlang B", impatient.Lost, theory.ErlangB(5, 3), 1e-6)
	near(t, "a patience at the capacity", theory.NewImpatient(1, 1, 1, 2).Queue().Lost, 1.0/4, 1e-12)

	finite := theory.FiniteSource(6, 0.1, 1, 1)
	near(t, "paced users without a gap", theory.PacedUsers(6, 0.1, 1e-9), 0.6, 1e-8)
	near(t, "one paced user", theory.PacedUsers(1, 1, 0.5), 1/(0.5+math.Exp(-0.5)), 1e-12)
	near(t, "users think or are inside", 0.1*(6-finite.Inside), finite.Utilisation, 1e-12)
	near(t, "no arrival of a finite source is lost", 1-finite.Lost, 1, 1e-12)

	// A Poisson process that is switched on and off has hyperexponential gaps (Kuczura 1973).
	onOff := theory.Modulated{Low: 0, High: 2, LowFor: 4, HighFor: 3}
	off, on := 1/onOff.LowFor, 1/onOff.HighFor
	sum, root := onOff.High+on+off, math.Sqrt(math.Pow(onOff.High+on+off, 2)-4*onOff.High*off)
	r1, r2 := (sum+root)/2, (sum-root)/2
	gaps := theory.Phases{Rate1: r1, Rate2: r2, Alternative: true, First: (onOff.High - r2) / (r1 - r2)}
	near(t, "interrupted Poisson two ways", must(theory.MMPPM1(onOff, 1)).Wait, must(theory.GIM1(gaps.Transform(), onOff.Rate(), 1)).Wait, 1e-6)

	near(t, "polls with an endless batch", must(theory.PolledWait(2, 3, 400)), 1.5, 1e-12)
	near(t, "two periodic sources", must(theory.PeriodicWait(2, 4, 1)), 0.125, 1e-9)
	near(t, "sum of exponentials", theory.SumQuantile([]float64{1, 1e9}, 0.5), math.Ln2, 1e-6)
	near(t, "a lease without end", theory.LeaseLatency(2, 1e3), 0.5, 1e-12)
	near(t, "attempts without end", theory.Attempts(0.5, 0), 2, 1e-15)
	near(t, "a held worker that never fails", theory.Occupied(exponential, 5, 0, 9).Second, 2, 1e-15)
	near(t, "two phases: waits of M/M/1", must(theory.PhasesWaitQuantile(0.7, theory.BalancedPhases(1, 1+1e-12), 0.95)),
		must(theory.MMCWaitQuantile(0.7, 1, 1, 0.95)), 1e-5)
	rates := theory.Traffic([]float64{1, 0}, [][]float64{{0, 1}, {0.5, 0}})
	near(t, "traffic of a loop", rates[1], 2, 1e-12)
}

// The moments by hand of a time of phases must be those of its transform.
func TestPhasesMomentsAndTransformAgree(t *testing.T) {
	for _, p := range []theory.Phases{{Rate1: 2, Rate2: 2}, {Rate1: 1, Rate2: 3}, theory.BalancedPhases(0.01, 4)} {
		m, h := p.Moments(), 1e-4/p.Moments().Mean
		f := p.Transform()
		// 1 − E[S]s + E[S²]s²/2 − E[S³]s³/6
		series := 1 - m.Mean*h + m.Second*h*h/2 - m.Third*h*h*h/6
		near(t, "transform", f(h), series, 1e-13)
	}
	near(t, "mean square of balanced phases", theory.BalancedPhases(1, 4).Moments().Second, 5, 1e-12)
}

// Kleinrock's law: however priorities are given, the waits weighted by the
// loads stay the same.
func TestConservationOfWaits(t *testing.T) {
	a, b := theory.Class{Lambda: 3, Service: theory.Moments{Mean: 0.1, Second: 0.02}}, theory.Class{Lambda: 2, Service: theory.Moments{Mean: 0.2, Second: 0.05}}
	w, v := must(theory.Priority([]theory.Class{a, b})), must(theory.Priority([]theory.Class{b, a}))
	near(t, "Σ ρW", 0.3*w[0]+0.4*w[1], 0.3*v[1]+0.4*v[0], 1e-12)
}

func TestOverloadIsAnError(t *testing.T) {
	service := theory.Moments{Mean: 1, Second: 1, Third: 1}
	_, mmc := theory.MMC(2, 1, 2)
	_, mdc := theory.MDC(2, 1, 2)
	_, mg1 := theory.MG1(1, service)
	_, gim1 := theory.GIM1(theory.ConstantTransform(1), 1, 1)
	_, batch := theory.MG1Batch(1, 2, 4, service)
	_, priority := theory.Priority([]theory.Class{{Lambda: 1, Service: service}})
	_, mmpp := theory.MMPPM1(theory.Modulated{Low: 1, High: 1, LowFor: 1, HighFor: 1}, 1)
	_, polled := theory.PolledWait(2, 1, 2)
	_, periodic := theory.PeriodicWait(4, 4, 1)
	_, fork := theory.ForkJoinTwo(1, 1)
	_, feedback := theory.Feedback(0.5, 1, 0.5)
	for i, err := range []error{mmc, mdc, mg1, gim1, batch, priority, mmpp, polled, periodic, fork, feedback} {
		if err != theory.ErrUnstable {
			t.Errorf("case %d: error %v", i, err)
		}
	}
}

package experiment

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"

	"eddy/sim"
)

// Standing is what a difference says.
type Standing uint8

// Standings.
const (
	Unknown   Standing = iota // not enough to say; the note says why
	Same                      // equal in every pair
	Noise                     // no difference that these pairs can tell
	Better                    // than the base
	Worse                     // than the base
	Different                 // neither way is better
)

// StandingNames are their names in documents.
var StandingNames = [...]string{"unknown", "same", "noise", "better", "worse", "different"}

// Difference is what a scenario's measure is more than the base's, over pairs
// of runs with the same luck. Low and High bound a 95 % interval of its mean for
// this difference alone: Student's, wider for quantiles with a thin tail; Student
// is that interval before it was widened. P is the chance of so large a
// difference if there is none, Adjusted the same after Holm's correction over
// all differences of the comparison; Standing is Noise where Adjusted is not
// below 5 %.
type Difference struct {
	Mean, SD, Low, High sim.Number
	Student             Interval
	P, Adjusted         sim.Number
	Standing            Standing
	Note                string // why there is no interval
}

// paired is the difference of two columns run by run. doubt is why there can
// be no interval, "" if there can. An interval is so many times wider than
// Student's.
func paired(base, other *column, doubt string, wider float64) Difference {
	if base == nil || other == nil {
		return Difference{Note: "only in one of the two"}
	}
	differences, missing := pairs(base, other)
	if len(differences) == 0 {
		return Difference{Note: "no pair has a value"}
	}
	mean, sd := meanSD(differences)
	d := Difference{Mean: sim.Num(mean), Note: doubt}
	n := len(differences)
	if n > 1 {
		d.SD = sim.Num(sd)
	}
	if missing == 0 && mean == 0 && sd == 0 {
		// Equal in every pair is a fact whatever there is to doubt.
		d.Standing, d.Note, d.Low, d.High = Same, "", sim.Num(0), sim.Num(0)
		d.Student = Interval{d.Low, d.High}
		return d
	}
	switch {
	case d.Note != "":
	case n+missing < fewest:
		d.Note = "fewer than 3 pairs"
	case missing > 0:
		d.Note = "not every pair has a value"
	default:
		half := float64(halfWidth(sd, n) * wider)
		d.Low, d.High = sim.Num(mean-half), sim.Num(mean+half)
		d.Student = student(mean, sd, n)
		d.P = sim.Num(twoSided(mean, float64(sd*wider), n))
	}
	return d
}

// pairs are the differences of the runs that both have, and how many runs do
// not have both.
func pairs(base, other *column) (differences []float64, missing int) {
	for i, a := range base.values {
		b := other.values[i]
		switch {
		case a.Valid && b.Valid:
			differences = append(differences, b.Value-a.Value)
		case a.Valid || b.Valid:
			missing++
		}
	}
	return differences, missing
}

// twoSided is the chance of a mean at least so far from 0 if the true one is
// 0: Student's test of n ≥ 2 values.
func twoSided(mean, sd float64, n int) float64 {
	if sd == 0 {
		return 0
	}
	t := math.Abs(mean) / (sd / math.Sqrt(float64(n)))
	// Like the quantiles: digits that are the same on every processor.
	return tenDigits(2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.CDF(-t))
}

// holm corrects the chances of all differences that were tested together, so
// that the chance of even one false alarm among them stays below 5 %. Source:
// Holm 1979: the ith smallest of m times m−i+1, never below the one before.
func holm(all []*Difference) {
	var tested []*Difference
	for _, d := range all {
		if d.P.Valid {
			tested = append(tested, d)
		}
	}
	sort.SliceStable(tested, func(i, j int) bool { return tested[i].P.Value < tested[j].P.Value })
	least := 0.0
	for i, d := range tested {
		p := math.Min(1, float64(float64(len(tested)-i)*d.P.Value))
		least = math.Max(least, p)
		d.Adjusted = sim.Num(least)
	}
}

// stand says what a tested difference means.
func (d *Difference) stand(better Direction) {
	if !d.Adjusted.Valid {
		return
	}
	up := d.Mean.Value > 0
	switch {
	case d.Adjusted.Value >= 1-confidence || d.Mean.Value == 0:
		d.Standing = Noise
	case better == Neither:
		d.Standing = Different
	case up == (better == Higher):
		d.Standing = Better
	default:
		d.Standing = Worse
	}
}

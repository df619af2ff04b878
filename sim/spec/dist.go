package spec

// DistKind names a family of distributions.
type DistKind uint8

// The families a scenario can write.
const (
	Constant    DistKind = iota // Mean
	Exponential                 // Mean
	Uniform                     // Min, Max
	Triangular                  // Min, Mode, Max
	Normal                      // Mean, SD; cut at 0 (draws below 0 become 0)
	Lognormal                   // Mean with SD, or Mean with P99, or Median with P99 (the pair given is > 0 or HasSD)
	Gamma                       // Mean, SD
	Erlang                      // K, Mean
	Weibull                     // Shape, Mean
	Pareto                      // Min, Shape
	Hyperexp                    // Mean, SCV: two exponential phases with balanced means
	Mix                         // Parts
	Empirical                   // Values (sorted ascending), Steps
)

// Dist is a distribution of a duration (nanoseconds), a size (bytes) or a
// plain number, in that base unit. Only the parameters named beside its kind
// are used; the others are zero. The loader has checked that they are possible.
type Dist struct {
	Kind   DistKind
	Mean   float64
	SD     float64
	Min    float64
	Mode   float64
	Max    float64
	Median float64 // lognormal(median=…, p99=…)
	P99    float64 // lognormal(mean=…|median=…, p99=…)
	HasSD  bool    // lognormal(mean, sd)
	Shape  float64 // weibull, pareto
	SCV    float64 // hyperexp: squared coefficient of variation, ≥ 1
	K      int     // erlang: number of phases, ≥ 1
	Parts  []MixPart
	Values []float64 // empirical, sorted ascending, at least one
	Steps  bool      // empirical: draw the values themselves, no interpolation
	File   string    // empirical(file=…): the name as the scenario gives it; Values holds what it contained
}

// MixPart is one branch of a Mix; the weights of a mix sum to 1.
type MixPart struct {
	Weight float64
	Dist   Dist
}

// Const returns the distribution that always gives v.
func Const(v float64) Dist { return Dist{Kind: Constant, Mean: v} }

// IsZero says whether the distribution always gives 0.
func (d Dist) IsZero() bool { return d.Kind == Constant && d.Mean == 0 }

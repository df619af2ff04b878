package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"eddy/sim/luck"
	"eddy/sim/spec"
)

// distReader reads the text of a distribution of one quantity.
type distReader struct {
	l        *loader
	quantity *quantity
}

// family is one kind of distribution.
type family struct {
	name   string
	kind   spec.DistKind
	params []param
	sign   string // how it is written, if not by its parameters
	read   func(r *distReader, e *expr, args map[string]*expr, d *spec.Dist) *exprFlaw
}

func must(names ...string) []param {
	params := make([]param, len(names))
	for i, n := range names {
		params[i] = param{name: n}
	}
	return params
}

func may(names ...string) []param {
	params := must(names...)
	for i := range params {
		params[i].optional = true
	}
	return params
}

var families = []family{
	{name: "constant", kind: spec.Constant, params: must("value"), read: values("value")},
	{name: "exp", kind: spec.Exponential, params: must("mean"), read: values("mean")},
	{name: "uniform", kind: spec.Uniform, params: must("min", "max"), read: values("min", "max")},
	{name: "triangular", kind: spec.Triangular, params: must("min", "mode", "max"), read: values("min", "mode", "max")},
	{name: "normal", kind: spec.Normal, params: must("mean", "sd"), read: values("mean", "sd")},
	{name: "lognormal", kind: spec.Lognormal, params: may("mean", "sd", "median", "p99"), sign: "lognormal(mean, sd), lognormal(mean=…, p99=…) or lognormal(median=…, p99=…)", read: readLognormal},
	{name: "gamma", kind: spec.Gamma, params: must("mean", "sd"), read: values("mean", "sd")},
	{name: "erlang", kind: spec.Erlang, params: must("k", "mean"), read: values("k", "mean")},
	{name: "weibull", kind: spec.Weibull, params: must("shape", "mean"), read: values("shape", "mean")},
	{name: "pareto", kind: spec.Pareto, params: must("min", "shape"), read: values("min", "shape")},
	{name: "hyperexp", kind: spec.Hyperexp, params: must("mean", "scv"), read: values("mean", "scv")},
	{name: "mix", kind: spec.Mix, sign: "mix(90% exp(5ms) 10% exp(100ms))"},
	{name: "empirical", kind: spec.Empirical, sign: "empirical(1ms, 2ms, 9ms) or empirical(file=values.csv)"},
}

// spanOfValues is how people write that a value is between two.
var spanOfValues = regexp.MustCompile(`^([0-9.]*[0-9][A-Za-z]*)(?:-|\.\.)([0-9][0-9.]*[A-Za-z]*)$`)

// otherFamilies are names people know the families by.
var otherFamilies = map[string]string{
	"exponential": "exp", "poisson": "exp", "const": "constant", "fixed": "constant", "det": "constant", "deterministic": "constant",
	"gauss": "normal", "gaussian": "normal", "norm": "normal", "unif": "uniform", "tri": "triangular", "triangle": "triangular",
	"lognorm": "lognormal", "log_normal": "lognormal", "hyper": "hyperexp", "hyperexponential": "hyperexp", "mixture": "mix",
	"rand": "uniform", "random": "uniform", "histogram": "empirical", "file": "empirical", "erl": "erlang",
}

func (f *family) signature() string {
	if f.sign != "" {
		return f.sign
	}
	return signature(f.name, f.params)
}

func familyNames() []string {
	names := make([]string, len(families))
	for i, f := range families {
		names[i] = f.name
	}
	return names
}

// values reads arguments into the parameters of the same name: those of the
// quantity with its unit, k as a whole number, shape and scv as plain numbers.
func values(names ...string) func(*distReader, *expr, map[string]*expr, *spec.Dist) *exprFlaw {
	return func(r *distReader, _ *expr, args map[string]*expr, d *spec.Dist) *exprFlaw {
		for _, name := range names {
			if f := r.value(name, args[name], d); f != nil {
				return f
			}
		}
		return nil
	}
}

func (r *distReader) value(name string, e *expr, d *spec.Dist) *exprFlaw {
	if f := e.literal("the " + name); f != nil {
		return f
	}
	switch name {
	case "k":
		v, f := parseWhole(e.text, 1, 10_000)
		d.K = int(v)
		return e.at(f)
	case "shape", "scv":
		v, f := numberQuantity.float(e.text)
		if f == nil && v <= 0 {
			f = &flaw{problem: "the " + name + " must be more than 0"}
		}
		if name == "shape" {
			d.Shape = v
		} else {
			d.SCV = v
		}
		return e.at(f)
	}
	v, f := r.quantity.float(e.text)
	switch name {
	case "value", "mean":
		d.Mean = v
	case "sd":
		d.SD = v
	case "min":
		d.Min = v
	case "max":
		d.Max = v
	case "mode":
		d.Mode = v
	case "median":
		d.Median = v
	case "p99":
		d.P99 = v
	}
	return e.at(f)
}

func readLognormal(r *distReader, e *expr, args map[string]*expr, d *spec.Dist) *exprFlaw {
	given := make([]string, 0, 4)
	for _, name := range []string{"mean", "median", "sd", "p99"} {
		if args[name] == nil {
			continue
		}
		given = append(given, name)
		if f := r.value(name, args[name], d); f != nil {
			return f
		}
	}
	switch strings.Join(given, " ") {
	case "mean sd":
		d.HasSD = true
		return nil
	case "mean p99", "median p99":
		for _, name := range given {
			if f := positive(name, args[name], map[string]float64{"mean": d.Mean, "median": d.Median, "p99": d.P99}[name]); f != nil {
				return f
			}
		}
		return nil
	}
	return e.at(&flaw{problem: "lognormal needs two arguments that go together", accepted: "write lognormal(mean, sd), lognormal(mean=…, p99=…) or lognormal(median=…, p99=…)"})
}

func positive(name string, e *expr, v float64) *exprFlaw {
	if v > 0 {
		return nil
	}
	return e.at(&flaw{problem: "the " + name + " must be more than 0"})
}

// dist reads one distribution.
func (r *distReader) dist(e *expr) (spec.Dist, *exprFlaw) {
	if !e.call {
		v, f := r.quantity.float(e.text)
		if f != nil && slices.Contains(familyNames(), e.text) {
			f = &flaw{problem: e.text + " lacks its arguments", accepted: "write " + findFamily(e.text).signature()}
		} else if m := spanOfValues.FindStringSubmatch(e.text); f != nil && m != nil {
			_, from := r.quantity.float(m[1])
			_, to := r.quantity.float(m[2])
			if from == nil && to == nil {
				f = &flaw{problem: quoted(e.text) + " is not a value", accepted: "one from a span is uniform(min, max)", suggestion: "uniform(" + m[1] + " " + m[2] + ")"}
			}
		}
		return spec.Const(v), e.at(f)
	}
	fam := findFamily(e.text)
	if fam == nil {
		return spec.Dist{}, unknownFamily(e)
	}
	var d spec.Dist
	var f *exprFlaw
	switch fam.kind {
	case spec.Mix:
		d, f = r.mix(e)
	case spec.Empirical:
		d, f = r.empirical(e)
	default:
		var args map[string]*expr
		if args, f = e.arguments(fam.params, fam.signature()); f == nil {
			d.Kind = fam.kind
			f = fam.read(r, e, args, &d)
		}
	}
	if f != nil {
		return d, f
	}
	if err := luck.Check(d); err != nil {
		return d, e.at(&flaw{problem: err.Error(), accepted: "write " + fam.signature()})
	}
	return d, nil
}

func findFamily(name string) *family {
	for i := range families {
		if families[i].name == name {
			return &families[i]
		}
	}
	return nil
}

func unknownFamily(e *expr) *exprFlaw {
	suggestion := otherFamilies[strings.ToLower(e.text)]
	if suggestion == "" {
		suggestion = closest(e.text, familyNames())
	}
	if e.text == "" {
		return &exprFlaw{flaw{"a distribution's name is missing before (", "the distributions are " + listed(familyNames()), ""}, e.pos, 1}
	}
	return &exprFlaw{flaw{quoted(e.text) + " is not a distribution", "the distributions are " + listed(familyNames()), suggestion}, e.pos, len([]rune(e.text))}
}

func (r *distReader) mix(e *expr) (spec.Dist, *exprFlaw) {
	d := spec.Dist{Kind: spec.Mix}
	accepted := "write mix(90% exp(5ms) 10% exp(100ms))"
	if len(e.args) < 2 || len(e.args)%2 != 0 {
		return d, e.at(&flaw{problem: "mix wants pairs of a share and a distribution", accepted: accepted})
	}
	var shares []weight[spec.Dist]
	for i := 0; i+1 < len(e.args); i += 2 {
		share, part := e.args[i], e.args[i+1]
		if share.name != "" || part.name != "" || share.value.call {
			return d, share.value.at(&flaw{problem: "mix wants pairs of a share and a distribution", accepted: accepted})
		}
		v, f := parseChance(share.value.text)
		if f != nil {
			return d, share.value.at(f)
		}
		p, bad := r.dist(part.value)
		if bad != nil {
			return d, bad
		}
		shares = append(shares, weight[spec.Dist]{p, v})
	}
	return d, r.addUp(e, shares, &d)
}

func (r *distReader) addUp(e *expr, shares []weight[spec.Dist], d *spec.Dist) *exprFlaw {
	total := 0.0
	for _, s := range shares {
		total += s.share
	}
	off := total - 1
	if off < -2e-4 || off > 2e-4 {
		return e.at(&flaw{problem: fmt.Sprintf("the shares of mix add up to %.4g%%", total*100), accepted: "they add up to 100%"})
	}
	if off > -1e-9 && off < 1e-9 {
		total = 1
	}
	for _, s := range shares {
		d.Parts = append(d.Parts, spec.MixPart{Weight: s.share / total, Dist: s.value})
	}
	return nil
}

func (r *distReader) empirical(e *expr) (spec.Dist, *exprFlaw) {
	d := spec.Dist{Kind: spec.Empirical}
	accepted := "write empirical(1ms, 2ms, 9ms) or empirical(file=values.csv)"
	for _, a := range e.args {
		switch a.name {
		case "":
			if a.value.call {
				return d, a.value.literal("a value")
			}
			v, f := r.quantity.float(a.value.text)
			if f != nil {
				return d, a.value.at(f)
			}
			d.Values = append(d.Values, v)
		case "file":
			d.File = a.value.text
		case "steps":
			if a.value.text != "true" && a.value.text != "false" {
				return d, a.value.at(&flaw{problem: "steps is true or false"})
			}
			d.Steps = a.value.text == "true"
		default:
			return d, a.value.at(&flaw{problem: "empirical has no argument " + quoted(a.name), accepted: accepted, suggestion: closest(a.name, []string{"file", "steps"})})
		}
	}
	switch {
	case d.File != "" && len(d.Values) > 0:
		return d, e.at(&flaw{problem: "empirical has values and a file", accepted: accepted})
	case d.File != "":
		values, f := r.l.files.valuesOf(r.l, d.File, r.quantity)
		if f != nil {
			return d, e.at(f)
		}
		d.Values = values
	case len(d.Values) == 0:
		return d, e.at(&flaw{problem: "empirical has no values", accepted: accepted})
	}
	slices.Sort(d.Values)
	return d, nil
}

// readDist is the whole of reading a distribution at a node.
func (l *loader) readDist(n *node, at *place, q *quantity, needMean bool) (spec.Dist, bool) {
	text, ok := l.text(n, at, distWant(q))
	if !ok {
		return spec.Dist{}, false
	}
	e, f := parseExpr(text)
	if f != nil {
		l.flawedIn(n, at, f)
		return spec.Dist{}, false
	}
	r := distReader{l: l, quantity: q}
	d, f := r.dist(e)
	if f != nil {
		l.flawedIn(n, at, f)
		return spec.Dist{}, false
	}
	return d, l.moments(n, at, d, q, needMean)
}

// moments reports a distribution whose mean is infinite where one is needed,
// and warns of an infinite variance.
func (l *loader) moments(n *node, at *place, d spec.Dist, q *quantity, needMean bool) bool {
	if _, finite := luck.Mean(d); !finite && needMean {
		l.fail(n, at, "this has an infinite mean", "the shape of a pareto must be more than 1 here, and more than 2 for results with intervals", "")
		return false
	}
	if _, finite := luck.Variance(d); !finite && q != numberQuantity {
		l.warn(n, at, "this has an infinite variance, so the intervals of the results cannot be trusted", "the shape of a pareto must be more than 2 for that", "")
	}
	return true
}

func distWant(q *quantity) string { return q.what + " such as " + q.example + ", or a distribution" }

// distForm is the form of a distribution of a quantity.
func distForm(q *quantity) *form[spec.Dist] {
	return &form[spec.Dist]{
		shape: &shape{want: distWant(q), schema: distSchema(q)},
		read: func(l *loader, n *node, at *place) (spec.Dist, bool) {
			return l.readDist(n, at, q, q != numberQuantity)
		},
		write: func(_ *writer, v spec.Dist) *node { return word(writeDist(v, q)) },
	}
}

var (
	durationDist = distForm(durationQuantity)
	sizeDist     = distForm(sizeQuantity)
)

// callLike is text that was meant to be a distribution, however broken.
var callLike = regexp.MustCompile(`^[a-z_]+\(`)

// writeDist writes a distribution so that it reads back the same; arguments
// are separated by spaces, so that it can stand in { } and [ ].
func writeDist(d spec.Dist, q *quantity) string {
	v := q.write
	call := func(name string, args ...string) string { return name + "(" + strings.Join(args, " ") + ")" }
	switch d.Kind {
	case spec.Constant:
		return v(d.Mean)
	case spec.Exponential:
		return call("exp", v(d.Mean))
	case spec.Uniform:
		return call("uniform", v(d.Min), v(d.Max))
	case spec.Triangular:
		return call("triangular", v(d.Min), v(d.Mode), v(d.Max))
	case spec.Normal:
		return call("normal", v(d.Mean), v(d.SD))
	case spec.Lognormal:
		switch {
		case d.HasSD:
			return call("lognormal", v(d.Mean), v(d.SD))
		case d.Median > 0:
			return call("lognormal", "median="+v(d.Median), "p99="+v(d.P99))
		}
		return call("lognormal", "mean="+v(d.Mean), "p99="+v(d.P99))
	case spec.Gamma:
		return call("gamma", v(d.Mean), v(d.SD))
	case spec.Erlang:
		return call("erlang", fmt.Sprint(d.K), v(d.Mean))
	case spec.Weibull:
		return call("weibull", plain(d.Shape), v(d.Mean))
	case spec.Pareto:
		return call("pareto", v(d.Min), plain(d.Shape))
	case spec.Hyperexp:
		return call("hyperexp", v(d.Mean), plain(d.SCV))
	case spec.Mix:
		var parts []string
		for _, p := range d.Parts {
			parts = append(parts, writeChance(p.Weight), writeDist(p.Dist, q))
		}
		return call("mix", parts...)
	}
	return writeEmpirical(d, q)
}

func writeEmpirical(d spec.Dist, q *quantity) string {
	var args []string
	if d.File != "" {
		args = append(args, "file="+fileArgument(d.File))
	} else {
		for _, x := range d.Values {
			args = append(args, q.write(x))
		}
	}
	if d.Steps {
		args = append(args, "steps=true")
	}
	return "empirical(" + strings.Join(args, " ") + ")"
}

// fileArgument writes a file's name as an argument of a call.
func fileArgument(name string) string {
	if !strings.ContainsAny(name, " \t,()='\"") {
		return name
	}
	if strings.Contains(name, `"`) {
		return "'" + name + "'"
	}
	return `"` + name + `"`
}

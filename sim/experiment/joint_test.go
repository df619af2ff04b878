package experiment

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestRulesThatLookAtTheSame: what no rule of a bus wants is known although its
// rules look at the same fields, alternatives among them.
func TestRulesThatLookAtTheSame(t *testing.T) {
	const text = `name: x
duration: 1m
events: {e: {priority: {9: 25%, 1: 75%}, size: 'uniform(0B, 1000B)', fields: {country: {SE: 50%, NO: 30%, DK: 20%}, amount: 'uniform(0, 100)'}}}
producers: {p: {emits: e, to: b, rate: poisson(100/s)}}
broker: {channels: {b: {type: bus, rules: {RULES}, otherwise: rest}, q: {type: queue}, rest: {type: queue}}}
consumers: {c: {from: q, work: 1ms}, r: {from: rest, work: 1ms}}
`
	for _, c := range []struct {
		rules string
		rest  float64
	}{
		{"a: {where: {country: SE}, to: q}, b: {where: {country: NO}, to: q}", 20},
		{"a: {where: {country: [SE, NO]}, to: q}, b: {where: {country: {not: SE}}, to: q}", 0},
		{"a: {where: {amount: '> 50'}, to: q}, b: {where: {amount: '> 20'}, to: q}", 20},
		{"a: {where: {amount: '10..30'}, to: q}, b: {where: {amount: '20..60', country: SE}, to: q}", 100 - 20 - 15},
		{"a: {where: {any: [{country: SE}, {country: NO, amount: '< 50'}]}, to: q}", 100 - 50 - 15},
		{"a: {where: {priority: 9}, to: q}, b: {where: {priority: '> 5', size: '< 500B'}, to: q}", 75},
		{"a: {where: {size: '< 250B'}, to: q}, b: {where: {size: '>= 750B'}, to: q}", 50},
		{"a: {where: {nothing: {exists: false}}, to: q}", 0},
		{"a: {to: q}, b: {where: {country: SE}, to: q}", 0},
	} {
		p := Predict(written(t, strings.Replace(text, "RULES", c.rules, 1)))
		if got := p.Consumers[1].Rate; math.Abs(got-c.rest) > 0.01 {
			t.Errorf("%s leave %v/s, not %v", c.rules, got, c.rest)
		}
	}
}

// TestTooManyKindsToTellApart: filters over so many fields that their values
// cannot be gone through are taken apart, alternatives in alternatives too.
func TestTooManyKindsToTellApart(t *testing.T) {
	var fields, all []string
	for i := range 20 {
		fields = append(fields, fmt.Sprintf("f%d: {a: 50%%, b: 50%%}", i))
		all = append(all, fmt.Sprintf("{any: [{f%d: a}, {f%d: b}]}", i, i))
	}
	p := Predict(written(t, `name: x
duration: 1m
events: {e: {fields: {`+strings.Join(fields, ", ")+`}}}
producers: {p: {emits: e, to: b, rate: poisson(100/s)}}
broker: {channels: {b: {type: bus, rules: {a: {where: {any: [`+strings.Join(all, ", ")+`]}, to: q}}, otherwise: rest}, q: {type: queue}, rest: {type: queue}}}
consumers: {c: {from: q, work: 1ms}, r: {from: rest, work: 1ms}}
`))
	if got := p.Consumers[1]; got.Flow != Unsure || got.Rate < 0 || got.Rate > 1 {
		t.Errorf("%+v", got)
	}
}

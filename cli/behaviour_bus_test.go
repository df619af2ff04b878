package cli_test

import (
	"slices"
	"strings"
	"testing"
)

// Buses: patterns and conditions as they are written, and each channel that an
// event comes to, in order.
func TestBuses(t *testing.T) {
	for _, c := range []struct{ name, scenario, want string }{
		{
			// `*` is one word, `#` none or more anywhere, `>` one or more at the end.
			name: "wildcards",
			scenario: `
duration: 100ms
producers:
  a: {emits: order, to: b, rate: every(10ms), count: 1}
  c: {emits: order.paid, to: b, rate: every(20ms), count: 1}
  d: {emits: order.paid.late, to: b, rate: every(30ms), count: 1}
  e: {emits: my.order.paid, to: b, rate: every(40ms), count: 1}
  f: {emits: orders, to: b, rate: every(50ms), count: 1}
  g: {emits: paid, to: b, rate: every(60ms), count: 1}
broker:
  channels:
    b:
      type: bus
      rules:
        exact: {where: {type: order.paid}, to: exact}
        one: {where: {type: order.*}, to: one}
        first: {where: {type: "*.paid"}, to: first}
        hash: {where: {type: "order.#"}, to: hash}
        rest: {where: {type: order.>}, to: rest}
        between: {where: {type: "#.paid"}, to: between}
        middle: {where: {type: "#.order.#"}, to: middle}
        mixed: {where: {type: "*.#"}, to: mixed}
        all: {where: {type: "#"}, to: all}
        more: {where: {type: ">"}, to: more}
      otherwise: none
    exact: {}
    one: {}
    first: {}
    hash: {}
    rest: {}
    between: {}
    middle: {}
    mixed: {}
    all: {}
    more: {}
    none: {}
consumers: {x: {from: [exact, one, first, hash, rest, between, middle, mixed, all, more, none]}}
`,
			want: `
				a:1 hash middle mixed all more
				c:1 exact one first hash rest between middle mixed all more
				d:1 hash rest middle mixed all more
				e:1 between middle mixed all more
				f:1 mixed all more
				g:1 between mixed all more`,
		},
		{
			// A field that an event lacks matches only exists: false.
			name: "conditions",
			scenario: `
duration: 100ms
events:
  a: {fields: {country: SE, amount: 100, vip: true}}
  o: {fields: {country: no, amount: 99.5}}
  n: {}
producers:
  p: {emits: a, to: b, rate: every(10ms), count: 1}
  q: {emits: o, to: b, rate: every(20ms), count: 1}
  r: {emits: n, to: b, rate: every(30ms), count: 1}
broker:
  channels:
    b:
      type: bus
      rules:
        literal: {where: {country: SE}, to: literal}
        list: {where: {country: [SE, DK]}, to: list}
        least: {where: {amount: ">= 100"}, to: least}
        more: {where: {amount: "> 100"}, to: more}
        range: {where: {amount: "99.5..100"}, to: range}
        unlike: {where: {country: "!= SE"}, to: unlike}
        not: {where: {country: {not: SE}}, to: not}
        absent: {where: {vip: {exists: false}}, to: absent}
        there: {where: {vip: {exists: true}}, to: there}
        case: {where: {country: {ignore_case: "NO"}}, to: case}
        begins: {where: {country: {prefix: S}}, to: begins}
        ends: {where: {country: {suffix: o}}, to: ends}
        both: {where: {country: SE, amount: "< 100"}, to: both}
        either: {where: {any: [{country: SE}, {amount: "< 100"}]}, to: either}
        source: {where: {source: [q, r]}, to: source}
      otherwise: none
    literal: {}
    list: {}
    least: {}
    more: {}
    range: {}
    unlike: {}
    not: {}
    absent: {}
    there: {}
    case: {}
    begins: {}
    ends: {}
    both: {}
    either: {}
    source: {}
    none: {}
consumers: {x: {from: [literal, list, least, more, range, unlike, not, absent, there, case, begins, ends, both, either, source, none]}}
`,
			want: `
				p:1 literal list least range there begins either
				q:1 range unlike not absent case ends either source
				r:1 absent source`,
		},
		{
			// One copy for each way that leads somewhere.
			name: "several targets and two ways",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: b, rate: every(10ms), count: 1}}
broker:
  channels:
    b: {type: bus, rules: {one: {to: [x, y]}, two: {to: x}}}
    x: {}
    y: {type: topic}
    z: {from: [y, b]}
consumers: {c: {from: x}, d: {from: y}, e: {from: z}}
`,
			want: `
				p:1 x y/d z x z`,
		},
		{
			// A channel that is bound takes its copy whatever the rules say; the first has otherwise, the second has not.
			name: "nothing matches",
			scenario: `
duration: 100ms
producers: {p: {emits: e, to: b, rate: every(10ms), count: 1}, r: {emits: e, to: u, rate: every(20ms), count: 1}}
broker:
  channels:
    b: {type: bus, rules: {one: {where: {type: other}, to: x}}, otherwise: y}
    u: {type: bus, rules: {one: {where: {type: other}, to: x}}}
    x: {}
    y: {}
    z: {from: b}
consumers: {c: {from: [x, y, z]}}
`,
			want: `
				p:1 y z
				r:1`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			follows(t, whereTo(t, c.scenario), c.want)
		})
	}
}

// whereTo is, for each event, where copies of it were put, in order.
func whereTo(t *testing.T, scenario string) []string {
	t.Helper()
	var got []string
	for _, l := range traceOf(t, scenario) {
		switch l.What {
		case "created":
			got = append(got, l.Event)
		case "enqueued":
			i := slices.IndexFunc(got, func(s string) bool { return strings.HasPrefix(s, l.Event) })
			_, place, _ := strings.Cut(l.At, ".")
			got[i] += " " + place
		}
	}
	return got
}

package scenarios

import (
	"strings"
	"testing"
)

// quiet is a scenario without warnings, whose parts the cases replace.
const quiet = `name: quiet
duration: 1m
keys: {customer: {count: 10}}
events: {order.placed: {key: customer, fields: {country: SE}}}
producers:
  web: {emits: order.placed, to: orders, rate: 10/s}
broker:
  latency: 1ms
  channels:
    orders: {type: queue, dead_letter: dlq}
    dlq: {type: queue}
consumers:
  payment:
    from: orders
    handle:
      - work: 20ms
      - fail: 2%
`

func TestWarnings(t *testing.T) {
	if _, ds := Load([]byte(quiet), Options{Name: "quiet"}); len(ds) > 0 {
		t.Fatalf("it is not quiet:\n%s", rendered(ds))
	}
	for _, c := range []struct {
		name, from, to string
		want           string // "" for none
	}{
		{"unread", "dlq: {type: queue}", "dlq: {type: queue}\n    lost: {type: queue, from: orders}", "broker.channels.lost: nobody reads this channel"},
		{"no subscriber", "dlq: {type: queue}", "dlq: {type: queue}\n    lost: {type: topic, from: orders}", "broker.channels.lost: nobody subscribes"},
		{"nothing comes", "dlq: {type: queue}", "dlq: {type: queue}\n    spare: {type: queue}", "nothing is ever published to spare"},
		{"unbounded", "- fail: 2%", "- fail: 2%\n    retry: {attempts: unlimited}", "consumers.payment: what always fails is tried without end"},
		{"bounded by the channel", "dead_letter: dlq", "dead_letter: dlq, max_deliveries: 5", ""},
		{"bounded by a list", "- fail: 2%", "- fail: {events: [1]}\n    retry: {attempts: unlimited}", ""},
		{"no dead letter", ", dead_letter: dlq}", "}\n    spare: {type: queue, dead_letter: dlq, from: orders}\n    reader: {type: queue, from: spare, dead_letter: dlq}", "what fails every attempt is dropped: orders has no dead_letter"},
		{"dropped on purpose", "- fail: 2%", "- fail: 2%\n    retry: {then: drop}", ""},
		{"event not emitted", "events: {", "events: {order.paid: {}, ", "events.order.paid: nobody emits this event"},
		{"event nearly declared", "emits: order.placed", "emits: {order.placed: 50%, order.place: 50%}", "did you mean order.placed?"},
		{"event quite different", "emits: order.placed", "emits: {order.placed: 50%, cart.abandoned: 50%}", ""},
		{"key space unused", "key: customer, ", "", "keys.customer: no event uses this key space"},
		{"handler not reached", "      - work: 20ms\n      - fail: 2%\n", "      order.placed: [{work: 1ms}]\n      order.paid: [{work: 1ms}]\n", `matches the handler "order.paid"; it is given order.placed`},
		{"handler missing", "      - work: 20ms\n      - fail: 2%\n", "      order.paid: [{work: 1ms}]\n", "it is given order.placed, which no handler matches"},
		{"handler by pattern", "      - work: 20ms\n      - fail: 2%\n", "      order.*: [{work: 1ms}]\n", ""},
		{"no handler", "    handle:\n      - work: 20ms\n      - fail: 2%\n", "", "this consumer has nothing to do"},
		{"ttl below delay", "dead_letter: dlq", "dead_letter: dlq, ttl: 5s, delay: 10s", "expire after 5s, before their delay of 10s"},
		{"ttl above delay", "dead_letter: dlq", "dead_letter: dlq, ttl: 10s, delay: 5s", ""},
		{"lease too short", "dead_letter: dlq", "dead_letter: dlq, ack_timeout: 10ms", "its work takes 20ms on average, and orders delivers again after 10ms"},
		{"lease long enough", "dead_letter: dlq", "dead_letter: dlq, ack_timeout: 30ms", ""},
		{"loop", "- fail: 2%", "- fail: 2%\n      - {emit: order.placed, to: orders}", "what it emits comes back to it"},
		{"loop that ends", "- fail: 2%", "- fail: 2%\n      - {emit: order.placed, to: orders, chance: 90%}", ""},
		{"loop of two", "- fail: 2%", "- {emit: order.paid, to: paid}\n  other: {from: paid, emit: order.placed, to: orders}", "what it emits comes back to it"},
		{"loop that grows although one step is seldom", "- fail: 2%", "- {emit: order.paid, to: paid, count: 3}\n  other: {from: paid, handle: [{emit: order.placed, to: orders, chance: 40%}]}", "what it emits comes back to it"},
		{"loop that shrinks although one step is many", "- fail: 2%", "- {emit: order.paid, to: paid, count: 3}\n  other: {from: paid, handle: [{emit: order.placed, to: orders, chance: 30%}]}", ""},
		{"two loops that grow together", "- fail: 2%", "- {emit: order.placed, to: orders, chance: 50%}\n      - {emit: order.paid, to: paid, chance: 70%}\n  other: {from: paid, handle: [{emit: order.placed, to: orders, chance: 80%}]}", "what it emits comes back to it"},
		{"two loops that end together", "- fail: 2%", "- {emit: order.placed, to: orders, chance: 50%}\n      - {emit: order.paid, to: paid, chance: 60%}\n  other: {from: paid, handle: [{emit: order.placed, to: orders, chance: 80%}]}", ""},
		{"infinite variance", "work: 20ms", "work: pareto(1ms, 1.5)", "infinite variance"},
		{"infinite variance of a field", "country: SE", "country: SE, n: pareto(1 1.5)", ""},
		{"overflow alone", "dead_letter: dlq", "dead_letter: dlq, overflow: drop_old", "without a capacity nothing ever overflows"},
		{"unknown field", "dead_letter: dlq", "dead_letter: dlq, from: all, where: {county: SE}", `no event has a field "county"`},
		{"recognise alone", "from: orders\n", "from: orders\n    recognise: 1ms\n", "only an idempotent consumer recognises"},
		{"starts too late", "from: orders\n", "from: orders\n    starts: 2m\n", "starts when the run is over"},
		{"nobody calls", "      - fail: 2%\n", "      - fail: 2%\n  idle: {work: 1ms}\n", "consumers.idle: this consumer reads no channel and nobody calls it"},
		{"called by a step", "      - fail: 2%\n", "      - call: busy\n  busy: {work: 1ms}\n", ""},
		{"a call emits", "      - fail: 2%\n", "      - call: busy\n  busy: {emit: order.paid, to: paid}\n  last: {from: paid, work: 1ms}\n", ""},
		{"a call that no handler matches", "      - fail: 2%\n", "      - call: busy\n  busy: {handle: {order.paid: [{work: 1ms}]}}\n", "consumers.busy: it is given order.placed, which no handler matches"},
		{"cut from a stranger", "      - fail: 2%\n", "      - fail: 2%\ntimeline: [{at: 1s, cut: [web, payment], for: 1s}]\n", "timeline[0].cut: web and payment have no traffic: neither calls the other"},
		{"cut from the broker", "      - fail: 2%\n", "      - fail: 2%\ntimeline: [{at: 1s, cut: [broker, payment], for: 1s}]\n", ""},
		{"cut from who is called", "      - fail: 2%\n", "      - call: busy\n  busy: {work: 1ms}\ntimeline: [{at: 1s, cut: [busy, payment], for: 1s}]\n", ""},
		{"users at one instant", "rate: 10/s", "users: 5, think: 0", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(quiet, c.from, c.to, 1)
			if text == quiet {
				t.Fatalf("%q is not in it", c.from)
			}
			if strings.Contains(c.to, "to: paid") {
				text = strings.Replace(text, "dlq: {type: queue}", "dlq: {type: queue}\n    paid: {type: queue}", 1)
			}
			if strings.Contains(c.to, "from: all") {
				text = strings.Replace(text, "dlq: {type: queue}", "dlq: {type: queue}\n    all: {type: topic}", 1)
			}
			s, ds := Load([]byte(text), Options{Name: "quiet"})
			switch said := rendered(ds); {
			case s == nil:
				t.Errorf("it does not load: %s", said)
			case c.want == "" && len(ds) > 0:
				t.Errorf("it is warned of: %s", said)
			case !strings.Contains(said, c.want):
				t.Errorf("wanted %q, said %s", c.want, said)
			}
		})
	}
	text := strings.NewReplacer("rate: 10/s", "users: 5, think: 0", "latency: 1ms", "latency: 0").Replace(quiet)
	if _, ds := Load([]byte(text), Options{}); !strings.Contains(rendered(ds), "at one instant") {
		t.Error(rendered(ds))
	}
}

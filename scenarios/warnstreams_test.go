package scenarios

import (
	"strings"
	"testing"
)

func TestWarningsOfStreamsAndBuses(t *testing.T) {
	const text = `name: quiet
duration: 1m
producers:
  web: {emits: {order.placed: 50%, order.paid: 50%}, to: b, rate: 10/s}
broker:
  channels:
    b:
      type: bus
      rules:
        all: {where: {type: order.*}, to: log}
    log: {type: stream, partitions: 4}
consumers:
  c: {from: log, instances: 4, work: 1ms}
`
	for _, c := range []struct {
		name, from, to string
		want           string // "" for none
	}{
		{"as it is", "name", "name", ""},
		{"a member too many", "instances: 4", "instances: 5", "consumers.c: it has 5 instances for the 4 partitions of log, so 1 would be idle"},
		{"a rule for nothing", "        all:", "        none: {where: {type: cart.#}, to: log}\n        all:", `broker.channels.b: no event that is published to it can match the rule "none"`},
		{"a rule on what may be", "order.*}", "order.*, source: web}", ""},
		{"an event for no rule", "order.*}", "order.paid}", "broker.channels.b: no rule of it can match order.placed"},
		{"an event for otherwise", "      rules:\n        all: {where: {type: order.*}", "      otherwise: log\n      rules:\n        all: {where: {type: order.paid}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(text, c.from) {
				t.Fatalf("%q is not in it", c.from)
			}
			s, ds := Load([]byte(strings.Replace(text, c.from, c.to, 1)), Options{Name: "quiet"})
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
}

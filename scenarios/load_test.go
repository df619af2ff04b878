package scenarios

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"eddy/sim/spec"
)

const small = `name: small
duration: 1m
producers:
  web: {emits: order.placed, to: orders, rate: 10/s}
broker:
  latency: 1ms
  channels:
    orders: {type: topic}
    shop.bus.in: {type: queue, from: orders}
consumers:
  payment:
    from: orders
    handle:
      order.placed:
        - work: 20ms
        - fail: 2%
  other: {from: shop.bus.in, work: 1ms}
expect:
  - ledger.lost == 0  # nothing goes
variants:
  more: {consumers.payment.instances: 4}
  less: {consumers.payment.instances: 1, duration: 30s}
`

// sound loads a text that must be right.
func sound(t testing.TB, text string, o Options) *spec.Scenario {
	t.Helper()
	s, ds := Load([]byte(text), o)
	if s == nil {
		t.Fatalf("it does not load:\n%s", rendered(ds))
	}
	return s
}

func TestResolvedDefaults(t *testing.T) {
	s := sound(t, small, Options{Name: "small.yaml"})
	p := s.Producers[0]
	if p.Instances != 1 || !p.Confirm || p.Buffer != 1000 || p.Retry.Attempts != 1 || p.Count != spec.Unlimited || p.Call != spec.None || p.To != 0 ||
		p.Rate.Kind != spec.Every || p.Rate.Rate != (spec.Rate{Events: 10, Per: spec.Second}) {
		t.Errorf("producer %+v", p)
	}
	want := spec.Store{Capacity: spec.Unlimited, MaxDeliveries: spec.Unlimited, DeadLetter: spec.None, Delay: spec.Const(0)}
	if got := s.Broker.Channels[1].Store; !reflect.DeepEqual(got, want) {
		t.Errorf("store %+v", got)
	}
	ms := spec.Const(1e6)
	if s.Broker.Latency.Ack.Mean != ms.Mean || s.Broker.Latency.Call.Mean != ms.Mean {
		t.Errorf("latency %+v", s.Broker.Latency)
	}
	c := s.Consumers[0]
	if c.Instances != 1 || c.Concurrency != 1 || c.Prefetch != 1 || c.AckBefore || c.Retry.Attempts != 5 || c.Retry.Backoff.Times != 2 ||
		c.Retry.Backoff.Base != 100*spec.Millisecond || c.Retry.Backoff.Kind != spec.ExponentialBackoff || c.Backlog != spec.Unlimited {
		t.Errorf("consumer %+v", c)
	}
	e := s.Events[0]
	if e.Declared || e.Name != "order.placed" || e.Kind != spec.MessageEvent || e.Size.Mean != 1024 || e.Key != spec.None || len(e.Priority) != 1 || e.CarriesState {
		t.Errorf("event %+v", e)
	}
	if x := s.Expect[0]; x.Why != "nothing goes" || x.Text != "ledger.lost == 0" || !reflect.DeepEqual(x.Path, []string{"ledger", "lost"}) || x.Op != spec.Equal {
		t.Errorf("expectation %+v", x)
	}
	if s.Seed != 1 || s.Warmup != 0 || len(s.Hash) != 64 || s.Hash != Hash(s) {
		t.Errorf("scenario %+v", s)
	}
	if h := s.Consumers[1].Handlers; len(h) != 1 || h[0].Pattern.Text != "#" || h[0].Steps[0].Work.Mean != 1e6 || h[0].Steps[0].Chance != 1 {
		t.Errorf("short form %+v", h)
	}
}

func TestProfiles(t *testing.T) {
	load := func(like string) *spec.Scenario {
		return sound(t, "name: t\nduration: 1m\nproducers: {p: {emits: e, to: q, rate: 1/s}}\nbroker: {like: "+like+", channels: {q: }}\nconsumers: {c: {from: q, concurrency: 3}}\n", Options{})
	}
	type row struct {
		kind       spec.ChannelType
		deliveries int
		requeue    spec.Requeue
		timeout    spec.Nanos
		lease      bool
		prefetch   int
		overflow   spec.Overflow
		holds      bool
		attempts   int
		backoff    spec.BackoffKind
		byTimeout  bool
		blocks     bool
		exclusive  bool
		commit     spec.Nanos
	}
	none := spec.Unlimited
	for like, want := range map[string]row{
		"ideal":            {spec.Queue, none, spec.RequeueOriginal, 0, false, 3, spec.Reject, false, 5, spec.ExponentialBackoff, false, false, false, 0},
		"rabbitmq":         {spec.Queue, 21, spec.RequeueFront, 0, false, none, spec.DropOld, false, none, spec.NoBackoff, false, false, false, 0},
		"rabbitmq-classic": {spec.Queue, none, spec.RequeueOriginal, 0, false, none, spec.DropOld, false, none, spec.NoBackoff, false, false, false, 0},
		"jetstream":        {spec.Queue, none, spec.RequeueFront, 30 * spec.Second, true, 1000, spec.DropOld, true, none, spec.NoBackoff, false, false, false, 0},
		"kafka":            {spec.Stream, none, spec.RequeueOriginal, 5 * spec.Minute, true, 500, spec.Reject, false, none, spec.NoBackoff, false, true, false, 5 * spec.Second},
		"sqs":              {spec.Queue, none, spec.RequeueBack, 30 * spec.Second, true, 10, spec.Reject, true, none, spec.NoBackoff, true, false, false, 0},
		"sqs-fifo":         {spec.Queue, none, spec.RequeueOriginal, 30 * spec.Second, true, 10, spec.Reject, true, none, spec.NoBackoff, true, false, true, 0},
	} {
		s := load(like)
		ch, c := s.Broker.Channels[0], s.Consumers[0]
		got := row{
			ch.Type, ch.Store.MaxDeliveries, ch.Store.Requeue, ch.Store.AckTimeout, ch.Store.AckClockLease, c.Prefetch, ch.Store.Overflow, ch.Store.DelayedHoldsSlot,
			c.Retry.Attempts, c.Retry.Backoff.Kind, c.Retry.ByTimeout, c.Retry.Blocks, ch.Store.KeyExclusive, c.Commit,
		}
		if got != want {
			t.Errorf("%s:\n%+v, want\n%+v", like, got, want)
		}
	}
	if k := load("kafka").Broker.Channels[0]; k.Partitions != 6 || k.Rebalance != 3*spec.Second || k.Session != 45*spec.Second {
		t.Errorf("kafka %+v", k)
	}
}

func TestEventsInOrderOfMention(t *testing.T) {
	s := sound(t, `name: t
duration: 1m
consumers:
  c: {from: q, emit: {late: 50%, b: 50%}, to: r}
  d: {from: r}
producers:
  p: {emits: {b: 50%, a: 50%}, to: q, rate: 1/s}
events:
  declared: {}
broker: {channels: {q: , r: }}
`, Options{})
	var names []string
	for _, e := range s.Events {
		names = append(names, e.Name)
	}
	if got := strings.Join(names, " "); got != "declared b a late" {
		t.Errorf("events in the order %s", got)
	}
}

func TestVariantAndSettings(t *testing.T) {
	seed, duration, warmup := int64(7), "2m", "10s"
	o := Options{
		Variant: "more", Seed: &seed, Duration: &duration, Warmup: &warmup,
		Set: []spec.Setting{
			{Path: "consumers.payment.handle.order.placed.0.work", Value: "gamma(2ms, 1ms)"},
			{Path: "consumers.payment.handle.order.placed[1].fail", Value: "5%"},
			{Path: "broker.latency.publish", Value: "2ms"},
			{Path: "broker.channels.shop.bus.in.capacity", Value: "10"},
			{Path: "broker.channels.shop.bus.in", Value: "{type: queue, from: orders, where: {type: 'order.>'}}"},
			{Path: "consumers.payment.from.where", Value: "{type: order.placed}"},
			{Path: "consumers.payment.retry.attempts", Value: "2"},
			{Path: "producers.web.emits", Value: "{order.placed: 50%, order.lost: 50%}"},
			{Path: "about", Value: "yes, it is: \"so\""},
			{Path: "expect", Value: "null"},
		},
	}
	s := sound(t, small, o)
	c := s.Consumers[0]
	steps := c.Handlers[0].Steps
	switch {
	case c.Instances != 4, s.Variant != "more", len(s.Set) != len(o.Set):
		t.Errorf("the variant is not applied: %+v", c)
	case steps[0].Work.Kind != spec.Gamma || steps[1].FailChance != 0.05:
		t.Errorf("steps %+v", steps)
	case s.Broker.Latency.Publish.Mean != 2e6 || s.Broker.Latency.Ack.Mean != 1e6:
		t.Errorf("latency %+v", s.Broker.Latency)
	case s.Broker.Channels[1].Store.Capacity != spec.Unlimited || s.Broker.Channels[1].Where == nil:
		t.Errorf("channel %+v", s.Broker.Channels[1])
	case c.From[0].Where == nil || c.Retry.Attempts != 2 || len(s.Producers[0].Emits) != 2 || s.About != `yes, it is: "so"` || len(s.Expect) != 0:
		t.Errorf("scenario %+v", s)
	case s.Seed != 7 || s.Duration != 2*spec.Minute || s.Warmup != 10*spec.Second:
		t.Errorf("seed %d, duration %d, warm-up %d", s.Seed, s.Duration, s.Warmup)
	}
	roundTrip(t, s, Options{})
}

// TestSettingOfAShortForm: a path into the handler that a short form stands for
// leads where it would if it were written out.
func TestSettingOfAShortForm(t *testing.T) {
	const text = `name: short
duration: 1m
producers: {p: {emits: e, to: q, rate: 1/s}}
broker: {channels: {q: {type: queue}, r: {type: queue}}}
consumers: {c: {from: q, work: 5ms, fail: 2%, emit: f, to: r}, d: {from: r, work: 1ms}}
`
	s := sound(t, text, Options{Set: []spec.Setting{
		{Path: "consumers.c.handle[0].work", Value: "7ms"}, {Path: "consumers.c.handle[1].fail", Value: "3%"}, {Path: "consumers.c.handle[2].chance", Value: "50%"},
	}})
	steps := s.Consumers[0].Handlers[0].Steps
	if len(steps) != 3 || steps[0].Work.Mean != 7e6 || steps[1].FailChance != 0.03 || steps[2].Chance != 0.5 || steps[2].To != 1 {
		t.Errorf("%+v", steps)
	}
	if _, ds := Load([]byte(text), Options{Set: []spec.Setting{{Path: "consumers.c.handle[3].work", Value: "7ms"}}}); !strings.Contains(rendered(ds), "is a list of 3") {
		t.Error(rendered(ds))
	}
}

func TestWrongSettings(t *testing.T) {
	for _, c := range []struct{ path, value, want string }{
		{"consumers.paymant.instances", "3", "did you mean consumers.payment.instances?"},
		{"consumers.payment.instanses", "3", "did you mean consumers.payment.instances?"},
		{"broker.channels.shop.buss.in.capacity", "3", "did you mean broker.channels.shop.bus.in.capacity?"},
		{"consumers.payment.instances", "3x", "\"3x\" is not a number"},
		{"consumers.payment.instances", "[", "cannot be read as YAML"},
		{"consumers.payment.instances", "", "has no value"},
		{"consumers.payment.handle.order.placed.5.work", "1ms", "is a list of 2"},
		{"consumers.payment.handle.order.placed.0.work.mean", "1ms", "has no parts"},
		{"duration.x", "1ms", "has no parts"},
		{"", "1", "is empty"},
		{"...", "1", "is not a key"},
		{"consumers..payment", "1", "there is no consumer"},
		{"timeline.0.at", "5s", "is not written"},
		{"name", "a\x1b[31m", "control character"},
		{"producers.web.rate", "120", "did you mean 120/s?"},
		{"events.order.placed.size", "2KiB", "there is no event"},
		{"name", "{a: *x}", "cannot be read"},
		{"name", "[&a 1, *a]", "no aliases"},
		{"duration", "{a: 1, a: 2}", "written twice"},
	} {
		s, ds := Load([]byte(small), Options{Name: "small.yaml", Set: []spec.Setting{{Path: c.path, Value: c.value}}})
		if s != nil && c.value != "" {
			t.Errorf("%s=%s is accepted", c.path, c.value)
			continue
		}
		if said := rendered(ds); c.value != "" && (!strings.Contains(said, c.want) || !strings.Contains(said, "--set "+c.path)) {
			t.Errorf("%s=%s: said\n%s", c.path, c.value, said)
		}
		checkPlaces(t, []byte(small), ds)
	}
	bad := "10"
	_, ds := Load([]byte(small), Options{Duration: &bad})
	if said := rendered(ds); !strings.Contains(said, `--duration: duration: "10" has no unit`) {
		t.Errorf("said %s", said)
	}
	_, ds = Load([]byte(small), Options{Variant: "mroe"})
	if said := rendered(ds); !strings.Contains(said, "--variant: there is no variant \"mroe\"; the variants are more and less; did you mean more?") {
		t.Errorf("said %s", said)
	}
}

func TestVariantNames(t *testing.T) {
	if got := Variants([]byte(small)); !reflect.DeepEqual(got, []string{"more", "less"}) {
		t.Errorf("%q", got)
	}
	if got := Variants([]byte("[")); got != nil {
		t.Errorf("%q", got)
	}
}

func TestHash(t *testing.T) {
	base := sound(t, small, Options{}).Hash
	if again := sound(t, "# a comment\n"+small, Options{}).Hash; again != base {
		t.Error("a comment changes the hash")
	}
	if explicit := sound(t, small+"seed: 1\n", Options{}).Hash; explicit != base {
		t.Error("a default written out changes the hash")
	}
	for _, c := range []string{"seed: 2\n", "about: else\n", "warmup: 1s\n"} {
		if sound(t, small+c, Options{}).Hash == base {
			t.Errorf("%q does not change the hash", c)
		}
	}
}

func TestRenderCounts(t *testing.T) {
	var ds Diagnostics
	for i := range 30 {
		ds = append(ds, Diagnostic{Severity: Severity((i + 1) % 2), File: "f", Line: 31 - i, Col: 1, Problem: fmt.Sprint("problem ", i), Source: "x"})
	}
	var b strings.Builder
	if err := ds.Render(&b, false); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	if strings.Count(out, "problem") != 20 || !strings.HasSuffix(out, "… and 10 more\n") || strings.Count(out, "warning") != 5 {
		t.Errorf("rendered:\n%s", out)
	}
	if strings.Index(out, "f:2:1") > strings.Index(out, "f:4:1") {
		t.Error("not in order")
	}
}

func TestRenderPlaces(t *testing.T) {
	long := strings.Repeat("界", 100) + "wrong" + strings.Repeat("x", 200)
	ds := Diagnostics{
		{File: "f.yaml", Line: 1, Col: 101, Width: 5, Problem: "here", Source: long},
		{File: "f.yaml", Line: 2, Col: 4, Width: 3, Problem: "wide", Source: "あい bad"},
		{File: "f.yaml", Line: 3, Col: 2, Width: 1, Problem: "tab", Source: "\tx"},
		{File: "--set a", Problem: "no line"},
	}
	var b strings.Builder
	if err := ds.Render(&b, true); err != nil {
		t.Fatal(err)
	}
	plain := strings.NewReplacer(sgrReset, "", sgrBold, "", sgrError, "", sgrWarn, "", sgrMargin, "").Replace(b.String())
	for _, want := range []string{"…" + strings.Repeat("界", 60) + "wrong", "    2 | あい bad\n      |      ^^^\n", "    3 |  x\n      |  ^\n", "--set a: no line\n"} {
		if !strings.Contains(plain, want) {
			t.Errorf("%q is not in\n%s", want, plain)
		}
	}
	if !strings.Contains(plain, "      | "+strings.Repeat(" ", 121)+"^^^^^\n") {
		t.Errorf("the caret is not under the word:\n%s", plain)
	}
	if !strings.Contains(b.String(), "\x1b[") {
		t.Error("no colour")
	}
}

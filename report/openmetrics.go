package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"eddy/sim"
)

// OpenMetrics writes the final state of a run in the text format of
// OpenMetrics 1.0. Counts, levels and latencies are those of the result: of
// what ended after the warm-up, but for eddy_ledger_*, which is about the
// whole run. What is absent has no sample.
func OpenMetrics(w io.Writer, r *sim.Result) error {
	m := &metrics{scenario: r.Scenario}
	m.run(r)
	m.ledger(r.Ledger)
	for i := range r.Producers {
		m.producer(&r.Producers[i])
	}
	for i := range r.Channels {
		m.channel("channel", &r.Channels[i])
	}
	for i := range r.Subscriptions {
		m.channel("subscription", &r.Subscriptions[i])
	}
	for i := range r.Consumers {
		m.consumer(&r.Consumers[i])
	}
	for i := range r.Flows {
		m.flow(&r.Flows[i])
	}
	said := map[string]bool{}
	for i := range r.Expectations {
		if e := &r.Expectations[i]; !said[e.Expect] {
			said[e.Expect] = true
			m.expectation(e)
		}
	}
	return m.write(w)
}

// metricFamily is all samples of one name: they have to stand together.
type metricFamily struct {
	name, kind, unit, help string
	lines                  []string
}

// metrics gathers samples, family by family in the order of first use.
type metrics struct {
	scenario sim.ScenarioInfo
	families []*metricFamily
	index    map[string]*metricFamily
}

func (m *metrics) family(name, kind, unit, help string) *metricFamily {
	if f := m.index[name]; f != nil {
		return f
	}
	if m.index == nil {
		m.index = map[string]*metricFamily{}
	}
	f := &metricFamily{name: name, kind: kind, unit: unit, help: help}
	m.index[name] = f
	m.families = append(m.families, f)
	return f
}

// label is a name and a value; values come from scenarios.
type label struct{ name, value string }

func (m *metrics) labels(more []label) string {
	all := []label{{"scenario", m.scenario.Name}}
	if m.scenario.Variant != "" {
		all = append(all, label{"variant", m.scenario.Variant})
	}
	var b strings.Builder
	for i, l := range append(all, more...) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(l.name + `="` + labelEscapes.Replace(clean(l.value)) + `"`)
	}
	return "{" + b.String() + "}"
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func (f *metricFamily) add(suffix, labels, value string) {
	f.lines = append(f.lines, f.name+suffix+labels+" "+value)
}

func (m *metrics) count(name, help string, n int64, labels ...label) {
	m.family(name, "counter", "", help).add("_total", m.labels(labels), strconv.FormatInt(n, 10))
}

// gauge adds a level; the unit, if any, is the end of the name.
func (m *metrics) gauge(name, unit, help string, v sim.Number, labels ...label) {
	if v.Valid {
		m.family(name, "gauge", unit, help).add("", m.labels(labels), string(appendFloat(nil, v.Value)))
	}
}

func (m *metrics) latency(name, help string, l sim.Latency, labels ...label) {
	if l.Count == 0 {
		return
	}
	f := m.family(name, "summary", "seconds", help)
	for _, q := range []struct {
		quantile string
		value    sim.Number
	}{{"0.5", l.P50}, {"0.9", l.P90}, {"0.95", l.P95}, {"0.99", l.P99}, {"0.999", l.P999}} {
		if q.value.Valid {
			f.add("", m.labels(append(labels[:len(labels):len(labels)], label{"quantile", q.quantile})), string(appendFloat(nil, q.value.Value)))
		}
	}
	if l.Mean.Valid {
		f.add("_sum", m.labels(labels), string(appendFloat(nil, l.Mean.Value*float64(l.Count))))
	}
	f.add("_count", m.labels(labels), strconv.FormatInt(l.Count, 10))
}

func (m *metrics) run(r *sim.Result) {
	m.family("eddy_run", "info", "", "Which run the other metrics are about.").add("_info", m.labels([]label{
		{"hash", r.Scenario.Hash},
		{"seed", strconv.FormatInt(r.Run.Seed, 10)},
		{"replication", strconv.Itoa(r.Run.Replication)},
		{"fingerprint", fmt.Sprintf("%016x", r.Run.Fingerprint)},
		{"ended", string(r.Run.Ended)},
		{"version", r.Run.Version},
	}), "1")
	m.gauge("eddy_run_duration_seconds", "seconds", "Simulated time asked for.", sim.Num(r.Run.Duration))
	m.gauge("eddy_run_warmup_seconds", "seconds", "Simulated time before statistics begin.", sim.Num(r.Run.Warmup))
	m.gauge("eddy_run_ended_at_seconds", "seconds", "Simulated instant of the end.", sim.Num(r.Run.EndedAt))
	m.count("eddy_run_events", "Events created in the whole run.", r.Run.Events)
}

func (m *metrics) ledger(l sim.Ledger) {
	for _, c := range []struct {
		what string
		n    int64
	}{{"created", l.Created}, {"unsent", l.Unsent}, {"rejected", l.Rejected}, {"unrouted", l.Unrouted}, {"loop_cut", l.LoopCut}} {
		m.count("eddy_ledger_events", "Events of the whole run, by what became of them.", c.n, label{"what", c.what})
	}
	for _, c := range []struct {
		state string
		n     int64
	}{
		{"done", l.Done},
		{"waiting", l.Waiting},
		{"delayed", l.Delayed},
		{"leased", l.Leased},
		{"dead_lettered", l.DeadLettered},
		{"dropped", l.Dropped},
		{"expired", l.Expired},
		{"lost", l.Lost},
	} {
		m.gauge("eddy_ledger_copies", "", "Copies of the whole run, by the state that they are in at its end.", sim.Num(float64(c.n)), label{"state", c.state})
	}
	m.count("eddy_ledger_duplicates", "Effects beyond the first of an event at a consumer, whole run.", l.Duplicates)
	balanced := 0.0
	if l.Balanced {
		balanced = 1
	}
	m.gauge("eddy_ledger_balanced", "", "1 if every event and copy is accounted for.", sim.Num(balanced))
}

func (m *metrics) producer(p *sim.ProducerResult) {
	who := label{"producer", p.Name}
	for _, c := range []struct {
		outcome string
		n       int64
	}{{"published", p.Published}, {"rejected", p.Rejected}, {"unsent", p.Unsent}, {"dropped", p.Dropped}} {
		m.count("eddy_producer_events", "Events of a producer, by what became of them.", c.n, who, label{"outcome", c.outcome})
	}
	m.count("eddy_producer_created", "Events that a producer created.", p.Created, who)
	m.count("eddy_producer_retries", "Publishes tried again.", p.Retries, who)
	m.gauge("eddy_producer_rate", "", "Events created per second.", p.Rate, who)
	m.gauge("eddy_producer_blocked_seconds", "seconds", "Time withheld by back-pressure, summed over instances.", p.Blocked, who)
	m.gauge("eddy_producer_availability", "", "Share of the publishes that were taken.", p.Availability, who)
	m.latency("eddy_producer_confirm_seconds", "Left the producer to confirmed.", p.Confirm, who)
	m.latency("eddy_producer_response_seconds", "Called to answered.", p.Response, who)
	m.calls("eddy_producer_calls", p.Calls, who)
}

func (m *metrics) calls(name string, c sim.Calls, who label) {
	if c == (sim.Calls{}) {
		return
	}
	for _, o := range []struct {
		outcome string
		n       int64
	}{{"ok", c.OK}, {"failed", c.Failed}, {"timed_out", c.TimedOut}, {"refused", c.Refused}, {"short_circuited", c.ShortCircuited}} {
		m.count(name, "Synchronous calls, by outcome.", o.n, who, label{"outcome", o.outcome})
	}
}

// channel adds a channel's or a subscription's metrics: the same names, kept
// apart by kind, or a sum over channels would count copies twice.
func (m *metrics) channel(kind string, c *sim.ChannelResult) {
	who := []label{{kind, c.Name}, {"type", c.Type}}
	prefix := "eddy_" + kind + "_"
	for _, k := range []struct {
		name, help string
		n          int64
	}{
		{"in", "Copies that entered.", c.In},
		{"delivered", "Copies sent to an instance.", c.Delivered},
		{"redelivered", "Copies sent to an instance again.", c.Redelivered},
		{"acked", "Copies answered for good.", c.Acked},
		{"dead_lettered", "Copies that left as dead letters.", c.DeadLettered},
		{"dropped", "Copies dropped.", c.Dropped},
		{"expired", "Copies past their time to live.", c.Expired},
		{"rejected", "Publishes refused.", c.Rejected},
		{"duplicates_ignored", "Publishes ignored within the dedup window.", c.DuplicatesIgnored},
	} {
		m.count(prefix+k.name, k.help, k.n, who...)
	}
	m.gauge(prefix+"rate_in", "", "Copies that entered per second.", c.RateIn, who...)
	m.gauge(prefix+"rate_out", "", "Copies that left per second.", c.RateOut, who...)
	m.level(prefix+"depth", "", "Copies that are ready", c.Depth, who)
	m.level(prefix+"leased", "", "Copies leased to instances", c.Leased, who)
	m.level(prefix+"bytes", "bytes", "Bytes of all copies", c.Bytes, who)
	m.latency(prefix+"wait_seconds", "First ready to first lease.", c.Wait, who...)
}

// level adds the last value, and the mean and the maximum over time.
func (m *metrics) level(name, unit, help string, l sim.Level, who []label) {
	with := func(suffix string) string {
		if unit == "" {
			return name + suffix
		}
		return strings.TrimSuffix(name, "_"+unit) + suffix + "_" + unit
	}
	m.gauge(with(""), unit, help+", at the end.", l.Last, who...)
	m.gauge(with("_mean"), unit, help+", mean over time.", l.Mean, who...)
	m.gauge(with("_max"), unit, help+", maximum.", l.Max, who...)
}

func (m *metrics) consumer(c *sim.ConsumerResult) {
	who := label{"consumer", c.Name}
	for _, k := range []struct {
		name, help string
		n          int64
	}{
		{"received", "Copies received.", c.Received},
		{"attempts", "Runs of the handler.", c.Attempts},
		{"done", "Copies done.", c.Done},
		{"failed_attempts", "Runs of the handler that failed.", c.FailedAttempts},
		{"retries", "Runs of the handler beyond the first of a copy.", c.Retries},
		{"timed_out", "Deliveries not answered in time.", c.TimedOut},
		{"dead_lettered", "Copies that became dead letters.", c.DeadLettered},
		{"dropped", "Copies dropped.", c.Dropped},
		{"lost", "Copies lost.", c.Lost},
		{"effects", "Handlers that ran to their end.", c.Effects},
		{"duplicates", "Effects beyond the first of an event.", c.Duplicates},
		{"recognised", "Second effects prevented.", c.Recognised},
		{"order_violations", "Effects out of the order of a key.", c.OrderViolations},
	} {
		m.count("eddy_consumer_"+k.name, k.help, k.n, who)
	}
	m.gauge("eddy_consumer_rate", "", "Copies done per second.", c.Rate, who)
	m.gauge("eddy_consumer_utilisation", "", "Worker time busy, share of what was available.", c.Utilisation, who)
	m.gauge("eddy_consumer_instances", "", "Instances that are up, at the end.", c.Instances.Last, who)
	m.gauge("eddy_consumer_busy_seconds", "seconds", "Worker time busy.", c.BusySeconds, who)
	m.gauge("eddy_consumer_instance_seconds", "seconds", "Time that instances were up, summed.", c.InstanceSeconds, who)
	m.latency("eddy_consumer_wait_seconds", "First ready to the start of the first attempt.", c.Wait, who)
	m.latency("eddy_consumer_service_seconds", "Start to end of an attempt.", c.Service, who)
	m.latency("eddy_consumer_latency_seconds", "Published to first effect.", c.Latency, who)
	m.latency("eddy_consumer_end_to_end_seconds", "Creation of the root event to first effect.", c.EndToEnd, who)
	for i, share := range c.Blame {
		m.gauge("eddy_consumer_blame", "", "Share of the latency, by cause.", share, who, label{"cause", sim.CauseNames[i]})
	}
	m.calls("eddy_consumer_calls", c.Calls, who)
}

func (m *metrics) flow(f *sim.FlowResult) {
	who := label{"flow", f.Name}
	m.count("eddy_flow_created", "Families of events begun.", f.Created, who)
	m.count("eddy_flow_completed", "Families of events completed.", f.Completed, who)
	m.count("eddy_flow_failed", "Families with an event or a copy that came to nothing.", f.Failed, who)
	m.latency("eddy_flow_completion_seconds", "Creation of a root to the end of the last copy of its family.", f.Completion, who)
}

func (m *metrics) expectation(e *sim.ExpectationResult) {
	v := sim.Number{Valid: e.Verdict == sim.Pass || e.Verdict == sim.Failed}
	if e.Verdict == sim.Pass {
		v.Value = 1
	}
	m.gauge("eddy_expectation_met", "", "1 if an expectation of the scenario is met.", v, label{"expect", e.Expect})
}

func (m *metrics) write(w io.Writer) error {
	b := bufio.NewWriter(w)
	for _, f := range m.families {
		fmt.Fprintf(b, "# TYPE %s %s\n", f.name, f.kind)
		if f.unit != "" {
			fmt.Fprintf(b, "# UNIT %s %s\n", f.name, f.unit)
		}
		fmt.Fprintf(b, "# HELP %s %s\n", f.name, f.help)
		for _, l := range f.lines {
			b.WriteString(l)
			b.WriteByte('\n')
		}
	}
	b.WriteString("# EOF\n")
	return b.Flush()
}

package report

import (
	"bufio"
	"fmt"
	"strings"
)

// term is the definition behind a number of a report: what it is, and the
// formula where it has one. They say what SEMANTICS.md says.
type term struct{ key, name, text, formula string }

// glossary is every definition, in the order in which a report lists them.
var glossary = []term{
	{"warmup", "measured time", "Counts, rates, averages over time and latencies begin when the warm-up ends; a latency counts if its copy was published after it. Only the ledger is of the whole run.", "T = end − warm-up"},
	{"quantile", "p50, p90, p95, p99, p99.9", "The quantile p is the value that this share of the observations does not exceed; half of them are at or below the p50, the median. It is read from a histogram whose relative error is at most 0.1%.", "the ⌈p·n⌉-th smallest of n"},
	{"created", "created", "Events created by the producer, or root events that began a family of this flow.", ""},
	{"published", "published", "Events that the broker confirmed, or, where no confirm is wanted, that left the producer.", "created = published + rejected + unsent + dropped + under way"},
	{"rate", "rate", "Of a producer: events created per second. Of a consumer: copies done per second. Of a flow: families completed per second.", "count / T"},
	{"flowrate", "in, out", "Copies that entered a place and copies that left it, for whatever reason, per second.", "count / T"},
	{"confirm", "confirm", "From the first time an event left its producer until the broker had confirmed it.", ""},
	{"response", "response", "Of a caller: from the first try until the answer, for what was answered. Of who is called: from the request's arrival until the handler ended.", ""},
	{"availability", "availability", "The share of what a producer tried that was confirmed; of what it asked, that was answered, each event once however often it was tried.", "published / (published + rejected + dropped)"},
	{"blocked", "blocked", "The time for which the broker held a producer back, summed over its instances.", ""},
	{"depth", "depth", "Copies that are ready and wait to be sent to a consumer: their average over time, the most there were, and those at the end.", "mean = ∫ depth dt / T"},
	{"leased", "leased", "Copies that were sent to a consumer and are not yet answered.", "mean = ∫ leased dt / T"},
	{"wait", "wait", "Of a channel: from first ready to the first lease. Of a consumer: from first ready to the start of the first attempt, whatever it waited for.", ""},
	{"service", "service", "From the start of an attempt to its end; every attempt counts.", ""},
	{"latency", "latency", "From publication (the event left the producer, or was emitted) to its effect, for copies that were done.", ""},
	{"completion", "completion", "From the creation of a root event to the end of the last copy of its whole family. Families of which something failed are not in it.", ""},
	{"done", "done", "Copies whose handler ran to its end.", ""},
	{"completed", "completed", "Families all of whose copies were done.", ""},
	{"failedflow", "failed (a family)", "Families with an event unsent, dropped or rejected, or with a copy dead-lettered, dropped, expired or lost.", ""},
	{"utilisation", "utilisation", "The share of the workers' time that was spent at work, of instances that were up.", "busy worker-seconds / available worker-seconds"},
	{"instances", "instances", "Instances that are up.", "mean = ∫ instances dt / T"},
	{"instanceseconds", "instance-seconds", "What the instances cost: the time that each was up, added up.", "∫ instances dt"},
	{"littleslaw", "Little's law", "The average number in a place is the rate of leaving times the mean time in it. The residual is what is missing at the ends of the measured time.", "L = λ·W"},
	{"blame", "where the time went", "Every nanosecond between publication and effect has one cause: network, queue (ready, every worker busy), behind (held by order), service, failed service, backoff, lease (waiting for a timeout), outage, rebalance, startup, batch. Shares are of the sum over all copies; those of the slowest 1% are of the copies at or above the p99.", "Σ causes = latency, for each copy"},
	{"attempts", "failed, retries", "Attempts that failed, and further attempts after them.", ""},
	{"timedout", "timed out", "Attempts whose lease ran out before they were answered, or calls given up by the caller.", ""},
	{"redelivered", "redelivered", "Copies sent to a consumer once more.", ""},
	{"deadlettered", "dead-lettered", "Copies given up and put into a dead-letter queue.", ""},
	{"dropped", "dropped", "Copies discarded because a place was full, was purged, or nobody wanted what failed; events discarded by a producer whose buffer was full.", ""},
	{"expired", "expired", "Copies older than their time to live, or removed by a stream's retention before a group had read them.", ""},
	{"rejected", "rejected", "Publishes finally refused by the broker, or not answered however often they were tried.", ""},
	{"unsent", "unsent", "Events that were never sent: lost between database and broker, or still at the producer at the end.", ""},
	{"unrouted", "unrouted", "Events that no queue, subscription or rule took.", ""},
	{"lost", "lost", "Copies acknowledged before the work was done, whose worker then crashed or failed.", ""},
	{"ignored", "ignored", "Second publishes of an event within the time for which a channel remembers it.", ""},
	{"duplicates", "duplicates", "Effects beyond the first of one event at one consumer.", ""},
	{"recognised", "recognised", "Second effects that an idempotent consumer prevented.", ""},
	{"order", "out of order", "Effects of a key's event after the effect of a later created event of that key at that consumer.", ""},
	{"calls", "calls", "Tries by outcome, as the caller saw them; those served, as who was called saw them. Late is what was finished after its caller had given up; cut short is what a breaker did not let through.", ""},
	{"ledger", "ledger", "What became of every copy of the whole run, in whole numbers.", "copies = done + waiting + delayed + leased + dead-lettered + dropped + expired + lost"},
	{"replications", "replications", "Independent runs of the same scenario with successive seeds. The mean is over runs, each of which gives one number.", ""},
	{"interval", "95% interval", "Student's t interval of the mean over n runs; that of waits is moved up for their skewness, that of a quantile is wider the fewer observations lie beyond it. It is withheld where it would lie: fewer than 3 runs, too few independent observations in a run or beyond a quantile, inputs of infinite variance.", "x̄ ± t(0.975; n − 1) · s / √n"},
	{"luck", "common luck", "The nth run of each scenario has the same seed, and each draw belongs to an event, a component and a purpose: the same arrival draws the same luck in all of them. What is left between them is the effect of what differs.", ""},
	{"difference", "B − A", "The mean of the differences of the pairs, and half of its 95% interval by itself. pp are percentage points.", "dᵢ = Bᵢ − Aᵢ;  d̄ ± t(0.975; n − 1) · s(d) / √n"},
	{"better", "better", "The scenario that a difference speaks for. It is named only where the difference holds at 5% after Holm's correction for all m that were tested: ~ is noise, = the same in every pair, ≠ a difference that is neither good nor bad, ? too little to say.", "p(i) · (m − i + 1), never below the one before (Holm 1979)"},
	{"population", "n", "The observations that a run's quantile is of. A quantile that is lower on fewer observations may be lower because what was slow was left out.", ""},
	{"backlog", "backlog max", "The most copies that were ready and waited at one instant.", ""},
	{"recovery", "recovery time", "From the end of a fault until no more waits than ever did before it.", ""},
	{"worstminute", "availability, worst min", "The availability of what was decided within one whole minute after the warm-up, in the worst of them.", "min over minutes of published / (published + rejected + dropped)"},
	{"distribution", "distribution", "The share of all families, completed or failed, that were completed within a time. Those that failed are never completed: where some did, the curve stops short of 100%.", "F(t) = completed within t / (completed + failed)"},
	{"throughput", "completed per second", "Families of all flows completed per second.", "count / T"},
	{"demand", "demand", "Root events created per second: what is asked for.", "count / T"},
	{"busiest", "utilisation of the busiest", "The highest utilisation of any consumer.", ""},
	{"failedpoint", "failed (of a sweep)", "Families that failed, and events that were rejected, unsent or dropped.", ""},
	{"knee", "knee", "The point of the scaling curve farthest above the straight line from its first point to its last, both axes taken from 0 to 1; none where that is less than 0.05 (Satopää and others 2011).", "max (y − x)"},
	{"usl", "universal scalability law", "What N do together, from what one does alone (λ), contention (σ, what cannot be done side by side) and coherence (κ, what keeping each pair in step costs). It is fitted by least squares of the relative errors to the points that cannot do all that is asked; its error is the root of their mean square (Gunther 1993).", "X(N) = λN / (1 + σ(N − 1) + κN(N − 1));  most at N = √((1 − σ) / κ)"},
	{"offered", "offered load", "The work that arrives in a second, in workers; retries included.", "a = λ·E[S]"},
	{"predictedrate", "predicted rate", "Copies and calls per second by the traffic equations: what producers make, and what handlers emit for it, through topics, rules, retries and dead letters.", "λᵢ = γᵢ + Σ λⱼ·pⱼᵢ"},
	{"tries", "attempts", "Attempts for each copy, on average, by the chance to fail and the limit of attempts.", ""},
	{"givenup", "given up", "Copies per second that fail their last attempt.", ""},
	{"workers", "workers", "Instances times concurrency: as many attempts can be under way.", "c"},
	{"predictedutilisation", "predicted utilisation", "The offered load over the workers; from 100% on there is no steady state.", "ρ = a / c"},
	{"largest", "largest rate", "The rate at which the utilisation would be 100%.", "λ / ρ"},
	{"model", "waits by theory", "M/M/c: Poisson arrivals, exponential work, c workers and one line, by Erlang's C. M/D/c: constant work. M/G/1: any work, by Pollaczek and Khinchine. Allen–Cunneen: any arrivals and work, from their squared coefficients of variation. M/M/c//N: N callers, each of whom waits for its answer (Palm). The partitions of a stream are a line each, or a line for each member.", "W = C(c, a) / (cμ − λ);  M/G/1: λE[S²] / 2(1 − ρ);  Allen–Cunneen: W(M/M/c) · (C²a + C²s) / 2"},
	{"inrun", "in the run", "What a run of the scenario should measure from its warm-up to its end, with its timeline and its changing rates: as a fluid, backlogs grow and shrink by the difference of what comes and what can be done (Newell), and between them waits are those of the steady state of the while (Green and Kolesar).", "dB/dt = λ(t) − μ(t)"},
	{"scaled", "instances", "How many instances an autoscaler settles at: as many as its target wants for what comes, one more or less.", "⌈n·v / target⌉ = n"},
	{"predictedlost", "lost", "The share of what comes that is refused, dropped or expires because it finds no room or gets too old: M/M/c/K, or M/M/c with a constant patience (Barrer), scaled by how irregular arrivals and work are.", ""},
	{"priorities", "wait of a priority", "Strict priorities that interrupt nobody: Cobham's formula, exact where work takes equally long for all.", "W(k) = W0 / ((1 − σ(k−1)) (1 − σ(k)))"},
	{"predictedqueue", "waiting", "The mean number that waits for a worker.", "Lq = λ·W"},
	{"needed", "needs", "Events that a run must have, warm-up aside, until the 95% interval of the mean wait is as narrow as wanted (±5% unless asked otherwise), the simulated time that takes, and how many replications of the scenario have as much.", ""},
	{"trouble", "trouble", "Something done to one component for a tenth of the measured time: a crash of all instances, work five times as slow, a broker that is out.", ""},
	{"notice", "notices", "A party notices a trouble if, against the same run without it, more was refused or lost, or its mean time was longer, and the difference holds at 5% after Holm's correction for all of them.", ""},
	{"fanin", "in, out (wiring)", "How many parts a part is reached from, and how many it reaches.", ""},
	{"instability", "instability", "How much a part depends on others against how much others depend on it: 0 everybody's foundation, 1 nobody's (Martin 1994).", "out / (in + out)"},
	{"chain", "calls in a chain", "The most synchronous calls one behind another that an answer waits for.", ""},
	{"together", "up together", "How many parts must be up at one instant for an answer, the broker apart.", ""},
	{"chainavailability", "availability of a chain", "What that leaves where each part is up 99.9% of the time.", "0.999ⁿ"},
}

// termNames are the definitions behind what columns and rows are called.
var termNames = map[string]string{
	"created": "created", "published": "published", "rate": "rate", "in": "flowrate", "out": "flowrate", "confirm": "confirm", "response": "response",
	"availability": "availability", "available": "availability", "done": "done", "blocked": "blocked", "depth": "depth", "leased": "leased", "wait": "wait", "service": "service", "latency": "latency",
	"completion": "completion", "completed": "completed", "utilisation": "utilisation", "inst": "instances", "failed": "attempts", "retries": "attempts",
	"timed out": "timedout", "redelivered": "redelivered", "dead": "deadlettered", "dead-lettered": "deadlettered", "dropped": "dropped", "expired": "expired",
	"rejected": "rejected", "unsent": "unsent", "unrouted": "unrouted", "lost": "lost", "ignored": "ignored", "duplicates": "duplicates",
	"recognised": "recognised", "out of order": "order", "order violations": "order", "of all": "blame", "of the slowest 1%": "blame",
	"refused": "calls", "cut short": "calls", "late": "calls", "ok": "calls",
	"completed a second": "throughput", "done a second": "rate", "instance-seconds": "instanceseconds", "backlog max": "backlog", "recovery time": "recovery", "availability, worst min": "worstminute",
	"95% from": "interval", "to": "interval", "mean": "replications", "sd": "replications", "better": "better", "n": "population",
	"p50": "quantile", "p90": "quantile", "p95": "quantile", "p99": "quantile", "p99.9": "quantile",
}

// termOf is the definition behind what a column or a row is called, "" if it
// needs none. A name like "latency p99" is that of its first word.
func termOf(name string) string {
	if key := termNames[name]; key != "" {
		return key
	}
	first, last, two := cutLast(name)
	if two && (termNames[last] == "quantile" || last == "max" || last == "mean") {
		return termNames[first]
	}
	return ""
}

// cutLast parts a name before its last word.
func cutLast(name string) (first, last string, two bool) {
	i := strings.LastIndexByte(name, ' ')
	if i < 0 {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

// defined are the definitions that a report needs.
type defined map[string]bool

func (t defined) need(keys ...string) {
	for _, k := range keys {
		if k != "" {
			t[k] = true
		}
	}
}

// needTable notes what the columns of a table, and its rows, are about.
func (t defined) needTable(x table) {
	for i, c := range x.columns {
		if i > 0 {
			t.need(c.termKey())
			if c.group != "" {
				t.need(termOf(c.head)) // wait p99: what a wait is, and what a p99
			}
		}
	}
	for _, r := range x.rows {
		for _, c := range r.cells {
			t.need(c.term)
		}
	}
}

// list are the definitions needed, in the glossary's order.
func (t defined) list() []term {
	var all []term
	for _, x := range glossary {
		if t[x.key] {
			all = append(all, x)
		}
	}
	return all
}

// termKey is the definition behind a column.
func (c column) termKey() string {
	switch {
	case c.term != "":
		return c.term
	case c.group != "":
		return termOf(c.group)
	}
	return termOf(c.head)
}

// markDefinitions writes the definitions that a report needs in Markdown.
func markDefinitions(b *bufio.Writer, t defined) {
	all := t.list()
	if len(all) == 0 {
		return
	}
	b.WriteString("\n## What the numbers mean\n\n")
	for _, x := range all {
		fmt.Fprintf(b, "- **%s**: %s", escape(x.name), escape(x.text))
		if x.formula != "" {
			fmt.Fprintf(b, " %s", code(x.formula))
		}
		b.WriteByte('\n')
	}
}

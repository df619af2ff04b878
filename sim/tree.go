package sim

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Unit is what a leaf of the result document is measured in.
type Unit string

// Units of the result document.
const (
	UnitSeconds   Unit = "s"
	UnitPerSecond Unit = "/s"
	UnitBytes     Unit = "B"
	UnitOne       Unit = "1"     // a count, or a number without a dimension
	UnitShare     Unit = "share" // 0 to 1
	UnitText      Unit = "text"
	UnitBool      Unit = "bool"
)

// LeafKind is how a leaf of the result document is written.
type LeafKind uint8

// Kinds of leaves.
const (
	NullLeaf  LeafKind = iota // a text that is absent
	IntLeaf                   // Int, and Number with the same value
	FloatLeaf                 // Number, null when absent
	TextLeaf                  // Text
	BoolLeaf                  // Int, 0 or 1
)

// Leaf is one value of the result document.
type Leaf struct {
	Kind   LeafKind
	Number Number
	Int    int64
	Text   string
	Unit   Unit
}

// IsNumber says whether the leaf is a number, present or absent.
func (l *Leaf) IsNumber() bool { return l.Kind == IntLeaf || l.Kind == FloatLeaf }

// Node is a place in the result document: an object, an array or a leaf.
type Node struct {
	Key     string  // within an object, or the index within an array
	Kids    []*Node // of an object or array, in the document's order
	IsArray bool
	Leaf    *Leaf // nil for an object or array

	// unnamed marks a subtree whose paths name nothing that lasts from one
	// run to the next: the first finding of two runs may be two findings.
	unnamed bool
}

// Walk visits every number of the document, present or absent, with its path
// from n, in the document's order. The numbers behind findings are left out:
// their places mean something else in each run. The path may be kept.
func (n *Node) Walk(visit func(path []string, l *Leaf)) { n.walk(nil, visit) }

func (n *Node) walk(path []string, visit func([]string, *Leaf)) {
	if n.unnamed {
		return
	}
	if n.Leaf != nil {
		if n.Leaf.IsNumber() {
			visit(path, n.Leaf)
		}
		return
	}
	for _, kid := range n.Kids {
		// The full slice makes append copy, so that no two paths share memory.
		kid.walk(append(path[:len(path):len(path)], kid.Key), visit)
	}
}

// Find returns the node at path below n, nil if there is none.
func (n *Node) Find(path []string) *Node {
	for _, key := range path {
		n = n.kid(key)
		if n == nil {
			return nil
		}
	}
	return n
}

func (n *Node) kid(key string) *Node {
	for _, k := range n.Kids {
		if k.Key == key {
			return k
		}
	}
	return nil
}

// Lookup returns the leaf at path, false if there is no leaf there. A name
// is one element of the path whatever it contains; an element of an array is
// its index.
func (r *Result) Lookup(path []string) (Leaf, bool) {
	n := r.Tree().Find(path)
	if n == nil || n.Leaf == nil {
		return Leaf{}, false
	}
	return *n.Leaf, true
}

// PathString writes a path as a scenario's expect does:
// consumers.payment.latency.p99. Names keep their dots.
func PathString(path []string) string { return strings.Join(path, ".") }

// Tree is the result document as an ordered tree: every key of
// eddy.result/1, in its order. Everything that reads a result by its paths
// (JSON, CSV, expectations, replications) goes through it.
func (r *Result) Tree() *Node {
	return objectNode("",
		textNode("format", "eddy.result/1"),
		r.Scenario.Node(),
		r.Run.node(),
		r.Ledger.node(),
		objectNode("producers", nodesOf(r.Producers, ProducerResult.node)...),
		objectNode("channels", nodesOf(r.Channels, ChannelResult.node)...),
		objectNode("subscriptions", nodesOf(r.Subscriptions, ChannelResult.node)...),
		objectNode("consumers", nodesOf(r.Consumers, ConsumerResult.node)...),
		objectNode("flows", nodesOf(r.Flows, FlowResult.node)...),
		findingsNode(r.Findings),
		arrayNode("expectations", nodesOf(r.Expectations, ExpectationResult.Node)),
	)
}

// Node is the scenario's part of the document. A path set twice has its last value.
func (s ScenarioInfo) Node() *Node {
	set := objectNode("set")
	for _, change := range s.Set {
		set.put(textNode(change.Path, change.Value))
	}
	return objectNode("scenario",
		textNode("name", s.Name),
		textNode("hash", s.Hash),
		textOrNullNode("variant", s.Variant),
		set,
	)
}

func (i RunInfo) node() *Node {
	return objectNode("run",
		textNode("version", i.Version),
		countNode("seed", i.Seed),
		countNode("replication", int64(i.Replication)),
		floatNode("duration", Num(i.Duration), UnitSeconds),
		floatNode("warmup", Num(i.Warmup), UnitSeconds),
		textNode("ended", string(i.Ended)),
		floatNode("ended_at", Num(i.EndedAt), UnitSeconds),
		countNode("events", i.Events),
		textNode("fingerprint", fmt.Sprintf("%016x", i.Fingerprint)),
	)
}

func (l Ledger) node() *Node {
	return objectNode("ledger",
		countNode("created", l.Created),
		countNode("unsent", l.Unsent),
		countNode("rejected", l.Rejected),
		countNode("unrouted", l.Unrouted),
		countNode("copies", l.Copies),
		countNode("done", l.Done),
		countNode("waiting", l.Waiting),
		countNode("delayed", l.Delayed),
		countNode("leased", l.Leased),
		countNode("dead_lettered", l.DeadLettered),
		countNode("dropped", l.Dropped),
		countNode("expired", l.Expired),
		countNode("lost", l.Lost),
		countNode("loop_cut", l.LoopCut),
		countNode("duplicates", l.Duplicates),
		boolNode("balanced", l.Balanced),
	)
}

func (p ProducerResult) node() *Node {
	return objectNode(p.Name,
		countNode("created", p.Created),
		countNode("published", p.Published),
		countNode("rejected", p.Rejected),
		countNode("unsent", p.Unsent),
		countNode("dropped", p.Dropped),
		countNode("retries", p.Retries),
		floatNode("rate", p.Rate, UnitPerSecond),
		floatNode("blocked", p.Blocked, UnitSeconds),
		p.Confirm.node("confirm"),
		p.Response.node("response"),
		objectNode("calls", p.Calls.outcomes()...),
		floatNode("availability", p.Availability, UnitShare),
	)
}

func (c ChannelResult) node() *Node {
	return objectNode(c.Name,
		textNode("type", c.Type),
		countNode("in", c.In),
		countNode("delivered", c.Delivered),
		countNode("redelivered", c.Redelivered),
		countNode("acked", c.Acked),
		countNode("dead_lettered", c.DeadLettered),
		countNode("dropped", c.Dropped),
		countNode("expired", c.Expired),
		countNode("rejected", c.Rejected),
		countNode("duplicates_ignored", c.DuplicatesIgnored),
		floatNode("rate_in", c.RateIn, UnitPerSecond),
		floatNode("rate_out", c.RateOut, UnitPerSecond),
		c.Depth.node("depth", UnitOne),
		c.Leased.node("leased", UnitOne),
		c.Bytes.node("bytes", UnitBytes),
		c.Wait.node("wait"),
		c.LittlesLaw.node(),
		arrayNode("partitions", nodesOf(c.Partitions, PartitionResult.node)),
	)
}

func (p PartitionResult) node() *Node {
	return objectNode("",
		countNode("in", p.In),
		countNode("delivered", p.Delivered),
		countNode("acked", p.Acked),
		countNode("expired", p.Expired),
		p.Depth.node("depth", UnitOne),
		p.Wait.node("wait"),
	)
}

func (c ConsumerResult) node() *Node {
	return objectNode(c.Name,
		countNode("received", c.Received),
		countNode("attempts", c.Attempts),
		countNode("done", c.Done),
		countNode("failed_attempts", c.FailedAttempts),
		countNode("retries", c.Retries),
		countNode("timed_out", c.TimedOut),
		countNode("dead_lettered", c.DeadLettered),
		countNode("dropped", c.Dropped),
		countNode("lost", c.Lost),
		countNode("effects", c.Effects),
		countNode("duplicates", c.Duplicates),
		countNode("recognised", c.Recognised),
		countNode("order_violations", c.OrderViolations),
		floatNode("rate", c.Rate, UnitPerSecond),
		floatNode("utilisation", c.Utilisation, UnitShare),
		objectNode("instances",
			floatNode("mean", c.Instances.Mean, UnitOne),
			floatNode("min", c.Instances.Min, UnitOne),
			floatNode("max", c.Instances.Max, UnitOne),
			floatNode("last", c.Instances.Last, UnitOne),
		),
		floatNode("busy_seconds", c.BusySeconds, UnitSeconds),
		floatNode("instance_seconds", c.InstanceSeconds, UnitSeconds),
		c.Wait.node("wait"),
		c.Service.node("service"),
		c.Latency.node("latency"),
		c.EndToEnd.node("end_to_end"),
		objectNode("in_system",
			floatNode("mean", c.InSystemMean, UnitOne),
			floatNode("max", c.InSystemMax, UnitOne),
		),
		c.Blame.node("blame"),
		c.BlameP99.node("blame_p99"),
		objectNode("by_type", nodesOf(c.ByType, ClassResult.node)...),
		objectNode("by_priority", nodesOf(c.ByPriority, ClassResult.node)...),
		arrayNode("by_instance", nodesOf(c.ByInstance, InstanceResult.node)),
		objectNode("calls", append(c.Calls.outcomes(), countNode("short_circuited", c.Calls.ShortCircuited))...),
		c.Served.node(),
	)
}

func (c ClassResult) node() *Node {
	return objectNode(c.Name,
		countNode("done", c.Done),
		c.Wait.node("wait"),
		c.Latency.node("latency"),
	)
}

func (i InstanceResult) node() *Node {
	return objectNode("",
		countNode("done", i.Done),
		floatNode("utilisation", i.Utilisation, UnitShare),
	)
}

func (c Calls) outcomes() []*Node {
	return []*Node{
		countNode("ok", c.OK),
		countNode("failed", c.Failed),
		countNode("timed_out", c.TimedOut),
		countNode("refused", c.Refused),
	}
}

func (s Served) node() *Node {
	return objectNode("served",
		countNode("ok", s.OK),
		countNode("failed", s.Failed),
		countNode("late", s.Late),
		s.Response.node("response"),
	)
}

func (f FlowResult) node() *Node {
	return objectNode(f.Name,
		countNode("created", f.Created),
		countNode("completed", f.Completed),
		countNode("failed", f.Failed),
		f.Completion.node("completion"),
	)
}

func findingsNode(list []Finding) *Node {
	n := arrayNode("findings", nodesOf(list, Finding.node))
	n.unnamed = true
	return n
}

// A finding that knows its remedy ends with the change and, if it can be
// said, what the change is predicted to do.
func (f Finding) node() *Node {
	evidence := objectNode("evidence")
	for _, e := range f.Evidence {
		evidence.put(floatNode(e.Name, e.Value, e.Unit()))
	}
	n := objectNode("",
		textNode("severity", string(f.Severity)),
		textNode("code", f.Code),
		textNode("component", f.Component),
		textNode("text", f.Text),
		evidence,
	)
	if len(f.Change) > 0 {
		change := objectNode("change")
		for _, c := range f.Change {
			change.put(textNode(c.Path, c.Value))
		}
		n.put(change)
	}
	if f.Predicted != "" {
		n.put(textNode("predicted", f.Predicted))
	}
	return n
}

// Node is the expectation as the documents have it.
func (e ExpectationResult) Node() *Node {
	return objectNode("",
		textNode("expect", e.Expect),
		floatNode("value", e.Value, UnitOne),
		textNode("verdict", string(e.Verdict)),
	)
}

func (l Latency) node(key string) *Node {
	return objectNode(key,
		countNode("count", l.Count),
		floatNode("mean", l.Mean, UnitSeconds),
		floatNode("sd", l.SD, UnitSeconds),
		floatNode("min", l.Min, UnitSeconds),
		floatNode("p50", l.P50, UnitSeconds),
		floatNode("p90", l.P90, UnitSeconds),
		floatNode("p95", l.P95, UnitSeconds),
		floatNode("p99", l.P99, UnitSeconds),
		floatNode("p999", l.P999, UnitSeconds),
		floatNode("max", l.Max, UnitSeconds),
	)
}

func (l Level) node(key string, u Unit) *Node {
	return objectNode(key,
		floatNode("mean", l.Mean, u),
		floatNode("max", l.Max, u),
		floatNode("last", l.Last, u),
	)
}

func (l LittlesLaw) node() *Node {
	return objectNode("littles_law",
		floatNode("l", l.L, UnitOne),
		floatNode("lambda", l.Lambda, UnitPerSecond),
		floatNode("w", l.W, UnitSeconds),
		floatNode("residual", l.Residual, UnitOne),
	)
}

func (s Shares) node(key string) *Node {
	n := objectNode(key)
	for i, share := range s {
		n.Kids = append(n.Kids, floatNode(CauseNames[i], share, UnitShare))
	}
	return n
}

func objectNode(key string, kids ...*Node) *Node { return &Node{Key: key, Kids: kids} }

func arrayNode(key string, items []*Node) *Node {
	for i, item := range items {
		item.Key = strconv.Itoa(i)
	}
	return &Node{Key: key, Kids: items, IsArray: true}
}

func nodesOf[T any](list []T, node func(T) *Node) []*Node {
	nodes := make([]*Node, len(list))
	for i, v := range list {
		nodes[i] = node(v)
	}
	return nodes
}

// put adds a kid to an object, or replaces the one of the same key: an
// object with one key twice reads differently in every program.
func (n *Node) put(kid *Node) {
	if old := n.kid(kid.Key); old != nil {
		*old = *kid
		return
	}
	n.Kids = append(n.Kids, kid)
}

func countNode(key string, v int64) *Node {
	return &Node{Key: key, Leaf: &Leaf{Kind: IntLeaf, Int: v, Number: Num(float64(v)), Unit: UnitOne}}
}

// float is a number that may be absent; what is no number at all (an
// infinity, a NaN) is absent too, for the document has no way to write it.
func floatNode(key string, v Number, u Unit) *Node {
	if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) || !v.Valid {
		v = Number{}
	}
	return &Node{Key: key, Leaf: &Leaf{Kind: FloatLeaf, Number: v, Unit: u}}
}

func textNode(key, v string) *Node {
	return &Node{Key: key, Leaf: &Leaf{Kind: TextLeaf, Text: v, Unit: UnitText}}
}

func textOrNullNode(key, v string) *Node {
	if v == "" {
		return &Node{Key: key, Leaf: &Leaf{Kind: NullLeaf, Unit: UnitText}}
	}
	return textNode(key, v)
}

func boolNode(key string, v bool) *Node {
	l := &Leaf{Kind: BoolLeaf, Unit: UnitBool, Number: Num(0)}
	if v {
		l.Int, l.Number = 1, Num(1)
	}
	return &Node{Key: key, Leaf: l}
}

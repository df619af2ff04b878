package cli_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"eddy/cli"
)

// The numbers of a result, counted anew from the trace by their definitions in
// sim/SEMANTICS.md. Answers take no time here, so that a copy is over when its
// attempt is.

var recounted = []struct{ name, scenario string }{
	{"leases that are too short", `
duration: 40s
warmup: 5s
keys: {customer: {count: 5}}
events:
  order.placed: {key: customer, ttl: 3s, priority: {9: 10%, 1: 90%}}
producers:
  web: {emits: order.placed, to: orders, rate: poisson(20/s)}
broker:
  latency: {publish: 2ms, deliver: 3ms}
  channels:
    orders: {type: queue, ack_timeout: 300ms, dead_letter: dead, max_deliveries: 3, order: priority, capacity: 50, overflow: drop_old}
    dead: {type: queue}
    next: {type: queue}
consumers:
  payment:
    from: orders
    instances: 2
    concurrency: 2
    prefetch: 3
    handle:
      - work: exp(200ms)
      - fail: 10%
      - {emit: order.paid, to: next}
  shipping: {from: next, work: exp(20ms)}
`},
	{"one topic and three who read it", `
duration: 40s
warmup: 5s
keys: {customer: {count: 5}}
events:
  order.placed: {key: customer}
producers:
  web: {emits: {order.placed: 80%, order.changed: 20%}, to: orders, rate: poisson(20/s)}
broker:
  latency: {publish: exp(5ms), deliver: 1ms}
  channels:
    orders: {type: topic, delay: 10ms}
    copies: {type: queue, from: orders, where: {type: order.changed}, ack_timeout: 60ms}
consumers:
  payment: {from: orders, concurrency: 4, handle: [{work: exp(100ms)}, {fail: 10%}], retry: {attempts: 2}}
  stock: {from: orders, work: exp(40ms)}
  archive: {from: copies, work: exp(40ms), concurrency: 2, idempotent: true, recognise: 1ms}
`},
}

func TestNumbersFollowFromTheTrace(t *testing.T) {
	for _, c := range recounted {
		t.Run(c.name, func(t *testing.T) {
			result, lines := resultAndTrace(t, "name: recounted\n"+c.scenario)
			n := recount(t, lines, result)
			n.compare(t, result)
		})
	}
}

// An event may be in a stream and in a queue: only what happens to it in the
// stream, and at those who read it, has a partition.
func TestPartitionsAreOfStreams(t *testing.T) {
	_, lines := resultAndTrace(t, `name: partitions
duration: 1s
producers:
  web: {emits: e, to: orders, rate: 10/s}
broker:
  channels:
    orders: {type: topic, delay: 10ms}
    log: {type: stream, partitions: 2, from: orders}
consumers:
  worker: {from: orders, work: 1ms}
  reader: {from: log, work: 1ms}
`)
	for _, s := range lines {
		if s.Event == "" {
			continue
		}
		if of := s.At == "subscriptions.log/reader" || s.At == "consumers.reader"; of != (s.Partition != nil) {
			t.Errorf("%s at %s has partition %v", s.What, s.At, s.Partition)
		}
	}
}

// recordedStep is one line of a trace, its time in nanoseconds.
type recordedStep struct {
	T                           json.Number
	Event, Type, Root, At, What string
	Key, Why                    *string
	Attempt, Instance, Worker   int
	Partition                   *int
	at                          int64
}

func resultAndTrace(t *testing.T, scenario string) (map[string]any, []recordedStep) {
	t.Helper()
	dir := t.TempDir()
	file, trace := filepath.Join(dir, "t.yaml"), filepath.Join(dir, "t.jsonl")
	if err := os.WriteFile(file, []byte(scenario), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := cli.Main([]string{"run", file, "--headless", "--quiet", "--format", "json", "--trace", trace}, strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	var result map[string]any
	if err := json.Unmarshal(out.Bytes(), &result); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	var lines []recordedStep
	for line := range strings.Lines(string(text)) {
		var s recordedStep
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatal(err)
		}
		if s.at, err = strconv.ParseInt(strings.Replace(s.T.String(), ".", "", 1), 10, 64); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, s)
	}
	return result, lines
}

// placed is an event in one place.
type placed struct {
	state        string // ready, delayed, leased, gone
	ready, began int64  // -1: not yet
	leased       int64  // first, -1: not yet
	effect       bool
}

// kin is the family of a root event.
type kin struct {
	typ                    string
	created, last, failure int64 // failure -1: none
	open                   int
}

// recounting is what is known of a run by its trace up to a line.
type recounting struct {
	warm, end int64
	published map[string]int64
	roots     map[string]string
	keys      map[string]string
	order     map[string]int
	families  map[string]*kin
	copies    map[[2]string]*placed // by place and event
	levels    map[string]*level     // ready copies of a place
	busy      map[[3]any]int64      // when a worker began
	newest    map[[2]string]int     // by consumer and key
	times     map[string][]int64
	counts    map[string]int
}

// level is a number that changes with time.
type level struct {
	value, max int
	since, sum int64
}

func (l *level) add(n int, at, warm int64) {
	l.until(at, warm)
	if l.value += n; at >= warm {
		l.max = max(l.max, l.value)
	}
}

func (l *level) until(at, warm int64) {
	if from := max(l.since, warm); at > from {
		l.sum += int64(l.value) * (at - from)
		l.max = max(l.max, l.value)
	}
	l.since = at
}

func recount(t *testing.T, lines []recordedStep, result map[string]any) *recounting {
	t.Helper()
	run := result["run"].(map[string]any)
	n := &recounting{
		warm: int64(run["warmup"].(float64) * 1e9), end: int64(run["ended_at"].(float64) * 1e9),
		published: map[string]int64{}, roots: map[string]string{}, keys: map[string]string{}, order: map[string]int{},
		families: map[string]*kin{}, copies: map[[2]string]*placed{}, levels: map[string]*level{},
		busy: map[[3]any]int64{}, newest: map[[2]string]int{}, times: map[string][]int64{}, counts: map[string]int{},
	}
	// Who reads what is what the first deliveries tell.
	reads := map[string]string{}
	leases := map[[2]string]string{}
	for i := range lines {
		s := &lines[i]
		switch s.What {
		case "leased":
			leases[[2]string{s.Event, strconv.Itoa(s.Instance) + "/" + strconv.Itoa(s.Attempt)}] += " " + s.At
		case "started":
			at := strings.Fields(leases[[2]string{s.Event, strconv.Itoa(s.Instance) + "/" + strconv.Itoa(s.Attempt)}])
			name := strings.TrimPrefix(s.At, "consumers.")
			for _, place := range at {
				if reads[name] == "" && (len(at) == 1 || strings.HasSuffix(place, "/"+name)) {
					reads[name] = place
				}
			}
		}
	}
	for i := range lines {
		s := &lines[i]
		n.ofEvent(s)
		kind, name, _ := strings.Cut(s.At, ".")
		switch {
		case s.Event == "":
		case kind == "consumers":
			n.ofConsumer(s, name, reads[name])
		case kind != "producers":
			n.ofPlace(t, s, i+1 < len(lines) && lines[i+1].What == "delayed" && lines[i+1].At == s.At && lines[i+1].Event == s.Event)
		}
		if s.at >= n.warm {
			n.counts[s.At+" "+s.What]++
		}
	}
	for _, l := range n.levels {
		l.until(n.end, n.warm)
	}
	return n
}

func (n *recounting) ofEvent(s *recordedStep) {
	switch s.What {
	case "created":
		n.roots[s.Event], n.order[s.Event] = s.Root, len(n.order)
		if s.Key != nil {
			n.keys[s.Event] = *s.Key
		}
		if s.Root == s.Event {
			n.families[s.Root] = &kin{typ: s.Type, created: s.at, failure: -1}
		}
	case "published":
		if _, again := n.published[s.Event]; !again {
			n.published[s.Event] = s.at
		}
	}
}

// ofPlace is a step of an event in a channel or a subscription; what comes in
// may be delayed before it is ready.
func (n *recounting) ofPlace(t *testing.T, s *recordedStep, delayed bool) {
	t.Helper()
	at := [2]string{s.At, s.Event}
	c, family := n.copies[at], n.families[n.roots[s.Event]]
	ready := n.levels[s.At]
	if ready == nil {
		ready = &level{}
		n.levels[s.At] = ready
	}
	move := func(to string) {
		if c == nil {
			t.Fatalf("%v without a copy", s)
		}
		if c.state == "ready" {
			ready.add(-1, s.at, n.warm)
		}
		if c.state = to; to == "ready" {
			ready.add(1, s.at, n.warm)
			if c.ready < 0 {
				c.ready = s.at
			}
		}
	}
	switch s.What {
	case "enqueued":
		if c != nil {
			t.Fatalf("a second copy: %v", s)
		}
		c = &placed{ready: -1, began: -1, leased: -1}
		n.copies[at] = c
		if !delayed {
			move("ready")
		}
		family.open++
	case "delayed":
		move("delayed")
	case "returned":
		move("ready")
	case "leased":
		if move("leased"); c.leased < 0 {
			c.leased = s.at
			n.time(s, s.At+".wait", s.at-c.ready)
		}
		if s.Attempt > 1 && s.at >= n.warm {
			n.counts[s.At+" redelivered"]++
		}
	case "dead_lettered", "dropped", "expired":
		move("gone")
		family.open--
		family.last = s.at
		if family.failure < 0 {
			family.failure = s.at
		}
	}
}

// ofConsumer is a step of an attempt; its copies are in one place.
func (n *recounting) ofConsumer(s *recordedStep, name, place string) {
	worker := [3]any{name, s.Instance, s.Worker}
	c := n.copies[[2]string{place, s.Event}]
	switch s.What {
	case "started":
		n.busy[worker] = s.at
		if c.began < 0 {
			c.began = s.at
			n.time(s, s.At+".wait", s.at-c.ready)
		}
		return
	case "done", "duplicate", "failed", "recognised":
		// The handler ran, unless the event was recognised when it came: that takes 1 ms here.
		if took := s.at - n.busy[worker]; s.What != "recognised" || took != 1e6 {
			n.time(s, s.At+".service", took)
		}
	default:
		return
	}
	if s.What == "failed" {
		return
	}
	if s.What != "recognised" {
		if !c.effect && c.state != "gone" {
			n.time(s, s.At+".latency", s.at-n.published[s.Event])
			n.time(s, s.At+".end_to_end", s.at-n.families[n.roots[s.Event]].created)
		}
		c.effect = true
		n.orderOf(s, name)
	}
	if c.state == "gone" {
		return
	}
	if c.state == "ready" {
		n.levels[place].add(-1, s.at, n.warm)
	}
	c.state = "gone"
	family := n.families[n.roots[s.Event]]
	family.open--
	family.last = s.at
}

func (n *recounting) orderOf(s *recordedStep, name string) {
	key, keyed := n.keys[s.Event]
	if !keyed {
		return
	}
	at := [2]string{name, key}
	if n.order[s.Event] < n.newest[at] && s.at >= n.warm {
		n.counts[s.At+" order_violations"]++
	}
	n.newest[at] = max(n.newest[at], n.order[s.Event])
}

// time notes how long something took, if its event was published after the warm-up.
func (n *recounting) time(s *recordedStep, path string, took int64) {
	if n.published[s.Event] >= n.warm {
		n.times[path] = append(n.times[path], took)
	}
}

func (n *recounting) compare(t *testing.T, result map[string]any) {
	t.Helper()
	seconds := float64(n.end-n.warm) / 1e9
	for _, kind := range []string{"channels", "subscriptions"} {
		for name, v := range result[kind].(map[string]any) {
			r, at := v.(map[string]any), kind+"."+name
			if r["type"] == "topic" {
				continue
			}
			for number, what := range map[string]string{"in": "enqueued", "delivered": "leased", "redelivered": "redelivered", "dead_lettered": "dead_lettered", "dropped": "dropped", "expired": "expired"} {
				same(t, at+"."+number, float64(n.counts[at+" "+what]), r[number])
			}
			same(t, at+".rate_in", float64(n.counts[at+" enqueued"])/seconds, r["rate_in"])
			if l := n.levels[at]; l != nil {
				depth := r["depth"].(map[string]any)
				same(t, at+".depth.mean", float64(l.sum)/float64(n.end-n.warm), depth["mean"])
				same(t, at+".depth.max", float64(l.max), depth["max"])
				same(t, at+".depth.last", float64(l.value), depth["last"])
			}
			sameTimes(t, at+".wait", n.times[at+".wait"], r["wait"])
		}
	}
	for name, v := range result["consumers"].(map[string]any) {
		r, at := v.(map[string]any), "consumers."+name
		same(t, at+".effects", float64(n.counts[at+" done"]+n.counts[at+" duplicate"]), r["effects"])
		for number, what := range map[string]string{"attempts": "started", "duplicates": "duplicate", "recognised": "recognised", "failed_attempts": "failed", "order_violations": "order_violations"} {
			same(t, at+"."+number, float64(n.counts[at+" "+what]), r[number])
		}
		for _, times := range []string{"wait", "service", "latency", "end_to_end"} {
			sameTimes(t, at+"."+times, n.times[at+"."+times], r[times])
		}
	}
	n.compareFlows(t, result)
}

func (n *recounting) compareFlows(t *testing.T, result map[string]any) {
	t.Helper()
	for typ, v := range result["flows"].(map[string]any) {
		var created, completed, failed int
		var took []int64
		for _, f := range n.families {
			if f.typ != typ {
				continue
			}
			if f.created >= n.warm {
				created++
			}
			switch {
			case f.failure >= n.warm:
				failed++
			case f.failure < 0 && f.open == 0 && f.last >= n.warm:
				if completed++; f.created >= n.warm {
					took = append(took, f.last-f.created)
				}
			}
		}
		r, at := v.(map[string]any), "flows."+typ
		same(t, at+".created", float64(created), r["created"])
		same(t, at+".completed", float64(completed), r["completed"])
		same(t, at+".failed", float64(failed), r["failed"])
		sameTimes(t, at+".completion", took, r["completion"])
	}
}

func same(t *testing.T, path string, want float64, got any) {
	t.Helper()
	if v, ok := got.(float64); !ok || math.Abs(v-want) > 1e-8*max(1, math.Abs(want)) {
		t.Errorf("%s is %v, by the trace %v", path, got, want)
	}
}

func sameTimes(t *testing.T, path string, took []int64, got any) {
	t.Helper()
	r := got.(map[string]any)
	if same(t, path+".count", float64(len(took)), r["count"]); len(took) == 0 || r["count"] != float64(len(took)) {
		return
	}
	slices.Sort(took)
	sum := 0.0
	for _, v := range took {
		sum += float64(v) / 1e9
	}
	same(t, path+".mean", sum/float64(len(took)), r["mean"])
	same(t, path+".min", float64(took[0])/1e9, r["min"])
	same(t, path+".max", float64(took[len(took)-1])/1e9, r["max"])
	for name, p := range map[string]int{"p50": 500, "p90": 900, "p95": 950, "p99": 990, "p999": 999} {
		rank := (p*len(took) + 999) / 1000
		want := float64(took[rank-1]) / 1e9
		if v, ok := r[name].(float64); !ok || math.Abs(v-want) > 0.001*want {
			t.Errorf("%s.%s is %v, by the trace %v", path, name, r[name], want)
		}
	}
}

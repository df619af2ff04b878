package sim

import (
	"eddy/sim/measure"
	"eddy/sim/spec"
)

// Number is a measured value that may be absent (nothing was observed, or
// 0/0). The zero Number is absent.
type Number struct {
	Value float64
	Valid bool
}

// Num returns a present Number.
func Num(v float64) Number { return Number{v, true} }

// Latency summarises a set of durations, in seconds. Quantiles come from a
// histogram with a relative error of at most 0.1 %; the others are exact.
type Latency struct {
	Count int64
	Mean, SD, Min,
	P50, P90, P95, P99, P999, Max Number
}

// Result is what one run measured: the document eddy.result/1. Times are in
// seconds, sizes in bytes, rates per second, shares 0 to 1. Names of
// components stand in the scenario's order. Counts are of what ended after
// the warm-up, but for Ledger, which is about the whole run.
type Result struct {
	Scenario      ScenarioInfo
	Run           RunInfo
	Ledger        Ledger
	Producers     []ProducerResult
	Channels      []ChannelResult
	Subscriptions []ChannelResult // Name is "channel/consumer"
	Consumers     []ConsumerResult
	Flows         []FlowResult
	Findings      []Finding
	Expectations  []ExpectationResult
}

// ScenarioInfo says what was run.
type ScenarioInfo struct {
	Name, Hash string
	Variant    string // "" for none
	Set        []spec.Setting
}

// Ended says why a run stopped.
type Ended string

// The reasons a run can stop for.
const (
	EndedDuration    Ended = "duration"
	EndedExhausted   Ended = "exhausted" // nothing can happen any more
	EndedLivelock    Ended = "livelock"  // a million things at one instant
	EndedDeadlock    Ended = "deadlock"
	EndedMaxEvents   Ended = "max_events"
	EndedMaxPending  Ended = "max_pending"
	EndedInterrupted Ended = "interrupted"
)

// CutShort says whether a run stopped although more would have happened: what
// it has not come to may break any expectation.
func (e Ended) CutShort() bool {
	switch e {
	case EndedInterrupted, EndedMaxEvents, EndedMaxPending, EndedLivelock:
		return true
	}
	return false
}

// RunInfo says how it was run.
type RunInfo struct {
	Version     string
	Seed        int64
	Replication int
	Duration    float64
	Warmup      float64
	Ended       Ended
	EndedAt     float64
	Events      int64 // events created
	Fingerprint uint64
}

// Ledger accounts for every event and copy of the whole run:
// Copies = Done + Waiting + Delayed + Leased + DeadLettered + Dropped + Expired + Lost.
type Ledger struct {
	Created, Unsent, Rejected, Unrouted, Copies, Done, Waiting, Delayed, Leased,
	DeadLettered, Dropped, Expired, Lost, LoopCut, Duplicates int64
	Balanced bool
}

// Calls counts synchronous calls by outcome.
type Calls struct {
	OK, Failed, TimedOut, Refused, ShortCircuited int64
}

// ProducerResult is one producer.
// Created = Published + Rejected + Unsent + Dropped and what is under way.
type ProducerResult struct {
	Name                                                   string
	Created, Published, Rejected, Unsent, Dropped, Retries int64
	Rate                                                   Number
	Blocked                                                Number // seconds, summed over instances
	Confirm, Response                                      Latency
	Calls                                                  Calls
	Availability                                           Number
}

// Level summarises a quantity over time.
type Level struct {
	Mean, Max, Last Number
}

// LittlesLaw is L = λW: L copies on average, Lambda leaving per second, W
// seconds each; Residual is L/(Lambda·W) − 1.
type LittlesLaw struct {
	L, Lambda, W, Residual Number
}

// PartitionResult is one partition of a stream.
type PartitionResult struct {
	In, Delivered, Acked, Expired int64
	Depth                         Level
	Wait                          Latency
}

// ChannelResult is one channel, or one subscription of a topic.
type ChannelResult struct {
	Name, Type string
	In, Delivered, Redelivered, Acked, DeadLettered, Dropped, Expired,
	Rejected, DuplicatesIgnored int64
	RateIn, RateOut      Number
	Depth, Leased, Bytes Level
	Wait                 Latency
	LittlesLaw           LittlesLaw
	Partitions           []PartitionResult
}

// Cause is why a nanosecond of an event's life passed.
type Cause uint8

// Causes, in the order of the result document.
const (
	Network Cause = iota
	Queueing
	Behind
	Service
	FailedService
	BackingOff
	LeaseWait
	Outage
	Rebalancing
	Startup
	Batch
	Causes = 11
)

// CauseNames are the causes' names in the result document.
var CauseNames = [Causes]string{
	"network", "queue", "behind", "service", "failed_service", "backoff",
	"lease", "outage", "rebalance", "startup", "batch",
}

// Shares holds one share (0 to 1) for each Cause; they sum to 1, or all are absent.
type Shares [Causes]Number

// ClassResult is one event type or priority at a consumer.
type ClassResult struct {
	Name          string
	Done          int64
	Wait, Latency Latency
}

// InstanceResult is one instance of a consumer.
type InstanceResult struct {
	Done        int64
	Utilisation Number
}

// InstancesLevel is the number of instances over time.
type InstancesLevel struct {
	Mean, Min, Max, Last Number
}

// Served counts the calls a consumer answered.
type Served struct {
	OK, Failed, Late int64
	Response         Latency
}

// ConsumerResult is one consumer.
type ConsumerResult struct {
	Name string
	Received, Attempts, Done, FailedAttempts, Retries, TimedOut, DeadLettered,
	Dropped, Lost, Effects, Duplicates, Recognised, OrderViolations int64
	Rate, Utilisation                Number
	Instances                        InstancesLevel
	BusySeconds, InstanceSeconds     Number
	Wait, Service, Latency, EndToEnd Latency
	Curve                            Curve // of Latency
	InSystemMean, InSystemMax        Number
	Blame, BlameP99                  Shares
	ByType, ByPriority               []ClassResult
	ByInstance                       []InstanceResult
	Calls                            Calls
	Served                           Served
}

// FlowResult is the families that began with one type of root event.
type FlowResult struct {
	Name                       string
	Created, Completed, Failed int64
	Completion                 Latency
	Curve                      Curve // of Completion
}

// Curve is a distribution for drawing: its quantiles in seconds at the shares,
// in thousandths, of CurveShares; nil where nothing was measured. It is no part
// of the result document.
type Curve []float64

// CurveShares are where a Curve has its quantiles.
var CurveShares = measure.CurveShares[:]

// FindingSeverity is how bad a finding is.
type FindingSeverity string

// Severities.
const (
	SeverityError   FindingSeverity = "error"
	SeverityWarning FindingSeverity = "warning"
	SeverityInfo    FindingSeverity = "info"
)

// Evidence is one number behind a finding.
type Evidence struct {
	Name  string
	Value Number
}

// Finding is something the run says about the scenario, with its evidence
// and, where there is one, the change that would mend it.
type Finding struct {
	Severity  FindingSeverity
	Code      string
	Component string // "consumers.payment", "channels.orders", …
	Text      string
	Evidence  []Evidence
	Change    []spec.Setting // --set that would mend it, empty for none
	Predicted string         // what the change is predicted to do, "" if unknown
}

// Verdict is the outcome of an expectation.
type Verdict string

// Verdicts.
const (
	Pass         Verdict = "pass"
	Failed       Verdict = "fail"
	Inconclusive Verdict = "inconclusive"
)

// ExpectationResult is one judged expectation.
type ExpectationResult struct {
	Expect  string
	Value   Number
	Verdict Verdict
	Why     string // the comment of the scenario
	Open    string // why the verdict is inconclusive, "" where it is not
}

// LeaveOpen makes the verdict inconclusive, for a reason.
func (e *ExpectationResult) LeaveOpen(reason string) {
	e.Verdict, e.Open = Inconclusive, reason
}

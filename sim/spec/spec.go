package spec

// Nanos is an instant or a length of simulated time in whole nanoseconds.
// A duration is ≥ 0 and at most 100 years.
type Nanos = int64

// Units of Nanos.
const (
	Microsecond Nanos = 1000
	Millisecond Nanos = 1000 * Microsecond
	Second      Nanos = 1000 * Millisecond
	Minute      Nanos = 60 * Second
	Hour        Nanos = 60 * Minute
	Day         Nanos = 24 * Hour
	// MaxDuration is the longest duration a scenario may write: 100 years of 365 days.
	MaxDuration Nanos = 36500 * Day
)

// Unlimited stands for "no limit" where a count may have none.
const Unlimited = -1

// None stands for "no such thing" where an index may be absent.
const None = -1

// Scenario is everything one run needs, resolved.
type Scenario struct {
	Name  string
	About string
	// Hash is the SHA-256 of the resolved scenario in hexadecimal.
	Hash string
	// Variant is the name of the applied variant, "" for none; Set holds the
	// --set changes, in the order given.
	Variant string
	Set     []Setting

	Duration Nanos
	Warmup   Nanos // < Duration; statistics start here
	Seed     int64 // ≥ 0

	Events    []EventType
	Keys      []KeySpace
	Producers []Producer // at least one
	Broker    Broker
	Consumers []Consumer // at least one
	Timeline  []Action
	Expect    []Expectation
}

// Setting is one --set PATH=VALUE as the user wrote it.
type Setting struct{ Path, Value string }

// EventKind says what an event tells of.
type EventKind uint8

// Kinds of events.
const (
	MessageEvent EventKind = iota // another system sent it
	ActionEvent                   // a user did it
	SystemEvent                   // a timer, a probe
	ChangeEvent                   // state changed
)

// EventType is one entry of events, declared or implied by being emitted.
type EventType struct {
	Name         string
	About        string
	Declared     bool
	Kind         EventKind
	CarriesState bool // false: a notification with only an id
	Size         Dist // bytes
	Key          int  // index into Scenario.Keys, None: no key
	Priority     []Choice
	TTL          Nanos // 0: none
	Fields       []Field
}

// KeySpace is a set of keys 0 … Count-1 drawn with Zipf's exponent Skew
// (0: uniform). An inline key space of an event has the Name "".
type KeySpace struct {
	Name  string
	Count int64
	Skew  float64
}

// Choice is one entry of a weighted map; the weights of a map sum to 1.
// What Value indexes depends on where it stands (an event type, a priority).
type Choice struct {
	Value  int
	Weight float64
}

// Field is one entry of an event's fields: a weighted choice of values (one
// choice: a constant) or a distribution of numbers.
type Field struct {
	Name    string
	Choices []FieldChoice // empty: Dist
	Dist    Dist
}

// FieldChoice is one weighted value of a field.
type FieldChoice struct {
	Value  Value
	Weight float64
}

// ValueKind is the kind of a Value.
type ValueKind uint8

// Kinds of values in fields and filters.
const (
	TextValue ValueKind = iota
	NumberValue
	BoolValue
	NoValue // of a field in a row that says nothing of it
)

// Value is a field's value or a literal of a filter.
type Value struct {
	Kind   ValueKind
	Text   string
	Number float64
	Bool   bool
}

// ProducerKind is the label of a source.
type ProducerKind uint8

// Kinds of producers.
const (
	ServiceProducer ProducerKind = iota
	UsersProducer
	SensorProducer
	TimerProducer
	DatabaseProducer
)

// Producer creates events.
type Producer struct {
	Name, About string
	Kind        ProducerKind
	Emits       []Choice // of indices into Scenario.Events
	To          int      // channel, None when it calls
	Call        int      // consumer, None when it publishes
	Rate        Arrivals // open loop; Kind NoArrivals when Users > 0
	Shape       []ShapePoint
	Users       int  // closed loop: users of each instance
	Think       Dist // nanoseconds
	Instances   int
	Starts      Nanos
	Count       int64 // events of all instances together, Unlimited
	Confirm     bool
	Retry       Retry // Attempts 1: none
	Timeout     Nanos // 0: none
	Buffer      int   // events held while the broker blocks, per instance
	Loses       float64
	Outbox      *Outbox
}

// Outbox publishes committed events in polled batches.
type Outbox struct {
	Poll  Nanos // > 0
	Batch int   // ≥ 1
}

// ArrivalKind names an arrival process.
type ArrivalKind uint8

// Arrival processes.
const (
	NoArrivals ArrivalKind = iota
	Every                  // evenly spaced: the nth at n·Interval, exactly; Jitter spreads each gap by ±Jitter
	Poisson                // Events per Per
	Renewal                // gaps drawn from Gap
	Burst                  // Size events at one instant, gaps between bursts drawn from Gap
	MMPP                   // two-state Markov-modulated Poisson process
	Replay                 // the rows of a recorded trace
)

// Rate is a rate as an exact fraction: Events per Per nanoseconds (Per > 0).
type Rate struct {
	Events int64
	Per    Nanos
}

// PerSecond is the rate in events a second.
func (r Rate) PerSecond() float64 {
	if r.Per == 0 {
		return 0
	}
	return float64(r.Events) * 1e9 / float64(r.Per)
}

// Arrivals says when a producer's events are created.
type Arrivals struct {
	Kind    ArrivalKind
	Rate    Rate    // Every, Poisson (120/s is 120 events per second)
	Jitter  float64 // Every: share of the interval, 0 to 1
	Gap     Dist    // Renewal, Burst: nanoseconds
	Size    int     // Burst
	Low     Rate    // MMPP
	High    Rate
	LowFor  float64 // MMPP: mean stay in the low state, nanoseconds
	HighFor float64
	Rows    []ReplayRow // Replay: sorted by At
	Columns []string    // Replay: names of the field columns, in the order of ReplayRow.Fields
	File    string      // Replay: the file's name as the scenario gives it
}

// ReplayRow is one recorded arrival.
type ReplayRow struct {
	At       Nanos   // from the start of the run
	Event    int     // index into Scenario.Events, None: drawn from Emits
	Key      string  // "" : none recorded
	HasKey   bool    //
	Size     int64   // bytes, None: drawn
	Priority int8    // None: drawn
	Work     Nanos   // None: not recorded
	Fails    int32   // None: not recorded
	Fields   []Value // parallel to Arrivals.Columns; NoValue: as declared, if at all
}

// ShapePoint multiplies the rate by Times from At on, reached linearly over
// Ramp beginning at At; the last entry holds until the next.
type ShapePoint struct {
	At    Nanos
	Times float64
	Ramp  Nanos
}

// BackoffKind is the law of growth of a backoff.
type BackoffKind uint8

// Laws of backoff: the wait after the nth failed try.
const (
	NoBackoff          BackoffKind = iota // 0
	ConstantBackoff                       // Base
	LinearBackoff                         // n·Base
	ExponentialBackoff                    // Base·Times^(n-1)
	ListBackoff                           // List[n-1], the last entry repeats
)

// Jitter spreads a backoff b.
type Jitter uint8

// Kinds of jitter.
const (
	NoJitter           Jitter = iota // b
	FullJitter                       // uniform 0 … b
	EqualJitter                      // b/2 + uniform 0 … b/2
	DecorrelatedJitter               // uniform Base … 3·last, capped by Max
)

// Backoff is the wait before a next try.
type Backoff struct {
	Kind   BackoffKind
	Base   Nanos
	Times  float64 // ≥ 1
	Max    Nanos   // 0: none
	List   []Nanos
	Jitter Jitter
}

// Retry is the policy of a publish or a call.
type Retry struct {
	Attempts int // in all, the first included; ≥ 1, Unlimited
	Backoff  Backoff
}

// Profile is what broker.like names.
type Profile uint8

// Profiles.
const (
	Ideal Profile = iota
	RabbitMQ
	RabbitMQClassic
	JetStream
	Kafka
	SQS
	SQSFIFO
)

// Broker carries events.
type Broker struct {
	Like     Profile
	Latency  Latency
	Rate     Rate // events the broker takes in; Events 0: unlimited
	Channels []Channel
}

// Latency is the delay of each kind of link, nanoseconds. A confirm takes a
// draw of Publish, an answer a draw of Call.
type Latency struct {
	Publish, Deliver, Ack, Call Dist
}

// ChannelType says how a channel hands events on.
type ChannelType uint8

// Types of channels.
const (
	Queue ChannelType = iota
	Topic
	Stream
	Bus
)

// Overflow says what a full queue does.
type Overflow uint8

// Policies of a full queue.
const (
	Reject Overflow = iota
	DropNew
	DropOld
	Block
)

// Order is a queue's discipline.
type Order uint8

// Disciplines.
const (
	FIFO Order = iota
	LIFO
	Priority
)

// Requeue says where a returned copy goes.
type Requeue uint8

// Places of a returned copy.
const (
	RequeueOriginal Requeue = iota
	RequeueFront
	RequeueBack
)

// Store is the behaviour of anything that holds copies: a queue, or each
// subscription of a topic, to which the topic's keys are defaults.
type Store struct {
	Capacity         int // ready copies, Unlimited
	Overflow         Overflow
	Order            Order
	Delay            Dist
	TTL              Nanos // 0: none
	AckTimeout       Nanos // 0: none
	AckClockLease    bool  // the clock runs from the lease, not from the handler's start
	MaxDeliveries    int   // Unlimited
	Requeue          Requeue
	DelayedHoldsSlot bool
	DeadLetter       int   // channel, None
	Dedup            Nanos // 0: none
	KeyExclusive     bool  // sqs-fifo: one copy of a key in hand at a time
}

// Channel is one place of the broker.
type Channel struct {
	Name, About string
	Type        ChannelType
	From        []int   // channels whose events it gets a copy of
	Where       *Filter // which of them, nil: all
	Store       Store
	Partitions  int // Stream
	Retention   Retention
	Assign      Assign
	Rebalance   Nanos
	Session     Nanos
	Rules       []Rule // Bus
	Otherwise   int    // Bus: channel, None
}

// Retention limits what a stream keeps; 0 means no limit.
type Retention struct {
	Time   Nanos
	Events int64
	Size   int64
}

// Assign is how a group shares a stream's partitions.
type Assign uint8

// Assignors.
const (
	RangeAssign Assign = iota
	RoundRobinAssign
	StickyAssign
	CooperativeAssign
)

// Rule sends matching events on.
type Rule struct {
	Name  string
	Where *Filter
	To    []int
}

// Source is one channel a consumer reads.
type Source struct {
	Channel  int
	Where    *Filter
	Earliest bool
}

// Consumer handles events.
type Consumer struct {
	Name, About string
	From        []Source // empty: it only answers calls
	Instances   int
	Concurrency int // Unlimited
	Prefetch    int // Unlimited
	Backlog     int // Unlimited
	AckBefore   bool
	Commit      Nanos
	Idempotent  bool
	Recognise   Dist
	Starts      Nanos
	Stops       Nanos // 0: never
	StartTime   Dist
	Handlers    []Handler
	Retry       ConsumerRetry
	Autoscale   *Autoscale
}

// Handler is what a consumer does with the events that match Pattern; the
// first handler of a consumer that matches an event's type handles it.
type Handler struct {
	Pattern Pattern
	Steps   []Step
}

// Verb is what a step does.
type Verb uint8

// Verbs.
const (
	Work Verb = iota
	Fail
	Emit
	Call
)

// Step is one step of a handler.
type Step struct {
	Verb   Verb
	When   *Filter // nil: always
	Chance float64 // of the step happening at all; 1: always

	// Work.
	Work          Dist
	WorkFromEvent bool

	// Fail.
	FailChance    float64
	Poison        bool
	FailFromEvent bool
	FailEvents    []int64 // 1-based numbers of the events this consumer is given, sorted
	FailAttempts  int     // with FailEvents: how many attempts of each fail

	// Emit.
	Emits  []Choice // of event types
	To     int      // channel
	Count  int
	Delay  Dist
	NewKey bool
	Once   bool // at: once, published even if the attempt fails later

	// Call.
	Callee   int // consumer
	Timeout  Nanos
	Retry    Retry
	Breaker  *Breaker
	Continue bool // on_error: continue
}

// Breaker is a circuit breaker around a call.
type Breaker struct {
	Errors float64
	Window int
	Open   Nanos
}

// ConsumerRetry is what happens after a failed attempt.
type ConsumerRetry struct {
	Attempts  int // deliveries in all, Unlimited
	Backoff   Backoff
	InWorker  bool // the worker is held while waiting
	ThenDrop  bool // then: drop, even if there is a dead-letter queue
	ByTimeout bool // sqs: a failed copy comes back by its ack timeout
	Blocks    bool // kafka: a failing event blocks its partition
}

// AutoscaleOn is the measure an autoscaler follows.
type AutoscaleOn uint8

// Measures of the autoscaler.
const (
	OnBacklog AutoscaleOn = iota
	OnUtilisation
	OnRate
)

// Autoscale is a controller of the number of instances.
type Autoscale struct {
	Min, Max int
	On       AutoscaleOn
	Target   float64
	Every    Nanos
	Window   Nanos
	Cooldown Nanos
}

// ActionKind is what a timeline entry does.
type ActionKind uint8

// Actions of the timeline.
const (
	CrashAction ActionKind = iota
	SlowAction
	FailAction
	ScaleAction
	StopAction
	StartAction
	OutageAction
	CutAction
	DelayAction
	DropAction
	DuplicateAction
	SurgeAction
	PurgeAction
	PauseAction
	ResumeAction
	EmitAction
	SetAction
)

// ComponentKind says which list of the scenario an index is into.
type ComponentKind uint8

// Kinds of components.
const (
	NoComponent ComponentKind = iota
	BrokerComponent
	ProducerComponent
	ChannelComponent
	ConsumerComponent
)

// Ref names a component.
type Ref struct {
	Kind  ComponentKind
	Index int
}

// Action is one timeline entry.
type Action struct {
	At       Nanos
	For      Nanos // 0: not undone
	Kind     ActionKind
	A, B     Ref
	All      bool // crash: every instance
	Count    int  // crash: instances; scale: to; emit: count
	Restart  Nanos
	Restarts bool
	Times    float64
	Chance   float64
	By       Dist
	Event    int
	Path     string
	Value    string
	// Changed is the scenario with a set in force: it differs only in what may
	// change while it runs, and has no timeline.
	Changed *Scenario
}

// Operator compares a measured value with the wanted one.
type Operator uint8

// Operators of expectations.
const (
	Less Operator = iota
	LessEqual
	Greater
	GreaterEqual
	Equal
	NotEqual
)

// Expectation is one assertion on the result.
type Expectation struct {
	Text  string // as written, without the comment
	Path  []string
	Op    Operator
	Value float64 // in the unit of the result (seconds, bytes, per second, share)
	Why   string  // the comment after it
}

package reference

import (
	"testing"

	"eddy/sim/reference/cases"
	"eddy/sim/spec"
)

// The stories below were worked out by hand from SEMANTICS.md.

func TestDD1(t *testing.T) {
	tells(t, small(25, 10, cases.Work(cases.ConstMs(12))), `
		0 joined c
		10 created p p:1
		10 published p p:1
		10 enqueued q p:1
		10 confirmed p p:1
		10 leased q p:1 #1
		10 started c p:1 #1
		20 created p p:2
		20 published p p:2
		20 enqueued q p:2
		20 confirmed p p:2
		22 done c p:1 #1
		22 leased q p:2 #1
		22 started c p:2 #1
	`)
}

func TestLatenciesAreCrossedInOrder(t *testing.T) {
	sc := small(20, 10, cases.Work(cases.ConstMs(1)))
	sc.Broker.Latency = spec.Latency{Publish: cases.ConstMs(1), Deliver: cases.ConstMs(2), Ack: cases.ConstMs(3)}
	sc.Producers[0].Count = 1
	tells(t, sc, `
		0 joined c
		10 created p p:1
		10 published p p:1
		11 enqueued q p:1
		11 leased q p:1 #1
		12 confirmed p p:1
		13 started c p:1 #1
		14 done c p:1 #1
	`)
}

func TestPriority(t *testing.T) {
	sc := small(40, 10, cases.Work(cases.ConstMs(25)))
	sc.Events = append(sc.Events, cases.Event("urgent"))
	sc.Events[1].Priority = cases.One(9)
	urgent := cases.Producer("u", cases.Ms(30))
	urgent.Emits = cases.One(1)
	sc.Producers = append(sc.Producers, urgent)
	sc.Broker.Channels[0].Store.Order = spec.Priority
	tellsOf(t, sc, "enqueued started", `
		10 enqueued q p:1
		10 started c p:1 #1
		20 enqueued q p:2
		30 enqueued q p:3
		30 enqueued q u:1
		35 started c u:1 #1
		40 enqueued q p:4
	`)
}

func TestLIFO(t *testing.T) {
	sc := small(40, 10, cases.Work(cases.ConstMs(25)))
	sc.Broker.Channels[0].Store.Order = spec.LIFO
	tellsOf(t, sc, "started", `
		10 started c p:1 #1
		35 started c p:3 #1
	`)
}

func TestRetriesInTheBroker(t *testing.T) {
	sc := small(60, 10, cases.Work(cases.ConstMs(1)), cases.Fail(1))
	sc.Producers[0].Count = 1
	sc.Broker.Channels = append(sc.Broker.Channels, cases.Queue("dead"))
	sc.Broker.Channels[0].Store.DeadLetter = 1
	sc.Consumers[0].Retry.Attempts = 3
	sc.Consumers[0].Retry.Backoff.Base = cases.Ms(10)
	tellsOf(t, sc, "leased started failed delayed returned dead_lettered enqueued", `
		10 enqueued q p:1
		10 leased q p:1 #1
		10 started c p:1 #1
		11 failed(failure) c p:1 #1
		11 delayed(backoff) q p:1 #1
		21 returned(backoff) q p:1 #1
		21 leased q p:1 #2
		21 started c p:1 #2
		22 failed(failure) c p:1 #2
		22 delayed(backoff) q p:1 #2
		42 returned(backoff) q p:1 #2
		42 leased q p:1 #3
		42 started c p:1 #3
		43 failed(failure) c p:1 #3
		43 dead_lettered(attempts) q p:1 #3
		43 enqueued dead p:1
	`)
}

func TestRetriesInTheWorker(t *testing.T) {
	sc := small(60, 10, cases.Work(cases.ConstMs(1)), cases.FailOf(2, 1))
	sc.Producers[0].Count = 2
	sc.Consumers[0].Retry.InWorker = true
	sc.Consumers[0].Retry.Backoff.Base = cases.Ms(10)
	tellsOf(t, sc, "leased started failed done delayed", `
		10 leased q p:1 #1
		10 started c p:1 #1
		11 failed(failure) c p:1 #1
		21 started c p:1 #2
		22 failed(failure) c p:1 #2
		42 started c p:1 #3
		43 done c p:1 #3
		43 leased q p:2 #1
		43 started c p:2 #1
		44 done c p:2 #1
	`)
}

func TestOutOfAttemptsWithoutDeadLetters(t *testing.T) {
	sc := small(30, 10, cases.Fail(1))
	sc.Producers[0].Count = 1
	sc.Consumers[0].Retry.Attempts = 2
	sc.Consumers[0].Retry.Backoff = spec.Backoff{}
	tellsOf(t, sc, "started failed returned dropped", `
		10 started c p:1 #1
		10 failed(failure) c p:1 #1
		10 returned(failure) q p:1 #1
		10 started c p:1 #2
		10 failed(failure) c p:1 #2
		10 dropped(attempts) q p:1 #2
	`)
}

func TestExpiry(t *testing.T) {
	sc := small(40, 5, cases.Work(cases.ConstMs(20)))
	sc.Broker.Channels[0].Store.TTL = cases.Ms(12)
	sc.Producers[0].Count = 4
	// p:2 (at 10), p:3 (15), p:4 (20) wait behind p:1, which is done at 25.
	tellsOf(t, sc, "started expired", `
		5 started c p:1 #1
		22 expired(ttl) q p:2
		25 started c p:3 #1
		32 expired(ttl) q p:4
	`)
}

func TestExpiryBehindALiveHead(t *testing.T) {
	sc := small(60, 5, cases.Work(cases.ConstMs(30)))
	sc.Events = append(sc.Events, cases.Event("short"))
	sc.Events[1].TTL = cases.Ms(7)
	short := cases.Producer("s", cases.Ms(5))
	short.Emits, short.Starts, short.Count = cases.One(1), cases.Ms(6), 1 // at 11
	sc.Producers = append(sc.Producers, short)
	sc.Producers[0].Count = 2
	// s:1 is too old at 18, but behind p:2 until that is sent at 35.
	tellsOf(t, sc, "started expired", `
		5 started c p:1 #1
		35 started c p:2 #1
		35 expired(ttl) q s:1
	`)
}

func TestExpiryWhenItWouldStart(t *testing.T) {
	sc := small(60, 5, cases.Work(cases.ConstMs(30)))
	sc.Producers[0].Count = 2
	sc.Consumers[0].Prefetch = 2
	sc.Broker.Channels[0].Store.TTL = cases.Ms(12)
	tellsOf(t, sc, "leased started expired done", `
		5 leased q p:1 #1
		5 started c p:1 #1
		10 leased q p:2 #1
		35 done c p:1 #1
		35 expired(ttl) q p:2
	`)
}

func overflowing(overflow spec.Overflow) *spec.Scenario {
	sc := small(40, 5, cases.Work(cases.ConstMs(18)))
	sc.Producers[0].Count = 4
	sc.Broker.Channels[0].Store.Capacity = 1
	sc.Broker.Channels[0].Store.Overflow = overflow
	return sc
}

func TestOverflowReject(t *testing.T) {
	sc := overflowing(spec.Reject)
	sc.Producers[0].Retry = spec.Retry{Attempts: 2, Backoff: spec.Backoff{Kind: spec.ConstantBackoff, Base: cases.Ms(9)}}
	tellsOf(t, sc, "published enqueued rejected confirmed started", `
		5 published p p:1
		5 enqueued q p:1
		5 confirmed p p:1
		5 started c p:1 #1
		10 published p p:2
		10 enqueued q p:2
		10 confirmed p p:2
		15 published p p:3
		15 rejected(full) q p:3
		20 published p p:4
		20 rejected(full) q p:4
		23 started c p:2 #1
		24 published(retry) p p:3
		24 enqueued q p:3
		24 confirmed p p:3
		29 published(retry) p p:4
		29 rejected(full) q p:4
		29 rejected(full) p p:4 #2
	`)
}

func TestOverflowDropNew(t *testing.T) {
	tellsOf(t, overflowing(spec.DropNew), "enqueued dropped started", `
		5 enqueued q p:1
		5 started c p:1 #1
		10 enqueued q p:2
		15 enqueued q p:3
		15 dropped(full) q p:3
		20 enqueued q p:4
		20 dropped(full) q p:4
		23 started c p:2 #1
	`)
}

func TestOverflowDropOld(t *testing.T) {
	sc := overflowing(spec.DropOld)
	sc.Broker.Channels = append(sc.Broker.Channels, cases.Queue("dead"))
	sc.Broker.Channels[0].Store.DeadLetter = 1
	tellsOf(t, sc, "enqueued dead_lettered started", `
		5 enqueued q p:1
		5 started c p:1 #1
		10 enqueued q p:2
		15 dead_lettered(full) q p:2
		15 enqueued dead p:2
		15 enqueued q p:3
		20 dead_lettered(full) q p:3
		20 enqueued dead p:3
		20 enqueued q p:4
		23 started c p:4 #1
	`)
}

func TestOverflowBlock(t *testing.T) {
	sc := overflowing(spec.Block)
	sc.Producers[0].Buffer = 1
	sc.Producers[0].Count = 5
	// p:3 is withheld until p:2 is sent at 23; p:4 waits in the buffer, p:5 (at
	// 25) meets the queue full again: p:3 is ready, p:4 withheld.
	tellsOf(t, sc, "created published enqueued delayed dropped confirmed started", `
		5 created p p:1
		5 published p p:1
		5 enqueued q p:1
		5 confirmed p p:1
		5 started c p:1 #1
		10 created p p:2
		10 published p p:2
		10 enqueued q p:2
		10 confirmed p p:2
		15 created p p:3
		15 published p p:3
		15 delayed(blocked) q p:3
		20 created p p:4
		23 started c p:2 #1
		23 enqueued q p:3
		23 confirmed p p:3
		23 published p p:4
		23 delayed(blocked) q p:4
		25 created p p:5
	`)
}

func TestBufferOverflow(t *testing.T) {
	sc := overflowing(spec.Block)
	sc.Producers[0].Buffer = 0
	tellsOf(t, sc, "delayed dropped", `
		15 delayed(blocked) q p:3
		20 dropped(buffer) p p:4
	`)
}

func TestCapacityCountsFreeSlots(t *testing.T) {
	sc := small(20, 5, cases.Work(cases.ConstMs(100)))
	sc.Producers[0].Rate = spec.Arrivals{Kind: spec.Burst, Gap: cases.ConstMs(5), Size: 3}
	sc.Consumers[0].Instances = 2
	sc.Broker.Channels[0].Store.Capacity = 0
	tellsOf(t, sc, "enqueued rejected leased", `
		5 enqueued q p:1
		5 enqueued q p:2
		5 rejected(full) q p:3
		5 rejected(full) p p:3 #1
		5 leased q p:1 #1
		5 leased q p:2 #1 @1.0
		10 rejected(full) q p:4
		10 rejected(full) p p:4 #1
		10 rejected(full) q p:5
		10 rejected(full) p p:5 #1
		10 rejected(full) q p:6
		10 rejected(full) p p:6 #1
		15 rejected(full) q p:7
		15 rejected(full) p p:7 #1
		15 rejected(full) q p:8
		15 rejected(full) p p:8 #1
		15 rejected(full) q p:9
		15 rejected(full) p p:9 #1
		20 rejected(full) q p:10
		20 rejected(full) p p:10 #1
		20 rejected(full) q p:11
		20 rejected(full) p p:11 #1
		20 rejected(full) q p:12
		20 rejected(full) p p:12 #1
	`)
}

func TestAckTimeoutMakesDuplicates(t *testing.T) {
	sc := small(40, 5, cases.Work(cases.ConstMs(15)))
	sc.Producers[0].Count = 1
	sc.Consumers[0].Instances = 2
	sc.Broker.Channels[0].Store.AckTimeout = cases.Ms(10)
	tellsOf(t, sc, "leased started timed_out returned done duplicate", `
		5 leased q p:1 #1
		5 started c p:1 #1
		15 timed_out(lease) q p:1 #1
		15 returned(lease) q p:1 #1
		15 leased q p:1 #2 @1.0
		15 started c p:1 #2 @1.0
		20 done c p:1 #1
		30 duplicate c p:1 #2
	`)
}

func TestLateAckTakesAReadyCopy(t *testing.T) {
	sc := small(40, 5, cases.Work(cases.ConstMs(15)))
	sc.Producers[0].Count = 2
	sc.Consumers[0].Prefetch = 1
	sc.Broker.Channels[0].Store.AckTimeout = cases.Ms(10)
	sc.Broker.Channels[0].Store.Requeue = spec.RequeueBack
	// The slot is free at 15, and p:2 is sent; its worker is busy until 20. p:1,
	// ready again behind it, is done by its late ack. p:2's clock runs from 20.
	tellsOf(t, sc, "leased started timed_out returned done duplicate", `
		5 leased q p:1 #1
		5 started c p:1 #1
		15 timed_out(lease) q p:1 #1
		15 returned(lease) q p:1 #1
		15 leased q p:2 #1
		20 done c p:1 #1
		20 started c p:2 #1
		30 timed_out(lease) q p:2 #1
		30 returned(lease) q p:2 #1
		30 leased q p:2 #2
		35 done c p:2 #1
		35 started c p:2 #2
	`)
}

func TestAckBeforeLoses(t *testing.T) {
	sc := small(20, 5, cases.Work(cases.ConstMs(1)), cases.FailOf(1, 2))
	sc.Producers[0].Count = 2
	sc.Consumers[0].AckBefore = true
	tellsOf(t, sc, "started failed lost done", `
		5 started c p:1 #1
		6 done c p:1 #1
		10 started c p:2 #1
		11 failed(failure) c p:2 #1
		11 lost(acked_before) c p:2 #1
	`)
}

func TestIdempotence(t *testing.T) {
	sc := small(60, 5, cases.Work(cases.ConstMs(15)))
	sc.Producers[0].Count = 1
	sc.Consumers[0].Idempotent = true
	sc.Consumers[0].Recognise = cases.ConstMs(2)
	sc.Broker.Channels[0].Store.AckTimeout = cases.Ms(10)
	sc.Consumers[0].Prefetch = 1
	// The only worker is busy until 20, when p:1 is done; the second delivery,
	// held since 15, is recognised.
	tellsOf(t, sc, "leased started done recognised duplicate", `
		5 leased q p:1 #1
		5 started c p:1 #1
		15 leased q p:1 #2
		20 done c p:1 #1
		20 started c p:1 #2
		22 recognised c p:1 #2
	`)
}

func TestDedupAndUnanswered(t *testing.T) {
	sc := small(40, 5)
	sc.Producers[0].Count = 1
	sc.Producers[0].Timeout = cases.Ms(10)
	sc.Producers[0].Retry = spec.Retry{Attempts: 2}
	sc.Broker.Latency.Publish = cases.ConstMs(6)
	sc.Broker.Channels[0].Store.Dedup = cases.Ms(100)
	// The confirm of the first try comes at 17, after its timeout at 15, and
	// still counts.
	tellsOf(t, sc, "published enqueued duplicate confirmed rejected", `
		5 published p p:1
		11 enqueued q p:1
		15 published(retry) p p:1
		17 confirmed p p:1
		21 duplicate(duplicate) q p:1
	`)
}

func TestUnansweredGivesUp(t *testing.T) {
	sc := small(40, 5)
	sc.Producers[0].Count = 1
	sc.Producers[0].Timeout = cases.Ms(10)
	sc.Broker.Latency.Publish = cases.ConstMs(6)
	tellsOf(t, sc, "published enqueued confirmed rejected", `
		5 published p p:1
		11 enqueued q p:1
		15 rejected(unanswered) p p:1 #1
	`)
}

func TestTopicAndBoundQueue(t *testing.T) {
	sc := small(10, 5)
	big := spec.Test{Attribute: spec.SizeAttribute, Match: spec.Match{Kind: spec.GreaterMatch, Number: 5000}}
	sc.Broker.Channels = []spec.Channel{cases.Topic("t"), cases.Queue("all"), cases.Queue("big")}
	sc.Broker.Channels[1].From = []int{0}
	sc.Broker.Channels[2].From = []int{0}
	sc.Broker.Channels[2].Where = &spec.Filter{Tests: []spec.Test{big}}
	late := cases.Consumer("late")
	late.Starts = cases.Ms(7)
	sc.Consumers = append(sc.Consumers, late)
	tellsOf(t, sc, "joined enqueued unrouted", `
		0 joined c
		5 enqueued t/c p:1
		5 enqueued all p:1
		7 joined late
		10 enqueued t/c p:2
		10 enqueued t/late p:2
		10 enqueued all p:2
	`)
}

func TestUnroutedIsConfirmed(t *testing.T) {
	sc := small(10, 5)
	sc.Broker.Channels = append(sc.Broker.Channels, cases.Topic("t"))
	sc.Producers[0].To = 1
	sc.Producers[0].Count = 1
	tellsOf(t, sc, "published unrouted confirmed", `
		5 published p p:1
		5 unrouted t p:1
		5 confirmed p p:1
	`)
}

func TestOutbox(t *testing.T) {
	sc := small(30, 5)
	sc.Producers[0].Outbox = &spec.Outbox{Poll: cases.Ms(10), Batch: 2}
	sc.Producers[0].Rate = spec.Arrivals{Kind: spec.Burst, Gap: cases.ConstMs(10), Size: 3}
	tellsOf(t, sc, "created published", `
		10 created p p:1
		10 created p p:2
		10 created p p:3
		20 published p p:1
		20 published p p:2
		20 created p p:4
		20 created p p:5
		20 created p p:6
		30 published p p:3
		30 published p p:4
		30 created p p:7
		30 created p p:8
		30 created p p:9
	`)
}

func TestClosedLoop(t *testing.T) {
	sc := small(30, 5)
	sc.Broker.Latency.Publish = cases.ConstMs(2)
	sc.Producers[0].Rate = spec.Arrivals{}
	sc.Producers[0].Users = 2
	sc.Producers[0].Think = cases.ConstMs(7)
	sc.Producers[0].Count = 5
	tellsOf(t, sc, "published confirmed", `
		7 published p p:1
		7 published p p:2
		11 confirmed p p:1
		11 confirmed p p:2
		18 published p p:3
		18 published p p:4
		22 confirmed p p:3
		22 confirmed p p:4
		29 published p p:5
	`)
}

func TestDelay(t *testing.T) {
	sc := small(20, 5)
	sc.Producers[0].Count = 1
	sc.Broker.Channels[0].Store.Delay = cases.ConstMs(8)
	tellsOf(t, sc, "enqueued delayed returned leased done", `
		5 enqueued q p:1
		5 delayed(delay) q p:1
		13 returned(delay) q p:1
		13 leased q p:1 #1
		13 done c p:1 #1
	`)
}

func TestRequeue(t *testing.T) {
	// p:1, p:2 and p:3 are there; p:1 fails at 6 and comes back.
	for requeue, want := range map[spec.Requeue]string{
		spec.RequeueOriginal: `
			5 started c p:1 #1
			6 started c p:1 #2
			7 started c p:2 #1
			8 started c p:3 #1`,
		spec.RequeueFront: `
			5 started c p:1 #1
			6 started c p:1 #2
			7 started c p:2 #1
			8 started c p:3 #1`,
		spec.RequeueBack: `
			5 started c p:1 #1
			6 started c p:2 #1
			7 started c p:3 #1
			8 started c p:1 #2`,
	} {
		sc := small(9, 5, cases.Work(cases.ConstMs(1)), cases.FailOf(1, 1))
		sc.Producers[0].Rate = spec.Arrivals{Kind: spec.Burst, Gap: cases.ConstMs(5), Size: 3}
		sc.Consumers[0].Retry.Backoff = spec.Backoff{}
		sc.Broker.Channels[0].Store.Requeue = requeue
		tellsOf(t, sc, "started", want)
	}
}

func TestRequeueFrontInLIFO(t *testing.T) {
	sc := small(12, 5, cases.Work(cases.ConstMs(1)), cases.FailOf(1, 1, 2))
	sc.Producers[0].Rate = spec.Arrivals{Kind: spec.Burst, Gap: cases.ConstMs(5), Size: 3}
	sc.Producers[0].Count = 3
	sc.Consumers[0].Retry.Backoff = spec.Backoff{}
	sc.Consumers[0].Instances = 2
	sc.Broker.Channels[0].Store.Order = spec.LIFO
	sc.Broker.Channels[0].Store.Requeue = spec.RequeueFront
	// p:3 and p:2 are sent, fail together at 6 and are before p:1, p:3 first.
	tellsOf(t, sc, "leased", `
		5 leased q p:3 #1
		5 leased q p:2 #1 @1.0
		6 leased q p:3 #2
		6 leased q p:2 #2 @1.0
		7 leased q p:1 #1
	`)
}

func TestBrokerRate(t *testing.T) {
	sc := small(20, 5)
	sc.Producers[0].Rate = spec.Arrivals{Kind: spec.Burst, Gap: cases.ConstMs(5), Size: 3}
	sc.Producers[0].Count = 4
	sc.Broker.Rate = spec.Rate{Events: 500, Per: spec.Second} // one in 2 ms
	tellsOf(t, sc, "published enqueued", `
		5 published p p:1
		5 enqueued q p:1
		5 published p p:2
		5 published p p:3
		7 enqueued q p:2
		9 enqueued q p:3
		10 published p p:4
		11 enqueued q p:4
	`)
}

func TestAStalledInstanceBeginsNothing(t *testing.T) {
	sc := small(40, 5, cases.Work(cases.ConstMs(1)), cases.Emit(0, 1))
	sc.Producers[0].Count = 4
	sc.Broker.Channels = append(sc.Broker.Channels, cases.Queue("out"))
	sc.Broker.Channels[1].Store.Capacity = 0
	sc.Broker.Channels[1].Store.Overflow = spec.Block
	slow := cases.Consumer("slow", cases.Work(cases.ConstMs(12)))
	slow.From = []spec.Source{{Channel: 1}}
	sc.Consumers = append(sc.Consumers, slow)
	tellsOf(t, sc, "started published enqueued delayed done", `
		5 published p p:1
		5 enqueued q p:1
		5 started c p:1 #1
		6 done c p:1 #1
		6 published c c:1
		6 enqueued out c:1
		6 started slow c:1 #1
		10 published p p:2
		10 enqueued q p:2
		10 started c p:2 #1
		11 done c p:2 #1
		11 published c c:2
		11 delayed(blocked) out c:2
		15 published p p:3
		15 enqueued q p:3
		18 done slow c:1 #1
		18 enqueued out c:2
		18 started c p:3 #1
		18 started slow c:2 #1
		19 done c p:3 #1
		19 published c c:3
		19 delayed(blocked) out c:3
		20 published p p:4
		20 enqueued q p:4
		30 done slow c:2 #1
		30 enqueued out c:3
		30 started c p:4 #1
		30 started slow c:3 #1
		31 done c p:4 #1
		31 published c c:4
		31 delayed(blocked) out c:4
	`)
}

func TestStopReturnsWhatIsNotBegun(t *testing.T) {
	sc := small(30, 5, cases.Work(cases.ConstMs(12)))
	sc.Producers[0].Count = 3
	sc.Consumers[0].Prefetch = 3
	sc.Consumers[0].Stops = cases.Ms(16)
	other := cases.Consumer("d", cases.Work(cases.ConstMs(1)))
	other.Starts = cases.Ms(15)
	other.StartTime = cases.ConstMs(3)
	sc.Consumers = append(sc.Consumers, other)
	tellsOf(t, sc, "joined leased started returned left done", `
		0 joined c
		5 leased q p:1 #1
		5 started c p:1 #1
		10 leased q p:2 #1
		15 leased q p:3 #1
		16 returned(stop) q p:2 #1
		16 returned(stop) q p:3 #1
		16 left(stop) c
		17 done c p:1 #1
		18 joined d
		18 leased q p:2 #2
		18 started d p:2 #1
		19 done d p:2 #1
		19 leased q p:3 #2
		19 started d p:3 #1
		20 done d p:3 #1
	`)
}

func TestSlotsGoToTheStoreTakenFromLongestAgo(t *testing.T) {
	sc := small(20, 5, cases.Work(cases.ConstMs(1)))
	sc.Producers[0].Rate = spec.Arrivals{Kind: spec.Burst, Gap: cases.ConstMs(5), Size: 3}
	sc.Producers[0].Count = 3
	second := sc.Producers[0]
	second.Name, second.To = "r", 1
	sc.Producers = append(sc.Producers, second)
	sc.Broker.Channels = append(sc.Broker.Channels, cases.Queue("s"))
	sc.Consumers[0].From = append(sc.Consumers[0].From, spec.Source{Channel: 1})
	tellsOf(t, sc, "leased", `
		5 leased q p:1 #1
		6 leased s r:1 #1
		7 leased q p:2 #1
		8 leased s r:2 #1
		9 leased q p:3 #1
		10 leased s r:3 #1
	`)
}

func TestDeadLetterOfADeadLetterIsDropped(t *testing.T) {
	sc := small(20, 5, cases.Fail(1))
	sc.Producers[0].Count = 1
	sc.Broker.Channels = append(sc.Broker.Channels, cases.Queue("r"))
	sc.Broker.Channels[0].Store.DeadLetter = 1
	sc.Broker.Channels[1].Store.DeadLetter = 0
	sc.Consumers[0].Retry.Attempts = 1
	sc.Consumers[0].From = append(sc.Consumers[0].From, spec.Source{Channel: 1})
	tellsOf(t, sc, "enqueued failed dead_lettered dropped", `
		5 enqueued q p:1
		5 failed(failure) c p:1 #1
		5 dead_lettered(attempts) q p:1 #1
		5 enqueued r p:1
		5 failed(failure) c p:1 #1
		5 dropped(attempts) r p:1 #1
	`)
}

func TestEmissionChainsEnd(t *testing.T) {
	sc := small(200, 5, cases.Work(cases.ConstMs(1)), cases.Emit(0, 0))
	sc.Producers[0].Count = 1
	records, _ := Run(sc, 0, 100_000)
	created := 0
	for _, r := range records {
		if r.What == 0 { // created
			created++
		}
	}
	if want := 1 + 64; created != want {
		t.Errorf("%d events created, want %d", created, want)
	}
}

func TestExpiryComesAfterOtherTimers(t *testing.T) {
	sc := small(40, 5, cases.Work(cases.ConstMs(100)))
	sc.Producers[0].Count = 2
	sc.Broker.Channels[0].Store.TTL = cases.Ms(12)
	sc.Broker.Channels[0].Store.AckTimeout = cases.Ms(17)
	// p:2 is too old at 22, when p:1's lease (from 5) runs out as well. The lease
	// is looked at first, and p:1, back at its place, is too old itself.
	tellsOf(t, sc, "started timed_out expired", `
		5 started c p:1 #1
		22 timed_out(lease) q p:1 #1
		22 expired(ttl) q p:1 #1
		22 expired(ttl) q p:2
	`)
}

func TestDropOldAfterRequeueBack(t *testing.T) {
	sc := small(21, 5, cases.Work(cases.ConstMs(1)), cases.FailOf(1, 1))
	sc.Producers[0].Rate = spec.Arrivals{Kind: spec.Burst, Gap: cases.ConstMs(5), Size: 3}
	sc.Producers[0].Count = 4
	sc.Consumers[0].Stops = cases.Ms(6)
	sc.Consumers[0].Retry.Backoff = spec.Backoff{Kind: spec.ConstantBackoff, Base: cases.Ms(2)}
	store := &sc.Broker.Channels[0].Store
	store.Requeue, store.Capacity, store.Overflow = spec.RequeueBack, 2, spec.DropOld
	// p:1 is back at 8, behind p:2 and p:3, and counts as entered then.
	tellsOf(t, sc, "enqueued returned dropped", `
		5 enqueued q p:1
		5 enqueued q p:2
		5 enqueued q p:3
		8 returned(backoff) q p:1 #1
		10 dropped(full) q p:2
		10 enqueued q p:4
	`)
}

func TestADeadLetterLivesByItsQueueAlone(t *testing.T) {
	sc := small(40, 5, cases.Work(cases.ConstMs(100)))
	sc.Producers[0].Count = 2
	sc.Events[0].TTL = cases.Ms(10)
	sc.Broker.Channels = append(sc.Broker.Channels, cases.Queue("dead"))
	sc.Broker.Channels[0].Store.DeadLetter = 1
	tellsOf(t, sc, "started dead_lettered expired", `
		5 started c p:1 #1
		20 dead_lettered(ttl) q p:2
	`)
}

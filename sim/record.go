package sim

// What is a step in the life of an event or a component.
type What uint8

// Steps, in the words of the trace.
const (
	Created What = iota
	Unsent
	Published
	Confirmed
	Rejected
	Unrouted
	Enqueued
	Leased
	Started
	Done
	FailedAttempt
	Returned
	TimedOut
	Delayed
	DeadLettered
	Dropped
	Expired
	Lost
	Duplicate
	Recognised
	Called
	Refused
	Answered
	Late
	Joined
	Left
	Crashed
	Scaled
	Assigned
	Revoked
	FaultBegan
	FaultEnded
	FindingSaid
	Whats = int(FindingSaid) + 1
)

// WhatNames are the steps' names in the trace.
var WhatNames = [Whats]string{
	"created", "unsent", "published", "confirmed", "rejected", "unrouted", "enqueued", "leased", "started", "done",
	"failed", "returned", "timed_out", "delayed", "dead_lettered", "dropped", "expired", "lost", "duplicate", "recognised",
	"called", "refused", "answered", "late", "joined", "left", "crashed", "scaled", "assigned", "revoked",
	"fault_began", "fault_ended", "finding",
}

// Why is the reason behind a step, where it has one.
type Why uint8

// Reasons.
const (
	NoReason      Why = iota
	WhyFull           // the channel was full
	WhyBuffer         // the producer's buffer was full
	WhyLoses          // dual write: the event never left
	WhyTTL            // past its time to live
	WhyAttempts       // out of deliveries
	WhyLease          // unanswered for the ack timeout
	WhyFailure        // the handler failed
	WhyRetry          // tried again
	WhyDead           // no dead-letter queue to go to, or it already failed there
	WhyAckBefore      // acked before work, then failed
	WhyStop           // the instance left
	WhyDuplicate      // ignored within the dedup window
	WhyDelay          // the channel's delay
	WhyBackoff        // waiting out a backoff
	WhyUnanswered     // no confirm within the timeout
	WhyPurge
	WhyBlocked // withheld by a full channel that blocks
	WhyLoop    // the emission chain is too long
	WhyCrash   // its instance died
	WhyDrop    // lost on the way
	WhyOutage  // the broker did not answer
	Whys       = int(WhyOutage) + 1
)

// WhyNames are the reasons' names in the trace ("" for none).
var WhyNames = [Whys]string{
	"", "full", "buffer", "loses", "ttl", "attempts", "lease", "failure", "retry", "no_dead_letter", "acked_before",
	"stop", "duplicate", "delay", "backoff", "unanswered", "purge", "blocked", "loop", "crash", "lost_on_the_way", "outage",
}

// EventID names an event: the Number-th (from 1) of component Source.
type EventID struct {
	Source int32 // component, NoEvent for none
	Number int64
}

// NoEvent is the Source of the EventID that names no event.
const NoEvent = -1

// Record is one thing that happened. Indices that do not apply are -1.
type Record struct {
	At        int64 // ns
	What      What
	Why       Why
	Component int32 // Names.Component; where it happened
	Event     EventID
	Type      int32 // index into the scenario's events
	Key       int64 // -1: none; Names.Key turns it into text
	Cause     EventID
	Root      EventID
	Attempt   int32 // 1-based; 0: none yet
	Instance  int32 // 0-based
	Worker    int32 // 0-based
	Partition int32 // of the stream that took the event last, where a stream, a group or a reader of one is concerned; -1: none
	Created   int64 // when the event was created, ns
	Published int64 // when it was published, ns, -1: not yet
	Size      int64 // bytes
	Priority  int8
}

// Observer is told everything that happens, in order. It must not keep the
// record, change anything, or call the engine.
type Observer interface {
	Observe(*Record)
}

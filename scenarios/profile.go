package scenarios

import "eddy/sim/spec"

// profile is what broker.like sets where nothing else is said.
type profile struct {
	like       spec.Profile
	channel    spec.ChannelType
	partitions int
	store      spec.Store
	prefetch   int // 0: the concurrency
	retry      spec.ConsumerRetry
	commit     spec.Nanos
	rebalance  spec.Nanos
	session    spec.Nanos
}

var likeForm = enumForm(
	choice[spec.Profile]{"ideal", spec.Ideal},
	choice[spec.Profile]{"rabbitmq", spec.RabbitMQ},
	choice[spec.Profile]{"rabbitmq-classic", spec.RabbitMQClassic},
	choice[spec.Profile]{"jetstream", spec.JetStream},
	choice[spec.Profile]{"kafka", spec.Kafka},
	choice[spec.Profile]{"sqs", spec.SQS},
	choice[spec.Profile]{"sqs-fifo", spec.SQSFIFO},
)

var likeNames = map[string]spec.Profile{
	"ideal": spec.Ideal, "rabbitmq": spec.RabbitMQ, "rabbitmq-classic": spec.RabbitMQClassic,
	"jetstream": spec.JetStream, "kafka": spec.Kafka, "sqs": spec.SQS, "sqs-fifo": spec.SQSFIFO,
}

// profileOf gives the defaults of a profile. Each was compared with the
// documented defaults of the product: RabbitMQ quorum queues' delivery limit
// of 20 redeliveries (21 deliveries), JetStream's AckWait of 30 s and
// MaxAckPending of 1,000, Kafka's max.poll.interval.ms of 5 min,
// max.poll.records of 500, auto.commit.interval.ms of 5 s and
// session.timeout.ms of 45 s, SQS's visibility timeout of 30 s and at most 10
// messages a receive.
func profileOf(like spec.Profile) *profile {
	p := &profile{
		like: like, partitions: 1, session: 10 * spec.Second,
		store: spec.Store{Capacity: spec.Unlimited, MaxDeliveries: spec.Unlimited, DeadLetter: spec.None},
		retry: spec.ConsumerRetry{Attempts: spec.Unlimited},
	}
	switch like {
	case spec.Ideal:
		p.retry = spec.ConsumerRetry{Attempts: 5, Backoff: defaultBackoff()}
	case spec.RabbitMQ:
		p.store.MaxDeliveries, p.store.Requeue = 21, spec.RequeueFront
		p.store.Overflow, p.prefetch = spec.DropOld, spec.Unlimited
	case spec.RabbitMQClassic:
		p.store.Overflow, p.prefetch = spec.DropOld, spec.Unlimited
	case spec.JetStream:
		p.store.AckTimeout, p.store.AckClockLease = 30*spec.Second, true
		p.store.Requeue, p.store.Overflow, p.store.DelayedHoldsSlot = spec.RequeueFront, spec.DropOld, true
		p.prefetch = 1000
	case spec.Kafka:
		p.channel, p.partitions = spec.Stream, 6
		p.store.AckTimeout, p.store.AckClockLease = 5*spec.Minute, true
		p.prefetch, p.retry.Blocks = 500, true
		p.commit, p.rebalance, p.session = 5*spec.Second, 3*spec.Second, 45*spec.Second
	case spec.SQS, spec.SQSFIFO:
		p.store.AckTimeout, p.store.AckClockLease, p.store.DelayedHoldsSlot = 30*spec.Second, true, true
		p.prefetch, p.retry.ByTimeout = 10, true
		if like == spec.SQS {
			p.store.Requeue = spec.RequeueBack
		} else {
			p.store.KeyExclusive = true
		}
	}
	return p
}

// likeWritten is the profile a scenario names, before anything else is read:
// the defaults of consumers and channels depend on it.
func likeWritten(root *node) spec.Profile {
	if n := root.lookup("broker").lookup("like"); n != nil && n.kind == scalarNode {
		return likeNames[n.text]
	}
	return spec.Ideal
}

package scenarios

import (
	"slices"
	"strings"
	"unicode"
)

// foreign is a word that other products use for something of this format, or
// for something it does not have.
type foreign struct {
	words string // without case and signs between their parts, separated by spaces
	in    string // the title of the map it is written in, "" for any
	key   string // the key of that map that is meant, "" for none
	say   string // what to write instead
}

// foreigners are looked through in order: the first that fits counts.
var foreigners = []foreign{
	{"exchanges exchange queues queue topics topic streams stream buses bus subscriptions", "a broker", "channels", "all places of the broker are channels: {orders: {type: topic}}"},
	{"type vendor product engine", "a broker", "like", "like: kafka takes the defaults of a product; each channel has a type: {orders: {type: queue}}"},
	{"topic topics queue queues stream channel channels subscribe subscribes subscribesto subscription reads listens listen listento consumes watches source sources input", "a consumer", "from", "from: the channel it reads"},
	{"group groupid consumergroup groupname", "a consumer", "", "every consumer is a group of its own, so it needs no key: instances are its members"},
	{"start begin begins join joins", "a consumer", "starts", "starts: 10s is when it joins; where it begins in a stream is said in from: {channel: clicks, start: earliest}"},
	{"autooffsetreset offsetreset offset startfrom startingposition deliverpolicy", "a consumer", "", "where it begins is said of a stream it reads: from: {channel: clicks, start: earliest}"},
	{"where filter filters filterpolicy", "a consumer", "", "what it reads is said in from: {channel: orders, where: {type: order.*}}; a queue is bound with from and where of its own"},
	{"replicas workers pods members count parallelinstances", "a consumer", "instances", ""},
	{"threads parallelism workerthreads maxconcurrency", "a consumer", "concurrency", ""},
	{"qos batch batchsize maxpollrecords maxackpending prefetchcount prefetchsize maxinflight", "a consumer", "prefetch", ""},
	{"retries maxretries attempts maxattempts redeliveries maxdeliveries", "a consumer", "retry", "retry: {attempts: 5}, deliveries in all, the first included"},
	{"backoff delay jitter", "a consumer", "retry", "retry: {backoff: exponential(100ms), jitter: full}"},
	{"ackmode acknowledge acknowledgement autoack noack", "a consumer", "ack", "ack: after the work, or before it"},
	{"enableautocommit autocommit autocommitinterval commitinterval", "a consumer", "commit", "commit: 5s, the time between two commits of a stream's offsets"},
	{"latency duration servicetime time takes processing processingtime sleep", "a consumer", "work", "work: exp(20ms)"},
	{"failure failurerate errorrate errors error", "a consumer", "fail", "fail: 2%"},
	{"publish publishes emits produces sends output", "a consumer", "emit", "emit: the event, with to: the channel"},
	{"routingkey bindingkey subject subjects", "a consumer", "", "what it reads is said in from: {channel: orders, where: {type: order.*}}; a queue is bound with from and where of its own"},
	{"calls", "a consumer", "", "a call is a step: handle: [{call: stock}]"},
	{"scale autoscaling hpa keda scaling", "a consumer", "autoscale", ""},
	{"deadletter dlq deadletterqueue", "a consumer", "", "the dead-letter queue is said of the channel it reads: dead_letter: orders.dlq"},
	{"acktimeout visibilitytimeout ackwait", "a consumer", "", "how long a delivery may stay unanswered is said of the channel it reads: ack_timeout: 30s"},

	{"replicationfactor replication replicas durable persistent persistence autodelete exclusive mininsyncreplicas acks storage", "a channel", "", "the broker's own failures come from the timeline (outage), so there is nothing to replicate or store: leave it out"},
	{"maxlength maxsize maxlen limit size maxmsgs maxmessages", "a channel", "capacity", ""},
	{"deadletterexchange deadletterqueue dlq dlx dlt redrive deadletterroutingkey", "a channel", "dead_letter", "dead_letter: the name of a queue"},
	{"redrivepolicy", "a channel", "dead_letter", "dead_letter: the name of a queue, and max_deliveries: 5"},
	{"maxreceivecount deliverylimit maxdeliver maxdelivery maxattempts maxretries retries retry redeliveries", "a channel", "max_deliveries", "max_deliveries: 5, the first included"},
	{"messagettl expiration expires expiry expire maxage timetolive", "a channel", "ttl", ""},
	{"visibilitytimeout visibility ackwait acktime lockduration lease leasetime consumertimeout maxpollinterval maxpollintervalms", "a channel", "ack_timeout", ""},
	{"exchange topic source sources binding bindings bindto boundto subscribe", "a channel", "from", "from: the topic or stream it gets copies of"},
	{"routingkey bindingkey filter filters filterpolicy subject subjects pattern", "a channel", "where", "where: {type: order.*}, beside from"},
	{"deduplication duplicatewindow deduplicationwindow contentbaseddeduplication", "a channel", "dedup", "dedup: 5m"},
	{"delayseconds deliverydelay", "a channel", "delay", ""},
	{"priority maxpriority priorities", "a channel", "order", "order: priority, and a priority at the events"},
	{"retentionms retentiontime retentionbytes retentionperiod", "a channel", "retention", "retention: {time: 24h, size: 1GiB}"},
	{"assignor assignment assignmentstrategy partitionassignmentstrategy", "a channel", "assign", ""},
	{"sessiontimeoutms heartbeat heartbeatinterval", "a channel", "session_timeout", ""},
	{"key keys partitionkey messagegroupid", "a channel", "", "keys are drawn for events: events: {order.placed: {key: {count: 1000}}}"},
	{"targets rule routes", "a channel", "rules", "rules: {audit: {to: audit}}"},
	{"default fallback unmatched alternate alternateexchange", "a channel", "otherwise", ""},

	{"key keys partitionkey", "a producer", "", "keys are drawn for events: events: {order.placed: {key: {count: 1000}}}"},
	{"event events emit publishes publish produces sends type", "a producer", "emits", ""},
	{"routingkey subject", "a producer", "", "an event's type is its routing key: emits: order.placed, and where: {type: order.*} at a channel or a reader"},
	{"partition partitions", "a producer", "", "the key of an event decides its partition: events: {order.placed: {key: {count: 1000}}}"},
	{"headers attributes properties fields payload data body", "a producer", "", "what an event carries is said of the event: events: {order.placed: {fields: {country: {SE: 70%, NO: 30%}}}}"},
	{"ttl expiration priority", "a producer", "", "this is said of the event: events: {order.placed: {ttl: 30s, priority: 5}}"},
	{"topic topics queue queues channel exchange target publishto", "a producer", "to", "to: the channel it publishes to"},
	{"calls request requests invokes", "a producer", "call", "call: the consumer it asks"},
	{"size", "a producer", "", "sizes are said of events: events: {order.placed: {size: 2KiB}}"},
	{"interval every period frequency", "a producer", "rate", "rate: every(100ms)"},
	{"tps rps throughput eventspersecond arrivalrate load", "a producer", "rate", "rate: poisson(120/s)"},
	{"replicas clients sources", "a producer", "instances", ""},
	{"acks confirms publisherconfirms", "a producer", "confirm", "confirm: true or false"},
	{"retries maxretries attempts", "a producer", "retry", "retry: {attempts: 3}"},

	{"publish publishes emits produce produces send", "a step", "emit", "emit: the event, with to: the channel"},
	{"sleep wait process processing compute takes duration time", "a step", "work", "work: exp(20ms)"},
	{"error errors throw fails failure", "a step", "fail", "fail: 2%"},
	{"request http get post invoke calls rpc ask", "a step", "call", "call: the name of a consumer"},
	{"fallback onfailure onerrors", "a step", "on_error", "on_error: continue"},
	{"circuitbreaker", "a step", "breaker", ""},
	{"if filter where", "a step", "when", ""},
	{"probability share", "a step", "chance", ""},

	{"threshold errorrate failurerate failureratethreshold failures", "a breaker", "errors", ""},
	{"timeout reset resettimeout cooldown waitdurationinopenstate wait", "a breaker", "open", ""},
	{"slidingwindow slidingwindowsize calls size", "a breaker", "window", "window: 20, a number of calls"},

	{"hours ms retentionms age maxage duration", "a retention", "time", ""},
	{"bytes", "a retention", "size", ""},
	{"messages count records", "a retention", "events", ""},

	{"maxretries retries maxattempts maximumattempts", "", "attempts", "attempts: 5, the first included"},
	{"delay interval initialinterval initialdelay wait", "a retry of a consumer", "backoff", "backoff: exponential(100ms)"},
	{"delay interval initialinterval initialdelay wait", "a retry of a publish or a call", "backoff", "backoff: exponential(100ms)"},
	{"multiplier maxdelay maxinterval maxbackoff", "a retry of a consumer", "backoff", "backoff: exponential(100ms, times=2, max=10s)"},
	{"multiplier maxdelay maxinterval maxbackoff", "a retry of a publish or a call", "backoff", "backoff: exponential(100ms, times=2, max=10s)"},

	{"minreplicas minreplicacount minimum", "an autoscale", "min", ""},
	{"maxreplicas maxreplicacount maximum", "an autoscale", "max", ""},
	{"metric measure", "an autoscale", "on", ""},
	{"threshold lagthreshold value", "an autoscale", "target", ""},
	{"interval pollinginterval", "an autoscale", "every", ""},

	{"kill die", "an entry of timeline", "crash", ""},
	{"time when after", "an entry of timeline", "at", ""},
	{"duration lasts during until", "an entry of timeline", "for", "for: 30s, how long it lasts"},
	{"partition disconnect", "an entry of timeline", "cut", "cut: [payment, broker]"},
	{"latency lag", "an entry of timeline", "delay", "delay: [payment, broker], with by: 100ms"},
	{"burst spike", "an entry of timeline", "surge", "surge: web, with times: 10"},
	{"loss lose", "an entry of timeline", "drop", "drop: [web, broker], with chance: 1%"},
	{"down", "an entry of timeline", "outage", "outage: broker"},
	{"unpause", "an entry of timeline", "resume", ""},
	{"publish send", "an entry of timeline", "emit", ""},
	{"value", "an entry of timeline", "to", ""},
	{"factor multiplier multiply", "an entry of timeline", "times", "times: 3"},
	{"probability share", "an entry of timeline", "chance", "chance: 50%"},

	{"payload data attributes headers body schema properties", "an event", "fields", "fields: {country: {SE: 70%, NO: 30%}}"},
	{"partitionkey keys", "an event", "key", "key: {count: 1000}"},
	{"expiration expires timetolive", "an event", "ttl", ""},

	{"assertions assert asserts slo slos expectations checks", "a scenario", "expect", ""},
	{"description", "", "about", ""},
	{"faults chaos failures scenario", "a scenario", "timeline", ""},
	{"topics queues channels exchanges streams", "a scenario", "broker", "broker: {channels: {orders: {type: queue}}}"},
	{"services handlers subscribers workers", "a scenario", "consumers", ""},
	{"sources publishers clients", "a scenario", "producers", ""},
	{"length time runtime", "a scenario", "duration", ""},
}

// foreignValues are words of other products for a value, by the key.
var foreignValues = map[string]map[string]string{
	"type": {
		"fifo": "queue", "standard": "queue", "quorum": "queue", "classic": "queue", "work": "queue",
		"exchange": "topic", "fanout": "topic", "direct": "topic", "pubsub": "topic", "sns": "topic",
		"log": "stream", "kafka": "stream", "partitioned": "stream", "kinesis": "stream",
		"eventbridge": "bus", "router": "bus", "rules": "bus",
	},
	"like":     {"nats": "jetstream", "amqp": "rabbitmq", "quorum": "rabbitmq", "classic": "rabbitmq-classic", "redpanda": "kafka", "confluent": "kafka", "aws": "sqs", "fifo": "sqs-fifo", "none": "ideal", "default": "ideal"},
	"kind":     {"iot": "sensor", "device": "sensor", "cron": "timer", "schedule": "timer", "db": "database", "cdc": "database", "web": "users", "human": "users", "api": "service", "command": "action", "state": "change"},
	"overflow": {"drophead": "drop_old", "dropoldest": "drop_old", "dropnewest": "drop_new", "droptail": "drop_new", "rejectpublish": "reject", "fail": "reject", "wait": "block", "discard": "drop_new"},
	"on":       {"lag": "backlog", "depth": "backlog", "queue": "backlog", "queuelength": "backlog", "cpu": "utilisation", "load": "utilisation", "throughput": "rate", "arrivals": "rate"},
	"start":    {"beginning": "earliest", "first": "earliest", "all": "earliest", "oldest": "earliest", "end": "latest", "new": "latest", "newest": "latest", "last": "latest"},
	"ack":      {"auto": "before", "none": "before", "manual": "after", "true": "after", "atleastonce": "after", "atmostonce": "before"},
	"requeue":  {"true": "original", "head": "front", "tail": "back", "end": "back"},
	"assign":   {"cooperativesticky": "cooperative", "roundrobin": "round_robin"},
	"jitter":   {"true": "full", "false": "none"},
	"then":     {"dlq": "dead_letter", "discard": "drop", "dead": "dead_letter"},
	"in":       {"process": "worker", "memory": "worker", "queue": "broker", "channel": "broker"},
	"on_error": {"ignore": "continue", "throw": "fail", "abort": "fail"},
	"order":    {"stack": "lifo", "none": "fifo"},
}

// plainLetters is a word without case, and without what separates its parts.
func plainLetters(word string) string {
	return strings.TrimPrefix(strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' || r == ' ' {
			return -1
		}
		return unicode.ToLower(r)
	}, clip(word, 100)), "x")
}

// foreignKey finds what a key of another product is called in a map.
func foreignKey(word string, s *shape) *foreign {
	word = plainLetters(word)
	for i := range foreigners {
		f := &foreigners[i]
		if (f.in == s.title || f.in == "" && s.key(f.key) != nil) && slices.Contains(strings.Fields(f.words), word) {
			return f
		}
	}
	return nil
}

// sameWord is the key of a map that is the word, but for case and signs.
func sameWord(word string, names []string) string {
	for _, name := range names {
		if plainLetters(name) == plainLetters(word) {
			return name
		}
	}
	return ""
}

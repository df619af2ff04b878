package scenarios

// notYet is what the format has and the engine does not simulate yet. It is
// read and checked like everything else; using it is an error. A line goes
// when its behaviour comes.
var notYet = map[string]string{
	"stream":           "streams are",
	"bus":              "buses are",
	"rabbitmq":         "this profile is",
	"rabbitmq-classic": "this profile is",
	"jetstream":        "this profile is",
	"kafka":            "this profile is",
	"sqs":              "this profile is",
	"sqs-fifo":         "this profile is",
	"call":             "synchronous calls are",
	"no from":          "consumers that only answer calls are",
	"backlog":          "synchronous calls are",
	"commit":           "streams are",
	"autoscale":        "autoscaling is",
	"timeline":         "the timeline is",
}

// simulated reports the use of what is not simulated yet.
func (l *loader) simulated(what string, n *node, at *place) {
	if text, waiting := notYet[what]; waiting && !l.everyday {
		l.fail(n, at, text+" not simulated yet", "", "")
	}
}

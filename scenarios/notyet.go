package scenarios

// notYet is what the format has and the engine does not simulate yet. It is
// read and checked like everything else; using it is an error. A line goes
// when its behaviour comes.
var notYet = map[string]string{
	"stream":           "streams are",
	"bus":              "buses are",
	"rabbitmq":         "profiles other than ideal are",
	"rabbitmq-classic": "profiles other than ideal are",
	"jetstream":        "profiles other than ideal are",
	"kafka":            "profiles other than ideal are",
	"sqs":              "profiles other than ideal are",
	"sqs-fifo":         "profiles other than ideal are",
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

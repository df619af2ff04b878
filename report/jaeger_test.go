package report

import (
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/jaeger"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"eddy/sim"
)

// The collector reads the export with its own reader, and what it makes of it
// for Jaeger has every span, with its service, its parent, its link and its error.
func TestOTLPOpensInJaeger(t *testing.T) {
	text, n := writeOTLP(t, load(t, eventful), 1)
	read, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(text)
	if err != nil {
		t.Fatal(err)
	}
	if read.SpanCount() < n[sim.Created]+n[sim.Started] {
		t.Fatalf("%d spans", read.SpanCount())
	}
	spans, services, errors, followed, kinds, logs := 0, map[string]int{}, 0, 0, map[string]int{}, 0
	for _, batch := range jaeger.ProtoFromTraces(read) {
		for _, s := range batch.Spans {
			spans++
			services[batch.Process.ServiceName]++
			if s.Duration < 0 || len(s.TraceID.String()) == 0 || s.OperationName == "" {
				t.Errorf("%+v", s)
			}
			for _, tag := range s.Tags {
				switch {
				case tag.Key == "error" && tag.VBool:
					errors++
				case tag.Key == "span.kind":
					kinds[tag.VStr]++
				}
			}
			if len(s.References) > 0 {
				followed++
			}
			logs += len(s.Logs)
		}
	}
	if spans != read.SpanCount() || errors == 0 || followed < spans/2 || logs == 0 {
		t.Errorf("%d of %d spans, %d errors, %d with a parent or a link, %d events", spans, read.SpanCount(), errors, followed, logs)
	}
	for _, service := range []string{"web", "shop", "payment", "payments", "checkout", "price", "eventful"} {
		if services[service] == 0 {
			t.Errorf("no service %s in %v", service, services)
		}
	}
	for _, kind := range []string{"producer", "consumer", "client", "server"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s in %v", kind, kinds)
		}
	}
}

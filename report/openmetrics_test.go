package report

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"eddy/sim"
)

// readMetrics reads a text with Prometheus's own parser and returns each
// sample by its name and labels.
func readMetrics(t *testing.T, text []byte) (samples map[string]float64, types map[string]string) {
	t.Helper()
	samples, types = map[string]float64{}, map[string]string{}
	p, err := textparse.New(text, "application/openmetrics-text; version=1.0.0", labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return samples, types
		}
		if err != nil {
			t.Fatal(err)
		}
		switch entry {
		case textparse.EntryType:
			name, kind := p.Type()
			types[string(name)] = string(kind)
		case textparse.EntrySeries:
			_, _, v := p.Series()
			var l labels.Labels
			p.Labels(&l)
			if _, twice := samples[l.String()]; twice {
				t.Errorf("%s twice", l)
			}
			samples[l.String()] = v
		}
	}
}

func TestPrometheusReadsOpenMetrics(t *testing.T) {
	for name, fixture := range fixtures {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := OpenMetrics(&b, fixture()); err != nil {
				t.Fatal(err)
			}
			readMetrics(t, b.Bytes())
			if !strings.HasSuffix(b.String(), "\n# EOF\n") {
				t.Error("it does not say that it is complete")
			}
		})
	}
}

func TestOpenMetricsSayWhatWasMeasured(t *testing.T) {
	var b bytes.Buffer
	r := busy()
	if err := OpenMetrics(&b, r); err != nil {
		t.Fatal(err)
	}
	samples, types := readMetrics(t, b.Bytes())
	for series, want := range map[string]float64{
		`{__name__="eddy_consumer_done_total", consumer="payment", scenario="order-fulfilment", variant="four-workers"}`:                       112003,
		`{__name__="eddy_consumer_latency_seconds", consumer="payment", quantile="0.99", scenario="order-fulfilment", variant="four-workers"}`: 31.2 * 4.3,
		`{__name__="eddy_consumer_latency_seconds_count", consumer="payment", scenario="order-fulfilment", variant="four-workers"}`:            112003,
		`{__name__="eddy_consumer_latency_seconds_sum", consumer="payment", scenario="order-fulfilment", variant="four-workers"}`:              31.2 * 1.25 * 112003,
		`{__name__="eddy_channel_max_bytes", channel="payments", scenario="order-fulfilment", type="queue", variant="four-workers"}`:           2.7e7,
		`{__name__="eddy_ledger_copies", scenario="order-fulfilment", state="waiting", variant="four-workers"}`:                                13028,
		`{__name__="eddy_expectation_met", expect="consumers.payment.latency.p99 < 1s", scenario="order-fulfilment", variant="four-workers"}`:  0,
	} {
		got, ok := samples[series]
		if !ok || got < want*(1-1e-12) || got > want*(1+1e-12) {
			t.Errorf("%s is %g (%v), want %g", series, got, ok, want)
		}
	}
	for family, want := range map[string]string{"eddy_run": "info", "eddy_consumer_latency_seconds": "summary", "eddy_consumer_done": "counter", "eddy_channel_depth": "gauge"} {
		if types[family] != want {
			t.Errorf("%s is a %s, want %s", family, types[family], want)
		}
	}
	sum := 0.0
	for series, v := range samples {
		if strings.Contains(series, "eddy_ledger_copies") {
			sum += v
		}
	}
	if sum != float64(r.Ledger.Copies) {
		t.Errorf("the copies of all states are %g, want %d", sum, r.Ledger.Copies)
	}
}

// What has no value has no sample, rather than one of 0.
func TestOpenMetricsLeaveOutWhatIsAbsent(t *testing.T) {
	var b bytes.Buffer
	if err := OpenMetrics(&b, empty()); err != nil {
		t.Fatal(err)
	}
	for _, absent := range []string{"utilisation", "latency", "blame", "NaN", "Inf"} {
		if strings.Contains(b.String(), absent) {
			t.Errorf("%s is there", absent)
		}
	}
	r := healthy()
	r.Expectations = []sim.ExpectationResult{{Expect: "a < 1", Verdict: sim.Pass}, {Expect: "a < 1", Verdict: sim.Pass}}
	b.Reset()
	if err := OpenMetrics(&b, r); err != nil {
		t.Fatal(err)
	}
	readMetrics(t, b.Bytes()) // an expectation written twice is one series
}

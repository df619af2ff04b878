package report

import (
	"eddy/sim"
	"eddy/sim/experiment"
)

// setting is what a scenario's change is made of.
type setting = struct{ Path, Value string }

func spread(n int64, median float64) sim.Latency {
	num := func(times float64) sim.Number { return sim.Num(median * times) }
	return sim.Latency{
		Count: n, Mean: num(1.25), SD: num(0.8), Min: num(0.05), P50: num(1), P90: num(2.1), P95: num(2.75),
		P99: num(4.3), P999: num(7.1), Max: num(11.37),
	}
}

func level(mean, most, last float64) sim.Level {
	return sim.Level{Mean: sim.Num(mean), Max: sim.Num(most), Last: sim.Num(last)}
}

func shares(at map[sim.Cause]float64) sim.Shares {
	var s sim.Shares
	for i := range s {
		s[i] = sim.Num(at[sim.Cause(i)])
	}
	return s
}

// busy is a result in which every part is filled in and something is wrong.
func busy() *sim.Result {
	r := &sim.Result{
		Scenario: sim.ScenarioInfo{Name: "order-fulfilment", Hash: "6f1c9d0b", Variant: "four-workers"},
		Run: sim.RunInfo{
			Version: "0.1.0", Seed: 42, Replication: 0, Duration: 600, Warmup: 30, Ended: sim.EndedDuration, EndedAt: 600,
			Events: 247201, Fingerprint: 0x00c0ffee12345678,
		},
		Ledger: sim.Ledger{
			Created: 247201, Unsent: 12, Rejected: 3, Unrouted: 0, Copies: 502118, Done: 489012, Waiting: 13028, Delayed: 9,
			Leased: 13, DeadLettered: 37, Dropped: 15, Expired: 4, Lost: 0, LoopCut: 0, Duplicates: 12, Balanced: true,
		},
		Producers: []sim.ProducerResult{
			{Name: "web", Created: 68410, Published: 68395, Rejected: 3, Unsent: 12, Retries: 41, Rate: sim.Num(120.0175), Blocked: sim.Num(0), Confirm: spread(68395, 0.0021), Availability: sim.Num(0.99995)},
			{Name: "app", Created: 45603, Published: 45603, Rate: sim.Num(80.005), Blocked: sim.Num(3.25), Confirm: spread(45603, 0.00198), Availability: sim.Num(1)},
			{
				Name: "partner", Created: 7980, Published: 7980, Rate: sim.Num(14), Blocked: sim.Num(0), Response: spread(7980, 0.031),
				Calls: sim.Calls{OK: 7950, Failed: 10, TimedOut: 18, Refused: 2}, Availability: sim.Num(0.9962406015037594),
			},
		},
		Channels: []sim.ChannelResult{
			{Name: "orders", Type: "topic", In: 121978, RateIn: sim.Num(214.0), RateOut: sim.Num(214.0)},
			{
				Name: "payments", Type: "queue", In: 121978, Delivered: 117004, Redelivered: 4410, Acked: 112003, DeadLettered: 37, Dropped: 15, Expired: 4,
				RateIn: sim.Num(214.0), RateOut: sim.Num(196.5), Depth: level(6514.2, 13028, 13028), Leased: level(3.99, 4, 4), Bytes: level(1.3e7, 2.7e7, 2.7e7),
				Wait: spread(112003, 30.3), LittlesLaw: sim.LittlesLaw{L: sim.Num(6518.2), Lambda: sim.Num(196.5), W: sim.Num(33.1), Residual: sim.Num(0.00213)},
			},
			{Name: "payments.dead", Type: "queue", In: 37, RateIn: sim.Num(0.065), RateOut: sim.Num(0), Depth: level(18.2, 37, 37), Leased: level(0, 0, 0), Bytes: level(18e3, 37e3, 37e3)},
			{
				Name: "clicks", Type: "stream", In: 10, RateIn: sim.Num(0.0175), RateOut: sim.Num(0.0175),
				Partitions: []sim.PartitionResult{{In: 6, Delivered: 6, Acked: 6, Depth: level(0.1, 1, 0), Wait: spread(6, 0.001)}, {In: 4}},
			},
		},
		Subscriptions: []sim.ChannelResult{
			{Name: "orders/inventory", Type: "topic", In: 121978, Delivered: 121978, Acked: 121975, RateIn: sim.Num(214), RateOut: sim.Num(214), Depth: level(0.77, 48, 1), Wait: spread(121975, 0.0031), DuplicatesIgnored: 2},
			{Name: "orders/analytics", Type: "topic", In: 121978, Delivered: 121978, Acked: 121978, RateIn: sim.Num(214), RateOut: sim.Num(214), Depth: level(0.02, 5, 0), Wait: spread(121978, 0.00041)},
		},
		Consumers: []sim.ConsumerResult{
			{
				Name: "inventory", Received: 121978, Attempts: 121978, Done: 121975, Effects: 121975, Rate: sim.Num(214), Utilisation: sim.Num(0.784),
				Instances:   sim.InstancesLevel{Mean: sim.Num(3), Min: sim.Num(3), Max: sim.Num(3), Last: sim.Num(3)},
				BusySeconds: sim.Num(1340.6), InstanceSeconds: sim.Num(1710), Wait: spread(121975, 0.0031), Service: spread(121978, 0.011),
				Latency: spread(121975, 0.0161), EndToEnd: spread(121975, 0.0181), InSystemMean: sim.Num(3.4), InSystemMax: sim.Num(51),
				Blame:      shares(map[sim.Cause]float64{sim.Network: 0.124, sim.Queueing: 0.193, sim.Service: 0.683}),
				BlameP99:   shares(map[sim.Cause]float64{sim.Network: 0.02, sim.Queueing: 0.54, sim.Service: 0.44}),
				ByType:     []sim.ClassResult{{Name: "order.placed", Done: 110000, Wait: spread(110000, 0.003), Latency: spread(110000, 0.016)}, {Name: "order.cancelled", Done: 11975, Wait: spread(11975, 0.0033), Latency: spread(11975, 0.0165)}},
				ByPriority: []sim.ClassResult{{Name: "0", Done: 121975, Wait: spread(121975, 0.0031), Latency: spread(121975, 0.0161)}},
				ByInstance: []sim.InstanceResult{{Done: 40659, Utilisation: sim.Num(0.784)}, {Done: 40658, Utilisation: sim.Num(0.783)}, {Done: 40658, Utilisation: sim.Num(0.785)}},
			},
			{
				Name: "analytics", Received: 121978, Attempts: 121978, Done: 121978, Effects: 121978, Rate: sim.Num(214), Utilisation: sim.Num(0.4512),
				Instances:   sim.InstancesLevel{Mean: sim.Num(1.2), Min: sim.Num(1), Max: sim.Num(2), Last: sim.Num(1)},
				BusySeconds: sim.Num(257.2), InstanceSeconds: sim.Num(570), Wait: spread(121978, 0.00041), Service: spread(121978, 0.0021),
				Latency: spread(121978, 0.0035), EndToEnd: spread(121978, 0.0055), InSystemMean: sim.Num(0.5), InSystemMax: sim.Num(6),
				Blame:    shares(map[sim.Cause]float64{sim.Network: 0.31, sim.Queueing: 0.05, sim.Service: 0.636, sim.Batch: 0.004}),
				BlameP99: shares(map[sim.Cause]float64{sim.Network: 0.12, sim.Queueing: 0.3, sim.Service: 0.58}),
			},
			{
				Name: "payment", Received: 117004, Attempts: 117004, Done: 112003, FailedAttempts: 4980, Retries: 4410, TimedOut: 21, DeadLettered: 37, Dropped: 15,
				Effects: 112015, Duplicates: 12, OrderViolations: 388, Rate: sim.Num(196.5), Utilisation: sim.Num(0.9993),
				Instances:   sim.InstancesLevel{Mean: sim.Num(4), Min: sim.Num(4), Max: sim.Num(4), Last: sim.Num(4)},
				BusySeconds: sim.Num(2278.4), InstanceSeconds: sim.Num(2280), Wait: spread(112003, 30.3), Service: spread(117004, 0.0195),
				Latency: spread(112003, 31.2), EndToEnd: spread(112003, 31.25), InSystemMean: sim.Num(6518.2), InSystemMax: sim.Num(13041),
				Blame:    shares(map[sim.Cause]float64{sim.Network: 0.0001, sim.Queueing: 0.9703, sim.FailedService: 0.0105, sim.Service: 0.0006, sim.BackingOff: 0.0185}),
				BlameP99: shares(map[sim.Cause]float64{sim.Queueing: 0.93, sim.FailedService: 0.02, sim.BackingOff: 0.05}),
				Calls:    sim.Calls{OK: 100, TimedOut: 3, ShortCircuited: 7}, Served: sim.Served{OK: 7950, Failed: 10, Late: 18, Response: spread(7978, 0.0305)},
			},
		},
		Flows: []sim.FlowResult{
			{Name: "order.placed", Created: 110000, Completed: 98000, Failed: 56, Completion: spread(98000, 33.4)},
			{Name: "order.cancelled", Created: 11975, Completed: 11975, Completion: spread(11975, 0.0172)},
		},
		Findings: []sim.Finding{
			{Severity: sim.SeverityInfo, Code: "short_run", Component: "consumers.payment", Text: "Too few independent observations for p999."},
			{Severity: sim.SeverityWarning, Code: "retry_amplification", Component: "consumers.payment", Text: "Retries add 3.8 % to the load of payment.", Evidence: []sim.Evidence{{Name: "attempts_per_event", Value: sim.Num(1.038)}}},
			{
				Severity: sim.SeverityError, Code: "saturated", Component: "consumers.payment",
				Text:      "payment is saturated: 214 events a second come and 4 workers can do 196; what waits grows by 22.4 a second.",
				Evidence:  []sim.Evidence{{Name: "utilisation", Value: sim.Num(1.114)}, {Name: "growth", Value: sim.Num(22.4)}, {Name: "instances_needed", Value: sim.Num(5)}},
				Predicted: "utilisation 0.89, wait p95 about 0.16 s",
			},
			{Severity: sim.SeverityWarning, Code: "poison", Component: "channels.payments", Text: "37 events took their last attempt.", Evidence: []sim.Evidence{{Name: "events", Value: sim.Num(37)}}},
		},
		Expectations: []sim.ExpectationResult{
			{Expect: "consumers.inventory.latency.p99 < 1s", Value: sim.Num(0.06923), Verdict: sim.Pass},
			{Expect: "consumers.payment.latency.p99 < 1s", Value: sim.Num(134.16), Verdict: sim.Failed, Why: "what the shop promises its customers"},
			{Expect: "channels.payments.bytes.max <= 1MiB", Value: sim.Num(2.7e7), Verdict: sim.Failed},
			{Expect: "consumers.payment.by_type.order.paid.latency.p99 < 1s", Verdict: sim.Inconclusive, Why: "nothing of the kind was seen"},
			{Expect: "ledger.lost == 0", Value: sim.Num(0), Verdict: sim.Pass},
		},
	}
	r.Scenario.Set = append(r.Scenario.Set, setting{"consumers.payment.instances", "4"}, setting{"producers.web.rate", "poisson(120/s)"})
	r.Findings[2].Change = append(r.Findings[2].Change, setting{"consumers.payment.instances", "5"})
	return r
}

// healthy is a small result about which there is nothing to say.
func healthy() *sim.Result {
	return &sim.Result{
		Scenario: sim.ScenarioInfo{Name: "work-queue", Hash: "aa"},
		Run:      sim.RunInfo{Seed: 1, Duration: 60, Ended: sim.EndedExhausted, EndedAt: 12.5, Events: 1000, Fingerprint: 1},
		Ledger:   sim.Ledger{Created: 1000, Copies: 1000, Done: 998, Leased: 2, Balanced: true},
		Producers: []sim.ProducerResult{
			{Name: "source", Created: 1000, Published: 1000, Rate: sim.Num(80), Confirm: spread(1000, 0), Blocked: sim.Num(0), Availability: sim.Num(1)},
		},
		Channels: []sim.ChannelResult{
			{Name: "jobs", Type: "queue", In: 1000, Delivered: 1000, Acked: 998, RateIn: sim.Num(80), RateOut: sim.Num(79.84), Depth: level(1.2, 9, 0), Leased: level(1, 4, 2), Wait: spread(1000, 0.0123)},
		},
		Consumers: []sim.ConsumerResult{{
			Name: "worker", Received: 1000, Attempts: 1000, Done: 998, Effects: 998, Rate: sim.Num(79.84), Utilisation: sim.Num(0.6),
			Instances: sim.InstancesLevel{Mean: sim.Num(4), Min: sim.Num(4), Max: sim.Num(4), Last: sim.Num(4)},
			Wait:      spread(998, 0.0123), Service: spread(998, 0.03), Latency: spread(998, 0.0451), EndToEnd: spread(998, 0.0451),
			Blame:    shares(map[sim.Cause]float64{sim.Queueing: 0.25, sim.Service: 0.75}),
			BlameP99: shares(map[sim.Cause]float64{sim.Queueing: 0.6, sim.Service: 0.4}),
		}},
		Flows: []sim.FlowResult{{Name: "job", Created: 1000, Completed: 998, Completion: spread(998, 0.0451)}},
	}
}

// empty is a run in which no event was created: every number is absent.
func empty() *sim.Result {
	return &sim.Result{
		Scenario:      sim.ScenarioInfo{Name: "nothing"},
		Run:           sim.RunInfo{Seed: 7, Duration: 10, Ended: sim.EndedExhausted},
		Ledger:        sim.Ledger{Balanced: true},
		Producers:     []sim.ProducerResult{{Name: "idle"}},
		Channels:      []sim.ChannelResult{{Name: "void", Type: "queue"}},
		Subscriptions: []sim.ChannelResult{{Name: "gone/late", Type: "topic"}},
		Consumers:     []sim.ConsumerResult{{Name: "bored"}},
		Flows:         []sim.FlowResult{{Name: "never"}},
	}
}

// eastern has names that are two cells a character wide, and long.
func eastern() *sim.Result {
	r := busy()
	r.Scenario.Name = "订单履行-受注処理の流れ"
	r.Producers[0].Name = "网上商店的前端服务器集群"
	r.Channels[0].Name = "注文"
	r.Channels[1].Name = "支払いキューの名前がとても長い場合の表示"
	r.Subscriptions[0].Name = "注文/在庫管理サービスの名前"
	r.Subscriptions[1].Name = "注文/분석-서비스"
	r.Consumers[2].Name = "支払い処理サービスの名前がとても長い"
	r.Findings[2].Component = "consumers." + r.Consumers[2].Name
	r.Findings[2].Text = "支払い処理サービスは飽和しています。毎秒二百十四件のイベントが到着しますが、四つのワーカーでは百九十六件しか処理できません。"
	return r
}

// hostile has texts that would do something if they were not data.
func hostile() *sim.Result {
	r := healthy()
	r.Scenario.Name = "\x1b]0;owned\x07\x1b[2Jname"
	r.Scenario.Variant = "\u202ereversed"
	r.Scenario.Set = append(r.Scenario.Set, setting{"a'b", "$(reboot)\n\x9b31m"})
	r.Producers[0].Name = `=HYPERLINK("http://evil","x")`
	r.Channels[0].Name = "a|b`c<script>&amp;\r\nrow | row"
	r.Consumers[0].Name = "\t@SUM(A1)\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
	r.Flows[0].Name = "bad\xffutf8\u2028\u2066\U000e0041"
	r.Findings = []sim.Finding{{
		Severity: sim.SeverityError, Code: "x\ty", Component: "consumers.\x00", Text: "# head\n* [a](http://x) ![i](y)\n\x1b[31m", Predicted: "\u200fx",
		Evidence: []sim.Evidence{{Name: "\"q\"", Value: sim.Num(1)}},
	}}
	r.Findings[0].Change = append(r.Findings[0].Change, setting{"p", "'; rm -rf /"})
	r.Expectations = []sim.ExpectationResult{{Expect: "+1 < \x1b2", Verdict: sim.Failed, Why: "line\nbreak"}}
	return r
}

// threeRuns is three runs that differ, and some of their numbers summarised.
func threeRuns() *Replicated {
	runs := []*sim.Result{busy(), busy(), healthy()}
	runs[1].Run.Replication, runs[2].Run.Replication = 1, 2
	runs[1].Findings = runs[1].Findings[1:]
	runs[1].Expectations[0].Verdict = sim.Inconclusive
	n := sim.Num
	judged := []sim.ExpectationResult{
		{Expect: runs[0].Expectations[0].Expect, Value: n(0.0692), Verdict: sim.Inconclusive},
		{Expect: runs[0].Expectations[1].Expect, Value: n(134.16), Verdict: sim.Failed},
		{Expect: runs[0].Expectations[2].Expect, Value: n(2.7e7), Verdict: sim.Failed},
		{Expect: runs[0].Expectations[3].Expect, Verdict: sim.Inconclusive},
		{Expect: runs[0].Expectations[4].Expect, Value: n(0), Verdict: sim.Pass},
	}
	metrics := []experiment.Metric{
		{Path: "ledger.created", Mean: n(247201), SD: n(12), Low: n(247171.2), High: n(247230.8), N: 3, Unit: "1"},
		{Path: "producers.web.rate", Mean: n(120.02), SD: n(0.31), Low: n(119.25), High: n(120.79), N: 3, Unit: "/s"},
		{Path: "producers.web.rejected", Mean: n(0), SD: n(0), Low: n(0), High: n(0), N: 3, Unit: "1"},
		{Path: "channels.payments.depth.mean", Mean: n(6514.2), SD: n(210.1), Low: n(5992), High: n(7036), N: 3, Unit: "1"},
		{Path: "channels.payments.depth.max", Mean: n(13028), SD: n(399), Low: n(12037), High: n(14019), N: 3, Unit: "1"},
		{Path: "subscriptions.orders/inventory.rate_in", Mean: n(214), SD: n(0.4), Low: n(213), High: n(215), N: 3, Unit: "/s"},
		{Path: "consumers.payment.utilisation", Mean: n(0.9993), SD: n(0.0002), Low: n(0.9988), High: n(0.9998), N: 3, Unit: "share"},
		{Path: "consumers.payment.latency.p50", Mean: n(31.2), SD: n(1.1), Low: n(28.47), High: n(33.93), N: 3, Unit: "s"},
		{Path: "consumers.payment.latency.p99", Mean: n(134.16), SD: n(4.1), N: 3, Unit: "s", Note: "not enough tail"},
		{Path: "consumers.inventory.latency.p99", Mean: n(0.0692), N: 1, Unit: "s", Note: "fewer than 3 runs"},
		{Path: "consumers.analytics.wait.p99", N: 0, Unit: "s", Note: "no value in any run"},
		{Path: "flows.order.placed.completed", Mean: n(98000), SD: n(120), Low: n(97702), High: n(98298), N: 3, Unit: "1"},
	}
	for i := range metrics {
		metrics[i].Student = experiment.Interval{Low: metrics[i].Low, High: metrics[i].High}
		if metrics[i].Path == "consumers.payment.latency.p50" {
			metrics[i].Student = experiment.Interval{Low: n(28.47), High: n(33.21)}
		}
	}
	return &Replicated{Runs: runs, Judged: judged, Metrics: metrics}
}

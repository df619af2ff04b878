package sim

import (
	"reflect"

	"eddy/sim/spec"
)

// Whether two parts of scenarios are the same.

func sameDist(a, b spec.Dist) bool { return reflect.DeepEqual(a, b) }

func sameRetry(a, b spec.Retry) bool { return reflect.DeepEqual(a, b) }

func sameArrivals(a, b *spec.Arrivals) bool {
	return a.Kind == b.Kind && a.Rate == b.Rate && a.Jitter == b.Jitter && a.Size == b.Size && a.Low == b.Low && a.High == b.High &&
		a.LowFor == b.LowFor && a.HighFor == b.HighFor && sameDist(a.Gap, b.Gap)
}

func sameStep(a, b *spec.Step) bool { return reflect.DeepEqual(a, b) }

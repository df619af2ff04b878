package sim

import (
	"reflect"
	"slices"

	"eddy/sim/spec"
)

// whole are the types whose values change as a whole: half of one and half of
// another would mean nothing.
var whole = map[reflect.Type]bool{
	reflect.TypeFor[spec.Dist]():         true,
	reflect.TypeFor[spec.Arrivals]():     true,
	reflect.TypeFor[spec.Rate]():         true,
	reflect.TypeFor[*spec.Filter]():      true,
	reflect.TypeFor[[]spec.Choice]():     true,
	reflect.TypeFor[[]spec.ShapePoint](): true,
	reflect.TypeFor[[]spec.Nanos]():      true,
	reflect.TypeFor[[]int]():             true,
	reflect.TypeFor[[]int64]():           true,
}

// merged is a scenario with everything that differs between two others, from
// and to, as it is in to. All three have the same components.
func merged(own, from, to *spec.Scenario) *spec.Scenario {
	next := *own
	part := func(own, from, to any) {
		put(reflect.ValueOf(own).Elem(), reflect.ValueOf(from).Elem(), reflect.ValueOf(to).Elem())
	}
	part(&next.Producers, &from.Producers, &to.Producers)
	part(&next.Broker, &from.Broker, &to.Broker)
	part(&next.Consumers, &from.Consumers, &to.Consumers)
	return &next
}

// put changes what differs between from and to in own, which shares nothing
// that it changes with another.
func put(own, from, to reflect.Value) {
	if reflect.DeepEqual(from.Interface(), to.Interface()) {
		return
	}
	t := own.Type()
	switch {
	case t == reflect.TypeFor[spec.Backoff]():
		putBackoff(own.Addr().Interface().(*spec.Backoff), from.Interface().(spec.Backoff), to.Interface().(spec.Backoff))
	case t == reflect.TypeFor[[]spec.Handler]() && !sameHandlers(own.Interface().([]spec.Handler), to.Interface().([]spec.Handler)):
		own.Set(to)
	case t == reflect.TypeFor[[]spec.Rule]():
		own.Set(reflect.ValueOf(mergedRules(own.Interface().([]spec.Rule), from.Interface().([]spec.Rule), to.Interface().([]spec.Rule))))
	case t.Kind() == reflect.Struct && !whole[t]:
		for i := range t.NumField() {
			put(own.Field(i), from.Field(i), to.Field(i))
		}
	case t.Kind() == reflect.Slice && !whole[t] && own.Len() == from.Len() && own.Len() == to.Len():
		all := reflect.MakeSlice(t, own.Len(), own.Len())
		reflect.Copy(all, own)
		for i := range all.Len() {
			put(all.Index(i), from.Index(i), to.Index(i))
		}
		own.Set(all)
	case t.Kind() == reflect.Pointer && !whole[t] && !own.IsNil() && !from.IsNil() && !to.IsNil():
		one := reflect.New(t.Elem())
		one.Elem().Set(own.Elem())
		put(one.Elem(), from.Elem(), to.Elem())
		own.Set(one)
	default:
		own.Set(to)
	}
}

// mergedRules changes the rules that differ by their names, where there are the
// same in from and to.
func mergedRules(own, from, to []spec.Rule) []spec.Rule {
	name := func(a, b spec.Rule) bool { return a.Name == b.Name }
	if !slices.EqualFunc(from, to, name) {
		return to
	}
	own = slices.Clone(own)
	for i := range from {
		if k := slices.IndexFunc(own, func(r spec.Rule) bool { return name(r, to[i]) }); k >= 0 {
			put(reflect.ValueOf(&own[k]).Elem(), reflect.ValueOf(from[i]), reflect.ValueOf(to[i]))
		}
	}
	return own
}

// putBackoff changes a backoff's law and its jitter, which are set apart.
func putBackoff(own *spec.Backoff, from, to spec.Backoff) {
	jitter := own.Jitter
	if from.Jitter != to.Jitter {
		jitter = to.Jitter
	}
	from.Jitter = to.Jitter
	if !reflect.DeepEqual(from, to) {
		*own = to
	}
	own.Jitter = jitter
}

// sameHandlers says whether two lists of handlers have the same steps, but for
// the values of these.
func sameHandlers(a, b []spec.Handler) bool {
	return slices.EqualFunc(a, b, func(x, y spec.Handler) bool {
		return x.Pattern.Text == y.Pattern.Text && slices.EqualFunc(x.Steps, y.Steps, func(s, t spec.Step) bool { return s.Verb == t.Verb })
	})
}

package scenarios

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"eddy/sim/spec"
)

// schema is a JSON Schema as a value.
type schema = map[string]any

// Schema is the JSON Schema (2020-12) of the format. It accepts every scenario
// that Load accepts, and refuses what is wrong in a scenario's structure; what
// only the whole tells, such as a name that nothing has, it leaves to Load.
var Schema = sync.OnceValue(func() []byte {
	s := format.toSchema()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Eddy scenario"
	s["description"] = "A simulated event-driven system: who emits events, what carries them, who handles them."
	s["$defs"] = definitions()
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // only maps, lists and text are in it
	}
	return append(text, '\n')
})

// toSchema describes a shape.
func (s *shape) toSchema() schema {
	switch {
	case s.schema != nil:
		return s.schema()
	case s.keys != nil:
		return s.objectSchema(s.keyNames())
	case s.free != nil:
		value := s.free.value.toSchema()
		if s.free.value.optional() {
			value = anyOf(schema{"type": "null"}, value)
		}
		out := schema{"type": "object", "additionalProperties": value}
		if s.free.key != nil {
			out["propertyNames"] = s.free.key()
		}
		return out
	case s.items != nil:
		return schema{"type": "array", "items": s.items.toSchema(), "minItems": s.atLeast}
	}
	return schema{}
}

// optional says whether an entry may have no keys at all.
func (s *shape) optional() bool {
	return s.keys != nil && !slices.ContainsFunc(s.keys, func(k keyInfo) bool { return k.required })
}

// objectSchema is a map with some of the shape's keys.
func (s *shape) objectSchema(names []string) schema {
	properties := schema{}
	var needed []string
	for _, k := range s.keys {
		if !slices.Contains(names, k.name) {
			continue
		}
		p := maps.Clone(k.shape.toSchema())
		if k.doc != "" {
			p["description"] = k.doc
		}
		if k.dflt != "" {
			p["description"] = strings.TrimSpace(k.doc + " Default: " + k.dflt + ".")
		}
		properties[k.name] = p
		if k.required {
			needed = append(needed, k.name)
		}
	}
	out := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(needed) > 0 {
		out["required"] = needed
	}
	for k, v := range s.extra {
		out[k] = v
	}
	return out
}

func anyOf(alternatives ...schema) schema { return schema{"anyOf": alternatives} }

// orWord adds words that stand for a value.
func orWord(s func() schema, words ...string) func() schema {
	return func() schema { return anyOf(schema{"enum": words}, s()) }
}

func pattern(p string) schema { return schema{"type": "string", "pattern": p} }

const (
	numberText   = `(0|[1-9][0-9]*)(\.[0-9]+)?`
	durationText = `(` + numberText + `(d|h|m|s|ms|us|µs|μs|ns))+`
	sizeText     = numberText + `(B|KB|KiB|MB|MiB|GB|GiB)`
	rateText     = numberText + `/(s|m|h|d)`
	chanceText   = `(0|[1-9][0-9]?)(\.[0-9]+)?%|100(\.0+)?%|0(\.[0-9]+)?|1(\.0+)?`
	nameText     = `[\p{L}\p{Nd}]([\p{L}\p{M}\p{Nd}._-]{0,62}[\p{L}\p{M}\p{Nd}])?`
)

// Values that stand at many places are defined once.
func defined(name string) schema { return schema{"$ref": "#/$defs/" + name} }

func durationSchema() schema { return defined("duration") }
func sizeSchema() schema     { return defined("size") }
func rateSchema() schema     { return defined("rate") }
func chanceSchema() schema   { return defined("share") }
func textSchema() schema     { return defined("text") }
func nameSchema() schema     { return defined("name") }

func definitions() schema {
	call := pattern(callText(familyNames()...))
	return schema{
		"duration": anyOf(schema{"const": 0}, pattern("^(0|"+durationText+")$")),
		"size":     anyOf(schema{"const": 0}, pattern("^(0|"+sizeText+")$")),
		"rate":     pattern("^" + rateText + "$"),
		"share":    anyOf(schema{"type": "number", "minimum": 0, "maximum": 1}, pattern("^("+chanceText+")$")),
		"text":     schema{"type": []string{"string", "number", "boolean"}, "maxLength": 10_000},
		// A name also takes what YAML reads as a number or a boolean: it is text.
		"name":         anyOf(pattern("^"+nameText+"$"), schema{"type": "number", "minimum": 0}, schema{"type": "boolean"}),
		"durationDist": anyOf(durationSchema(), call),
		"sizeDist":     anyOf(sizeSchema(), call),
		"numberDist":   anyOf(schema{"type": "number"}, call),
		"filter":       filterSchema(),
		"match":        matchSchema(),
	}
}

func numberSchema(low float64) func() schema {
	return func() schema { return schema{"type": "number", "minimum": low} }
}

func wholeSchema(low, high int64) func() schema {
	return func() schema { return schema{"type": "integer", "minimum": low, "maximum": high} }
}

func fieldNameSchema() schema {
	return schema{"pattern": "^" + nameText + "$", "not": schema{"enum": []string{"type", "key", "source", "size", "priority", "any"}}}
}

func patternSchema() schema { return schema{"type": "string", "pattern": `^[^\s]+$`} }

func anything() schema { return schema{} }

func pairSchema() schema {
	return schema{"type": "array", "items": nameSchema(), "minItems": 2, "maxItems": 2}
}

func callText(names ...string) string { return `^\s*(` + strings.Join(names, "|") + `)\(.*\)\s*$` }

// distSchema is a plain value or the call of a distribution.
func distSchema(q *quantity) func() schema {
	switch q {
	case durationQuantity:
		return func() schema { return defined("durationDist") }
	case sizeQuantity:
		return func() schema { return defined("sizeDist") }
	}
	return func() schema { return defined("numberDist") }
}

func arrivalsSchema() schema {
	var names []string
	for _, p := range processes() {
		names = append(names, p.name)
	}
	return anyOf(rateSchema(), pattern(callText(names...)))
}

func backoffSchema() schema {
	return anyOf(
		pattern(callText("constant", "linear", "exponential")),
		schema{"type": "array", "items": durationSchema(), "minItems": 1},
	)
}

func fieldSchema() schema {
	return anyOf(
		schema{"type": []string{"string", "number", "boolean"}},
		schema{"type": "object", "minProperties": 1, "additionalProperties": chanceSchema()},
	)
}

func filterSchema() schema {
	return schema{
		"type": "object", "minProperties": 1,
		"properties":           schema{"any": schema{"type": "array", "minItems": 1, "items": schema{"$ref": "#/$defs/filter"}}},
		"additionalProperties": schema{"$ref": "#/$defs/match"},
		"description":          "Conditions that must all hold, by type, key, source, size, priority or a field.",
	}
}

func matchSchema() schema {
	match := schema{"$ref": "#/$defs/match"}
	matches := schema{"type": "array", "minItems": 1, "items": match}
	text := schema{"type": []string{"string", "number", "boolean"}}
	return anyOf(
		schema{"type": []string{"string", "number", "boolean"}},
		matches,
		schema{
			"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
			"properties": schema{"not": match, "exists": schema{"type": "boolean"}, "prefix": text, "suffix": text, "ignore_case": text, "any": matches},
		},
	)
}

// sourceSchema is one channel that a consumer reads.
func sourceSchema(s *shape) func() schema {
	return func() schema { return anyOf(nameSchema(), s.objectSchema(s.keyNames())) }
}

// stepSchema is one step: a verb and its options.
func stepSchema(s *shape) schema {
	var steps []schema
	for _, verb := range verbs {
		one := s.objectSchema(append([]string{verb}, stepKeys[verb]...))
		one["required"] = []string{verb}
		if verb == "emit" {
			one["required"] = []string{verb, "to"}
		}
		steps = append(steps, one)
	}
	return schema{"oneOf": steps}
}

// actionSchema is one entry of the timeline: an action and its options.
func actionSchema(s *shape) schema {
	var actions []schema
	for _, r := range actionRules {
		names := append([]string{"at", r.name}, r.options...)
		if r.lasting {
			names = append(names, "for")
		}
		one := s.objectSchema(names)
		one["required"] = append([]string{"at", r.name}, r.needs...)
		actions = append(actions, one)
	}
	return schema{"oneOf": actions}
}

// The constraints between keys that JSON Schema can say.

func producerExtra() schema {
	return schema{
		"oneOf":             []schema{{"required": []string{"to"}}, {"required": []string{"call"}}},
		"not":               schema{"anyOf": []schema{{"required": []string{"rate", "users"}}, {"required": []string{"shape", "users"}}}},
		"dependentRequired": schema{"users": []string{"think"}, "think": []string{"users"}},
		"anyOf": []schema{
			{"required": []string{"rate"}},
			{"required": []string{"users"}},
			{"required": []string{"kind"}, "properties": schema{"kind": schema{"enum": []string{"sensor", "timer"}}}},
		},
		"if":   schema{"required": []string{"outbox"}},
		"then": schema{"required": []string{"kind"}, "properties": schema{"kind": schema{"const": "database"}}},
	}
}

func channelExtra() schema {
	var rules []schema
	for t, name := range channelTypeNames {
		rules = append(rules, schema{
			"if":   schema{"required": []string{"type"}, "properties": schema{"type": schema{"const": name}}},
			"then": schema{"propertyNames": schema{"enum": keysOf(spec.ChannelType(t))}},
		})
	}
	rules = append(rules, schema{
		"if":   schema{"required": []string{"type"}, "properties": schema{"type": schema{"const": "bus"}}},
		"then": schema{"required": []string{"rules"}},
	})
	return schema{"allOf": rules, "dependentRequired": schema{"where": []string{"from"}}}
}

func consumerExtra() schema {
	var beside []schema
	for _, name := range []string{"work", "fail", "emit", "to"} {
		beside = append(beside, schema{"required": []string{"handle", name}})
	}
	return schema{"not": schema{"anyOf": beside}, "dependentRequired": schema{"emit": []string{"to"}, "to": []string{"emit"}}}
}

package cases

import (
	"fmt"
	"reflect"
	"strings"

	"eddy/sim/spec"
)

// Print renders a scenario for a reader, much like YAML: what is zero or empty
// is left out, and nothing is meant to be read back.
func Print(sc *spec.Scenario) string {
	var b strings.Builder
	printValue(&b, reflect.ValueOf(*sc), "")
	return b.String()
}

func printValue(b *strings.Builder, v reflect.Value, indent string) {
	switch v.Kind() {
	case reflect.Pointer:
		printValue(b, v.Elem(), indent)
	case reflect.Struct:
		b.WriteByte('\n')
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				fmt.Fprintf(b, "%s%s:", indent, v.Type().Field(i).Name)
				printValue(b, v.Field(i), indent+"  ")
			}
		}
	case reflect.Slice:
		if isFlat(v.Type().Elem()) {
			fmt.Fprintf(b, " %v\n", v)
			return
		}
		b.WriteByte('\n')
		for i := range v.Len() {
			fmt.Fprintf(b, "%s- [%d]", indent, i)
			printValue(b, v.Index(i), indent+"  ")
		}
	default:
		fmt.Fprintf(b, " %v\n", v)
	}
}

func isFlat(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Pointer, reflect.Slice:
		return false
	}
	return true
}

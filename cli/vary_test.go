package cli

import (
	"reflect"
	"strings"
	"testing"
)

func TestVary(t *testing.T) {
	for text, want := range map[string][]string{
		"p=1,2,4":                     {"1", "2", "4"},
		"p=1..4":                      {"1", "2", "3", "4"},
		"p=10/s..40/s:15/s":           {"10/s", "25/s", "40/s"},
		"p=10..30:10/s":               nil,
		"p=0.1..0.3:0.1":              {"0.1", "0.2", "0.3"},
		"p=10ms..20ms:5ms,1s":         {"10ms", "15ms", "20ms", "1s"},
		"p=poisson(10/s..20/s:10/s)":  {"poisson(10/s)", "poisson(20/s)"},
		"p=gamma(2ms,1ms),exp(3ms)":   {"gamma(2ms,1ms)", "exp(3ms)"},
		"p={type: queue, ttl: 1s},{}": {"{type: queue, ttl: 1s}", "{}"},
		"p=4..1":                      nil,
		"p=1s..2m":                    nil,
		"p=1..2:0":                    nil,
		"p=1..1000000":                nil,
		"p=1,,2":                      nil,
		"p=":                          nil,
		"=1":                          nil,
	} {
		var a axes
		err := a.Set(text)
		switch {
		case want == nil && err == nil:
			t.Errorf("%s: %v", text, a.list)
		case want != nil && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != nil && !reflect.DeepEqual(a.list[0].values, want):
			t.Errorf("%s: %q", text, a.list[0].values)
		}
	}
	var a axes
	if a.Set("p=1") != nil || a.Set("p=2") == nil {
		t.Error("one path is varied twice")
	}
}

func TestVaryNumbers(t *testing.T) {
	for list, want := range map[string]bool{
		"1,2,4": true, "poisson(1/s),poisson(2/s)": true, "2,1": false, "1s,1m": false, "reject,block": false, "1,2/s": false,
	} {
		if _, got := (axis{values: strings.Split(list, ",")}).numbers(); got != want {
			t.Errorf("%s: %v", list, got)
		}
	}
}

func TestVaryGrid(t *testing.T) {
	got := grid([]axis{{"a", []string{"1", "2"}}, {"b", []string{"x", "y"}}})
	if want := [][]string{{"1", "x"}, {"1", "y"}, {"2", "x"}, {"2", "y"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

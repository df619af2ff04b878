package scenarios

import (
	"strings"
	"testing"
)

func TestLibrary(t *testing.T) {
	if len(Names()) == 0 {
		t.Fatal("the library is empty")
	}
	for _, name := range Names() {
		text, files, ok := Builtin(name)
		if !ok {
			t.Errorf("%s is listed and not there", name)
			continue
		}
		s, ds := Load(text, Options{Name: name, FS: files})
		if s == nil || len(ds) > 0 {
			t.Errorf("%s has diagnostics:\n%s", name, rendered(ds))
			continue
		}
		if s.Name != name || s.About == "" || About(name) != s.About {
			t.Errorf("%s calls itself %s: %s", name, s.Name, s.About)
		}
		roundTrip(t, s, Options{FS: files})
		for _, v := range Variants(text) {
			if s, ds := Load(text, Options{Name: name, FS: files, Variant: v}); s == nil {
				t.Errorf("%s with %s: %v", name, v, ds)
			}
		}
		if digits, recorded := Fingerprint(name); digits != "" && !recorded {
			t.Errorf("%s has the fingerprint %q, which is not 16 hexadecimal digits", name, digits)
		}
	}
	for _, name := range []string{"nothing", "../library/work-queue", "", "work-queue.yaml", "a/b"} {
		if _, _, ok := Builtin(name); ok {
			t.Errorf("there is a scenario %q", name)
		}
		if _, ok := Fingerprint(name); ok || About(name) != "" {
			t.Errorf("something is known of %q", name)
		}
	}
}

func TestSkeleton(t *testing.T) {
	s, ds := Load(Skeleton(), Options{Name: "new.yaml"})
	if s == nil || len(ds) > 0 {
		t.Fatalf("the skeleton has diagnostics:\n%s", rendered(ds))
	}
	if Skeleton()[0] = 'x'; Skeleton()[0] == 'x' {
		t.Error("a caller can change the skeleton")
	}
	if len(s.Expect) == 0 || len(Variants(Skeleton())) == 0 {
		t.Error("the skeleton shows no expectations or variants")
	}
}

// Three mistakes a newcomer makes in it, each led out of.
func TestSkeletonMistakes(t *testing.T) {
	for from, c := range map[string]struct{ to, want string }{
		"work: lognormal(mean=60ms, p99=200ms)": {"work: 60", "did you mean 60ms?"},
		"to: orders ":                           {"to: order ", "did you mean orders?"},
		"instances: 4":                          {"instnaces: 4", "did you mean instances?"},
		"    retry:\n":                          {"   retry:\n", "does not fit what is above it"},
		"- fail: 2%":                            {"- fail:2%", "a space is missing after the colon"},
	} {
		text := strings.Replace(string(Skeleton()), from, c.to, 1)
		if text == string(Skeleton()) {
			t.Errorf("the skeleton has no %q", from)
		}
		if s, ds := Load([]byte(text), Options{Name: "new.yaml"}); s != nil || !strings.Contains(rendered(ds), c.want) {
			t.Errorf("%s: wanted %q, said %s", c.to, c.want, rendered(ds))
		}
	}
}

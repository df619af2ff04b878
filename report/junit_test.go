package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"eddy/sim"
)

type junitProblem struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type junitDocument struct {
	XMLName  xml.Name `xml:"testsuites"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Suites   []struct {
		Name       string `xml:"name,attr"`
		Tests      int    `xml:"tests,attr"`
		Properties []struct {
			Name  string `xml:"name,attr"`
			Value string `xml:"value,attr"`
		} `xml:"properties>property"`
		Cases []struct {
			Class   string        `xml:"classname,attr"`
			Name    string        `xml:"name,attr"`
			Failure *junitProblem `xml:"failure"`
			Error   *junitProblem `xml:"error"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func writeJUnit(r *sim.Result) func(io.Writer) error {
	return func(w io.Writer) error { return JUnit(w, Judged{Result: r, Runs: 1, Expectations: r.Expectations}) }
}

func readJUnit(t *testing.T, r *sim.Result) junitDocument {
	t.Helper()
	var b bytes.Buffer
	if err := writeJUnit(r)(&b); err != nil {
		t.Fatal(err)
	}
	var d junitDocument
	if err := xml.Unmarshal(b.Bytes(), &d); err != nil {
		t.Fatalf("%v in\n%s", err, &b)
	}
	for _, c := range b.String() {
		if c != '\n' && isUnsafe(c) {
			t.Errorf("%U in\n%s", c, &b)
		}
	}
	return d
}

func TestJUnit(t *testing.T) {
	r := busy()
	d := readJUnit(t, r)
	if d.Tests != 5 || d.Failures != 2 || d.Errors != 1 || len(d.Suites) != 1 || len(d.Suites[0].Cases) != 5 {
		t.Fatalf("%+v", d)
	}
	if d.Suites[0].Name != "order-fulfilment (four-workers)" {
		t.Errorf("suite %s", d.Suites[0].Name)
	}
	for i, c := range d.Suites[0].Cases {
		want := r.Expectations[i]
		if c.Name != want.Expect {
			t.Errorf("case %q, want %q", c.Name, want.Expect)
		}
		if (c.Failure != nil) != (want.Verdict == sim.Failed) || (c.Error != nil) != (want.Verdict == sim.Inconclusive) {
			t.Errorf("%s: %s is %+v", c.Name, want.Verdict, c)
		}
	}
	f := d.Suites[0].Cases[1].Failure
	if f.Message != "it is 2m14s" || !strings.Contains(f.Text, "what the shop promises its customers") {
		t.Errorf("%+v", f)
	}
}

func TestJUnitOfHostileTexts(t *testing.T) {
	r := hostile()
	d := readJUnit(t, r)
	if got, want := d.Suites[0].Cases[0].Name, clean(r.Expectations[0].Expect); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	r.Expectations[0].Expect = `a"b'c<d>&]]><!--`
	if got := readJUnit(t, r).Suites[0].Cases[0].Name; got != r.Expectations[0].Expect {
		t.Errorf("%q, want %q", got, r.Expectations[0].Expect)
	}
}

func TestJUnitOfSeveralScenarios(t *testing.T) {
	var b bytes.Buffer
	one, other := busy(), healthy()
	if err := JUnit(&b, Judged{one, 3, one.Expectations}, Judged{other, 3, nil}); err != nil {
		t.Fatal(err)
	}
	var d junitDocument
	if err := xml.Unmarshal(b.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.Tests != 5 || len(d.Suites) != 2 || d.Suites[1].Tests != 0 {
		t.Errorf("%+v", d)
	}
}

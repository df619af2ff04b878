package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"eddy/sim"
)

// someHistory is a short past of the fixtures' components, with a gap, a
// component that scales, and more samples than are kept.
func someHistory() *History {
	h := &History{}
	for i := range 700 {
		at, wave := int64(i+1)*1e9, float64((i*i)%23)
		add := func(component, metric string, v sim.Number) { h.Add(Sample{at, component, metric, v}) }
		add("producers.web", "rate", sim.Num(110+wave))
		add("channels.payments", "depth", sim.Num(float64(18*i)))
		add("channels.payments", "leased", sim.Num(4))
		add("subscriptions.orders/inventory", "rate_in", sim.Num(214+wave))
		add("consumers.payment", "utilisation", sim.Num(0.9+wave/250))
		add("consumers.payment", "instances", sim.Num(float64(4+i/400)))
		add("consumers.inventory", "instances", sim.Num(3))
		if i < 200 || i > 300 {
			add("consumers.payment", "latency.p99", sim.Num(0.1*float64(i)))
		} else {
			add("consumers.payment", "latency.p99", sim.Number{})
		}
	}
	return h
}

// element is one of a page.
type element struct {
	name string
	attr map[string]string
}

// elementsOf reads a page strictly, as XML, and returns its elements and its text.
func elementsOf(t *testing.T, page []byte) (all []element, text string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(page))
	style, said := false, strings.Builder{}
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all, said.String()
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, page)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{token.Name.Local, map[string]string{}}
			for _, a := range token.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			all = append(all, e)
			style = e.name == "style"
		case xml.EndElement:
			style = false
		case xml.CharData:
			if !style {
				said.Write(token)
			}
		}
	}
}

var pageElements = []string{
	"html", "head", "meta", "link", "title", "style", "body", "main", "header", "footer", "h1", "h2", "h3", "p", "span", "b", "br", "code", "ul", "li",
	"div", "table", "caption", "thead", "a", "nav", "dl", "dt", "dd", "details", "summary", "desc", "section", "tbody", "tr", "th", "td", "figure", "figcaption", "svg", "line", "text", "path", "rect", "circle",
}

// checkPage checks that a page is well-formed, loads nothing, runs nothing
// and draws only where there is a place to draw.
func checkPage(t *testing.T, page []byte) (text string) {
	t.Helper()
	all, text := elementsOf(t, page)
	for _, e := range all {
		if !slices.Contains(pageElements, e.name) {
			t.Errorf("an element %s", e.name)
		}
		for name, value := range e.attr {
			if strings.HasPrefix(name, "on") || name == "src" || name == "style" || name == "href" && value != "data:," && !strings.HasPrefix(value, "#") {
				t.Errorf("%s has %s=%q", e.name, name, value)
			}
		}
	}
	for _, forbidden := range []string{"http://", "https://", "url(", "@import", "NaN", "Inf "} {
		if bytes.Contains(page, []byte(forbidden)) && !strings.Contains(text, forbidden) {
			t.Errorf("the page has %s", forbidden)
		}
	}
	if !bytes.Contains(page, []byte(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`)) {
		t.Error("the page may load things")
	}
	return text
}

func TestPagesAreSafeAndWhole(t *testing.T) {
	for name, fixture := range fixtures {
		t.Run(name, func(t *testing.T) {
			for _, h := range []*History{nil, {}, someHistory()} {
				var b bytes.Buffer
				r := fixture()
				if err := HTML(&b, r, h, nil); err != nil {
					t.Fatal(err)
				}
				text := checkPage(t, b.Bytes())
				checkLinks(t, b.Bytes())
				wanted := []string{clean(r.Scenario.Name), "Ledger"}
				for _, c := range r.Consumers {
					wanted = append(wanted, clean(c.Name))
				}
				for _, want := range wanted {
					if !strings.Contains(text, want) {
						t.Errorf("the page does not say %q", want)
					}
				}
				for _, c := range b.String() {
					if c != '\n' && isUnsafe(c) {
						t.Errorf("%U in the page", c)
					}
				}
			}
		})
	}
	var b bytes.Buffer
	for _, r := range []*Replicated{threeRuns(), {}} {
		b.Reset()
		if err := HTMLReplicated(&b, r, someHistory()); err != nil {
			t.Fatal(err)
		}
		checkPage(t, b.Bytes())
	}
}

// A page of a real run draws what was measured, within its drawings.
func TestPageOfARun(t *testing.T) {
	r, h := simulated(t, load(t, eventful), nil)
	var b bytes.Buffer
	if err := HTML(&b, r, h, nil); err != nil {
		t.Fatal(err)
	}
	text := checkPage(t, b.Bytes())
	for _, want := range []string{"payment latency", "payments copies", "web created", "Latency by cause", "payment instances"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(text, "stock instances") {
		t.Error("a constant is drawn")
	}
	all, _ := elementsOf(t, b.Bytes())
	wide, high, paths := 0.0, 0.0, 0
	for _, e := range all {
		switch e.name {
		case "svg":
			if _, err := fmt.Sscanf(e.attr["viewBox"], "0 0 %g %g", &wide, &high); err != nil {
				t.Fatal(err)
			}
		case "path":
			paths++
			for _, at := range regexp.MustCompile(`[ML](-?[0-9.]+) (-?[0-9.]+)`).FindAllStringSubmatch(e.attr["d"], -1) {
				var x, y float64
				fmt.Sscan(at[1], &x)
				fmt.Sscan(at[2], &y)
				if x < 0 || x > wide || y < 0 || y > high || math.IsNaN(x+y) {
					t.Fatalf("%s is outside %g x %g", at[0], wide, high)
				}
			}
		}
	}
	if paths < 20 {
		t.Errorf("%d lines", paths)
	}
}

// A page of a thousand components is still one that can be read.
func TestPageOfManyIsBounded(t *testing.T) {
	r, h := healthy(), &History{}
	one := r.Consumers[0]
	r.Consumers = nil
	for i := range 1000 {
		one.Name = fmt.Sprintf("c%03d", i)
		r.Consumers = append(r.Consumers, one)
		for at := range int64(50) {
			h.Add(Sample{at * 1e9, "consumers." + one.Name, "rate", sim.Num(float64(i))})
		}
	}
	var b bytes.Buffer
	if err := HTML(&b, r, h, nil); err != nil {
		t.Fatal(err)
	}
	text := checkPage(t, b.Bytes())
	if got := strings.Count(b.String(), "</b> done per second"); got != mostCharted {
		t.Errorf("%d charts, want %d", got, mostCharted)
	}
	if !strings.Contains(text, "c999 done per second") || !strings.Contains(text, "0 all the time: c000.") || !strings.Contains(text, "975 more are in the series") {
		t.Error("not those with the highest values, or it is not said")
	}
}

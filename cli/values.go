package cli

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/config"
)

// whole is a flag with a whole number.
type whole struct {
	value      int64
	least      int64
	most       int64 // 0: what an int64 holds
	set        bool
	alsoRandom bool // the word random is taken, too
	random     bool
}

func (w *whole) String() string {
	if w.value == 0 && !w.set {
		return ""
	}
	return strconv.FormatInt(w.value, 10)
}

func (w *whole) Type() string { return "N" }

func (w *whole) Set(text string) error {
	if w.alsoRandom && text == "random" {
		w.set, w.random = true, true
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < w.least || w.most > 0 && n > w.most || !wholeNumber.MatchString(text) {
		return errors.New(w.accepted())
	}
	w.value, w.set, w.random = n, true, false
	return nil
}

func (w *whole) accepted() string {
	most := w.most
	if most == 0 {
		most = math.MaxInt64
	}
	text := fmt.Sprintf("it takes a whole number from %d to %d", w.least, most)
	if w.alsoRandom {
		text += ", or random"
	}
	return text
}

var wholeNumber = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)

// share is a flag with a percentage or a share of 1, more than 0 and at most 1.
type share struct {
	value float64
	set   bool
}

var shareForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(%?)$`)

func (s *share) String() string {
	if !s.set {
		return ""
	}
	return strconv.FormatFloat(s.value*100, 'g', -1, 64) + "%"
}

func (s *share) Type() string { return "SHARE" }

func (s *share) Set(text string) error {
	m := shareForm.FindStringSubmatch(text)
	if m == nil {
		return errors.New("it takes a share like 5% or 0.05")
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if m[2] != "" {
		v /= 100
	}
	if err != nil || v <= 0 || v > 1 {
		return errors.New("it takes a share of more than 0 and at most 100%")
	}
	s.value, s.set = v, true
	return nil
}

// span is a flag with a duration in the scenario format's notation.
type span struct {
	nanos int64
	text  string
}

func (s *span) String() string { return s.text }

func (s *span) Type() string { return "DURATION" }

var spanPart = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(ms|us|µs|ns|s|m|h|d)`)

var spanUnits = map[string]float64{
	"ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9, "d": 86400e9,
}

func (s *span) Set(text string) error {
	wrong := errors.New("it takes a duration with its unit, like 500ms, 10s or 1m30s")
	total := 0.0
	for rest := text; rest != "" || text == ""; {
		m := spanPart.FindStringSubmatch(rest)
		if m == nil {
			return wrong
		}
		v, _ := strconv.ParseFloat(m[1], 64)
		total += v * spanUnits[m[2]]
		rest = rest[len(m[0]):]
	}
	const century = 36500 * 86400e9
	if total < 1 || total > century {
		return errors.New("it takes a duration of more than 0 and at most 100 years")
	}
	s.nanos, s.text = int64(math.Round(total)), text
	return nil
}

// setting is one --set PATH=VALUE.
type setting = struct{ Path, Value string }

// settings is a flag that may be given several times.
type settings struct{ list []setting }

func (s *settings) String() string { return "" }

func (s *settings) Type() string { return "PATH=VALUE" }

func (s *settings) Set(text string) error {
	path, value, ok := strings.Cut(text, "=")
	if !ok || strings.TrimSpace(path) == "" {
		return errors.New("it takes PATH=VALUE, like consumers.payment.instances=4")
	}
	if visible(text) != text {
		return errors.New("it takes no control characters")
	}
	s.list = append(s.list, setting{strings.TrimSpace(path), value})
	return nil
}

var invalidArgument = regexp.MustCompile(`(?s)^invalid argument (".*") for "(?:-\w, )?(--[\w-]+)" flag: (.*)$`)

// flagProblem turns the flag parser's message into a user's words.
func flagProblem(c *cobra.Command, err error) string {
	text := err.Error()
	if m := invalidArgument.FindStringSubmatch(text); m != nil {
		reason := m[3]
		if strings.HasPrefix(reason, "strconv.") {
			reason = "it takes true or false"
		}
		return fmt.Sprintf("%s: %s is not possible; %s", m[2], m[1], reason)
	}
	if name, ok := strings.CutPrefix(text, "unknown flag: "); ok {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		return "no flag " + name + config.DidYouMean(name, names)
	}
	return text
}

package cli

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// mostPoints is how many points a sweep may have.
const mostPoints = 10_000

// axis is one --vary: a path and the values it takes.
type axis struct {
	path   string
	values []string
}

// axes is a flag that may be given several times.
type axes struct{ list []axis }

func (a *axes) String() string { return "" }

func (a *axes) Type() string { return "PATH=VALUES" }

func (a *axes) Set(text string) error {
	path, list, ok := strings.Cut(text, "=")
	if !ok || strings.TrimSpace(path) == "" || strings.TrimSpace(list) == "" {
		return errors.New("it takes PATH=VALUES, like consumers.payment.instances=1,2,4,8 or producers.web.rate=10/s..100/s:10/s")
	}
	if visible(text) != text {
		return errors.New("it takes no control characters")
	}
	path = strings.TrimSpace(path)
	for _, other := range a.list {
		if other.path == path {
			return fmt.Errorf("%s is varied already", path)
		}
	}
	x := axis{path: path}
	for _, item := range splitValues(list) {
		values, err := expand(item)
		if err != nil {
			return err
		}
		if x.values = append(x.values, values...); len(x.values) > mostPoints {
			return fmt.Errorf("it takes at most %d values", mostPoints)
		}
	}
	a.list = append(a.list, x)
	return nil
}

// splitValues parts a list at the commas that are not within brackets.
func splitValues(list string) []string {
	var parts []string
	depth, from := 0, 0
	for i, r := range list {
		switch r {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, strings.TrimSpace(list[from:i]))
				from = i + 1
			}
		}
	}
	return append(parts, strings.TrimSpace(list[from:]))
}

const quantityForm = `([0-9]+(?:\.[0-9]+)?)([A-Za-zµ%]*(?:/[a-z]+)?)`

// rangeForm is FROM..TO or FROM..TO:STEP, perhaps within something: poisson(10/s..50/s:10/s).
var rangeForm = regexp.MustCompile(`^(.*?)` + quantityForm + `\.\.` + quantityForm + `(?::` + quantityForm + `)?(.*)$`)

// expand makes the values of a range; anything else stands for itself.
func expand(item string) ([]string, error) {
	m := rangeForm.FindStringSubmatch(item)
	if m == nil {
		if item == "" {
			return nil, errors.New("a value is empty")
		}
		return []string{item}, nil
	}
	before, after := m[1], m[8]
	from, to, step := rational(m[2]), rational(m[4]), big.NewRat(1, 1)
	unit := m[5]
	if m[3] != "" && m[3] != unit {
		return nil, fmt.Errorf("%s has two units; write both ends in the same", item)
	}
	if m[6] != "" {
		if m[7] != unit {
			return nil, fmt.Errorf("the step of %s has another unit than its ends", item)
		}
		step = rational(m[6])
	}
	if step.Sign() <= 0 || from.Cmp(to) > 0 {
		return nil, fmt.Errorf("%s does not lead upwards", item)
	}
	if count := new(big.Rat).Quo(new(big.Rat).Sub(to, from), step); count.Cmp(big.NewRat(mostPoints, 1)) >= 0 {
		return nil, fmt.Errorf("%s has more than %d values", item, mostPoints)
	}
	var values []string
	for v := from; v.Cmp(to) <= 0; v = new(big.Rat).Add(v, step) {
		values = append(values, before+decimal(v)+unit+after)
	}
	return values, nil
}

func rational(text string) *big.Rat {
	r, _ := new(big.Rat).SetString(text)
	return r
}

// decimal writes a number that has finitely many decimals.
func decimal(r *big.Rat) string {
	text := r.FloatString(12)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

var anyQuantity = regexp.MustCompile(`^(\D*?)` + quantityForm + `(\D*)$`)

// numbers are the values of an axis as numbers, false if they are not the same
// text around rising numbers.
func (x axis) numbers() ([]float64, bool) {
	var all []float64
	around := ""
	for i, v := range x.values {
		m := anyQuantity.FindStringSubmatch(v)
		if m == nil {
			return nil, false
		}
		n, err := strconv.ParseFloat(m[2], 64)
		if err != nil || i > 0 && (around != m[1]+" "+m[3]+m[4] || n <= all[i-1]) {
			return nil, false
		}
		around = m[1] + " " + m[3] + m[4]
		all = append(all, n)
	}
	return all, true
}

// grid is every combination of the axes' values; the last axis changes fastest.
func grid(list []axis) [][]string {
	points := [][]string{nil}
	for _, x := range list {
		var next [][]string
		for _, p := range points {
			for _, v := range x.values {
				next = append(next, append(p[:len(p):len(p)], v))
			}
		}
		points = next
	}
	return points
}

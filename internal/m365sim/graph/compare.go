package graph

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// function reads startswith(name,'text') and endswith(name,'text'); the latter is advanced.
func (p *filterParser) function(word string) filter {
	p.expect("(")
	name := p.name()
	p.expect(",")
	want := strings.ToLower(p.text())
	p.expect(")")
	test := strings.HasPrefix
	if word == "endswith" {
		test, p.advanced = strings.HasSuffix, true
	}
	return func(o object) bool {
		have, ok := valueOf(o, name).(string)
		return ok && test(strings.ToLower(have), want)
	}
}

// comparison reads name eq value, name ne value, name in (values) and name/any(x:x eq value).
func (p *filterParser) comparison() filter {
	name := p.name()
	if list, ok := strings.CutSuffix(strings.ToLower(name), "/any"); ok {
		p.names[len(p.names)-1] = list
		return p.lambda(list)
	}
	switch p.next() {
	case "eq":
		want := p.next()
		p.checkValue(want)
		return func(o object) bool { return equal(valueOf(o, name), want) }
	case "ne":
		want := p.next()
		p.checkValue(want)
		p.advanced = true
		return func(o object) bool { return !equal(valueOf(o, name), want) }
	case "ge":
		return p.order(name, func(have, want time.Time) bool { return !have.Before(want) })
	case "le":
		return p.order(name, func(have, want time.Time) bool { return !have.After(want) })
	case "in":
		values := p.list()
		return func(o object) bool {
			return slices.ContainsFunc(values, func(want string) bool { return equal(valueOf(o, name), want) })
		}
	}
	p.failed = true
	return nil
}

// order compares a time, which only logs do.
func (p *filterParser) order(name string, holds func(have, want time.Time) bool) filter {
	want := instant(p.next())
	p.ordered, p.failed = true, p.failed || want.IsZero()
	return func(o object) bool {
		have, ok := valueOf(o, name).(string)
		return ok && holds(instant(have), want)
	}
}

// lambda reads (x:x eq 'value') over a list of texts.
func (p *filterParser) lambda(name string) filter {
	p.expect("(")
	variable := p.next()
	p.expect(":")
	p.expect(variable)
	p.expect("eq")
	want := p.text()
	p.expect(")")
	return func(o object) bool {
		list, _ := valueOf(o, name).([]string)
		return slices.ContainsFunc(list, func(have string) bool { return strings.EqualFold(have, want) })
	}
}

func (p *filterParser) list() []string {
	var values []string
	p.expect("(")
	for !p.failed {
		value := p.next()
		p.checkValue(value)
		values = append(values, value)
		if p.peek(")") {
			p.next()
			return values
		}
		p.expect(",")
	}
	return values
}

// checkValue wants a quoted text, true, false or null; of a log a number or a time too.
func (p *filterParser) checkValue(token string) {
	if _, err := strconv.Atoi(token); err == nil || !instant(token).IsZero() {
		p.ordered = true
		return
	}
	if !strings.HasPrefix(token, "'") && !slices.Contains([]string{"true", "false", "null"}, token) {
		p.failed = true
	}
}

// equal compares a property with a token of the filter. Texts are equal in either case, as they are in the directory.
func equal(have any, want string) bool {
	switch have := have.(type) {
	case string:
		if text, ok := strings.CutPrefix(want, "'"); ok {
			return strings.EqualFold(have, text)
		}
		at := instant(want)
		return !at.IsZero() && instant(have).Equal(at)
	case int:
		return strconv.Itoa(have) == want
	case bool:
		return want == "true" && have || want == "false" && !have
	case nil:
		return want == "null"
	}
	return false
}

// instant reads a time of a filter; anything else is the zero time.
func instant(token string) time.Time {
	at, err := time.Parse(time.RFC3339, token)
	if err != nil {
		return time.Time{}
	}
	return at
}

func valueOf(o object, name string) any {
	p, ok := o.kind().property(name)
	if !ok {
		return nil
	}
	return p.valueOf(o)
}

// checkFilter refuses a filter that names a property which the kind does not have.
func (q query) checkFilter(k *kind) *refusal {
	for _, name := range q.filterNames {
		if _, ok := k.property(name); !ok {
			return badQuery("Invalid filter clause: Could not find a property named '" + name + "' on type '" + k.odata + "'.")
		}
	}
	if q.orderBy != "" {
		if _, ok := k.property(q.orderBy); !ok {
			return badQuery("Could not find a property named '" + q.orderBy + "' on type '" + k.odata + "'.")
		}
	}
	return nil
}

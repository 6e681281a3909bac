package graph

import (
	"slices"
	"strings"
)

// filter says whether an object passes.
type filter func(object) bool

// filterParser reads the part of OData's $filter that the directory has: eq, ne, in, startswith, endswith, any, not, and,
// or, parentheses. Property names are checked against the kind when the filter runs (see checkFilter).
type filterParser struct {
	tokens   []string
	names    []string // properties that the filter names
	advanced bool
	ordered  bool // compares with a time or a number, which logs only do
	failed   bool
}

// maxFilterTokens keeps parentheses within parentheses from filling the stack.
const maxFilterTokens = 500

func (q *query) readFilter() *refusal {
	if !q.raw.Has("$filter") {
		return nil
	}
	tokens, ok := filterTokens(q.raw.Get("$filter"))
	p := &filterParser{tokens: tokens, failed: !ok || len(tokens) > maxFilterTokens}
	q.filter = p.or()
	if p.failed || len(p.tokens) > 0 || q.filter == nil {
		return badQuery("Invalid filter clause: the expression could not be parsed.")
	}
	q.advanced, q.ordered, q.filterNames = p.advanced, p.ordered, p.names
	return nil
}

// filterTokens splits into words, quoted texts (with their first quote kept as a mark) and punctuation.
func filterTokens(text string) (tokens []string, ok bool) {
	for text != "" {
		switch c := text[0]; {
		case c == ' ':
			text = text[1:]
		case c == '\'':
			value, rest, closed := quoted(text[1:])
			if !closed {
				return nil, false
			}
			tokens, text = append(tokens, "'"+value), rest
		case strings.IndexByte("(),:", c) >= 0:
			tokens, text = append(tokens, text[:1]), text[1:]
		default:
			end := strings.IndexAny(text, " '(),:")
			if c >= '0' && c <= '9' { // a time has colons
				end = strings.IndexAny(text, " '(),")
			}
			if end < 0 {
				end = len(text)
			}
			tokens, text = append(tokens, text[:end]), text[end:]
		}
	}
	return tokens, true
}

// quoted reads up to the closing quote; a doubled quote stands for one.
func quoted(text string) (value, rest string, ok bool) {
	var b strings.Builder
	for {
		at := strings.IndexByte(text, '\'')
		if at < 0 {
			return "", "", false
		}
		b.WriteString(text[:at])
		if text = text[at+1:]; !strings.HasPrefix(text, "'") {
			return b.String(), text, true
		}
		b.WriteByte('\'')
		text = text[1:]
	}
}

// next takes the next token; an empty one when there is none.
func (p *filterParser) next() string {
	if len(p.tokens) == 0 {
		return ""
	}
	token := p.tokens[0]
	p.tokens = p.tokens[1:]
	return token
}

func (p *filterParser) peek(words ...string) bool {
	return len(p.tokens) > 0 && slices.Contains(words, strings.ToLower(p.tokens[0]))
}

func (p *filterParser) expect(token string) {
	if p.next() != token {
		p.failed = true
	}
}

// text takes a quoted text.
func (p *filterParser) text() string {
	value, ok := strings.CutPrefix(p.next(), "'")
	if !ok {
		p.failed = true
	}
	return value
}

// name takes the name of a property.
func (p *filterParser) name() string {
	name := p.next()
	if name == "" || strings.ContainsAny(name, "'(),:") {
		p.failed = true
	}
	p.names = append(p.names, name)
	return name
}

func (p *filterParser) or() filter {
	left := p.and()
	for !p.failed && p.peek("or") {
		p.next()
		a, b := left, p.and()
		left = func(o object) bool { return a(o) || b(o) }
	}
	return left
}

func (p *filterParser) and() filter {
	left := p.not()
	for !p.failed && p.peek("and") {
		p.next()
		a, b := left, p.not()
		left = func(o object) bool { return a(o) && b(o) }
	}
	return left
}

func (p *filterParser) not() filter {
	if !p.peek("not") {
		return p.term()
	}
	p.next()
	p.advanced = true
	inner := p.not()
	return func(o object) bool { return !inner(o) }
}

func (p *filterParser) term() filter {
	switch {
	case p.peek("("):
		p.next()
		inner := p.or()
		p.expect(")")
		return inner
	case p.peek("startswith", "endswith"):
		return p.function(strings.ToLower(p.next()))
	}
	return p.comparison()
}

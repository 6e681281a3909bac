package graph

import "strings"

// object is anything that Graph shows.
type object interface {
	objectID() string
	kind() *kind
}

// kind describes one type of object: its name in OData, the collection it stands in, and its properties in Graph's order.
type kind struct {
	odata string // microsoft.graph.user
	set   string // users
	props []property
	// log marks a log: it filters by time and number, needs no ConsistencyLevel, and can neither be searched nor counted.
	log   bool
	index map[string]int // by name in lower case
}

// property is one property of a kind.
type property struct {
	name    string
	shown   shown
	valueOf func(object) any
}

// shown is when a property comes.
type shown int

const (
	onSelect  shown = iota // only when $select names it
	byDefault              // without $select too
	basic                  // by default, and to callers who may read basic properties only
)

func newKind(odata, set string, props ...property) *kind {
	k := &kind{odata: odata, set: set, props: props, index: make(map[string]int, len(props))}
	for i, p := range props {
		k.index[strings.ToLower(p.name)] = i
	}
	return k
}

func (k *kind) asLog() *kind {
	k.log = true
	return k
}

// prop makes a property of objects of type T.
func prop[T object](name string, when shown, value func(T) any) property {
	return property{name, when, func(o object) any { return value(o.(T)) }}
}

// property finds a property by name in any case.
func (k *kind) property(name string) (property, bool) {
	i, ok := k.index[strings.ToLower(name)]
	if !ok {
		return property{}, false
	}
	return k.props[i], true
}

// member is one name and value of a JSON object.
type member struct {
	name  string
	value any
}

// members is a JSON object whose names keep their order.
type members []member

// render shows o as the caller sees it: what was selected, or what comes by default.
func (g *request) render(o object, typed bool) members {
	columns, sight := g.columnsOf(o.kind()), g.caller.sees(o)
	out := make(members, 0, len(columns)+1)
	if typed {
		out = append(out, member{"@odata.type", "#" + o.kind().odata})
	}
	for _, p := range columns {
		var value any
		if p.name == "id" || sight == sightFull || sight == sightBasic && p.shown == basic {
			value = p.valueOf(o)
		}
		out = append(out, member{p.name, value})
	}
	return out
}

// columnsOf are the properties of a kind that belong in the answer; they are looked up once for each kind.
func (g *request) columnsOf(k *kind) []property {
	if columns, ok := g.columns[k]; ok {
		return columns
	}
	columns := []property{}
	for _, p := range k.props {
		if g.query.wants(p) {
			columns = append(columns, p)
		}
	}
	if g.columns == nil {
		g.columns = map[*kind][]property{}
	}
	g.columns[k] = columns
	return columns
}

// wants says whether a property belongs in the answer.
func (q query) wants(p property) bool {
	if q.selected == nil {
		return p.shown != onSelect
	}
	return q.selected[strings.ToLower(p.name)]
}

package graph

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// query is the OData query options of a request.
type query struct {
	raw      url.Values
	selected map[string]bool // in lower case; nil: what comes by default
	names    string          // of $select, as they came
	top      int             // 0: not given
	count    bool
	filter   filter // nil: everything
	// filterNames are the properties that the filter names; advanced says that it needs ConsistencyLevel.
	filterNames []string
	filterIDs   []string // the values that the filter compares ids with
	advanced    bool
	ordered     bool // the filter compares with a time or a number
	search      []searchClause
	orderBy     string
	descends    bool
	token       *pageToken
	eventual    bool // ConsistencyLevel: eventual was sent
}

// queryOptions are those that Graph has; it takes them with and without the dollar sign.
var queryOptions = []string{"$select", "$top", "$count", "$filter", "$search", "$orderby", "$skiptoken", "$expand", "$skip", "$format"}

func readQuery(r *http.Request) (query, *refusal) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || !utf8.ValidString(r.URL.RawQuery) {
		return query{}, badQuery("The query string is not well formed.")
	}
	q := query{raw: url.Values{}, eventual: strings.EqualFold(r.Header.Get("ConsistencyLevel"), "eventual")}
	for name, list := range values {
		option := name
		if slices.Contains(queryOptions, "$"+name) && !isSiteSearch(r, name) {
			option = "$" + name
		}
		known := slices.Contains(queryOptions, option) || isSiteSearch(r, name)
		if strings.HasPrefix(option, "$") && (!known || len(list) > 1) {
			return query{}, badQuery("Query option '" + name + "' was specified more than once or is not recognized.")
		}
		if known {
			q.raw[option] = list
		}
	}
	return q, q.parse()
}

// siteSearch is the word that a search for sites is asked by. It is none of OData's options, unlike any other's $search.
const siteSearch = "search"

func isSiteSearch(r *http.Request, name string) bool {
	return name == siteSearch && strings.EqualFold(strings.TrimSuffix(r.URL.Path, "/"), "/v1.0/sites")
}

func (q *query) parse() *refusal {
	for _, read := range []func() *refusal{q.readSelect, q.readTop, q.readCount, q.readOrderBy, q.readFilter, q.readSearch, q.readToken} {
		if refused := read(); refused != nil {
			return refused
		}
	}
	if q.raw.Has("$expand") || q.raw.Has("$skip") {
		return unsupported("The query option is not supported for this request.")
	}
	return nil
}

func (q *query) readSelect() *refusal {
	if !q.raw.Has("$select") {
		return nil
	}
	q.names, q.selected = q.raw.Get("$select"), map[string]bool{}
	for name := range strings.SplitSeq(q.names, ",") {
		if name = strings.TrimSpace(name); name == "" {
			return badQuery("Term '' is not valid in a $select or $expand expression.")
		}
		q.selected[strings.ToLower(name)] = true
	}
	if q.selected["*"] {
		q.selected = nil
	}
	return nil
}

// maxTop is the most objects that a page of the directory holds, maxLogTop that of a log.
const (
	maxTop    = 999
	maxLogTop = 1000
)

func (q *query) readTop() *refusal {
	if !q.raw.Has("$top") {
		return nil
	}
	n, err := strconv.Atoi(q.raw.Get("$top"))
	if err != nil || n < 0 {
		return badQuery("Invalid value for $top query option. A non-negative integer was expected.")
	}
	if n < 1 || n > maxLogTop {
		return wrongTop(n)
	}
	q.top = n
	return nil
}

func wrongTop(n int) *refusal {
	return unsupported("Invalid page size specified: '" + strconv.Itoa(n) + "'. Must be between 1 and 999 inclusive.")
}

// onlyForLogs keeps what logs can do from the directory, and the other way round.
func (q query) onlyForLogs(log bool) *refusal {
	switch {
	case log && (q.search != nil || strings.EqualFold(q.raw.Get("$count"), "true")):
		return unsupported("The query option is not supported for this request.")
	case !log && q.top > maxTop:
		return wrongTop(q.top)
	case !log && q.ordered:
		return badQuery("Invalid filter clause: the expression could not be parsed.")
	}
	return nil
}

func (q *query) readCount() *refusal {
	switch strings.ToLower(q.raw.Get("$count")) {
	case "true":
		q.count = q.eventual // without the header the option is as if it were not there (Microsoft Graph, advanced query capabilities)
	case "", "false":
	default:
		return badQuery("Invalid value for $count query option. The allowed values are 'true' and 'false'.")
	}
	return nil
}

func (q *query) readOrderBy() *refusal {
	if !q.raw.Has("$orderby") {
		return nil
	}
	words := strings.Fields(q.raw.Get("$orderby"))
	switch {
	case len(words) == 2 && words[1] == "desc":
		q.descends = true
	case len(words) == 1, len(words) == 2 && words[1] == "asc":
	default:
		return badQuery("Syntax error in the $orderby query option.")
	}
	q.orderBy = strings.ToLower(words[0])
	return nil
}

// selects checks the names of $select against a kind. Of a mixed collection a name need not be known.
func (q query) selects(k *kind) *refusal {
	for name := range q.selected {
		if _, ok := k.property(name); !ok {
			return badQuery("Parsing OData Select and Expand failed: Could not find a property named '" + name + "' on type '" + k.odata + "'.")
		}
	}
	return nil
}

// consistent checks that an advanced query says ConsistencyLevel: eventual, as Graph wants it ("Advanced query capabilities
// on Microsoft Entra ID objects"). related is a collection of members or memberships, on which every such option is advanced.
func (q query) consistent(related bool) *refusal {
	if q.eventual {
		if q.advanced && !q.count {
			return unsupported("Unsupported or invalid query filter clause specified. The query needs $count=true.")
		}
		return nil
	}
	switch {
	case q.search != nil:
		return unsupported("Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
	case q.filter != nil && (q.advanced || related || q.orderBy != ""):
		return unsupported("Unsupported or invalid query filter clause specified for property of the collection.")
	case q.orderBy != "" && related:
		return unsupported("Sorting is not supported for current query.")
	}
	return nil
}

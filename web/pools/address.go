package pools

import (
	"net/url"

	"github.com/labstack/echo/v4"

	"purser.example/internal/pool"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// Where this screen family lives.
const (
	Path          = "/classic/account-pool"
	groupPath     = Path + "/group"
	suggestPath   = Path + "/suggest"
	usersPath     = Path + "/users"
	enoughPath    = Path + "/enough"
	driftPath     = Path + "/drift"
	healthPath    = Path + "/health" // the screens of health checks answer it
	readingsPath  = Path + "/readings"
	checksPath    = Path + "/checks"
	ImportPath    = Path + "/import"
	rerunPath     = Path + "/rerun"
	termStorePath = Path + "/term-store"
	templatePath  = ImportPath + "/template.csv"

	helpHref = "/help/account-pools"
)

// address is path with pairs of name and value; an empty value leaves a name out.
func address(path string, pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// pageAddress is the page with a pool in front.
func pageAddress(key pool.Key) string {
	return address(Path, "tenant", string(key.Tenant), "tab", string(key.Class))
}

// keyOf reads which pool an address is about. A class that is not known is the first one: an old bookmark still opens.
func keyOf(c echo.Context) pool.Key {
	return pool.Key{Tenant: tenant.ParseID(c.QueryParam("tenant")), Class: classOf(c.QueryParam("tab"))}
}

func classOf(text string) pool.Class {
	if class := pool.Class(text); class.Known() {
		return class
	}
	return pool.Sites
}

// memberQuery is a view of the members of one reading.
type memberQuery struct {
	show          pool.Filter
	find          string
	after, before string
}

// memberQueryOf reads the view by what it is called in an address.
func memberQueryOf(get func(name string) string) memberQuery {
	q := memberQuery{show: pool.Filter(get("show")), find: shown.Trim(get("find")), after: get("after"), before: get("before")}
	if filterTitle(q.show) == "" {
		q.show = ""
	}
	if len(q.find) > 200 {
		q.find = ""
	}
	return q
}

func (q memberQuery) of(id pool.ReadingID) pool.Query {
	return pool.Query{Reading: id, Filter: q.show, Text: q.find, After: q.after, Before: q.before}
}

// address is path with this view of a reading's members.
func (q memberQuery) address(path string, key pool.Key, id pool.ReadingID) string {
	return address(path, "tenant", string(key.Tenant), "tab", string(key.Class), "reading", string(id),
		"show", string(q.show), "find", q.find, "after", q.after, "before", q.before)
}

// filterTitle is a filter as people see it; empty for one that is not known.
func filterTitle(f pool.Filter) string {
	switch f {
	case pool.NeedsAttention:
		return "Need attention"
	case pool.WithoutPassword:
		return "No password"
	case pool.WithMFA:
		return "Enable MFA"
	case pool.ServiceAccounts:
		return "Service accounts"
	default:
		return ""
	}
}

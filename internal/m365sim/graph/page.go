package graph

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"purser.example/internal/m365sim/call"
)

const contentType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// defaultPage is how many objects a page holds when the request does not say.
const defaultPage = 100

// pageToken is what $skiptoken holds: the object that the page before ended with, and where that stood. A client must not
// look inside, so it is wrapped.
type pageToken struct {
	After  string `json:"a"`
	Offset int    `json:"o"`
}

// tokenMark is how Microsoft's own tokens begin.
const tokenMark = "RFNwdAoAAQ"

func (t pageToken) String() string {
	text, err := json.Marshal(t)
	if err != nil {
		return "" // a string and a number always marshal
	}
	return tokenMark + base64.RawURLEncoding.EncodeToString(text)
}

func (q *query) readToken() *refusal {
	if !q.raw.Has("$skiptoken") {
		return nil
	}
	text, ok := strings.CutPrefix(q.raw.Get("$skiptoken"), tokenMark)
	plain, err := base64.RawURLEncoding.DecodeString(text)
	var token pageToken
	if !ok || err != nil || json.Unmarshal(plain, &token) != nil || token.Offset < 0 {
		return &refusal{status: http.StatusBadRequest, code: "Directory_ExpiredPageToken", message: "The specified page token value has expired and can no longer be included in your request."}
	}
	q.token = &token
	return nil
}

// pageSize is how many objects the page holds. A small page size of the fixture is also the most that $top gets.
func (g *request) pageSize() int {
	size := cmp.Or(g.query.top, g.service.pageSize, defaultPage)
	if small := g.service.pageSize; small > 0 && small < defaultPage {
		size = min(size, small)
	}
	return min(size, maxLogTop)
}

// collection is a list of objects on its way to a page.
type collection struct {
	list    list
	kind    *kind // nil: objects of several kinds, which then name their own
	related bool  // members or memberships, whose query options are all advanced
}

// page answers one page of a collection.
func (g *request) page(c collection) call.Answer {
	if refused := g.query.fits(c); refused != nil {
		return refused.answer(g.Call)
	}
	objects, next := g.query.cut(g.query.sorted(c.list), g.pageSize())
	body := members{{"@odata.context", g.context(c.kind)}}
	if g.query.count && g.query.token == nil {
		body = append(body, member{"@odata.count", g.query.size(c.list)})
	}
	if next != nil {
		body = append(body, member{"@odata.nextLink", g.nextLink(*next)})
	}
	values := make([]members, 0, len(objects))
	for _, o := range objects {
		values = append(values, g.render(o, c.kind == nil))
	}
	return reply(append(body, member{"value", values}))
}

// fits checks the query options against the collection.
func (q query) fits(c collection) *refusal {
	log := c.kind != nil && c.kind.log
	if refused := q.onlyForLogs(log); refused != nil {
		return refused
	}
	if refused := q.consistent(c.related); refused != nil && !log {
		return refused
	}
	if c.kind == nil {
		return nil
	}
	if refused := q.selects(c.kind); refused != nil {
		return refused
	}
	return q.checkFilter(c.kind)
}

func (q query) compare(a, b object) int {
	x, _ := valueOf(a, q.orderBy).(string)
	y, _ := valueOf(b, q.orderBy).(string)
	order := strings.Compare(strings.ToLower(x), strings.ToLower(y))
	if q.descends {
		return -order
	}
	return order
}

// nextLink is the address of the next page: that of this one, with another token.
func (g *request) nextLink(token pageToken) string {
	var parts []string
	for _, option := range append(queryOptions, siteSearch) {
		if g.query.raw.Has(option) && option != "$skiptoken" {
			parts = append(parts, option+"="+url.QueryEscape(g.query.raw.Get(option)))
		}
	}
	parts = append(parts, "$skiptoken="+token.String())
	return g.Base(g.tenant.Cloud().Graph) + g.Request.URL.EscapedPath() + "?" + strings.Join(parts, "&")
}

// context is the @odata.context of an answer about the kind.
func (g *request) context(k *kind) string {
	set := "directoryObjects"
	if k != nil {
		set = k.set
	}
	if g.query.names != "" {
		set += "(" + g.query.names + ")"
	}
	return "https://" + g.tenant.Cloud().Graph + "/v1.0/$metadata#" + set
}

// one answers a single object.
func (g *request) one(o object) call.Answer {
	if refused := g.query.selects(o.kind()); refused != nil {
		return refused.answer(g.Call)
	}
	body := members{{"@odata.context", g.context(o.kind()) + "/$entity"}}
	return reply(append(body, g.render(o, false)...))
}

// counted answers how many objects of a collection there are, as plain text.
func (g *request) counted(c collection) call.Answer {
	if !g.query.eventual {
		return g.fail(http.StatusBadRequest, "Request_BadRequest", "$count is not currently supported.")
	}
	g.query.count = true // the segment stands for the option
	if refused := g.query.fits(c); refused != nil {
		return refused.answer(g.Call)
	}
	return call.Text(http.StatusOK, "text/plain", strconv.Itoa(g.query.size(c.list)))
}

package microsoft

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/secret"
	"purser.example/internal/verdict"
	"purser.example/internal/whose"
)

// maxPages ends a list that never ends. At 100 objects a page it is a hundred thousand.
const maxPages = 1000

// graph asks Microsoft Graph on behalf of whoever the token belongs to.
type graph struct {
	client   *Client
	host     string
	token    secret.Value
	patience *patience
	most     int64         // bytes of an answer; 0: as usual
	again    int           // how often a question whose answer was lost is asked
	eventual bool          // the question is an advanced query, which Graph answers from an index that lags some seconds
	lane     lane          // on whose behalf
	timeout  time.Duration // for an answer; 0: the client's
}

// advanced is graph for advanced queries (Microsoft Graph, advanced query capabilities): casts of what is related, searches.
func (g graph) advanced() graph {
	g.eventual = true
	return g
}

// get reads one object. path begins with the version: "/v1.0/me?$select=id". The error is always a fault; where Graph
// refuses, its code is the status, such as "HTTP 403".
func (g graph) get(ctx context.Context, path string, into any) error {
	r := request{host: g.host, path: path, bearer: g.token, most: g.most, eventual: g.eventual, lane: g.lane, timeout: g.timeout}
	a, err := g.client.askPatiently(ctx, g.patience, r)
	for try := 1; try < g.again && lost(a, err); try++ {
		wait, enough := g.patience.take(time.Second << min(try-1, 4) / 4)
		if !enough || !sleep(ctx, wait) {
			break
		}
		a, err = g.client.askPatiently(ctx, g.patience, r)
	}
	if err != nil {
		return err
	}
	if a.status != http.StatusOK {
		return g.refused(a)
	}
	return a.decode(into)
}

// refused is the fault of an answer that is not 200. The status alone says nothing about anybody: a proxy gives the same ones, and some
// have errors in the form of Graph's. Its word counts where the answer has one of the ids that Graph gives to each (X2).
func (g graph) refused(a answer) fault {
	f := request{host: g.host}.refused(a)
	if a.status == http.StatusUnauthorized && f.whose != whose.Between {
		g.client.tokens.reject(g.token) // it is not accepted any more, whatever it says of its end
	}
	if f.reply.Denied() {
		g.client.tokens.doubt(g.token)
	}
	return f
}

// refused is the fault of an answer that is no success, by the service that was asked.
func (r request) refused(a answer) fault {
	said := a.reply()
	word, marked := a.graphError()
	if r.sharePoint {
		word = a.sharePointError()
	}
	if marked || said.Marked {
		said.Marked, said.Word = true, word
	}
	return fault{
		code: "HTTP " + strconv.Itoa(a.status), detail: strings.TrimSpace(r.host + " refused " + said.Word), whose: said.Whose(), reply: said, throttled: a.busy(),
	}
}

// unsupported reports whether Graph does not take a query here, which another query may get around.
func unsupported(err error) bool {
	f, ok := errors.AsType[fault](err)
	return ok && f.reply.HTTP == http.StatusBadRequest && f.reply.Word == "Request_UnsupportedQuery"
}

// graphError reads an error in the form of Graph's: the word for why it refused, such as Authorization_RequestDenied, and whether the id
// of the answer stands in it, for which a proxy that drops headers leaves it.
func (a answer) graphError() (word string, marked bool) {
	var body struct {
		Error struct {
			Code  string `json:"code"`
			Inner struct {
				ID string `json:"request-id"`
			} `json:"innerError"`
		} `json:"error"`
	}
	if a.decode(&body) != nil {
		return "", false
	}
	return key(body.Error.Code), id(body.Error.Inner.ID) != ""
}

// lost reports whether an answer is missing that another try may bring.
func lost(a answer, err error) bool {
	switch CodeOf(err) {
	case verdict.Timeout, verdict.Reset, verdict.NoConnection, verdict.DNS:
		return true
	}
	return err == nil && (a.status == http.StatusInternalServerError || a.status == http.StatusBadGateway || a.status == http.StatusGatewayTimeout)
}

// list reads a list to its end and gives it whole.
func list[T any](ctx context.Context, g graph, path string) ([]T, error) {
	var all []T
	err := eachPage(ctx, g, path, func(page []T) error {
		all = append(all, page...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// eachPage reads a list to its end, page by page. Stopping early would make the list shorter without a word, so that a page
// that fails fails the list. An error of use ends it and comes back as it is.
func eachPage[T any](ctx context.Context, g graph, path string, use func([]T) error) error {
	seen := map[string]bool{}
	for len(seen) < maxPages {
		items, following, err := onePage[T](ctx, g, path)
		if err != nil {
			return err
		}
		if err := use(items); err != nil || following == "" {
			return err
		}
		seen[path] = true
		next, ok := g.follow(following)
		if !ok || seen[next] {
			return noAnswer(verdict.BadAnswer, g.host+" gave a next page that leads nowhere")
		}
		path = next
	}
	return noAnswer(verdict.BadAnswer, g.host+" gave a list without end")
}

// onePage reads one page of a list, and where the next one is; empty for the last. What is no list, such as null, was not read: an
// empty list says that there is nothing, which is something else (X47).
func onePage[T any](ctx context.Context, g graph, path string) (items []T, next string, err error) {
	var page struct {
		Value json.RawMessage `json:"value"`
		Next  string          `json:"@odata.nextLink"`
	}
	if err := g.get(ctx, path, &page); err != nil {
		return nil, "", err
	}
	if err := json.Unmarshal(page.Value, &items); err != nil || items == nil {
		return nil, "", noAnswer(verdict.BadAnswer, g.host+" answered without a list")
	}
	return items, page.Next, nil
}

// follow gives the path of the next page as it is, if it stays on the same host: the token must go nowhere else.
func (g graph) follow(link string) (string, bool) {
	next, err := url.Parse(link)
	if err != nil || next.Scheme != "https" || !strings.EqualFold(next.Host, g.host) || next.User != nil {
		return "", false
	}
	return next.RequestURI(), strings.HasPrefix(next.Path, "/v1.0/")
}

package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"purser.example/internal/m365sim/simtest"
)

// answeredPart is the answer to one part of a batch, as a client reads it.
type answeredPart struct {
	ID      string
	Status  int
	Headers map[string]string
	Body    json.RawMessage
}

func batch(t *testing.T, w *simtest.World, token, parts string) map[string]answeredPart {
	t.Helper()
	r := w.Do(http.MethodPost, simtest.GraphHost, "/v1.0/$batch", `{"requests": [`+parts+`]}`, "Authorization", "Bearer "+token, "Content-Type", "application/json")
	var body struct{ Responses []answeredPart }
	if r.Decode(t, &body); r.Status != http.StatusOK {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	by := map[string]answeredPart{}
	for _, part := range body.Responses {
		by[part.ID] = part
	}
	if len(by) != len(body.Responses) {
		t.Fatalf("an id twice: %s", r.Body)
	}
	return by
}

// TestBatch answers parts that succeed, fail, depend on one another and lack what they need, each on its own.
func TestBatch(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	got := batch(t, w, w.AccessToken(), `
		{"id": "me", "method": "GET", "url": "/me?$select=id,userPrincipalName"},
		{"id": "nobody", "method": "get", "url": "users/nobody@contoso.com"},
		{"id": "after nobody", "method": "GET", "url": "/me", "dependsOn": ["nobody"]},
		{"id": "after that", "method": "GET", "url": "/me", "dependsOn": ["me", "after nobody"]},
		{"id": "after me", "method": "GET", "url": "/domains", "dependsOn": ["me"]},
		{"id": "count", "method": "GET", "url": "/users/$count", "headers": {"ConsistencyLevel": "eventual"}},
		{"id": "no header", "method": "GET", "url": "/users/$count"},
		{"id": "page", "method": "GET", "url": "/users?$top=1&$select=id", "headers": {"client-request-id": "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11"}},
		{"id": "address", "method": "GET", "url": "https://graph.microsoft.com/v1.0/me"},
		{"id": "body", "method": "POST", "url": "/me/changePassword", "body": {"a": 1}},
		{"id": "batch", "method": "POST", "url": "/$batch"}`)
	for id, want := range map[string]int{"me": 200, "nobody": 404, "after nobody": 424, "after that": 424, "after me": 200, "count": 200, "no header": 400, "page": 200, "address": 400, "body": 400, "batch": 400} {
		if got[id].Status != want {
			t.Errorf("%s: %d %s", id, got[id].Status, got[id].Body)
		}
	}
	if !strings.Contains(string(got["me"].Body), `"userPrincipalName":"svc@contoso.com"`) || string(got["count"].Body) != `"MjI="` {
		t.Errorf("%s %s", got["me"].Body, got["count"].Body)
	}
	page := got["page"]
	if page.Headers["client-request-id"] != "5a0c7a6e-7a4b-4c9d-9d8a-0a0f5f9a3c11" || page.Headers["request-id"] == got["me"].Headers["request-id"] || !strings.Contains(string(page.Body), "https://graph.microsoft.com/v1.0/users?$select=id&$top=1&$skiptoken=") {
		t.Errorf("%v %s", page.Headers, page.Body)
	}
}

// TestBatchThrottledInParts throttles each part by itself, by a fault and by a budget.
func TestBatchThrottledInParts(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AccessToken()
	const parts = `{"id": "1", "method": "GET", "url": "/me"}, {"id": "2", "method": "GET", "url": "/domains"}, {"id": "3", "method": "GET", "url": "/domains", "dependsOn": ["2"]}`
	w.Faults(`[{"host": "graph.microsoft.com", "pathPrefix": "/v1.0/domains", "status": 429, "retryAfter": "2.128", "body": {"error": {"code": "TooManyRequests"}}, "times": 1}]`)
	got := batch(t, w, token, parts)
	if got["1"].Status != 200 || got["2"].Status != 429 || got["2"].Headers["Retry-After"] != "2.128" || got["3"].Status != 424 {
		t.Errorf("%+v", got)
	}
	w.Control("PATCH", "/_sim/tenants/"+simtest.TenantID, `{"throttle": {"graphRequests": 2}}`, 204)
	got = batch(t, w, token, parts)
	if got["1"].Status != 200 || got["2"].Status != 200 || got["3"].Status != 429 || got["3"].Headers["Retry-After"] == "" {
		t.Errorf("%+v", got)
	}
}

// TestBatchFrame refuses a batch as a whole.
func TestBatchFrame(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	token := w.AccessToken()
	many := make([]string, 21)
	for i := range many {
		many[i] = fmt.Sprintf(`{"id": "%d", "method": "GET", "url": "/me"}`, i)
	}
	if got := batch(t, w, token, strings.Join(many[:20], ",")); len(got) != 20 {
		t.Errorf("%d answers", len(got))
	}
	for name, body := range map[string]string{
		"21 requests":        `{"requests": [` + strings.Join(many, ",") + `]}`,
		"none":               `{"requests": []}`,
		"no JSON":            `requests`,
		"no id":              `{"requests": [{"method": "GET", "url": "/me"}]}`,
		"an id twice":        `{"requests": [` + many[0] + "," + many[0] + `]}`,
		"no address":         `{"requests": [{"id": "1", "method": "GET"}]}`,
		"a later dependency": `{"requests": [{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["2"]}, {"id": "2", "method": "GET", "url": "/me"}]}`,
	} {
		if r := w.Do(http.MethodPost, simtest.GraphHost, "/v1.0/$batch", body, "Authorization", "Bearer "+token); r.Status != 400 || r.GraphCode(t) != "BadRequest" {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	if r := w.Get(token, "/v1.0/$batch"); r.Status != 405 {
		t.Errorf("GET: %d", r.Status)
	}
	if r := w.Do(http.MethodPost, simtest.GraphHost, "/v1.0/$batch", `{"requests": [`+many[0]+`]}`); r.Status != 401 {
		t.Errorf("without a token: %d", r.Status)
	}
}

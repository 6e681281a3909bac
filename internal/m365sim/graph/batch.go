package graph

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"

	"purser.example/internal/m365sim/call"
)

// maxBatch is the most requests that a batch holds.
const maxBatch = 20

// batchRequest is one part of a batch.
type batchRequest struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"` // relative to the version
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`
}

// batchResponse is the answer to one part.
type batchResponse struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    any               `json:"body,omitempty"`
}

// isBatch says whether the call is for the one address of Graph that takes many requests.
func isBatch(path []string) bool {
	return len(path) == 2 && strings.EqualFold(path[0], "v1.0") && strings.EqualFold(path[1], "$batch")
}

// batch answers each part on its own. The whole has status 200 whatever became of the parts, and their order is left to
// chance, so that a client goes by their ids.
func (g *request) batch() call.Answer {
	if g.Request.Method != http.MethodPost {
		return g.fail(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}
	parts, refused := readBatch(g.Body)
	if refused != nil {
		return refused.answer(g.Call)
	}
	done := make(map[string]batchResponse, len(parts))
	for _, part := range parts {
		done[part.ID] = g.batchPart(part, done)
	}
	var body struct {
		Responses []batchResponse `json:"responses"`
	}
	for _, i := range rand.Perm(len(parts)) {
		body.Responses = append(body.Responses, done[parts[i].ID])
	}
	return call.JSON(http.StatusOK, "application/json", body)
}

// readBatch checks the batch as a whole: a mistake in its frame refuses all of it.
func readBatch(body []byte) ([]batchRequest, *refusal) {
	var frame struct {
		Requests []batchRequest `json:"requests"`
	}
	if json.Unmarshal(body, &frame) != nil || len(frame.Requests) == 0 {
		return nil, badQuery("Invalid batch payload format.")
	}
	if len(frame.Requests) > maxBatch {
		return nil, badQuery("Number of batch request steps exceeds the maximum value of 20.")
	}
	earlier := map[string]bool{}
	for _, part := range frame.Requests {
		if part.ID == "" || part.Method == "" || part.URL == "" || earlier[part.ID] {
			return nil, badQuery("Each batch request must have an id of its own, a method and a url.")
		}
		for _, id := range part.DependsOn {
			if !earlier[id] {
				return nil, badQuery("A batch request may only depend on requests before it.")
			}
		}
		earlier[part.ID] = true
	}
	return frame.Requests, nil
}

// batchPart answers one part. One that depends on a part that failed is not tried.
func (g *request) batchPart(part batchRequest, done map[string]batchResponse) batchResponse {
	for _, id := range part.DependsOn {
		if done[id].Status >= 400 {
			refused := refusal{status: http.StatusFailedDependency, code: "FailedDependency", message: "The request has a failed dependency."}
			return response(part.ID, refused.answer(g.Call))
		}
	}
	c, refused := g.partCall(part)
	if refused != nil {
		return response(part.ID, refused.answer(g.Call))
	}
	if trouble := g.service.faults.Take(c); trouble != nil {
		if a, ok := trouble.Answer(c); ok {
			return response(part.ID, headers(c, a))
		}
	}
	own := &request{Call: c, service: g.service, caller: g.caller, tenant: g.tenant}
	return response(part.ID, headers(c, own.serve(c.Path)))
}

// partCall makes a call of a part, with the batch's token and ids of its own.
func (g *request) partCall(part batchRequest) (*call.Call, *refusal) {
	address, err := url.Parse("/v1.0/" + strings.TrimPrefix(part.URL, "/"))
	if err != nil || strings.Contains(part.URL, "://") {
		return nil, badQuery("Invalid batch request url: it must be relative to the version.")
	}
	header := http.Header{}
	for name, value := range part.Headers {
		header.Set(name, value)
	}
	if len(part.Body) > 0 && header.Get("Content-Type") == "" {
		return nil, badQuery("A batch request with a body needs a Content-Type header.")
	}
	r := g.Request.Clone(g.Request.Context())
	r.Method, r.URL, r.Header, r.Body = strings.ToUpper(part.Method), address, header, io.NopCloser(bytes.NewReader(part.Body))
	return g.Within(r, part.Body), nil
}

// response writes an answer as a part: JSON as it is, anything else in Base64.
func response(id string, a call.Answer) batchResponse {
	r := batchResponse{ID: id, Status: a.Status, Headers: map[string]string{}}
	for name, values := range a.Header {
		r.Headers[name] = strings.Join(values, ", ")
	}
	switch {
	case len(a.Body) == 0:
	case strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") && json.Valid(a.Body):
		r.Body = json.RawMessage(a.Body)
	default:
		r.Body = base64.StdEncoding.EncodeToString(a.Body)
	}
	return r
}

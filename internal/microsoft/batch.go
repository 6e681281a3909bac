package microsoft

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"purser.example/internal/verdict"
)

// batch asks several questions with one request (Microsoft Graph, JSON batching), each a path below the version, at most 20. The answers
// come in the order of the questions; an answer that is missing is a fault of the whole.
func (g graph) batch(ctx context.Context, paths []string) ([]answer, error) {
	type part struct {
		ID     string `json:"id"`
		Method string `json:"method"`
		URL    string `json:"url"`
	}
	var asked struct {
		Requests []part `json:"requests"`
	}
	for i, path := range paths {
		asked.Requests = append(asked.Requests, part{strconv.Itoa(i), http.MethodGet, path})
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	a, err := g.client.askPatiently(ctx, g.patience, request{host: g.host, path: "/v1.0/$batch", json: body, bearer: g.token, most: g.most, lane: g.lane})
	if err != nil {
		return nil, err
	}
	if a.status != http.StatusOK {
		return nil, g.refused(a)
	}
	answers, err := g.parts(a, len(paths))
	if err == nil && !g.lane.none() {
		for _, part := range answers { // each is throttled for itself
			g.client.learn(request{host: g.host, lane: g.lane}, part)
		}
	}
	return answers, err
}

// parts takes the answers out of the answer.
func (g graph) parts(a answer, n int) ([]answer, error) {
	var said struct {
		Responses []struct {
			ID      string            `json:"id"`
			Status  int               `json:"status"`
			Headers map[string]string `json:"headers"`
			Body    json.RawMessage   `json:"body"`
		} `json:"responses"`
	}
	if err := a.decode(&said); err != nil {
		return nil, err
	}
	answers := make([]answer, n)
	for _, r := range said.Responses {
		i, err := strconv.Atoi(r.ID)
		if err != nil || i < 0 || i >= n || answers[i].status != 0 || r.Status == 0 {
			return nil, noAnswer(verdict.BadAnswer, g.host+" answered a batch with what was not asked")
		}
		header := http.Header{}
		for name, value := range r.Headers {
			header.Set(name, value)
		}
		answers[i] = answer{status: r.Status, header: header, json: isJSON(header), body: r.Body, id: a.id, vouched: a.marked()}
	}
	for _, part := range answers {
		if part.status == 0 {
			return nil, noAnswer(verdict.BadAnswer, g.host+" left an answer of a batch out")
		}
	}
	return answers, nil
}

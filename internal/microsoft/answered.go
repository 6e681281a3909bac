package microsoft

import (
	"errors"
	"strconv"
	"strings"

	"purser.example/internal/verdict"
)

// about begins a verdict with what every answer carries: the ids that Microsoft's support and the sign-in log are searched
// by, and Microsoft's time.
func about(a answer) verdict.Verdict {
	v := verdict.Verdict{CorrelationID: a.id}
	if a.header != nil {
		v.TraceID, v.Answered = id(a.header.Get("X-Ms-Request-Id")), a.time()
	}
	return v
}

// failed is the verdict of a request without a usable answer.
func (s *signIn) failed(step string, a answer, err error) verdict.Verdict {
	f, _ := errors.AsType[fault](err)
	v := s.found(f.code, a)
	v.Detail, v.Fault = step+": "+f.detail, f.whose
	if a.status != 0 {
		v.Detail += " (HTTP " + strconv.Itoa(a.status) + ")"
	}
	return v
}

// found is the verdict of a row of the table that no code of Microsoft's stands for.
func (s *signIn) found(key string, a answer) verdict.Verdict {
	v, row := about(a), s.client.codes.Fail(key)
	v.Status, v.Code, v.Rule, v.Proof, v.Fault = row.Status, row.Code, row.Rule, row.Proof, row.Fault
	return v
}

// believed gives a refusal what shows of who answered, and drops the words of an answer that is not the sign-in service's.
func (c *Client) believed(said refusal, a answer) refusal {
	said.answer.HTTP, said.answer.JSON, said.answer.Marked = a.status, a.json, a.marked()
	if c.codes.Foreign(said.answer) {
		said = refusal{answer: verdict.Answer{HTTP: a.status, JSON: a.json}}
	}
	return said
}

// refused is the verdict of an answer that is not 200: by its body where that is JSON, by its status otherwise.
func (s *signIn) refused(step string, a answer) verdict.Verdict {
	var said refusal
	if a.json && a.status >= 400 {
		said = parseRefusal(a.body)
	}
	said = s.client.believed(said, a)
	v, judged := about(a), s.client.codes.Judge(said.answer)
	v.Status, v.Code, v.Rule, v.Proof, v.Fault = judged.Status, judged.Code, judged.Rule, judged.Proof, judged.Fault
	v.Codes, v.Suberror, v.Policies = judged.Codes, judged.Suberror, said.policies
	v.RetryAfter, _ = a.retryAfter(s.client.now())
	v.Busy = a.busy()
	v.Detail = strings.TrimSpace(step + ": HTTP " + strconv.Itoa(a.status) + " " + said.answer.Error)
	if said.trace != "" {
		v.TraceID = said.trace
	}
	if said.correlation != "" {
		v.CorrelationID = said.correlation
	}
	if !said.at.IsZero() {
		v.Answered = said.at
	}
	return v
}

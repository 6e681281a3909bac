package microsoft_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"purser.example/internal/microsoft"
	"purser.example/internal/verdict"
)

// script answers requests to the token endpoint one after another, and everything else like a managed tenant without
// Graph. It needs no network, so that a test can let time pass at once.
type script struct {
	mu     sync.Mutex
	tokens []http.Response
	times  []time.Time // of the requests to the token endpoint
	bodies []string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/common/"):
		return answer(200, nil, `{"account_type":"Managed"}`), nil
	case !strings.HasSuffix(r.URL.Path, "/token"):
		return answer(404, nil, `{}`), nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times, s.bodies = append(s.times, time.Now()), append(s.bodies, string(body))
	if len(s.times) > len(s.tokens) {
		return nil, errors.New("one request too many")
	}
	next := s.tokens[len(s.times)-1]
	return &next, nil
}

func answer(status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/json")
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

func busy(status int, retryAfter string) http.Response {
	header := http.Header{}
	if retryAfter != "" {
		header.Set("Retry-After", retryAfter)
	}
	return *answer(status, header, `<html>`)
}

func token() http.Response {
	return *answer(200, nil, `{"token_type":"Bearer","access_token":"`+accessToken+`"}`)
}

// R62: 429 and 503 are repeated as long as a person can wait, and never earlier than Microsoft asked.
func TestAThrottledSignInIsRepeatedWithinPatience(t *testing.T) {
	in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	for name, c := range map[string]struct {
		answers    func() []http.Response
		status     verdict.Status
		tries      int
		atLeast    time.Duration // all waits together
		retryAfter time.Duration // what remains to be said
	}{
		"seconds":                    {func() []http.Response { return []http.Response{busy(429, "2"), token()} }, verdict.Valid, 2, 2 * time.Second, 0},
		"a fraction":                 {func() []http.Response { return []http.Response{busy(429, "2.128"), token()} }, verdict.Valid, 2, 2128 * time.Millisecond, 0},
		"a date":                     {func() []http.Response { return []http.Response{busy(503, in(3*time.Second)), token()} }, verdict.Valid, 2, 3 * time.Second, 0},
		"a date in the past":         {func() []http.Response { return []http.Response{busy(503, in(-time.Hour)), token()} }, verdict.Valid, 2, 0, 0},
		"all the patience there is":  {func() []http.Response { return []http.Response{busy(429, "5"), token()} }, verdict.Valid, 2, 5 * time.Second, 0},
		"twice":                      {func() []http.Response { return []http.Response{busy(429, "1"), busy(503, "1"), token()} }, verdict.Valid, 3, 2 * time.Second, 0},
		"without a word":             {func() []http.Response { return []http.Response{busy(503, ""), busy(503, ""), token()} }, verdict.Valid, 3, 3 * time.Second, 0},
		"nonsense":                   {func() []http.Response { return []http.Response{busy(503, "soon"), token()} }, verdict.Valid, 2, time.Second, 0},
		"three times is enough":      {func() []http.Response { return []http.Response{busy(429, "1"), busy(429, "1"), busy(429, "7")} }, verdict.Unreachable, 3, 2 * time.Second, 7 * time.Second},
		"longer than a person waits": {func() []http.Response { return []http.Response{busy(429, "5.1")} }, verdict.Unreachable, 1, 0, 5100 * time.Millisecond},
		"longer in all":              {func() []http.Response { return []http.Response{busy(429, "3"), busy(429, "3")} }, verdict.Unreachable, 2, 3 * time.Second, 3 * time.Second},
		"for ever":                   {func() []http.Response { return []http.Response{busy(429, "999999999")} }, verdict.Unreachable, 1, 0, time.Hour},
		"refused after the wait": {func() []http.Response {
			return []http.Response{busy(429, "1"), *answer(400, nil, `{"error":"invalid_grant","error_codes":[50126]}`)}
		}, verdict.WrongPassword, 2, time.Second, 0},
		"500 is not repeated": {func() []http.Response { return []http.Response{busy(500, "1")} }, verdict.Unreachable, 1, 0, time.Second},
		"504 is not repeated": {func() []http.Response { return []http.Response{busy(504, "")} }, verdict.Unreachable, 1, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{tokens: c.answers()}
				started := time.Now()
				v := microsoft.New(microsoft.Config{Transport: s}).Validate(t.Context(), svc())
				if v.Status != c.status || len(s.times) != c.tries || v.RetryAfter != c.retryAfter || !v.Attempted {
					t.Errorf("%+v after %d tries", v, len(s.times))
				}
				waited := s.times[len(s.times)-1].Sub(started)
				if waited < c.atLeast || waited > 5*time.Second || waited > c.atLeast+300*time.Millisecond {
					t.Errorf("waited %v, at least %v", waited, c.atLeast)
				}
				for _, body := range s.bodies {
					if body != s.bodies[0] || !strings.Contains(body, "password=Marked-Passw0rd") {
						t.Errorf("another body the second time: %d bytes", len(body))
					}
				}
			})
		})
	}
}

// R62: the waiting time is for all requests of a validation together, the realm's included.
func TestPatienceIsSharedByAllRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{tokens: []http.Response{busy(429, "3")}}
		realms := 0
		v := microsoft.New(microsoft.Config{Transport: transport(func(r *http.Request) (*http.Response, error) {
			if !strings.HasPrefix(r.URL.Path, "/common/") {
				return s.RoundTrip(r)
			}
			if realms++; realms == 1 {
				return answer(429, http.Header{"Retry-After": {"3"}}, ``), nil
			}
			return answer(200, nil, `{"account_type":"managed"}`), nil
		})}).Validate(t.Context(), svc())
		if v.Code != "HTTP 429" || realms != 2 || len(s.times) != 1 {
			t.Errorf("%+v after %d realms and %d tokens", v, realms, len(s.times))
		}
	})
}

// R62: the limits of a whole validation and of the wait for one answer hold.
func TestAValidationEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := transport(func(r *http.Request) (*http.Response, error) {
			if strings.HasPrefix(r.URL.Path, "/common/") {
				return answer(200, nil, `{"account_type":"Managed"}`), nil
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		started := time.Now()
		v := microsoft.New(microsoft.Config{Transport: silent}).Validate(t.Context(), svc())
		if v.Code != verdict.Timeout || time.Since(started) != 10*time.Second {
			t.Errorf("%+v after %v", v, time.Since(started))
		}
		started = time.Now()
		v = microsoft.New(microsoft.Config{Transport: silent, TotalTimeout: 2 * time.Second}).Validate(t.Context(), svc())
		if v.Code != verdict.Timeout || time.Since(started) != 2*time.Second {
			t.Errorf("%+v after %v", v, time.Since(started))
		}
	})
}

// R60: whoever still holds the body of the token request after the validation finds nothing in it.
func TestTheBodyIsGoneAfterTheValidation(t *testing.T) {
	var kept io.Reader
	v := microsoft.New(microsoft.Config{Transport: transport(func(r *http.Request) (*http.Response, error) {
		if r.Body == nil {
			return answer(200, nil, `{"account_type":"Managed"}`), nil
		}
		kept = r.Body
		_, err := kept.Read(make([]byte, 1))
		return answer(400, nil, `{"error":"invalid_grant","error_codes":[50126]}`), err
	})}).Validate(t.Context(), svc())
	if rest, err := io.ReadAll(kept); v.Status != verdict.WrongPassword || err == nil || len(rest) != 0 {
		t.Errorf("%s; %d bytes were left, %v", v.Status, len(rest), err)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

package idp

import (
	"fmt"
	"testing"
	"time"
)

func TestRequestsAreBoundedAndTheOldestGoes(t *testing.T) {
	now := time.Now()
	all := newRequests(func() time.Time { return now })
	var first, last request
	for i := range maxRequests + 100 {
		now = now.Add(time.Millisecond)
		last = all.add(request{browser: fmt.Sprint(i)})
		if i == 0 {
			first = last
		}
		if _, _, ok := all.answer(last.id, last.browser, "p1"); !ok {
			t.Fatal("a new request cannot be answered")
		}
	}
	if len(all.waiting) != maxRequests || len(all.codes) != maxRequests {
		t.Errorf("%d waiting, %d codes", len(all.waiting), len(all.codes))
	}
	if _, ok := all.find(first.id, first.browser); ok {
		t.Error("the oldest is still there")
	}
	if _, ok := all.find(last.id, last.browser); !ok {
		t.Error("the newest is not there")
	}
	now = now.Add(requestLifetime)
	all.add(request{browser: "late"})
	if len(all.waiting) != 1 {
		t.Errorf("%d waiting after all had expired", len(all.waiting))
	}
}

func TestAnUnboundRequestIsNobodys(t *testing.T) {
	all := newRequests(time.Now)
	r := all.add(request{browser: "A"})
	for _, other := range []string{"", "B", "AA"} {
		if _, ok := all.find(r.id, other); ok {
			t.Errorf("browser %q may", other)
		}
	}
}

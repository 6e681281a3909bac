package journal

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"purser.example/internal/m365sim/call"
)

func TestJournalForgetsTheOldestFirst(t *testing.T) {
	var j Journal
	for i := range maxRequests + 10 {
		j.Open(&call.Call{Request: &http.Request{Method: fmt.Sprint(i), URL: &url.URL{Path: "/"}}})
	}
	list := j.Requests()
	if len(list) != maxRequests || list[0].Method != "10" || list[maxRequests-1].Method != fmt.Sprint(maxRequests+9) {
		t.Errorf("%d entries from %s to %s", len(list), list[0].Method, list[len(list)-1].Method)
	}
}

package m365sim

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
)

func TestJournalForgetsTheOldestFirst(t *testing.T) {
	var j journal
	for i := range maxJournal + 10 {
		j.open(&call{r: &http.Request{Method: fmt.Sprint(i), URL: &url.URL{Path: "/"}}})
	}
	list := j.requests()
	if len(list) != maxJournal || list[0].Method != "10" || list[maxJournal-1].Method != fmt.Sprint(maxJournal+9) {
		t.Errorf("%d entries from %s to %s", len(list), list[0].Method, list[len(list)-1].Method)
	}
}

package signin

import "testing"

func TestSignInLogForgets(t *testing.T) {
	var log Log
	for i := range maxEntries + 5 {
		log.Add("t", &Entry{Code: i})
	}
	list := log.NewestFirst("t")
	if len(list) != maxEntries || list[0].Code != maxEntries+4 || list[maxEntries-1].Code != 5 {
		t.Errorf("%d entries", len(list))
	}
}

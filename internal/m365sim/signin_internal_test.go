package m365sim

import "testing"

func TestSignInLogForgets(t *testing.T) {
	var log signInLog
	for i := range maxSignIns + 5 {
		log.add("t", &signIn{code: i})
	}
	list := log.newestFirst("t")
	if len(list) != maxSignIns || list[0].code != maxSignIns+4 || list[maxSignIns-1].code != 5 {
		t.Errorf("%d entries", len(list))
	}
}

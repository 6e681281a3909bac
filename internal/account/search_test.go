package account_test

import (
	"strings"
	"testing"

	"purser.example/internal/account"
)

// X35: what people type finds what is written with accents, in another case, or in letters that are no letter with an accent.
func TestSearchKey(t *testing.T) {
	for typed, written := range map[string]string{
		"munchen": "Backup – München", "MÜNCHEN": "mu\u0308nchen", "strasse": "Hauptstraße", "STRASSE": "straße", "lodz": "Łódź", "kobenhavn": "København",
		"istanbul": "İstanbul", "ilik": "ılık", "αθηνα": "Αθήνα", "οδος": "ΟΔΟΣ", "cafe": "CAFÉ", "fi": "ﬁ", "aero": "Ærø", "東京": "東京", "が": "が",
	} {
		if key := account.SearchKey(written); !strings.Contains(key, account.SearchKey(typed)) {
			t.Errorf("%q does not find %q, which is %q", typed, written, key)
		}
	}
	if account.SearchKey("か") == account.SearchKey("が") {
		t.Error("a mark that makes another letter is taken for an accent")
	}
	if account.Fold("Munchen") == account.Fold("München") {
		t.Error("R14: two names count as one")
	}
}

package main

import (
	"testing"
	"time"
)

// R80: versions are ordered by dpkg and rpm as people order them; the tests of the packages install one over the other.
func TestVersions(t *testing.T) {
	at := time.Date(2026, 11, 29, 23, 28, 1, 0, time.UTC)
	for described, want := range map[string]string{
		"v1.2.3":                  "1.2.3",
		"1.2.3":                   "1.2.3",
		"v1.2.3-rc.1":             "1.2.3~rc.1",
		"v1.2.3-4-gcc821e7":       "1.2.3+4.gcc821e7",
		"v1.2.3-rc1-4-gcc821e7":   "1.2.3~rc1+4.gcc821e7",
		"v1.2.3-dirty":            "1.2.3+dirty",
		"v1.2.3-4-gcc821e7-dirty": "1.2.3+4.gcc821e7.dirty",
		"cc821e7":                 "0.0.0+20261129232801.gcc821e7",
		"cc821e7-dirty":           "0.0.0+20261129232801.gcc821e7.dirty",
	} {
		if got, err := versionOf(described, at); err != nil || got != want {
			t.Errorf("%s: %q %v, want %q", described, got, err, want)
		}
	}
	for _, described := range []string{"", "unknown", "v1.2", "v1.2.3; rm", "1.2.3-0-gcc821e7"} {
		if got, err := versionOf(described, at); err == nil {
			t.Errorf("%q: %q", described, got)
		}
	}
}

package catalogue_test

import (
	"testing"

	"purser.example/internal/catalogue"
)

// R12, R13: thirteen services, and a fourteenth for service providers.
func TestServicesAreThoseOfTheGuide(t *testing.T) {
	everybody, providers := catalogue.Services(false), catalogue.Services(true)
	if len(everybody) != 13 || len(providers) != 14 {
		t.Fatalf("%d services, %d for service providers", len(everybody), len(providers))
	}
	if got := providers[13].Name; got != "AvePoint Online Services common service" {
		t.Errorf("the fourteenth is %q", got)
	}
	ids := map[string]bool{}
	for _, s := range providers {
		if s.ID == "" || s.Name == "" || s.Needs == "" || ids[s.ID] {
			t.Errorf("incomplete or double: %+v", s)
		}
		ids[s.ID] = true
	}
}

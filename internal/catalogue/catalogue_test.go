package catalogue_test

import (
	"slices"
	"testing"

	"purser.example/internal/catalogue"
	"purser.example/internal/verdict"
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

// R15: every role and product that a service needs is one that a verdict can recognize; otherwise it would always be missing.
func TestNeedsAreKnownToVerdicts(t *testing.T) {
	for _, service := range catalogue.Services(true) {
		need := service.Need()
		for _, name := range append(slices.Concat(need.Roles...), need.Sometimes...) {
			if !verdict.KnowsRole(name) {
				t.Errorf("%s needs %q, which is in no list", service.Name, name)
			}
		}
		for _, licence := range need.Licences {
			if !verdict.KnowsProduct(licence.Product) || licence.For == "" {
				t.Errorf("%s needs a license for %q, which is in no list", service.Name, licence.Product)
			}
		}
		if need.Service != service.Name || need.Whole != service.Whole {
			t.Errorf("%+v", need)
		}
	}
}

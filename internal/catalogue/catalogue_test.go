package catalogue_test

import (
	"slices"
	"strings"
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

// R30: a file names services as people read them, as the vendor's API does, or as addresses do; no two are called the same.
func TestServicesAreFoundByNameCodeAndID(t *testing.T) {
	called := map[string]string{}
	for _, s := range catalogue.Services(true) {
		for _, name := range append([]string{s.ID, s.Name}, s.Codes...) {
			for _, text := range []string{name, " " + strings.ToUpper(name) + "\u00a0"} {
				if found, ok := catalogue.Find(text); !ok || found.ID != s.ID {
					t.Errorf("%q finds %q", text, found.ID)
				}
			}
			if other, there := called[strings.ToLower(name)]; there && other != s.ID {
				t.Errorf("%q is %s and %s", name, other, s.ID)
			}
			called[strings.ToLower(name)] = s.ID
		}
	}
	for text, want := range map[string]string{"FLYOnline": "fly", "RevIM": "opus", "AvePointRecords": "opus", "GASaas": "cloud-governance", "VMBackup": "cloud-backup-iaas", "SalesforceBackup": "", "": ""} {
		if found, ok := catalogue.Find(text); found.ID != want || ok != (want != "") {
			t.Errorf("%q finds %q, want %q", text, found.ID, want)
		}
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

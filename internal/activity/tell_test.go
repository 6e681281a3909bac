package activity_test

import (
	"strings"
	"testing"

	"purser.example/internal/activity"
	"purser.example/internal/audit"
)

// R63: an entry is told in a sentence, in which names stand as they may be shown, and what an entry lacks is left out.
func TestEntriesAreToldInSentences(t *testing.T) {
	adele := audit.Actor{Subject: "1", Name: "Adele Vance", SignIn: "adele@contoso.com"}
	backup := audit.Target{Kind: "profile", ID: "p1", Name: "Backup"}
	for want, e := range map[string]audit.Entry{
		"Adele Vance signed in as Tenant Owner.":                                            audit.Entry{Actor: adele, Action: "sign-in"}.With("role", "Tenant Owner"),
		"Adele Vance signed in.":                                                            {Actor: adele, Action: "sign-in"},
		"Adele Vance changed the profile Backup: name, password.":                           audit.Entry{Actor: adele, Action: "profile changed", Target: backup}.With("changed", "name, password"),
		"Microsoft 365 answered the validation of svc@contoso.com in Backup: valid.":        audit.Entry{Actor: adele, Action: "validation ended", Target: backup}.With("username", "svc@contoso.com").With("status", "valid"),
		"Microsoft 365 answered the validation of Backup.":                                  {Actor: adele, Action: "validation ended", Target: backup},
		"A sign-in was refused: The provider refused it.":                                   audit.Entry{Action: "sign-in refused"}.With("reason", "The provider refused it."),
		"Someone who wasn't signed in asked for page and was refused.":                      {Action: "access denied", Target: audit.Target{Kind: "page"}},
		"moc.osotnoc deleted the profile Backup.":                                           {Actor: audit.Actor{Name: "\u202emoc.osotnoc\u202c"}, Action: "profile deleted", Target: backup},
		"Adele Vance did something that this version of Purser doesn't know: key polished.": {Actor: adele, Action: "key polished", Target: backup},
		"adele@contoso.com signed out through the identity provider.":                       audit.Entry{Actor: audit.Actor{SignIn: "adele@contoso.com"}, Action: "sign-out"}.With("by", "the identity provider"),
	} {
		if got := activity.Tell(audit.Link{Entry: e}); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// R63: no sentence is left with a hole or a bracket, whatever an entry has.
func TestSentencesAreWhole(t *testing.T) {
	for action := range activity.Told {
		full := audit.Entry{Actor: audit.Actor{Name: "Adele Vance"}, Action: action, Target: audit.Target{Name: "Backup"}}
		for _, name := range strings.Fields("role reason by count since until application status code username changed rows done different compared profiles state group members version sites domain before after from entries entry format until sign-in") {
			full = full.With(name, "1")
		}
		for _, e := range []audit.Entry{{Action: action}, full} {
			told := activity.Tell(audit.Link{Entry: e})
			if strings.ContainsAny(told, "{}[]") || strings.Contains(told, "  ") || len(told) < 12 || strings.Contains(told, " .") || strings.Contains(told, " ,") {
				t.Errorf("%s: %q", action, told)
			}
		}
	}
}

// R63: what changed is told with what it was before; the rest are facts. Nothing is lost.
func TestChangesHaveABeforeAndAnAfter(t *testing.T) {
	e := audit.Entry{}.With("changed", "name, services").Changed("name", "Backup", "Backup Europe").Changed("services", "fly", "").Changed("tenant", "t1", "t1").With("former owner", "Alex")
	changes, facts := activity.Changes(e)
	if len(changes) != 2 || changes[0] != (activity.Change{Name: "name", Before: "Backup", After: "Backup Europe"}) || changes[1] != (activity.Change{Name: "services", Before: "fly"}) {
		t.Errorf("%+v", changes)
	}
	if len(facts) != 2 || facts[0].Name != "changed" || facts[1] != (activity.Fact{Name: "former owner", Value: "Alex"}) {
		t.Errorf("%+v", facts)
	}
}

package layout

import "testing"

func TestTheSessionSentenceNamesTheLimitThatComesFirst(t *testing.T) { // R4
	for want, session := range map[string]Session{
		"Your session ends after 15 minutes without activity.":         {IdleSeconds: 900, MaxSeconds: 43200},
		"Your session ends after 1 minute without activity.":           {IdleSeconds: 60, MaxSeconds: 43200},
		"Your session ends after less than a minute without activity.": {IdleSeconds: 20, MaxSeconds: 43200},
		"Your session ends after 5 minutes without activity.":          {IdleSeconds: 300},
		"Your session ends in 7 minutes at most.":                      {IdleSeconds: 900, MaxSeconds: 420},
		"Your session ends in less than a minute at most.":             {IdleSeconds: 900, MaxSeconds: 12},
	} {
		if got := session.sentence(); got != want {
			t.Errorf("%+v says %q, want %q", session, got, want)
		}
	}
}

func TestInitialsComeFromTheName(t *testing.T) {
	for want, person := range map[string]Person{
		"AL": {Name: "Ada Lindqvist", SignIn: "x@contoso.com"},
		"AM": {Name: "Ana de la Mar"},
		"Ö":  {Name: "öyvind"},
		"S":  {SignIn: "svc-admin@contoso.com"},
		"李":  {Name: "李"},
		"?":  {Name: "  ", SignIn: ""},
	} {
		if got := person.initials(); got != want {
			t.Errorf("%+v has the initials %q, want %q", person, got, want)
		}
	}
}

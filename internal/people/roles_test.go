package people_test

import (
	"errors"
	"testing"

	"purser.example/internal/access"
	"purser.example/internal/people"
	"purser.example/internal/problem"
)

// R8: the stronger of what the claim gives and what was given here counts, from the next request on.
func TestTheStrongerRoleCounts(t *testing.T) {
	for _, tc := range []struct{ claim, given, want access.Role }{
		{none, none, none}, {none, admin, admin}, {none, owner, owner}, {admin, none, admin}, {admin, owner, owner}, {owner, none, owner}, {owner, admin, owner}, {admin, admin, admin},
	} {
		r := newRig(t)
		megan := caller("megan", tc.claim)
		r.arrive(caller("first", owner)) // is the primary owner
		r.arrive(megan)
		r.must(r.ChangeRole(ctx, glass, here, []people.ID{r.id(megan)}, tc.given))
		if got := r.role(megan); got != tc.want {
			t.Errorf("claim %q and given %q come to %q", tc.claim, tc.given, got)
		}
		p, err := r.Find(ctx, glass, r.id(megan))
		if err != nil || p.Role() != tc.want {
			t.Errorf("the list says %q, %v", p.Role(), err)
		}
	}
}

// R6: what the list says of where a role comes from.
func TestWhereARoleComesFrom(t *testing.T) {
	for want, p := range map[string]people.Person{
		"":                {},
		"Claim":           {Claim: owner, Given: admin},
		"Given here":      {Claim: admin, Given: owner},
		"Group Operators": {Claim: admin, Grouped: owner, GroupedBy: "Operators"},
	} {
		got := ""
		if list := p.Sources(); len(list) > 0 {
			got = list[0]
		}
		if got != want || len(p.Sources()) > 1 {
			t.Errorf("%v, want %q", p.Sources(), want)
		}
	}
	if both := (people.Person{Claim: owner, Given: owner}).Sources(); len(both) != 2 {
		t.Errorf("both that give it: %v", both)
	}
}

// R8: a claim that gives less at the newest sign-in counts in every session, those of before too.
func TestTheNewestClaimCounts(t *testing.T) {
	r := newRig(t)
	before := caller("megan", owner)
	r.arrive(before)
	r.arrive(caller("megan", admin))
	if got := r.role(before); got != admin {
		t.Errorf("the session of before has %q", got)
	}
}

// R8: deactivated, somebody has no way in whatever gives them a role, and has it again when they are activated.
func TestDeactivatedNobodyComesIn(t *testing.T) {
	r := newRig(t)
	r.arrive(caller("first", owner))
	megan := caller("megan", owner)
	r.arrive(megan)
	r.exec(`INSERT INTO sessions (key, issuer, subject, name, sign_in, roles, created_at, seen_at, provider) VALUES ('k1', ?, ?, '', '', '', 1, 1, ''), ('k2', ?, 'another', '', '', '', 1, 1, '')`,
		megan.Issuer, megan.Subject, megan.Issuer)
	r.must(r.Deactivate(ctx, glass, here, []people.ID{r.id(megan)}))
	if _, err := r.Roles(ctx, megan); !errors.Is(err, people.ErrOut) {
		t.Errorf("at the next request: %v", err)
	}
	if len(r.ended) != 1 || r.ended[0] != "k1" {
		t.Errorf("the sessions %q ended", r.ended)
	}
	if _, err := r.Arrive(ctx, people.Arrival{Caller: megan}, here); problem.KindOf(err) != problem.Forbidden {
		t.Errorf("signing in again: %v", err)
	}
	r.must(r.Activate(ctx, glass, here, []people.ID{r.id(megan)}))
	if got := r.arrive(megan).Role(); got != owner {
		t.Errorf("activated: %q", got)
	}
}

// X43: a role that somebody writes into the database is not believed, and takes away the one of the claim, which is told in the log.
func TestARoleOutOfNowhereIsNotBelieved(t *testing.T) {
	for _, change := range []string{
		`UPDATE people SET given = 2 WHERE sign_in = 'megan@contoso.com'`,
		`UPDATE people SET claim = 2 WHERE sign_in = 'megan@contoso.com'`,
		`UPDATE people SET subject = 'subject of eve' WHERE sign_in = 'megan@contoso.com'`,
		`UPDATE people SET proof = (SELECT proof FROM people WHERE sign_in = 'first@contoso.com'), given = 2 WHERE sign_in = 'megan@contoso.com'`,
	} {
		r := newRig(t)
		r.arrive(caller("first", owner))
		megan := caller("megan", admin)
		r.arrive(megan)
		r.exec(change)
		for _, who := range []access.Caller{megan, caller("eve", none)} {
			if got := r.role(who); got == owner {
				t.Errorf("%s: %s is %q", change, who.Name, got)
			}
		}
	}
}

// X26: whoever signed in with an older Purser is listed from the log, and has what their session says.
func TestWhoeverSignedInBeforeHasTheClaim(t *testing.T) {
	r := newRig(t)
	megan := caller("megan", admin)
	r.arrive(megan)
	r.exec(`UPDATE people SET proof = NULL, given = 2, claim = 2`)
	if got := r.role(megan); got != admin {
		t.Errorf("a row without a proof gives %q", got)
	}
	if got := r.role(caller("nobody known", owner)); got != owner {
		t.Errorf("without a row: %q", got)
	}
	if got := r.role(glass); got != owner {
		t.Errorf("by break-glass link: %q", got)
	}
}

package storetest

import (
	"errors"
	"time"

	"purser.example/internal/account"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
)

// untested is a profile as an import brings it.
func (r *rig) untested(id profile.ID, of tenant.ID) profile.Profile {
	p := r.sketch(id, of)
	p.Kind, p.AdminCenterURL = profile.ClassicMFA, "https://contoso-admin.sharepoint.com"
	p.Status, p.Verdict = verdict.NotValidated, verdict.Verdict{Status: verdict.NotValidated}
	p.Validated = time.Time{}
	return p
}

func bringAllTogether(r *rig) {
	old := r.create(r.sketch("p1", contoso.ID))
	edited := old
	edited.Name, edited.Tenant, edited.Username, edited.Services, edited.Description, edited.Version = "Another", fabrikam.ID, "another@contoso.com", []string{"opus"}, "", 2
	edited.Status, edited.Verdict = verdict.NotValidated, verdict.Verdict{Status: verdict.NotValidated}
	edited.Validated = time.Time{}
	described := r.create(r.sketch("p2", contoso.ID))
	described.Description, described.Version = "Weekly", 2
	fresh := r.untested("p3", contoso.ID)
	list := []profile.Brought{
		{Profile: edited, Was: 1, Password: []byte("renewed"), Anew: true, Entry: r.entry(done)},
		{Profile: described, Was: 1, Entry: r.entry(done)},
		{Profile: fresh, Password: []byte("sealed"), Entry: r.entry(done)},
	}
	state := func() any { return []any{r.kept("p1")(), r.kept("p2")(), r.kept("p3")()} }
	r.allOrNothing("told", state, func() error {
		failed, err := r.Profiles.Bring(ctx, list, func(failed []error) audit.Entry { return r.entry("told") })
		if err == nil && (len(failed) != 3 || errors.Join(failed...) != nil) {
			r.Errorf("failed: %v", failed)
		}
		return err
	})
	r.same("what was brought", []any{r.profile("p1"), r.profile("p2"), r.profile("p3")}, any([]any{edited, described, fresh}))
	found, err := r.Profiles.Called(ctx, []string{account.Fold("ANOTHER"), account.Fold(fresh.Name), "nobody"})
	r.must(err)
	passwords := map[string]string{}
	for _, p := range found {
		passwords[p.Name] = string(p.Sealed)
		r.same("how it is called", []any{p.Kind, p.Services, p.AdminCenterURL, p.Version, p.Verdict}, any([]any{r.profile(p.ID).Kind, r.profile(p.ID).Services, r.profile(p.ID).AdminCenterURL, r.profile(p.ID).Version, r.profile(p.ID).Verdict}))
	}
	r.same("the passwords", passwords, map[string]string{"Another": "renewed", fresh.Name: "sealed"})
	if page, err := r.Profiles.List(ctx, profile.Query{Status: string(verdict.NotValidated), Limit: 10}); err != nil || page.Total != 2 || page.Counts.NotValidated != 2 {
		r.Errorf("the list: %+v %v", page.Counts, err)
	}
}

func bringMeetsOthers(r *rig) {
	there := r.create(r.sketch("p1", contoso.ID))
	taken, lost, late, gone, fresh := r.untested("p2", contoso.ID), r.untested("p3", "6f1c0000-0000-4000-8000-0000000000ff"), there, r.untested("p4", contoso.ID), r.untested("p5", contoso.ID)
	taken.Name, late.Version = there.Name, 9
	list := []profile.Brought{{Profile: taken, Entry: r.entry("brought")}, {Profile: lost, Entry: r.entry("brought")}, {Profile: late, Was: 8, Entry: r.entry("brought")}, {Profile: gone, Was: 1, Entry: r.entry("brought")}, {Profile: fresh, Password: []byte("x"), Entry: r.entry("brought")}}
	told := 0
	failed, err := r.Profiles.Bring(ctx, list, func(failed []error) audit.Entry { told = len(failed); return r.entry("told") })
	r.must(err)
	for i, want := range []error{profile.ErrNameTaken, profile.ErrNoTenant, profile.ErrChanged, profile.ErrGone, nil} {
		if !errors.Is(failed[i], want) {
			r.Errorf("row %d: %v, want %v", i, failed[i], want)
		}
	}
	if r.logged("brought") != 1 || r.logged("told") != 1 || told != 5 {
		r.Errorf("%d entries, %d told of %d", r.logged("brought"), r.logged("told"), told)
	}
	r.same("the profile that was there", r.profile("p1"), there)
	r.same("the profile that came", r.profile("p5"), fresh)
}

func importIsLogged(r *rig) {
	for _, of := range []struct {
		id     string
		action audit.Action
	}{{"i1", profile.ImportBegun}, {"i2", profile.ImportBegun}, {"i1", profile.ImportStored}, {"i1", profile.ImportEnded}, {"i1", profile.Created}} {
		r.must(r.Profiles.Note(ctx, audit.By(adele, here, of.action, audit.Target{Kind: profile.ImportTarget, ID: of.id})))
	}
	links, err := r.Profiles.ImportLog(ctx, "i1", 2)
	r.must(err)
	var actions []audit.Action
	for _, l := range links {
		actions = append(actions, l.Action)
	}
	r.same("the entries", actions, []audit.Action{profile.ImportEnded, profile.ImportStored})
}

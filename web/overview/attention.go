package overview

import (
	"cmp"
	"maps"
	"slices"

	"purser.example/internal/access"
	"purser.example/internal/account"
	"purser.example/internal/appprofile"
	"purser.example/internal/horizon"
	"purser.example/internal/notify"
	"purser.example/internal/profile"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
	"purser.example/internal/verdict"
	"purser.example/internal/watch"
	"purser.example/web/places"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// few is how many of what an item counts stand below it.
const few = 5

// attention is all that somebody has to look at today, what is worst first.
func (h *Handlers) attention(a asked, s horizon.Summary, recent watch.Recent) ([]item, error) {
	var list []item
	for _, gather := range []func() ([]item, error){
		func() ([]item, error) { return h.broken(a, s) },
		func() ([]item, error) { return h.ending(a, s) },
		func() ([]item, error) { return h.failedScans(a) },
		func() ([]item, error) { return h.requests(a) },
		func() ([]item, error) { return h.ownersOwn(a) },
		func() ([]item, error) { return h.undelivered(a) },
		func() ([]item, error) { return unchecked(a, recent, h), nil },
	} {
		found, err := gather()
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	worst := []ui.Tone{ui.Bad, ui.Warn, ui.Info}
	slices.SortStableFunc(list, func(x, y item) int { return cmp.Compare(slices.Index(worst, x.Tone), slices.Index(worst, y.Tone)) })
	return list, nil
}

// broken are the accounts and apps that Microsoft refuses, the last one first.
func (h *Handlers) broken(a asked, s horizon.Summary) ([]item, error) {
	n := s.Broken()
	if n == 0 {
		return nil, nil
	}
	page, err := h.Horizon.Breaks(a.ctx, a.caller, horizon.Query{Tenant: a.tenant, Limit: few})
	it := item{Tone: ui.Bad, Badge: "Broken", Text: words.Number(n) + words.Plural(n, " account or app doesn't work", " accounts and apps don't work"), Href: brokenLink(a)}
	for _, b := range page.Rows {
		it.Lines = append(it.Lines, line{Text: b.What, Href: places.Horizon(b.Kind, b.Object), Why: whyBroken(b), At: words.Moment(b.Since, h.Now())})
	}
	it.More = more(n, len(it.Lines))
	return []item{it}, err
}

// whyBroken is the status with Microsoft's code.
func whyBroken(b horizon.Break) string {
	text := verdict.Status(b.Status).Title()
	if b.Kind == horizon.App {
		text = "App profile " + appprofile.Status(b.Status).Title()
	}
	if code := verdicts.Quotable(b.Code); code != "" {
		text += " · " + code
	}
	return text
}

// more says how many there are beside those that are told.
func more(all, told int) string {
	if all <= told {
		return ""
	}
	return words.Number(all-told) + " more"
}

// ending is what ends within a week, the first one first.
func (h *Handlers) ending(a asked, s horizon.Summary) ([]item, error) {
	n := s.Within()[0]
	if n == 0 {
		return nil, nil
	}
	now := h.Now()
	page, err := h.Horizon.Endings(a.ctx, a.caller, horizon.Query{Tenant: a.tenant, From: now, To: horizon.Until(now, horizon.Windows[0]), Limit: few})
	it := item{Tone: ui.Warn, Badge: "Ends soon", Text: words.Number(n) + words.Plural(n, " ends", " end") + " within " + words.Counted(horizon.Windows[0], "day"), Href: endsLink(a, horizon.Windows[0])}
	for _, e := range page.Rows {
		it.Lines = append(it.Lines, line{Text: e.What, Href: places.Horizon(e.Kind, e.Object), Why: whatEnds[e.Kind], At: words.Moment(e.At, now)})
	}
	it.More = more(n, len(it.Lines))
	return []item{it}, err
}

var whatEnds = map[horizon.Kind]string{
	horizon.ProfilePassword: "Password", horizon.MemberPassword: "Password of a pool member", horizon.ClientSecret: "Client secret", horizon.AppCertificate: "Certificate of an app",
	horizon.TLSCertificate: "TLS certificate", horizon.ProviderCertificate: "Certificate of the identity provider", horizon.Retirement: "Retired by Microsoft",
}

// failedScans are the scan profiles whose last scan failed.
func (h *Handlers) failedScans(a asked) (list []item, err error) {
	page, err := h.Scans.List(a.ctx, a.caller, scan.ListQuery{Tenant: a.tenant, Sort: scan.ListByLast, Down: true})
	it := item{Tone: ui.Warn, Badge: "Scan", Href: a.link(scanProfiles)}
	n := 0
	for _, l := range page.Rows {
		if l.Last == nil || l.Last.State != scan.Failed {
			continue
		}
		if n++; n <= few {
			it.Lines = append(it.Lines, line{Text: l.Name, Href: scansPath + "/" + string(l.Last.ID), Why: scan.Explain(l.Last.Code).Title, At: words.Moment(l.Last.Begun, h.Now())})
		}
	}
	if n == 0 {
		return nil, err
	}
	it.Text, it.More = "The last scan of "+words.Counted(n, "scan profile")+" failed", more(n, len(it.Lines))
	return []item{it}, err
}

// requests are the people whom an owner has to answer. They are answered on their page.
func (h *Handlers) requests(a asked) ([]item, error) {
	if !a.caller.May(access.ManageOwners) {
		return nil, nil
	}
	waiting, err := h.People.Waiting(a.ctx, a.caller)
	if len(waiting) == 0 {
		return nil, err
	}
	n := len(waiting)
	it := item{Tone: ui.Warn, Badge: "Request", Text: words.Number(n) + words.Plural(n, " person waits for an answer", " people wait for an answer"), Href: peoplePath}
	for _, w := range waiting[:min(n, few)] {
		why := "Asks for a role"
		if w.For != nil {
			why = "Signed in with the address of " + w.For.Called()
		}
		it.Lines = append(it.Lines, line{Text: w.Called(), Href: peoplePath, Why: why, At: words.Moment(w.Asked, h.Now())})
	}
	it.More = more(n, len(it.Lines))
	return []item{it}, err
}

// ownersOwn is what only owners look after.
func (h *Handlers) ownersOwn(a asked) (list []item, err error) {
	if !a.caller.May(access.ReadActivity) {
		return nil, nil
	}
	if h.Missing != nil {
		if since := h.Missing(); !since.IsZero() {
			list = append(list, item{
				Tone: ui.Bad, Badge: "Backup", Text: "The scheduled backup is missing", Href: activityPath + "?action=backup+failed",
				Note: "Purser tries again every few minutes. The activity log says why.", Lines: []line{{Text: "Due", At: words.Moment(since, h.Now())}},
			})
		}
	}
	receivers, err := h.Activity.Receivers(a.ctx, a.caller)
	for _, r := range receivers {
		if !r.Failing.IsZero() {
			list = append(list, item{Tone: ui.Warn, Badge: "Log", Text: "The activity log isn't being shipped: " + r.Name, Href: activityPath, Note: r.Reason, Lines: []line{{Text: "Since", At: words.Moment(r.Failing, h.Now())}}})
		}
	}
	return list, err
}

// undelivered are the messages that were given up, the last one first (R92).
func (h *Handlers) undelivered(a asked) ([]item, error) {
	if !a.caller.May(access.ChangeSecurity) {
		return nil, nil
	}
	page, err := h.Notices.Letters(a.ctx, a.caller, notify.LetterQuery{State: notify.Dead, Limit: few})
	if err != nil || len(page.Rows) == 0 {
		return nil, err
	}
	it := item{Tone: ui.Bad, Badge: "Notification", Text: "Notifications weren't delivered", Href: noticesPath, Note: "Correct the recipient, then send them again."}
	for _, l := range page.Rows {
		it.Lines = append(it.Lines, line{Text: l.Message.Subject, Href: noticesPath, Why: l.Called + " · " + l.Reason, At: words.Moment(l.Ended, h.Now())})
	}
	if page.Next != "" {
		it.More = "More"
	}
	return []item{it}, nil
}

// unchecked is what health checks leave out.
func unchecked(a asked, r watch.Recent, h *Handlers) (list []item) {
	if n := r.Passed[account.Parked]; n > 0 {
		list = append(list, item{
			Tone: ui.Warn, Badge: "Parked", Text: words.Number(n) + words.Plural(n, " password is parked", " passwords are parked"), Href: a.link(profilesPath, "status", profile.Attention),
			Note: "Microsoft refused them, so health checks leave these accounts alone until someone changes the password.",
		})
	}
	for _, t := range inOrder(r.Frozen) {
		f := r.Frozen[t]
		it := item{Tone: ui.Info, Badge: "Frozen", Text: "Health checks of " + a.called(t) + " are frozen", Href: healthOf(t), Note: "Because " + f.Because}
		if !f.Until.IsZero() {
			it.Lines = []line{{Text: "They go on", At: words.Moment(f.Until, h.Now())}}
		}
		list = append(list, it)
	}
	for _, t := range inOrder(r.Left) {
		list = append(list, item{
			Tone: ui.Warn, Badge: "Night", Text: words.Counted(r.Left[t], "account") + " of " + a.called(t) + " didn't fit into the last night", Href: healthOf(t),
			Note: "They come first in the next one.",
		})
	}
	if r.Off {
		list = append(list, item{Tone: ui.Info, Badge: "Off", Text: "Health checks are turned off", Note: "The setting PURSER_HEALTH_CHECKS of this installation is false."})
	}
	return list
}

func healthOf(t tenant.ID) string { return tenantsPath + "/" + string(t) + "/health" }

// inOrder are tenants in one order, so that the same page is the same bytes.
func inOrder[V any](of map[tenant.ID]V) []tenant.ID { return slices.Sorted(maps.Keys(of)) }

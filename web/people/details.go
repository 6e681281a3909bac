package people

import (
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/access"
	"purser.example/internal/breakglass"
	core "purser.example/internal/people"
	"purser.example/web/session"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// detailsView is one person or group, and why they have which role.
type detailsView struct {
	ID, Name, SignIn string
	Close            string
	Role             string
	Status           string
	Tone             ui.Tone
	Primary          bool
	Group            bool
	Seen             words.Time
	Added            words.Time
	Why              []reasonView
	Known            string // by what they are recognized
}

// reasonView is one thing that gives a role, or does not.
type reasonView struct {
	From, Role string
	Note       string
	Counts     bool
}

func (h *Handlers) detailsView(c echo.Context, p core.Person) detailsView {
	view := detailsView{
		ID: string(p.ID), Name: p.Called(), SignIn: p.SignIn, Close: readListQuery(c).Address(), Role: p.Role().Title(), Status: string(p.Status()), Tone: tone(p.Status()),
		Primary: p.Primary, Group: p.Kind == core.Group, Why: h.why(p), Known: knownBy(p),
	}
	if p.Is(session.Caller(c)) {
		view.Name += " (you)"
	}
	if !p.Seen.IsZero() {
		view.Seen = words.Moment(p.Seen, h.Now())
	}
	if !p.Added.IsZero() {
		view.Added = words.Moment(p.Added, h.Now())
	}
	return view
}

// why lists what gives somebody a role, with what counts marked (R8).
func (h *Handlers) why(p core.Person) []reasonView {
	role := p.Role()
	counts := func(r access.Role) bool { return r != "" && r == role && !p.Deactivated }
	if p.Issuer == breakglass.Issuer {
		return []reasonView{{From: "Break-glass link", Role: p.Claim.Title(), Counts: true, Note: "It was created on the server, and works once."}}
	}
	var list []reasonView
	if p.Kind == core.OnePerson {
		claim := reasonView{From: "Claim", Role: p.Claim.Title(), Counts: counts(p.Claim), Note: "What the identity provider sent at the last sign-in."}
		if p.Seen.IsZero() {
			claim.Role, claim.Note = "Not known", "They haven't signed in yet."
		}
		list = append(list, claim)
	}
	given := reasonView{From: "Given here", Role: p.Given.Title(), Counts: counts(p.Given)}
	if p.GivenBy != "" {
		given.Note = "By " + p.GivenBy + ", " + words.Moment(p.GivenAt, h.Now()).Full + "."
	}
	list = append(list, given)
	for _, m := range p.In {
		list = append(list, reasonView{From: "Group " + m.Group.Called(), Role: m.Group.Given.Title(), Counts: counts(m.Group.Given) && !m.Group.Deactivated, Note: "Read at the last sign-in."})
	}
	return list
}

// knownBy says by what somebody is recognized at sign-in (R7).
func knownBy(p core.Person) string {
	var list []string
	if p.Object != "" {
		list = append(list, "Object ID "+p.Object+" in the tenant "+string(p.Tenant))
	}
	if p.Subject != "" && p.Issuer != breakglass.Issuer {
		list = append(list, "subject "+p.Subject+" of "+p.Issuer)
	}
	return words.Capital(strings.Join(list, ", "))
}

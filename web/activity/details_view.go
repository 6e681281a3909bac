package activity

import (
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"purser.example/internal/activity"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
	"purser.example/web/ui"
	"purser.example/web/words"
)

// detailsView is one entry with all that it has.
type detailsView struct {
	Title    string
	Close    string
	Sentence string
	ISO, At  string
	Tone     ui.Tone
	Result   string
	Changes  []activity.Change
	Groups   []factsView
	Links    []link
}

type factsView struct {
	ID, Title string
	Facts     []activity.Fact
}

type link struct{ Text, Href string }

func (h *Handlers) detailsView(c echo.Context, e activity.Entry) detailsView {
	changes, facts := activity.Changes(e.Entry)
	facts = slices.DeleteFunc(facts, func(f activity.Fact) bool { return f.Name == paramTenant && f.Value == e.Tenant }) // it has its name below
	view := detailsView{
		Title: activity.TitleOf(e.Action), Close: readListQuery(c.QueryParams()).Address(), Sentence: activity.Tell(e.Link),
		ISO: e.At.Format(time.RFC3339), At: e.At.Format("January 2, 2006, 15:04:05.000 UTC"), Tone: tone(e.Result), Result: e.Result.Title(), Changes: changes,
	}
	view.add("who", "Who", "Name", e.Actor.Name, "Sign-in", e.Actor.SignIn, "Issuer", e.Actor.Issuer, "Subject", e.Actor.Subject, "Address", e.Origin.Address, "Request", e.Origin.Request)
	name := ""
	if e.Tenant != "" {
		name = h.Tenants.Name(c.Request().Context(), tenant.ID(e.Tenant))
	}
	view.add("what", "What", "Action", string(e.Action), "Object", e.Target.Name, "Kind of object", e.Target.Kind, "Object ID", e.Target.ID, "Tenant", name)
	if len(facts) > 0 {
		view.Groups = append(view.Groups, factsView{"further", "Details", facts})
		for i := range facts {
			facts[i].Name = words.Capital(facts[i].Name)
		}
	}
	view.add("place", "Place in the log", "Number", strconv.FormatInt(e.Seq, 10), "Chain", strconv.FormatInt(int64(e.Chain), 10), "Authentication code", hexOf(e.MAC))
	if of := words.Either(e.Target.Name, e.Target.ID); of != "" {
		view.Links = append(view.Links, link{"All entries about this object", only(paramObject, of)})
	}
	if by := words.Either(e.Actor.SignIn, e.Actor.Name); by != "" {
		view.Links = append(view.Links, link{"All entries of this person", only(paramPerson, by)})
	}
	return view
}

// add adds a group of those facts that the entry has.
func (v *detailsView) add(id, title string, pairs ...string) {
	group := factsView{ID: id, Title: title}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			group.Facts = append(group.Facts, activity.Fact{Name: pairs[i], Value: shown.Name(pairs[i+1])})
		}
	}
	if len(group.Facts) > 0 {
		v.Groups = append(v.Groups, group)
	}
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// either is a value, or what stands for none.
func either(value string) string { return words.Either(value, "–") }

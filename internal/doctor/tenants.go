package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"purser.example/internal/app"
	"purser.example/internal/appprofile"
	"purser.example/internal/problem"
	"purser.example/internal/tenant"
)

// tenants asks Microsoft 365 about each tenant and each app profile. It needs a database of this version, and the key to it; what keeps it
// from that, other checks have told.
func tenants(ctx context.Context, l *look) (found []Finding) {
	c, err := l.condition(ctx)
	if err != nil || c.None || c.Version != c.Newest {
		return only(warning("The tenants were not checked, because the database cannot be used as it is.", "See what the check \"database\" says."))
	}
	err = app.LookBeside(ctx, l.cfg, l.Now, l.graph, func(beside app.Beside) error {
		known, err := beside.Tenants.Connected(ctx)
		if err != nil {
			return err
		}
		for _, t := range known {
			found = append(found, l.tenant(ctx, beside, t).as("tenant").of(t.Called()))
			profiles, err := beside.Apps.Known(ctx, t.ID)
			if err != nil {
				return err
			}
			for _, p := range profiles {
				found = append(found, l.profile(ctx, beside, p)...)
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return append(found, warning("The tenants were not checked, because the database cannot be read with this key.", "See what the checks \"database\" and \"key\" say."))
	case len(found) == 0:
		return only(ok("No tenant is connected yet."))
	}
	return found
}

// tenant asks the sign-in hosts of the clouds for one tenant.
func (l *look) tenant(ctx context.Context, beside app.Beside, t tenant.Tenant) Finding {
	seen, err := beside.Directory.Discover(ctx, string(t.ID))
	unread, _ := errors.AsType[*appprofile.Unread](err)
	switch {
	case errors.Is(err, appprofile.ErrUnknownTenant):
		return wrong("No Microsoft cloud knows this tenant ("+string(t.ID)+") anymore.", "If the tenant was deleted, delete its profiles and app profiles.")
	case errors.Is(err, appprofile.ErrAmbiguous):
		return wrong("What the sign-in hosts say about this tenant does not fit together.", "Check what is between this machine and Microsoft 365, such as a proxy.")
	case unread != nil:
		return wrong("The sign-in host of this tenant could not be asked ("+unread.Code+"): "+unread.Whose.Words().What+".", unread.Whose.Words().Remedy)
	case err != nil:
		return wrong("The sign-in host of this tenant could not be asked.", "Check the connection from this server to Microsoft 365, and try again.")
	case seen.Cloud != t.Cloud:
		return wrong("This tenant is connected in the cloud "+t.Cloud.Title()+", but Microsoft says that it is in "+seen.Cloud.Title()+".", "Connect the tenant again.")
	}
	return ok("Its sign-in host in the cloud %s responds and knows it.", t.Cloud.Title())
}

// profile checks one app profile as App management does, and its credentials by their end.
func (l *look) profile(ctx context.Context, beside app.Beside, before appprofile.Profile) (found []Finding) {
	p, err := beside.Apps.Look(ctx, before)
	if err != nil {
		return only(wrong("Microsoft 365 could not be asked about this app profile: "+problem.Message(err), "Mend what stands in the way, and run this command again.").as("app-profile").of(before.Name))
	}
	found = append(found, verdict(before, p).as("app-profile").of(p.Name))
	for _, c := range p.Credentials {
		if f := l.credential(p, c); f.Status != OK || !c.Expires.IsZero() {
			found = append(found, f.as("app-credential").of(p.Name))
		}
	}
	return found
}

func verdict(before, p appprofile.Profile) Finding {
	switch p.Status {
	case appprofile.Invalid:
		return wrong("Microsoft 365 refuses it ("+p.Finding.Code+"): "+p.Finding.Cause, p.Finding.Remedy)
	case appprofile.PermissionsMissing:
		return missing(before, p)
	case appprofile.NotChecked:
		if p.Kind() == appprofile.Public {
			return ok("It is a public client, of which only an account that signs in can tell more.")
		}
		return warning("Microsoft 365 does not know its certificate yet. "+p.Finding.Cause, p.Finding.Remedy)
	}
	return ok("Microsoft 365 accepts it, and every permission that is needed is granted.")
}

// missing tells consent that was taken away as a whole from single permissions.
func missing(before, p appprofile.Profile) Finding {
	if p.Granted.RolesRead && len(p.Granted.Roles) == 0 {
		says := "No permission is granted to it: an administrator has not given consent."
		if len(before.Granted.Roles) > 0 {
			says = "No permission is granted to it anymore: the consent of an administrator was withdrawn."
		}
		return wrong(says, "Give admin consent in the tenant; App management has the link (docs/entra-id.md).")
	}
	var names []string
	for _, lacking := range p.Lacks() {
		names = append(names, lacking.Name+" ("+strings.ToLower(lacking.Type.Title())+")")
	}
	return wrong("Permissions are missing: "+strings.Join(names, ", ")+".", "Add them to the app registration and give admin consent; App management has the link (docs/entra-id.md).")
}

// credential tells how near its end a credential of a profile is. One that ends beside another that Microsoft accepts and that goes on is
// on its way out already (R74).
func (l *look) credential(p appprofile.Profile, c appprofile.Credential) Finding {
	what := strings.ToLower(c.Kind.Title())
	e := c.Ending(l.Now())
	day := e.At.UTC().Format(time.DateOnly)
	const remedy = "Add a new credential to the app profile beside this one, then remove this one (docs/entra-id.md)."
	replaced := slices.ContainsFunc(p.Credentials, func(other appprofile.Credential) bool {
		return other.ID != c.ID && other.Standing == appprofile.Accepted && !other.Ending(l.Now()).Ended
	})
	switch {
	case e.Ended && replaced:
		return warning("Its "+what+" expired on "+day+". Microsoft accepts its other credential.", "Remove it.")
	case e.Ended:
		return wrong("Its "+what+" expired on "+day+".", remedy)
	case e.Near():
		return warning(fmt.Sprintf("Its %s expires on %s, in %s.", what, day, counted(e.Days, "day")), remedy)
	case c.Standing == appprofile.Refused:
		return warning("Microsoft 365 refuses one of its credentials, a "+what+" ("+c.Code+").", "Remove it from the app profile, or make it valid at Microsoft 365.")
	}
	return ok("Its %s is valid until %s.", what, day)
}

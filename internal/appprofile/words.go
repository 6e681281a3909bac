package appprofile

import (
	"errors"
	"strings"

	"purser.example/internal/problem"
	"purser.example/internal/tenant"
	"purser.example/internal/whose"
)

// Refusal is a credential or an app that Microsoft 365 refused, so that nothing was saved. Its sentence is in it; a page shows the rest.
type Refusal struct {
	Finding
	Field   string // beside which it belongs
	Consent string // where an administrator of the tenant gives consent to the app; empty where that is not what is missing
}

func (r *Refusal) Error() string { return "refused: " + r.Code }

// Unwrap gives the sentences, beside the field.
func (r *Refusal) Unwrap() error {
	return problem.Field(r.Field, strings.TrimSpace(r.Cause+" "+r.Remedy+" ("+r.Code+")"))
}

// blames reports whether somebody in the organization can mend it. What Microsoft refused for a reason that nobody knows counts as well.
func (u *Unread) blames() bool {
	return u.Whose.Blamed() || u.Whose == whose.Untold && strings.HasPrefix(u.Code, "AADSTS")
}

// NeedsConsent reports whether Microsoft 365 misses the consent of an administrator. Until there is one, a tenant does not know an app that
// was registered in another: both are told by the same code.
func (f Finding) NeedsConsent() bool {
	return f.Code == "AADSTS700016" || f.Code == "AADSTS7000229" || f.Code == "AADSTS65001"
}

// refusal is what a person reads of an error of Inspect, of an app in a tenant.
func (s *Service) refusal(err error, t tenant.Tenant, p Profile, m material) error {
	u, ok := errors.AsType[*Unread](err)
	if !ok {
		return err
	}
	if u.blames() {
		refused := &Refusal{Finding: s.finding(u, m.Credential), Field: fieldOf(u.Code, m.Kind)}
		if refused.NeedsConsent() {
			refused.Consent = p.ConsentAddress(t)
		}
		return refused
	}
	words := u.Whose.Words()
	return problem.Wrap(err, problem.Upstream, "Microsoft 365 could not be reached ("+u.Code+"): "+words.What+". Nothing was saved. "+words.Remedy)
}

// finding puts a refusal into words.
func (s *Service) finding(u *Unread, c Credential) Finding {
	f := Finding{Code: u.Code, CorrelationID: u.CorrelationID, TraceID: u.TraceID, Cause: u.Cause, Remedy: remedies[u.Code]}
	if f.Cause == "" {
		f.Cause = "Microsoft 365 refused the app profile."
	}
	if c.Made && c.Standing == Waiting && c.Kind == Certificate && unknownCertificate(u.Code) {
		f.Cause = "Microsoft 365 does not know the certificate yet."
		f.Remedy = "Download it, upload it to the app registration under Certificates & secrets, then select Check. It may take Microsoft a few minutes to accept it."
	}
	if f.Remedy == "" {
		f.Remedy = u.Whose.Words().Remedy
	}
	return f
}

// unknownCertificate reports whether Microsoft says that it knows no such certificate of the app's.
func unknownCertificate(code string) bool {
	return code == "AADSTS700027" || code == "AADSTS7000214" || code == "AADSTS700030" || code == "AADSTS7000218" || code == "AADSTS700025"
}

// remedies are what to do about the codes that an app meets most, a few sentences each.
var remedies = map[string]string{
	"AADSTS7000215": "Copy the Value of a client secret of this app registration, not its Secret ID or a secret of another app. The Value is shown only when the secret is created. If you don't have it, create another secret.",
	"AADSTS7000222": "Create another client secret under Certificates & secrets of the app registration, and enter its Value.",
	"AADSTS700016":  "Compare the application (client) ID with the app registration, and check that the app is in this tenant. An administrator may have to consent to it there first.",
	"AADSTS7000229": "The tenant does not know the app yet. Ask an administrator of the tenant to consent to it.",
	"AADSTS65001":   "Ask an administrator of the tenant to consent to the permissions of the app.",
	"AADSTS90002":   "Check the tenant. It may have been deleted, or it may be in another cloud.",
	"AADSTS700027":  "Upload the certificate to the app registration under Certificates & secrets, and compare its thumbprint there. An expired certificate is refused as well.",
	"AADSTS7000112": "Allow sign-in to the app again: Enterprise apps, Properties, Enabled for users to sign-in.",
	"AADSTS700024":  "Check the clock of this server. It must be correct to within five minutes.",
}

// fieldOf is the field beside which a refusal belongs.
func fieldOf(code string, k Kind) string {
	switch code {
	case "AADSTS700016", "AADSTS7000229", "AADSTS65001", "AADSTS7000112":
		return FieldApplication
	case "AADSTS90002", "AADSTS900021", "AADSTS900382", "AADSTS90038", "AADSTS900439":
		return FieldTenant
	}
	if k == Certificate {
		return FieldFile
	}
	return FieldSecret
}

// undiscovered is what a person reads where no tenant was found.
func (s *Service) undiscovered(err error, named string) error {
	u, unread := errors.AsType[*Unread](err)
	switch {
	case errors.Is(err, ErrUnknownTenant):
		return problem.Field(FieldTenant, "Microsoft 365 knows no tenant with "+named+" in any of its clouds. Enter another domain of the tenant, or its directory (tenant) ID.")
	case errors.Is(err, ErrAmbiguous):
		return problem.Field(FieldTenant, "Microsoft 365 gave contradictory answers about "+named+", so nothing was sent to it. Enter the directory (tenant) ID.")
	case unread:
		words := u.Whose.Words()
		return problem.Wrap(err, problem.Upstream, "Microsoft 365 could not be reached to find this tenant ("+u.Code+"): "+words.What+". Nothing was saved. "+words.Remedy)
	}
	return err
}

package microsoft

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"purser.example/internal/secret"
	"purser.example/internal/verdict"
)

// The legacy sign-in (IDCRL), which app passwords belong to (R34): a name and an app password over SOAP for a token, and at SharePoint a
// cookie for that. Microsoft has retired it, and may do so at either step.

// legacyTime is how long a person waits, at most, for whether the tenant still lets the legacy sign-in in.
const legacyTime = 6 * time.Second

// Where the legacy sign-in is. Microsoft checks app passwords itself, of federated domains too; their people come in by the second address.
const (
	managedPath   = "/rst2.srf"
	federatedPath = "/extSTS.srf"
	cookiePath    = "/_vti_bin/idcrl.svc/"
	challengePath = "/_vti_bin/client.svc"
	settingsPath  = "/v1.0/admin/sharepoint/settings?$select=isLegacyAuthProtocolsEnabled"
)

// legacy validates an app password. Nothing leaves before the host is known to be the tenant's own, and the app password leaves once, as
// any password does. What the account may do is not read: no token that could tell is given for an app password.
func (s *signIn) legacy(ctx context.Context) verdict.Verdict {
	v := s.legacySteps(ctx)
	v.AppPassword = true
	v.Unlike = v.Attempted && !likeAppPassword(s.account.Password)
	if v.Valid() {
		v.Expiry = legacyExpiry(v.Unlike)
	}
	s.blame(ctx, &v)
	if v.Attempted && v.Status.AboutAccount() {
		s.readAsApp(ctx, &v)
	}
	return v
}

// likeAppPassword reports whether a password looks as Microsoft makes app passwords.
func likeAppPassword(password secret.Value) bool {
	text := password.Reveal()
	return len(text) == 16 && !bytes.ContainsFunc(text, func(r rune) bool { return r < 'a' || r > 'z' })
}

// legacyExpiry is when a password that was accepted ends. The account's own passes too where the account has no MFA, and ends as its domain
// says, which nobody gives out here.
func legacyExpiry(unlike bool) verdict.Expiry {
	if unlike {
		return verdict.Expiry{Kind: verdict.ExpiryUnknown, Reason: "This password doesn't look like an app password. If it is the account's own, it may expire."}
	}
	return verdict.Expiry{Kind: verdict.ExpiresNever, Reason: "An app password works until someone deletes it."}
}

func (s *signIn) legacySteps(ctx context.Context) verdict.Verdict {
	var known bool
	if s.hosts, known = s.account.Tenant.Cloud.hosts(); !known {
		return s.client.codes.Fail(verdict.CloudUnknown)
	}
	if !s.adminCenter() {
		return s.client.codes.Fail(verdict.NoAdminCenter)
	}
	path := managedPath
	if v, managed := s.realm(ctx); !managed {
		if v.Rule != verdict.RealmFederated {
			return v
		}
		path = federatedPath
	}
	if v, ours := s.ownAdminCenter(ctx); !ours {
		return v
	}
	v, token := s.ticket(ctx, path)
	if !v.Valid() {
		return v
	}
	defer token.Clear()
	return s.cookie(ctx, v, token)
}

// adminName is how SharePoint's admin centers are called in every cloud.
var adminName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?-admin$`)

// adminCenter reports whether the host may be given the token: an admin center of the tenant's cloud, or one that the operator allows.
// Whoever keeps accounts has looked already; here nobody can have written something else into the database since.
func (s *signIn) adminCenter() bool {
	host := s.account.AdminCenter
	name, domain, _ := strings.Cut(host, ".")
	return adminName.MatchString(name) && domain == s.hosts.sharePoint || host != "" && slices.Contains(s.client.adminCenters, host)
}

// challenged finds whose a host of SharePoint is in its challenge.
var challenged = regexp.MustCompile(`^Bearer realm="([0-9A-Fa-f-]{36})"`)

// ownAdminCenter asks the host, without any secret, whose it is. One that says that it is another tenant's gets nothing, and neither does
// one that cannot be reached; what else it answers says nothing.
func (s *signIn) ownAdminCenter(ctx context.Context) (verdict.Verdict, bool) {
	a, err := s.client.askPatiently(ctx, &s.patience, s.atAdminCenter(challengePath, map[string]string{"Authorization": "Bearer"}))
	if err != nil {
		return s.failed("SharePoint admin center", a, err), false
	}
	if a.busy() {
		return s.refused("SharePoint admin center", a), false
	}
	for _, challenge := range a.header.Values("WWW-Authenticate") {
		realm := challenged.FindStringSubmatch(challenge)
		if realm != nil && guid.MatchString(s.account.Tenant.ID) && !strings.EqualFold(realm[1], s.account.Tenant.ID) {
			return s.found(verdict.OtherAdminCenter, a), false
		}
	}
	return verdict.Verdict{}, true
}

// atAdminCenter is a question to the admin center. It counts against the account, as all that is asked with it.
func (s *signIn) atAdminCenter(path string, header map[string]string) request {
	return request{
		host: s.account.AdminCenter, path: path, header: header, correlation: s.account.Correlation,
		sharePoint: true, lane: laneOf(s.account.Tenant, s.account.Username, attending),
	}
}

// ticket trades the app password for a token of the legacy sign-in. The token is empty unless the verdict is valid.
func (s *signIn) ticket(ctx context.Context, path string) (verdict.Verdict, secret.Value) {
	envelope, err := s.envelope(path)
	if err != nil {
		return s.failed("legacy sign-in", answer{}, err), secret.Value{}
	}
	defer envelope.wipe()
	a, err := s.client.askPatiently(ctx, &s.patience, request{
		host: s.hosts.login, path: path, form: envelope, correlation: s.account.Correlation,
		header: map[string]string{"Content-Type": "application/soap+xml; charset=utf-8", "Accept": "application/soap+xml"},
	})
	v, token := s.ticketVerdict(a, err)
	v.Attempted = envelope.sent()
	return v, token
}

// envelopeParts are the request for a token (WS-Trust, February 2005) around what differs: the address, the username, the password, the
// time and its end, and for whom the token is.
var envelopeParts = [...]string{
	`<?xml version="1.0" encoding="utf-8"?><S:Envelope xmlns:S="http://www.w3.org/2003/05/soap-envelope"` +
		` xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"` +
		` xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"` +
		` xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" xmlns:wsa="http://www.w3.org/2005/08/addressing"` +
		` xmlns:wst="http://schemas.xmlsoap.org/ws/2005/02/trust"><S:Header>` +
		`<wsa:Action S:mustUnderstand="1">http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue</wsa:Action><wsa:To S:mustUnderstand="1">`,
	`</wsa:To><ps:AuthInfo xmlns:ps="http://schemas.microsoft.com/LiveID/SoapServices/v1" Id="PPAuthInfo"><ps:BinaryVersion>5</ps:BinaryVersion>` +
		`<ps:HostingApp>Managed IDCRL</ps:HostingApp></ps:AuthInfo><wsse:Security><wsse:UsernameToken wsu:Id="user"><wsse:Username>`,
	`</wsse:Username><wsse:Password>`,
	`</wsse:Password></wsse:UsernameToken><wsu:Timestamp Id="Timestamp"><wsu:Created>`,
	`</wsu:Created><wsu:Expires>`,
	`</wsu:Expires></wsu:Timestamp></wsse:Security></S:Header><S:Body><wst:RequestSecurityToken Id="RST0">` +
		`<wst:RequestType>http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</wst:RequestType><wsp:AppliesTo><wsa:EndpointReference><wsa:Address>`,
	`</wsa:Address></wsa:EndpointReference></wsp:AppliesTo><wsp:PolicyReference URI="MBI"></wsp:PolicyReference></wst:RequestSecurityToken></S:Body></S:Envelope>`,
}

// envelopeLife is how long a request is good for, by Microsoft's clock where it gave its time.
const envelopeLife = 5 * time.Minute

// envelope writes the request. What XML cannot hold was never a username or an app password.
func (s *signIn) envelope(path string) (*form, error) {
	username, password := []byte(s.account.Username), s.account.Password.Reveal()
	if !fitsXML(username) || !fitsXML(password) {
		return nil, noAnswer(verdict.BadAnswer, "the username or the app password cannot be written in XML")
	}
	now := s.time
	if now.IsZero() {
		now = s.client.now().UTC()
	}
	const stamp = "2006-01-02T15:04:05Z"
	values := [][]byte{
		[]byte("https://" + s.hosts.login + path), username, password,
		[]byte(now.Format(stamp)), []byte(now.Add(envelopeLife).Format(stamp)), []byte(s.hosts.sharePoint),
	}
	return newXML(envelopeParts[:], values), nil
}

// fitsXML reports whether a text can stand in XML 1.0 and comes out of it as it is.
func fitsXML(text []byte) bool {
	return utf8.Valid(text) && !bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff })
}

// ticketVerdict reads the answer of the legacy sign-in, which says no with 200 as well as with 400. What is not SOAP is judged by its
// status alone: no answer of the sign-in comes as anything else.
func (s *signIn) ticketVerdict(a answer, err error) (verdict.Verdict, secret.Value) {
	const step = "legacy sign-in"
	switch {
	case err != nil:
		return s.failed(step, a, err), secret.Value{}
	case !a.soap() && a.status != http.StatusOK, a.status >= 300 && a.status < 400, a.busy():
		return s.refused(step, a), secret.Value{}
	case !a.soap():
		return s.failed(step, a, a.unusable("the answer is not SOAP")), secret.Value{}
	}
	said, err := readEnvelope(a.body)
	switch {
	case err != nil && a.status >= 500:
		return s.refused(step, a), secret.Value{}
	case err != nil:
		return s.failed(step, a, a.unusable(err.Error())), secret.Value{}
	case said.foreign() && !a.marked() && a.status >= 400:
		return s.refused(step, a), secret.Value{}
	case said.foreign() && !a.marked():
		return s.failed(step, a, a.unusable("a fault that is not Microsoft's")), secret.Value{}
	case said.refused(), a.status >= 400:
		return s.legacyRefused(step, a, said), secret.Value{}
	case !strings.HasPrefix(said.token, "t=") || !usable(said.token):
		return s.failed(step, a, a.unusable("no token that can be used")), secret.Value{}
	}
	v := about(a)
	v.Status, v.Proof = verdict.Valid, verdict.Proof{User: verdict.Proved, Password: verdict.Proved, Policy: verdict.Proved}
	return v, secret.FromString(said.token)
}

// legacyRefused is the verdict of a refusal in SOAP: by Microsoft's number inside, and by the status of the sign-in only where there is
// none.
func (s *signIn) legacyRefused(step string, a answer, said envelope) verdict.Verdict {
	refusal := verdict.Answer{HTTP: a.status, Marked: true, Codes: said.codes()}
	v, judged := about(a), s.client.codes.JudgeLegacy(refusal, said.status())
	v.Status, v.Code, v.Codes, v.Rule, v.Proof, v.Fault = judged.Status, judged.Code, judged.Codes, judged.Rule, judged.Proof, judged.Fault
	v.RetryAfter, _ = a.retryAfter(s.client.now())
	v.Busy = a.busy()
	v.Detail = strings.TrimSpace(step + ": HTTP " + strconv.Itoa(a.status) + " " + said.status())
	if said.trace != "" {
		v.TraceID = said.trace
	}
	return v
}

// cookie trades the token for SharePoint's cookie, which is thrown away: that it was given is what was to be found out. Where SharePoint
// refuses it the legacy sign-in is off, because the token was made a moment ago for this very tenant.
func (s *signIn) cookie(ctx context.Context, signedIn verdict.Verdict, token secret.Value) verdict.Verdict {
	const step = "SharePoint's legacy sign-in"
	a, err := s.client.askPatiently(ctx, &s.patience, s.atAdminCenter(cookiePath, map[string]string{
		"Authorization": "BPOSIDCRL " + string(token.Reveal()), "X-IDCRL_ACCEPTED": "t", "Accept": "*/*",
	}))
	v := signedIn
	switch {
	case err != nil:
		v = s.failed(step, a, err)
	case a.status == http.StatusOK && a.gaveCookie():
		return signedIn
	case a.status == http.StatusOK:
		v = s.failed(step, a, a.unusable("no cookie"))
	case (a.status == http.StatusUnauthorized || a.status == http.StatusForbidden) && a.ofSharePoint():
		v = s.found(verdict.Retired, a)
		v.Detail = step + ": HTTP " + strconv.Itoa(a.status)
	default:
		v = s.refused(step, a)
	}
	v.Attempted = signedIn.Attempted
	return v
}

// gaveCookie reports whether the cookie of the legacy sign-in came with an answer.
func (a answer) gaveCookie() bool {
	return slices.ContainsFunc(a.header.Values("Set-Cookie"), func(c string) bool {
		value, given := strings.CutPrefix(c, "SPOIDCRL=")
		return given && value != "" && !strings.HasPrefix(value, ";")
	})
}

// ofSharePoint reports whether SharePoint itself answered: by an id of its answers, by its version, by its word for a refusal, or by its
// own challenge. A proxy refuses with the same statuses.
func (a answer) ofSharePoint() bool {
	return a.marked() || a.header.Get("X-MSDAVEXT_Error") != "" || a.header.Get("MicrosoftSharePointTeamServices") != "" ||
		strings.HasPrefix(a.header.Get("WWW-Authenticate"), "IDCRL ")
}

// readAsApp reads what the account cannot tell: whether the tenant's own setting lets the legacy sign-in in, and which account it was, so
// that an app password is not kept for another one that has the username by now. What the app may not read is left open.
func (s *signIn) readAsApp(ctx context.Context, v *verdict.Verdict) {
	ctx, cancel := context.WithTimeout(ctx, legacyTime)
	defer cancel()
	token, err := s.client.appToken(ctx, s.account.Tenant, s.account.App)
	if err != nil {
		v.Detail += " as the app: " + err.Error()
		return
	}
	g := graph{client: s.client, host: s.hosts.graph, token: token.token, patience: &s.patience, lane: laneOf(s.account.Tenant, s.account.App.ID, attending)}
	var settings struct {
		On *bool `json:"isLegacyAuthProtocolsEnabled"`
	}
	switch err := g.get(ctx, settingsPath, &settings); {
	case err != nil:
		v.Detail += " setting of the tenant: " + err.Error()
	case settings.On != nil && *settings.On:
		v.Legacy = verdict.Proved
	case settings.On != nil:
		v.Legacy = verdict.Refuted
	}
	if !v.Valid() && v.Status != verdict.LegacyRetired {
		return
	}
	var of struct {
		ID string `json:"id"`
	}
	if err := g.get(ctx, "/v1.0/users/"+url.PathEscape(s.account.Username)+"?$select=id", &of); err != nil {
		v.Detail += " account: " + err.Error()
	}
	v.UserID = key(of.ID)
}

package web_test

// audience is who gets past the door of a route.
type audience string

const (
	everybody audience = "everybody"     // whoever asks, signed in or not
	members   audience = "members"       // every role
	owners    audience = "Tenant Owners" // R2, R3
	ownVoice  audience = "a visitor"     // what a route of signing in answers stands in its row
)

// row is a route, with who may use it and what the ids in its address name.
type row struct {
	method, path string
	who          audience
	names        []string // the kinds of records in the order of the address
	answers      answers  // of ownVoice alone
	ofTenant     bool     // its query names a tenant
	spared       bool     // it is asked about no record at all, so that the others keep theirs
	gone         int      // what somebody who is let in is told of a record that is not there; 0: that it is not found
}

// answers are those to somebody outside, a person without a role, a Service Administrator and a Tenant Owner.
type answers [4]int

// rights says of every route of Purser who gets in (R1, R2, R3). A new route needs a row here.
var rights = []row{
	{method: "GET", path: "/healthz", who: everybody},
	{method: "HEAD", path: "/healthz", who: everybody},
	{method: "GET", path: "/readyz", who: everybody},
	{method: "HEAD", path: "/readyz", who: everybody},
	{method: "GET", path: "/favicon.ico", who: everybody},
	{method: "GET", path: "/static/*", who: everybody, names: []string{"asset"}},
	{method: "HEAD", path: "/static/*", who: everybody, names: []string{"asset"}},

	{method: "GET", path: "/auth/sign-in", who: ownVoice, answers: answers{303, 303, 303, 303}},
	{method: "GET", path: "/auth/callback", who: ownVoice, answers: answers{400, 303, 303, 303}}, // who is signed in already goes on (X11)
	{method: "GET", path: "/auth/signed-out", who: everybody},
	{method: "GET", path: "/auth/front-channel-logout", who: ownVoice, answers: answers{400, 400, 400, 400}}, // it names a session by sid alone
	{method: "GET", path: "/auth/session", who: ownVoice, answers: answers{401, 403, 200, 200}},
	{method: "POST", path: "/auth/extend", who: ownVoice, answers: answers{401, 403, 200, 200}},
	{method: "GET", path: "/auth/break-glass", who: everybody},
	{method: "POST", path: "/auth/break-glass", who: ownVoice, answers: answers{400, 400, 400, 400}}, // the code decides
	{method: "POST", path: "/auth/ask-for-role", who: ownVoice, answers: answers{303, 303, 303, 303}},
	{method: "POST", path: "/auth/sign-out", who: ownVoice, answers: answers{303, 303, 303, 303}},
	{method: "POST", path: "/settings/security/break-glass/dismiss", who: owners},
	{method: "GET", path: "/activity", who: owners},
	{method: "GET", path: "/activity/:seq", who: owners, names: []string{"entry"}},
	{method: "GET", path: "/activity/export/csv", who: owners},
	{method: "GET", path: "/activity/export/lines", who: owners},
	{method: "POST", path: "/activity/verify", who: owners},
	{method: "GET", path: "/activity/verifications/:id", who: owners, names: []string{"log verification"}},
	{method: "GET", path: "/activity/verifications/:id/events", who: owners, names: []string{"log verification"}},

	{method: "GET", path: "/settings/keys", who: owners},
	{method: "GET", path: "/settings/keys/events", who: owners},
	{method: "GET", path: "/settings/keys/change", who: owners},
	{method: "POST", path: "/settings/keys/change", who: owners},

	{method: "GET", path: "/", who: ownVoice, answers: answers{303, 200, 303, 303}}, // the one page for people without a role
	{method: "GET", path: "/overview", who: members},
	{method: "GET", path: "/service-accounts", who: members},
	{method: "POST", path: "/service-accounts", who: members},
	{method: "GET", path: "/service-accounts/new", who: members},
	{method: "GET", path: "/service-accounts/elsewhere", who: members},
	{method: "GET", path: "/service-accounts/edit", who: members},
	{method: "GET", path: "/service-accounts/delete", who: members},
	{method: "POST", path: "/service-accounts/delete", who: members},
	{method: "GET", path: "/service-accounts/validate", who: members},
	{method: "POST", path: "/service-accounts/validate", who: members},
	{method: "GET", path: "/service-accounts/export", who: members},
	{method: "GET", path: "/service-accounts/import", who: members},
	{method: "POST", path: "/service-accounts/import", who: members},
	{method: "GET", path: "/service-accounts/import/template.csv", who: members},
	{method: "GET", path: "/service-accounts/import/:id", who: members, names: []string{"import"}},
	{method: "GET", path: "/service-accounts/import/:id/events", who: members, names: []string{"import"}},
	{method: "GET", path: "/service-accounts/import/:id/report", who: members, names: []string{"import"}},
	{method: "POST", path: "/service-accounts/import/:id/validate", who: members, names: []string{"import"}},
	{method: "GET", path: "/service-accounts/:id", who: members, names: []string{"profile"}},
	{method: "POST", path: "/service-accounts/:id", who: members, names: []string{"profile"}, gone: 409},
	{method: "GET", path: "/service-accounts/:id/edit", who: members, names: []string{"profile"}},
	{method: "GET", path: "/service-accounts/:id/verdict", who: members, names: []string{"profile"}},
	{method: "POST", path: "/service-accounts/:id/validate", who: members, names: []string{"profile"}},
	{method: "GET", path: "/health", who: members},
	{method: "POST", path: "/health/calendar", who: members},
	{method: "POST", path: "/health/calendar/:id/revoke", who: members, names: []string{"calendar address"}},
	{method: "GET", path: "/calendar/:token", who: everybody, names: []string{"calendar"}}, // the secret in the address decides
	{method: "HEAD", path: "/calendar/:token", who: everybody, names: []string{"calendar"}},
	{method: "GET", path: "/service-accounts/:id/health", who: members, names: []string{"profile"}},
	{method: "POST", path: "/service-accounts/:id/health/freeze", who: members, names: []string{"profile"}},
	{method: "POST", path: "/service-accounts/:id/health/resume", who: members, names: []string{"profile"}},
	{method: "GET", path: "/service-accounts/validations", who: members},
	{method: "GET", path: "/service-accounts/validations/:id", who: members, names: []string{"validation"}},
	{method: "GET", path: "/service-accounts/validations/:id/events", who: members, names: []string{"validation"}},
	{method: "POST", path: "/service-accounts/validations/:id/cancel", who: members, names: []string{"validation"}},
	{method: "POST", path: "/service-accounts/validations/:id/again", who: members, names: []string{"validation"}},
	{method: "GET", path: "/classic/service-accounts/:id", who: members, names: []string{"classic"}},
	{method: "GET", path: "/classic/service-accounts/:id/edit", who: members, names: []string{"classic"}},
	{method: "POST", path: "/classic/service-accounts/:id/edit", who: members, names: []string{"classic"}, gone: 409},
	{method: "POST", path: "/classic/service-accounts/:id/validate", who: members, names: []string{"classic"}},

	{method: "GET", path: "/classic/account-pool", who: members},
	{method: "POST", path: "/classic/account-pool", who: members},
	{method: "POST", path: "/classic/account-pool/group", who: members},
	{method: "GET", path: "/classic/account-pool/suggest", who: members, ofTenant: true, gone: 200},
	{method: "GET", path: "/classic/account-pool/users", who: members, ofTenant: true, spared: true},
	{method: "GET", path: "/classic/account-pool/enough", who: members, ofTenant: true, spared: true},
	{method: "POST", path: "/classic/account-pool/drift", who: members, ofTenant: true},
	{method: "GET", path: "/classic/account-pool/health", who: members, ofTenant: true, spared: true},
	{method: "POST", path: "/classic/account-pool/health/freeze", who: members, ofTenant: true, spared: true},
	{method: "POST", path: "/classic/account-pool/health/resume", who: members, ofTenant: true, spared: true},
	{method: "GET", path: "/classic/account-pool/import", who: members, ofTenant: true, spared: true},
	{method: "POST", path: "/classic/account-pool/import", who: members, ofTenant: true, spared: true},
	{method: "GET", path: "/classic/account-pool/import/template.csv", who: members},
	{method: "POST", path: "/classic/account-pool/rerun", who: members},
	{method: "POST", path: "/classic/account-pool/term-store", who: members},
	{method: "GET", path: "/classic/account-pool/readings/:id/events", who: members, names: []string{"reading"}},
	{method: "GET", path: "/classic/account-pool/checks", who: members},
	{method: "GET", path: "/classic/account-pool/checks/:id", who: members, names: []string{"check"}},
	{method: "GET", path: "/classic/account-pool/checks/:id/events", who: members, names: []string{"check"}},
	{method: "POST", path: "/classic/account-pool/checks/:id/cancel", who: members, names: []string{"check"}},
	{method: "POST", path: "/classic/account-pool/checks/:id/again", who: members, names: []string{"check"}},

	{method: "GET", path: "/health/drift", who: members},
	{method: "GET", path: "/health/drift/:id", who: members, names: []string{"drift"}},
	{method: "POST", path: "/health/drift/:id/accept", who: members, names: []string{"drift"}},

	{method: "GET", path: "/tenants/:id", who: members, names: []string{"tenant"}},
	{method: "GET", path: "/tenants/:id/health", who: members, names: []string{"tenant"}},
	{method: "POST", path: "/tenants/:id/health", who: members, names: []string{"tenant"}},
	{method: "POST", path: "/tenants/:id/health/freeze", who: members, names: []string{"tenant"}},
	{method: "POST", path: "/tenants/:id/health/resume", who: members, names: []string{"tenant"}},
	{method: "POST", path: "/tenants/:id/cloud-domains", who: owners, names: []string{"tenant"}},
	{method: "POST", path: "/tenants/:id/cloud-domains/withdraw", who: owners, names: []string{"tenant"}},

	{method: "GET", path: "/app-profiles", who: members},
	{method: "POST", path: "/app-profiles", who: members},
	{method: "GET", path: "/app-profiles/new", who: members},
	{method: "GET", path: "/app-profiles/edit", who: members},
	{method: "POST", path: "/app-profiles/check", who: members},
	{method: "GET", path: "/app-profiles/delete", who: members},
	{method: "POST", path: "/app-profiles/delete", who: members, spared: true},
	{method: "GET", path: "/app-profiles/:id", who: members, names: []string{"app"}},
	{method: "POST", path: "/app-profiles/:id", who: members, names: []string{"app"}},
	{method: "GET", path: "/app-profiles/:id/edit", who: members, names: []string{"app"}},
	{method: "POST", path: "/app-profiles/:id/check", who: members, names: []string{"app"}},
	{method: "POST", path: "/app-profiles/:id/prefer", who: members, names: []string{"app"}},
	{method: "GET", path: "/app-profiles/:id/credentials/new", who: members, names: []string{"app"}},
	{method: "POST", path: "/app-profiles/:id/credentials", who: members, names: []string{"app"}},
	{method: "GET", path: "/app-profiles/:id/credentials/:credential/remove", who: members, names: []string{"app", "credential"}},
	{method: "POST", path: "/app-profiles/:id/credentials/:credential/remove", who: members, names: []string{"app", "credential"}},
	{method: "GET", path: "/app-profiles/:id/certificates/:file", who: members, names: []string{"app", "certificate"}},

	{method: "GET", path: "/people", who: members},
	{method: "GET", path: "/people/me", who: members},
	{method: "GET", path: "/people/change-role", who: members},
	{method: "POST", path: "/people/change-role", who: members},
	{method: "GET", path: "/people/deactivate", who: members},
	{method: "POST", path: "/people/deactivate", who: members},
	{method: "GET", path: "/people/activate", who: members},
	{method: "POST", path: "/people/activate", who: members},
	{method: "GET", path: "/people/remove", who: members},
	{method: "POST", path: "/people/remove", who: members},
	{method: "POST", path: "/people", who: members},
	{method: "GET", path: "/people/new", who: members},
	{method: "POST", path: "/people/new", who: members},
	{method: "GET", path: "/people/suggest", who: members},
	{method: "GET", path: "/people/export", who: members},
	{method: "GET", path: "/people/set-owner", who: members},
	{method: "POST", path: "/people/set-owner", who: members},
	{method: "POST", path: "/people/accept", who: members},
	{method: "POST", path: "/people/decline", who: members},
	{method: "POST", path: "/people/notice/dismiss", who: members},
	{method: "GET", path: "/people/:id", who: members, names: []string{"person"}},

	{method: "GET", path: "/scan-profiles", who: members},
	{method: "POST", path: "/scan-profiles", who: members},
	{method: "GET", path: "/scan-profiles/new", who: members},
	{method: "POST", path: "/scan-profiles/new", who: members},
	{method: "GET", path: "/scan-profiles/edit", who: members},
	{method: "POST", path: "/scan-profiles/run", who: members},
	{method: "POST", path: "/scan-profiles/stop", who: members},
	{method: "GET", path: "/scan-profiles/delete", who: members},
	{method: "POST", path: "/scan-profiles/delete", who: members},
	{method: "GET", path: "/scan-profiles/:id", who: members, names: []string{"scan profile"}},
	{method: "POST", path: "/scan-profiles/:id", who: members, names: []string{"scan profile"}},
	{method: "GET", path: "/scan-profiles/:id/edit", who: members, names: []string{"scan profile"}},
	{method: "POST", path: "/scan-profiles/:id/run", who: members, names: []string{"scan profile"}},
	{method: "POST", path: "/scan-profiles/:id/stop", who: members, names: []string{"scan profile"}, gone: 303},
	{method: "POST", path: "/scan-profiles/:id/term-store", who: members, names: []string{"scan profile"}},
	{method: "GET", path: "/scans/:id", who: members, names: []string{"scan"}},
	{method: "GET", path: "/scans/:id/events", who: members, names: []string{"scan"}},
	{method: "POST", path: "/scans/:id/stop", who: members, names: []string{"scan"}},
	{method: "GET", path: "/scans/registrations", who: members},
	{method: "GET", path: "/scans/registrations/:id", who: members, names: []string{"registration"}},
	{method: "GET", path: "/scans/registrations/:id/events", who: members, names: []string{"registration"}},
	{method: "POST", path: "/scans/registrations/:id/cancel", who: members, names: []string{"registration"}},
	{method: "POST", path: "/scans/registrations/:id/again", who: members, names: []string{"registration"}},
	{method: "GET", path: "/objects", who: members},
	{method: "GET", path: "/objects/export", who: members},

	{method: "GET", path: "/help", who: members},
	{method: "GET", path: "/help/validation-notes", who: members},
	{method: "GET", path: "/help/works-in-browser", who: members},
	{method: "GET", path: "/help/validation-codes", who: members},
	{method: "GET", path: "/help/app-passwords", who: members},
	{method: "GET", path: "/help/required-permissions", who: members},
	{method: "GET", path: "/help/password-rules", who: members},
	{method: "GET", path: "/help/account-pools", who: members},
	{method: "GET", path: "/help/connecting-a-tenant", who: members},
	{method: "GET", path: "/help/scan-codes", who: members},
	{method: "GET", path: "/help/importing-profiles", who: members},

	{method: "GET", path: "/settings/sessions", who: members},
	{method: "GET", path: "/settings/sessions/end", who: members},
	{method: "POST", path: "/settings/sessions/end", who: members},
	{method: "GET", path: "/settings/sessions/end-others", who: members},
	{method: "POST", path: "/settings/sessions/end-others", who: members},
	{method: "GET", path: "/settings/security", who: owners},
	{method: "GET", path: "/settings/security/end", who: owners},
	{method: "POST", path: "/settings/security/end", who: owners},
	{method: "GET", path: "/settings/security/end-person", who: owners},
	{method: "POST", path: "/settings/security/end-person", who: owners},
	{method: "GET", path: "/settings/security/end-others", who: owners},
	{method: "POST", path: "/settings/security/end-others", who: owners}, // the last of all: nobody else's session goes on after it
}

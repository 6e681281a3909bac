package verdict

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"purser.example/internal/shown"
	"purser.example/internal/whose"
)

// WarningKind names a warning for programs.
type WarningKind string

// The warnings that may come with a valid account.
const (
	RolesNotRead   WarningKind = "roles-not-read"
	AccountNotRead WarningKind = "account-not-read" // the account's own data: expiry, licences
	RoleMissing    WarningKind = "role-missing"
	TooPowerful    WarningKind = "global-administrator"
	ExpiresSoon    WarningKind = "expires-soon"
	// The last two are advice: the account works with them.
	RoleNotNeeded  WarningKind = "role-not-needed"
	LicenceMissing WarningKind = "licence-missing"
)

// Warning is something short about a valid account.
type Warning struct {
	Kind WarningKind `json:"kind"`
	// Code says why something could not be read: "HTTP 403", "TIMEOUT".
	Code string `json:"code,omitempty"`
	// Fault is whose fault that is, and Permission the one that would let it be read, where it is a permission.
	Fault      whose.Fault `json:"fault,omitempty"`
	Permission string      `json:"permission,omitempty"`
	// Service and Roles are set for RoleMissing, where one of the roles would do; Roles alone for RoleNotNeeded, which is about
	// all of them.
	Service string    `json:"service,omitempty"`
	Roles   []string  `json:"roles,omitempty"`
	Product string    `json:"product,omitempty"` // set for LicenceMissing, with Service and For
	For     string    `json:"for,omitempty"`
	At      time.Time `json:"at,omitzero"` // set for ExpiresSoon
}

// Text is the warning in one sentence.
func (w Warning) Text() string {
	switch w.Kind {
	case RolesNotRead:
		return "The roles of the account could not be read" + w.because()
	case AccountNotRead:
		return "The account's own data could not be read" + w.because()
	case RoleMissing:
		return w.Short() + " for " + w.Service + "."
	case TooPowerful:
		return "The account is a Global Administrator, which is more access than a service account should have."
	case ExpiresSoon:
		return "The password expires on " + w.At.UTC().Format(time.DateOnly) + "."
	case RoleNotNeeded:
		return "None of the selected services needs " + inList(w.Roles) + ". A service account is safer with fewer roles."
	case LicenceMissing:
		return strings.TrimSpace(w.Service+" needs a license for "+w.Product+" "+forWhat(w.For)) + ", which the account doesn't have."
	default:
		return ""
	}
}

// Short fits into a row of a list: "SharePoint Administrator missing".
func (w Warning) Short() string {
	switch w.Kind {
	case RolesNotRead:
		return "Roles not read"
	case AccountNotRead:
		return "Account data not read"
	case RoleMissing:
		return strings.Join(w.Roles, " or ") + " missing"
	case TooPowerful:
		return "Global Administrator"
	case ExpiresSoon:
		return "Password expires soon"
	case RoleNotNeeded:
		if len(w.Roles) > 1 {
			return strconv.Itoa(len(w.Roles)) + " roles not needed"
		}
		return strings.Join(w.Roles, "") + " not needed"
	case LicenceMissing:
		return "No " + w.Product + " license"
	default:
		return ""
	}
}

// inList writes names as people do: "A, B and C".
func inList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func forWhat(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}

func (w Warning) because() string {
	text := ""
	if w.Code != "" {
		text = " (" + w.Code + ")"
	}
	switch {
	case w.Permission != "":
		return text + ": Purser's app registration lacks the delegated permission " + w.Permission + ". Grant it with admin consent, and validate again."
	case w.Fault != whose.Nobody && w.Fault != whose.App:
		return text + ": " + w.Fault.Words().What + "."
	}
	return text + "."
}

// Review lists what is short about a valid account today: what could not be read, roles that the services need and the
// account lacks, a role that is too powerful, a password that ends soon. It is computed anew because services change
// without a new validation (R19) and time passes.
func (v Verdict) Review(needs []Need, now time.Time) []Warning {
	if !v.Valid() {
		return nil
	}
	list := append([]Warning(nil), v.Warnings...)
	list = append(list, v.RolesMissing(needs)...)
	if holds(v.Roles, GlobalAdministrator) {
		list = append(list, Warning{Kind: TooPowerful})
	}
	if v.Expiry.Kind == ExpiresOn && !now.Before(v.Expiry.Warn) {
		list = append(list, Warning{Kind: ExpiresSoon, At: v.Expiry.At})
	}
	return append(append(list, v.rolesNotNeeded(needs)...), v.LicencesMissing(needs)...)
}

// rolesNotNeeded is one warning about all roles that none of the services has a use for. Global Administrator has a warning
// of its own. Nothing is said where roles were not read, or where a service may need more than is known.
func (v Verdict) rolesNotNeeded(needs []Need) []Warning {
	if len(needs) == 0 || !v.RolesRead || slices.ContainsFunc(needs, func(n Need) bool { return !n.Whole }) {
		return nil
	}
	var names []string
	for _, role := range v.Roles {
		needed := slices.ContainsFunc(needs, func(n Need) bool { return n.asksFor(role) })
		if !needed && role.TemplateID != GlobalAdministrator {
			names = append(names, shown.Name(role.Name))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []Warning{{Kind: RoleNotNeeded, Roles: names}}
}

// RolesMissing lists the roles that the services need and the account lacks. It is empty when roles were not read: nothing
// is said about what is not known.
func (v Verdict) RolesMissing(needs []Need) []Warning {
	var missing []Warning
	if !v.RolesRead {
		return nil
	}
	for _, need := range needs {
		for _, oneOf := range need.Roles {
			if !meets(v.Roles, oneOf) {
				missing = append(missing, Warning{Kind: RoleMissing, Service: need.Service, Roles: oneOf})
			}
		}
	}
	return missing
}

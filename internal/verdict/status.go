package verdict

import (
	_ "embed"
	"slices"
)

// Status is the outcome in one word, as rows and addresses carry it.
type Status string

// The statuses of the catalogue.
const (
	Valid           Status = "valid"
	WrongPassword   Status = "wrong-password"
	AccountNotFound Status = "account-not-found"
	AccountBlocked  Status = "account-blocked"
	AccountLocked   Status = "account-locked"
	PasswordExpired Status = "password-expired"
	MFARequired     Status = "mfa-required"
	PolicyBlocked   Status = "policy-blocked"
	AppSetup        Status = "app-setup"
	TenantNotFound  Status = "tenant-not-found"
	Federated       Status = "federated"
	LegacyRetired   Status = "legacy-retired"
	Unreachable     Status = "unreachable"
	Unknown         Status = "unknown"
	NotValidated    Status = "not-validated"
)

type statusRow struct {
	status                         Status
	title, headline, cause, advice string
}

//go:embed statuses.tsv
var statusesTSV string

var statusRows = loadStatuses(statusesTSV)

func loadStatuses(tsv string) []statusRow {
	var list []statusRow
	for f := range rows(tsv, 5) {
		list = append(list, statusRow{Status(f[0]), f[1], f[2], f[3], f[4]})
	}
	return list
}

// row is the status's own row; an unknown status is shown as Unknown.
func (s Status) row() statusRow {
	for _, row := range statusRows {
		if row.status == s {
			return row
		}
	}
	return Unknown.row()
}

// Statuses lists them all in the order of the catalogue, the order of filters and counts.
func Statuses() []Status {
	list := make([]Status, 0, len(statusRows))
	for _, row := range statusRows {
		list = append(list, row.status)
	}
	return list
}

// Known reports whether s is a status of the catalogue.
func (s Status) Known() bool { return slices.Contains(Statuses(), s) }

// Title is short, for badges and filters: "Wrong password".
func (s Status) Title() string { return s.row().title }

// AboutAccount reports whether such a verdict says something about the account. Where it does not (our set-up, Microsoft or
// the network failed), the account's former status stands (R62).
func (s Status) AboutAccount() bool {
	return s != AppSetup && s != TenantNotFound && s != Unreachable
}

// UnmarshalText reads a stored status. One that this release does not know reads as Unknown, none as NotValidated.
func (s *Status) UnmarshalText(text []byte) error {
	switch read := Status(text); {
	case read.Known():
		*s = read
	case read == "":
		*s = NotValidated
	default:
		*s = Unknown
	}
	return nil
}

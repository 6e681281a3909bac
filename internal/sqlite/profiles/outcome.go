package profiles

import (
	"math"
	"strings"

	"purser.example/internal/profile"
	"purser.example/internal/sqlite"
	"purser.example/internal/verdict"
)

// noExpiry stands for a password whose end is not known, or never comes; it sorts last.
const noExpiry = math.MaxInt64

// outcome is what the last validations came to, as the columns have it: whole, and beside that what a row of the list shows
// of it, so that no page reads JSON.
type outcome struct {
	status       verdict.Status
	expiresAt    int64
	validatedAt  int64
	code         string
	expiry       verdict.ExpiryKind
	warnAt       int64
	roles        any
	products     any
	warnings     string
	failedStatus any
	failedAt     any
	verdict      any
	failed       any
}

func outcomeOf(p profile.Profile) (o outcome, err error) {
	v := p.Verdict
	o = outcome{
		status: p.Status, code: v.Code, expiry: v.Expiry.Kind, expiresAt: noExpiry,
		validatedAt: sqlite.Milliseconds(p.Validated), warnAt: sqlite.Milliseconds(v.Expiry.Warn),
		warnings: joinedBy(v.Warnings, " ", func(w verdict.Warning) string { return string(w.Kind) }),
	}
	if v.Expiry.Kind == verdict.ExpiresOn {
		o.expiresAt = v.Expiry.At.UnixMilli()
	}
	if v.RolesRead {
		o.roles = joinedBy(v.Roles, "\n", func(r verdict.Role) string { return r.TemplateID + " " + r.Name })
	}
	if v.Proof.Licence != verdict.NotRead {
		o.products = strings.Join(v.Products, "\n")
	}
	if p.Failed != nil {
		o.failedStatus, o.failedAt = string(p.Failed.Status), p.Failed.At.UnixMilli()
	}
	if o.verdict, err = sqlite.JSON(&v); err != nil {
		return o, err
	}
	o.failed, err = sqlite.JSON(p.Failed)
	return o, err
}

// write gives the outcome to the profiles of the condition, and tells how many there are.
func (o outcome) write(tx *sqlite.Tx, condition string, args ...any) (int64, error) {
	return tx.Exec(`UPDATE profiles SET status = ?, expires_at = ?, validated_at = ?, code = ?, expiry = ?, warn_at = ?, roles = ?, products = ?, warnings = ?,
		failed_status = ?, failed_at = ?, verdict = ?, failed = ?, letters = letters | ? WHERE `+condition,
		append([]any{
			o.status, o.expiresAt, o.validatedAt, o.code, o.expiry, o.warnAt, o.roles, o.products, o.warnings,
			o.failedStatus, o.failedAt, o.verdict, o.failed, sqlite.LettersOf(o.code),
		}, args...)...)
}

func joinedBy[T any](list []T, between string, text func(T) string) string {
	parts := make([]string, len(list))
	for i, each := range list {
		parts[i] = text(each)
	}
	return strings.Join(parts, between)
}

// joined is how services stand in a column.
func joined(ids []string) string { return strings.Join(ids, " ") }

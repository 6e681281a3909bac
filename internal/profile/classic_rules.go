package profile

import (
	"context"
	"strings"

	"purser.example/internal/account"
	"purser.example/internal/problem"
	"purser.example/internal/shown"
	"purser.example/internal/tenant"
)

// tidy removes what nobody means, as Draft.tidy does.
func (d ClassicDraft) tidy() ClassicDraft {
	d.Name = shown.Line(d.Name)
	d.Description = shown.Trim(strings.ReplaceAll(d.Description, "\r\n", "\n"))
	d.Username = shown.Trim(d.Username)
	d.AdminCenterURL = shown.Trim(d.AdminCenterURL)
	return d
}

// checkClassic lists everything that is wrong with an edit, and gives the address of the admin center its one form.
func (s *Service) checkClassic(ctx context.Context, e *classicEdit) error {
	var wrong []problem.FieldError
	for _, field := range []problem.FieldError{{Field: FieldName, Message: checkName(e.draft.Name)}, {Field: FieldDescription, Message: checkDescription(e.draft.Description)}} {
		if field.Message != "" {
			wrong = append(wrong, field)
		}
	}
	if err := problem.Join(append(wrong, s.checkSignIn(e)...)...); err != nil {
		return err
	}
	if account.Fold(e.edited.Name) == account.Fold(e.old.Name) {
		return nil // its own
	}
	taken, err := s.store.NameTaken(ctx, account.Fold(e.edited.Name), e.old.ID)
	if err == nil && taken {
		return nameTaken()
	}
	return err
}

// checkSignIn lists what is wrong with the fields that a sign-in needs.
func (s *Service) checkSignIn(e *classicEdit) (wrong []problem.FieldError) {
	add := func(field, message string) {
		if message != "" {
			wrong = append(wrong, problem.FieldError{Field: field, Message: message})
		}
	}
	add(FieldUsername, checkUsername(e.draft.Username))
	add(FieldPassword, s.checkTyped(*e))
	normal, message := e.draft.adminCenter(e.tenant, s.settings.AdminCenterHosts)
	e.edited.AdminCenterURL = normal
	add(FieldAdminCenterURL, message)
	return wrong
}

// checkTyped says what is wrong with what was typed as a password, or with typing none.
func (s *Service) checkTyped(e classicEdit) string {
	typed := e.draft.Password
	switch {
	case !e.draft.MFA && typed.Empty():
		return "Enter the account's own password. The stored one is an app password, which a common profile can't use."
	case !e.draft.MFA:
		return s.accounts.CheckPassword(typed)
	case typed.Empty() && e.renamed:
		return "You changed the username. Enter the app password of that account."
	}
	return account.CheckAppPassword(typed)
}

// adminCenter is the address that the draft means, in its one form: empty for the default one, which an app password cannot go by (R32).
func (d ClassicDraft) adminCenter(t tenant.Tenant, allowed []string) (normal, wrong string) {
	switch {
	case !d.MFA && !d.Custom:
		return "", ""
	case d.AdminCenterURL == "":
		_, example := tenant.CheckAdminURL("", t.Cloud, nil)
		if d.MFA {
			return "", "This address is required because Enable MFA is on. " + example
		}
		return "", example
	}
	return tenant.CheckAdminURL(d.AdminCenterURL, t.Cloud, allowed)
}

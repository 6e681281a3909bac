package appprofile

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"purser.example/internal/problem"
	"purser.example/internal/secret"
)

// Choice is what somebody chose of the group Credential. The zero Choice is none: the credentials stay as they are.
type Choice string

// The choices.
const (
	ASecret Choice = "secret"      // A client secret
	Theirs  Choice = "certificate" // A certificate of yours
	Ours    Choice = "made"        // A certificate that Purser makes
	None    Choice = "none"        // None (public client)
)

// Title is the choice as people see it.
func (c Choice) Title() string {
	switch c {
	case ASecret:
		return "A client secret"
	case Theirs:
		return "A certificate of yours"
	case Ours:
		return "A certificate that Purser makes"
	default:
		return "None (public client)"
	}
}

// Choices lists them in the order of the form.
func Choices() []Choice { return []Choice{ASecret, Theirs, Ours, None} }

// NewCredential is a credential as somebody enters it.
type NewCredential struct {
	Choice   Choice
	Secret   secret.Value // of ASecret, to the letter
	File     secret.Value // of Theirs: PEM with certificate and key, or PFX, as it was uploaded; at most MaxFile
	Password secret.Value // of Theirs: the PFX file's; may be empty
}

// material is a credential with what it proves itself by, not sealed yet.
type material struct {
	Credential
	secret secret.Value
}

// asks reports whether Microsoft 365 can be asked about it now.
func (m material) asks() bool { return m.Kind != Public && !m.Made }

// read makes of what was entered what is kept, and says what is wrong with it.
func (s *Service) read(ctx context.Context, n NewCredential, applicationID string) (material, []problem.FieldError) {
	m := material{Credential: Credential{ID: CredentialID(uuid.NewString()), Standing: Waiting}}
	var err error
	switch n.Choice {
	case ASecret:
		m.Kind = Secret
		if text := secretMistake(n.Secret, applicationID); text != "" {
			return m, []problem.FieldError{{Field: FieldSecret, Message: text}}
		}
		m.secret = secret.NewValue(n.Secret.Reveal())
	case Theirs:
		m, err = s.readCertificate(ctx, m, n)
	case Ours:
		m, err = s.makeCertificate(m, applicationID)
	case None:
		m.Kind = Public
	default:
		return m, []problem.FieldError{{Field: FieldCredential, Message: "Choose a credential for the app."}}
	}
	if err != nil {
		return m, mistakesOf(err, FieldFile)
	}
	return m, nil
}

// mistakesOf are the field messages of an error; one that has none stands beside the field by its sentence.
func mistakesOf(err error, field string) []problem.FieldError {
	if list := problem.Fields(err); len(list) > 0 {
		return list
	}
	return []problem.FieldError{{Field: field, Message: problem.Message(err)}}
}

// longestSecret is far above what Microsoft makes (40 characters).
const longestSecret = 256

// secretMistake says what is wrong with a client secret; empty for nothing that can be seen. Blanks around it are not taken away in
// silence: nobody could tell afterwards what was sent.
func secretMistake(v secret.Value, applicationID string) string {
	text := string(v.Reveal())
	bare := strings.TrimSpace(text)
	switch {
	case bare == "":
		return "Enter the client secret."
	case bare != text:
		return "The client secret has spaces or line breaks before or after it. Copy it again without them."
	case len(text) > longestSecret:
		return "A client secret has up to 256 characters. Copy only the Value."
	case strings.EqualFold(text, applicationID):
		return "This is the application (client) ID, not a client secret."
	case guid.MatchString(strings.ToLower(text)):
		return "This looks like the Secret ID, not the Value. Copy the Value, which is shown only when the secret is created. If you don't have it, create another secret."
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return "A client secret has no spaces and only ASCII characters. Copy it again."
	}
	return ""
}

// lasts is for how long a certificate that Purser makes is valid.
const lasts = 2 * 365 * 24 * time.Hour

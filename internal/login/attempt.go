package login

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"strconv"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// attemptLife is how long a person may take at the provider before the attempt is void.
const attemptLife = 10 * time.Minute

// FreshFor is how long ago a person may have signed in at the provider for a sign-in that is to be fresh.
const FreshFor = 5 * time.Minute

// Attempt is one sign-in under way. The caller keeps it on the server, bound to the browser that began it, between the two
// requests, and gives it to Finish once: an Attempt that was taken out is never put back.
type Attempt struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	ReturnTo string    `json:"return_to"` // as given to Begin
	Started  time.Time `json:"started"`
	Fresh    bool      `json:"fresh"` // it is for somebody who is to sign in anew, as BeginFresh asks
}

const redacted = "[redacted]"

// String answers "[redacted]": whoever knows the verifier and the state can finish the sign-in (R60).
func (Attempt) String() string { return redacted }

// GoString answers "[redacted]".
func (Attempt) GoString() string { return redacted }

// LogValue answers "[redacted]" to slog.
func (Attempt) LogValue() slog.Value { return slog.StringValue(redacted) }

// Begin starts a sign-in and says where to send the browser. State, nonce and PKCE verifier are new and have 256 random
// bits each. The returnTo is carried along unread: that it is a path of this site is for the caller to see to. It fails
// with problem.Upstream when the provider cannot be discovered.
func (c *Client) Begin(ctx context.Context, returnTo string) (Attempt, string, error) {
	return c.begin(ctx, returnTo, false)
}

// BeginFresh is Begin for somebody who is to have signed in at the provider within FreshFor (OpenID Connect Core 1.0 section 3.1.2.1,
// max_age). Whether they have is told by Identity.Authenticated.
func (c *Client) BeginFresh(ctx context.Context, returnTo string) (Attempt, string, error) {
	return c.begin(ctx, returnTo, true)
}

func (c *Client) begin(ctx context.Context, returnTo string, fresh bool) (Attempt, string, error) {
	p, err := c.discovery.provider(ctx)
	if err != nil {
		return Attempt{}, "", down(err)
	}
	attempt := Attempt{
		State: random(), Nonce: random(), Verifier: random(),
		ReturnTo: returnTo, Started: c.cfg.Now(), Fresh: fresh,
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(attempt.Verifier), oidc.Nonce(attempt.Nonce)}
	if fresh {
		options = append(options, oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(FreshFor/time.Second))))
	}
	return attempt, c.oauth(p).AuthCodeURL(attempt.State, options...), nil
}

// Discover finds the provider, so that whoever runs Purser hears before the first sign-in that it is set up wrongly or cannot be
// reached (X6), and that the provider's addresses are known soon after a restart (X13). It fails as Begin does.
func (c *Client) Discover(ctx context.Context) error {
	if _, err := c.discovery.provider(ctx); err != nil {
		return down(err)
	}
	return nil
}

// random gives 256 bits as text that may stand in an address: 43 characters, the least that RFC 7636 section 4.1 wants of
// a verifier. rand.Read never fails; it ends the program instead.
func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

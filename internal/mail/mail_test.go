package mail_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"purser.example/internal/mail"
	"purser.example/internal/mail/mailtest"
	"purser.example/internal/notify"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
)

var (
	now   = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	from  = netmail.Address{Name: "Purser of Contoso", Address: "purser@contoso.com"}
	joerg = netmail.Address{Name: "Jörg Müller", Address: "joerg@fabrikam.com"}
)

func letter() mail.Letter {
	return mail.Letter{
		ID: "0198c0de-1111-7000-8000-000000000001", To: joerg, Subject: "Käsekuchen: svc-backup@contoso.com can't sign in",
		Text: "The password of svc-backup@contoso.com expired.\n.\nSince 23 November.\n", HTML: "<p>The password expired, größer.</p>",
	}
}

func mailer(s *mailtest.Server, server mail.Server, patience time.Duration) *mail.Mailer {
	server.From = from
	if server.Host == "" {
		server.Host = mailtest.Host
	}
	if server.Roots == nil {
		server.Roots = s.Roots
	}
	return mail.New(server, mail.Options{
		Now: func() time.Time { return now }, Patience: patience,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, s.Addr())
		},
	})
}

// parts are the texts of a letter, by type.
func parts(t *testing.T, m *netmail.Message) map[string]string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s, %v", kind, err)
	}
	all := map[string]string{}
	r := multipart.NewReader(m.Body, params["boundary"])
	for order := 0; ; order++ {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		kind, params, err2 := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err := errors.Join(err, err2); err != nil || params["charset"] != "UTF-8" || order == 0 && kind != "text/plain" {
			t.Fatalf("part %d: %s %v, %v", order, kind, params, err)
		}
		all[kind] = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
}

// R92: a letter goes out over each kind of protection, signed in or not, as text with HTML beside it.
func TestALetterArrives(t *testing.T) {
	for name, at := range map[string]struct {
		server mailtest.Options
		client mail.Server
	}{
		"STARTTLS, with a password": {mailtest.Options{Username: "purser", Password: "hush"}, mail.Server{Security: mail.StartTLS, Username: "purser", Password: secret.FromString("hush")}},
		"STARTTLS":                  {mailtest.Options{}, mail.Server{Security: mail.StartTLS}},
		"TLS, with a password":      {mailtest.Options{Username: "purser", Password: "hush", TLS: true}, mail.Server{Security: mail.TLS, Username: "purser", Password: secret.FromString("hush")}},
		"no TLS":                    {mailtest.Options{Plain: true}, mail.Server{Security: mail.None}},
	} {
		t.Run(name, func(t *testing.T) {
			s := mailtest.Start(t, at.server)
			if err := mailer(s, at.client, 0).Deliver(t.Context(), letter()); err != nil {
				t.Fatal(err)
			}
			got := s.Got()[0]
			if got.From != "purser@contoso.com" || !cmp.Equal(got.To, []string{"joerg@fabrikam.com"}) {
				t.Errorf("envelope %q, %q", got.From, got.To)
			}
			h := got.Letter.Header
			subject, _ := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
			people, err := h.AddressList("To")
			if err != nil || len(people) != 1 || *people[0] != joerg || subject != letter().Subject {
				t.Errorf("to %v, %v; subject %q", people, err, subject)
			}
			if sender, err := h.AddressList("From"); err != nil || *sender[0] != from {
				t.Errorf("from %v, %v", sender, err)
			}
			if date, err := h.Date(); err != nil || !date.Equal(now) {
				t.Errorf("date %v, %v", date, err)
			}
			want := map[string]string{"Message-Id": "<0198c0de-1111-7000-8000-000000000001@contoso.com>", "Auto-Submitted": "auto-generated", "User-Agent": "", "X-Mailer": ""}
			for name, value := range want {
				if h.Get(name) != value {
					t.Errorf("%s: %q", name, h.Get(name))
				}
			}
			if diff := cmp.Diff(map[string]string{"text/plain": letter().Text, "text/html": letter().HTML}, parts(t, got.Letter)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// R92: a recipient whom the server refuses, for good or for now, keeps nobody else from their letter.
func TestARefusedRecipient(t *testing.T) {
	for code, final := range map[int]bool{550: true, 452: false} {
		s := mailtest.Start(t, mailtest.Options{})
		s.Fail(mailtest.Faults{Recipients: map[string]int{"adele@contoso.com": code}})
		m := mailer(s, mail.Server{Security: mail.StartTLS}, 0)
		said := failure(t, m.Send(t.Context(), notify.Receiver{Mail: "adele@contoso.com"}, message(), "id-1"))
		if said.Final != final || said.Unsure || !strings.Contains(said.Reason, fmt.Sprint(code)) {
			t.Errorf("%d: %+v", code, said)
		}
		if err := m.Send(t.Context(), notify.Receiver{Mail: joerg.Address}, message(), "id-2"); err != nil {
			t.Error(err)
		}
		if got := s.Got(); len(got) != 1 || !cmp.Equal(got[0].To, []string{joerg.Address}) {
			t.Errorf("%d: %d letters", code, len(got))
		}
	}
}

// failure is what a delivery that did not succeed says.
func failure(t *testing.T, err error) *notify.Failure {
	t.Helper()
	f, ok := errors.AsType[*notify.Failure](err)
	if !ok {
		t.Fatalf("%v is no failure", err)
	}
	return f
}

// R92, R60: whatever goes wrong is told in a sentence of ours, which says whether to try again, and holds neither the password nor what
// the server said.
func TestFaultsOfAServer(t *testing.T) {
	signedIn := mail.Server{Security: mail.StartTLS, Username: "purser", Password: secret.FromString("hush-9f3")}
	account := mailtest.Options{Username: "purser", Password: "hush-9f3"}
	for name, c := range map[string]struct {
		options mailtest.Options
		server  mail.Server
		faults  mailtest.Faults
		down    bool
		says    string
		final   bool
		unsure  bool
	}{
		"down":                         {options: account, server: signedIn, down: true, says: "can't be reached"},
		"wrong password":               {options: mailtest.Options{Username: "purser", Password: "other"}, server: signedIn, says: "refused the username or the password (code 535)"},
		"wants a password":             {options: account, server: mail.Server{Security: mail.StartTLS}, says: "refused the sender (code 502)"},
		"certificate of nobody":        {options: account, server: mail.Server{Security: mail.StartTLS, Roots: nil, Host: "other.contoso.com"}, says: "doesn't trust the certificate"},
		"certificate, TLS at once":     {options: mailtest.Options{TLS: true}, server: mail.Server{Security: mail.TLS, Host: "other.contoso.com"}, says: "doesn't trust the certificate"},
		"no STARTTLS":                  {options: mailtest.Options{Plain: true, Username: "purser", Password: "hush-9f3"}, server: signedIn, says: "doesn't offer STARTTLS, so that nothing was sent"},
		"no TLS, and a password":       {options: mailtest.Options{Plain: true, Username: "purser", Password: "hush-9f3"}, server: mail.Server{Security: mail.None, Username: "purser", Password: secret.FromString("hush-9f3")}, says: "sent over TLS only"},
		"TLS where it begins in clear": {options: account, server: mail.Server{Security: mail.TLS}, says: "doesn't speak TLS as it should"},
		"sender refused":               {server: mail.Server{Security: mail.StartTLS}, faults: mailtest.Faults{From: 553}, says: "refused the sender (code 553)"},
		"sender later":                 {server: mail.Server{Security: mail.StartTLS}, faults: mailtest.Faults{From: 421}, says: "can't take mail now (code 421)"},
		"letter refused":               {server: mail.Server{Security: mail.StartTLS}, faults: mailtest.Faults{Data: 554}, says: "refused the message (code 554)", final: true},
		"letter later":                 {server: mail.Server{Security: mail.StartTLS}, faults: mailtest.Faults{Data: 451}, says: "can't take mail now (code 451)"},
		"dropped":                      {server: mail.Server{Security: mail.StartTLS}, faults: mailtest.Faults{Drops: true}, says: "broke off", unsure: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := mailtest.Start(t, c.options)
			s.Fail(c.faults)
			if c.down {
				s.Down()
			}
			err := mailer(s, c.server, 0).Deliver(t.Context(), letter())
			said := failure(t, err)
			if !strings.Contains(said.Reason, c.says) || said.Final != c.final || said.Unsure != c.unsure {
				t.Errorf("%+v", said)
			}
			for _, never := range []string{"hush", mailtest.Saying} {
				if strings.Contains(fmt.Sprintf("%+v %v %s", said, said.Err, problem.Told(err)), never) {
					t.Errorf("%q shows: %v", never, err)
				}
			}
		})
	}
}

// R92: a server that is too slow is given up, and who stops waiting does not wait for it; the letter that it took nevertheless comes again
// under the same id.
func TestASlowServerIsGivenUp(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{})
	s.Fail(mailtest.Faults{Hangs: true})
	m := mailer(s, mail.Server{Security: mail.StartTLS}, 300*time.Millisecond)
	if said := failure(t, m.Deliver(t.Context(), letter())); !strings.Contains(said.Reason, "in time") || said.Final {
		t.Errorf("%+v", said)
	}
	ctx, stop := context.WithCancel(t.Context())
	failed := make(chan error)
	took := len(s.Got())
	go func() {
		failed <- mailer(s, mail.Server{Security: mail.StartTLS}, time.Hour).Deliver(ctx, letter())
	}()
	s.Wait(took + 1)
	stop()
	if said := failure(t, <-failed); !errors.Is(said, context.Canceled) || !said.Unsure {
		t.Errorf("%+v", said)
	}
	s.Fail(mailtest.Faults{})
	if err := mailer(s, mail.Server{Security: mail.StartTLS}, 0).Deliver(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	got := s.Got()
	first, last := got[0].Letter.Header.Get("Message-Id"), got[len(got)-1].Letter.Header.Get("Message-Id")
	if len(got) < 2 || first != last {
		t.Errorf("%d letters: %q, %q", len(got), first, last)
	}
}

// R92: a server that was down for an hour takes what waits as soon as it is back.
func TestAServerThatComesBack(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{})
	m := mailer(s, mail.Server{Security: mail.StartTLS}, 0)
	s.Down()
	for range 3 {
		if said := failure(t, m.Check(t.Context())); said.Final {
			t.Errorf("%+v", said)
		}
	}
	s.Up(mailtest.Options{})
	if err := m.Deliver(t.Context(), letter()); err != nil || len(s.Got()) != 1 {
		t.Errorf("%v, %d letters", err, len(s.Got()))
	}
	if err := m.Check(t.Context()); err != nil || len(s.Got()) != 1 {
		t.Errorf("check: %v, %d letters", err, len(s.Got()))
	}
}

// R92: what comes from elsewhere begins no header and no letter of its own.
func TestNothingIsInjected(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{})
	m := mailer(s, mail.Server{Security: mail.StartTLS}, 0)
	evil := "x\r\nBcc: eve@fabrikam.com\r\n\r\n.\r\nRCPT TO:<eve@fabrikam.com>\r\n"
	l := letter()
	l.Subject, l.Text, l.HTML = evil, evil, evil
	l.To = netmail.Address{Name: `Jörg" <eve@fabrikam.com>, "` + evil, Address: joerg.Address}
	if err := m.Deliver(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	got := s.Got()[0]
	people, err := got.Letter.Header.AddressList("To")
	if err != nil || len(people) != 1 || people[0].Address != joerg.Address || got.Letter.Header.Get("Bcc") != "" || !cmp.Equal(got.To, []string{joerg.Address}) {
		t.Errorf("%v, %v, %q", people, err, got.To)
	}
	if text := parts(t, got.Letter)["text/plain"]; text != strings.ReplaceAll(evil, "\r\n", "\n") {
		t.Errorf("%q", text)
	}
	for _, address := range []string{"adele@contoso.com\r\nRCPT TO:<eve@fabrikam.com>", "adele@contoso.com> SIZE=1", "", "nobody", "adele@contoso.com, eve@fabrikam.com"} {
		l := letter()
		l.To = netmail.Address{Address: address}
		if said := failure(t, m.Deliver(t.Context(), l)); !said.Final {
			t.Errorf("%q: %+v", address, said)
		}
	}
	if len(s.Got()) != 1 {
		t.Errorf("%d letters", len(s.Got()))
	}
}

// R92: an address beyond ASCII is told apart where the server knows nothing of such.
func TestAnAddressBeyondASCII(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{})
	l := letter()
	l.To = netmail.Address{Address: "jörg@fabrikam.com"}
	said := failure(t, mailer(s, mail.Server{Security: mail.StartTLS}, 0).Deliver(t.Context(), l))
	if !said.Final || !strings.Contains(said.Reason, "letters such as ü") || len(s.Got()) != 0 {
		t.Errorf("%+v", said)
	}
}

// A letter without an id of its own is refused before anybody is asked.
func TestALetterWithoutAnID(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{})
	for _, id := range []string{"", "a b", "x@y", "x>\r\nBcc: eve@fabrikam.com"} {
		l := letter()
		l.ID = id
		if said := failure(t, mailer(s, mail.Server{Security: mail.StartTLS}, 0).Deliver(t.Context(), l)); !said.Final {
			t.Errorf("%+v", said)
		}
	}
	if len(s.Got()) != 0 {
		t.Errorf("%d letters", len(s.Got()))
	}
}

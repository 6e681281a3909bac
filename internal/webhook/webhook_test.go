package webhook_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"purser.example/internal/certificate/certtest"
	"purser.example/internal/event"
	"purser.example/internal/notify"
	"purser.example/internal/problem"
	"purser.example/internal/secret"
	"purser.example/internal/webhook"
)

const (
	hook  = "https://hooks.contoso.com/purser?sig=hush-1"
	flow  = "https://prod-00.westeurope.logic.azure.com/workflows/1?sig=hush-2"
	key   = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD8hhbWMRh7wE="
)

// names are what a resolver knows; each look at a name takes the first answer away while there are more.
type names struct {
	mu    sync.Mutex
	known map[string][]string // "203.0.113.1 10.0.0.1"
	looks int
}

// LookupNetIP stands in for a name server.
func (n *names) LookupNetIP(_ context.Context, _, host string) (found []netip.Addr, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.looks++
	answers := n.known[host]
	if len(answers) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if len(answers) > 1 {
		n.known[host] = answers[1:]
	}
	for text := range strings.FieldsSeq(answers[0]) {
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return nil, err
		}
		found = append(found, addr)
	}
	return found, nil
}

// rig is a receiver on the internet, as far as a caller can tell.
type rig struct {
	*webhook.Caller
	names  *names
	mu     sync.Mutex
	dialed []string
	asked  []*http.Request
	bodies [][]byte
}

// answering is a rig whose receiver answers like that.
func answering(t *testing.T, hosts webhook.Hosts, patience time.Duration, answer http.HandlerFunc) *rig {
	t.Helper()
	r := &rig{names: &names{known: map[string][]string{"hooks.contoso.com": {"8.8.8.8"}}}}
	cert, private := certtest.Issue(t, certtest.Spec{Serial: 1, Names: []string{"hooks.contoso.com", "prod-00.westeurope.logic.azure.com"}})
	pair, err := tls.X509KeyPair([]byte(cert), []byte(private))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(cert))
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, asked *http.Request) {
		body, _ := io.ReadAll(asked.Body)
		r.mu.Lock()
		r.asked, r.bodies = append(r.asked, asked), append(r.bodies, body)
		r.mu.Unlock()
		answer(w, asked)
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	at := server.Listener.Addr().String()
	r.Caller = webhook.New(hosts, webhook.Options{
		Resolver: r.names, Roots: roots, Patience: patience,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			r.mu.Lock()
			r.dialed = append(r.dialed, address)
			r.mu.Unlock()
			return (&net.Dialer{}).DialContext(ctx, network, at)
		},
	})
	return r
}

// calls is how often the receiver was asked.
func (r *rig) calls() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.asked)
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func receiver(address string, keys ...string) notify.Receiver {
	r := notify.Receiver{ID: "1", Name: "Operations", Way: notify.Webhook, Address: secret.FromString(address)}
	for _, text := range keys {
		r.Keys = append(r.Keys, secret.FromString(text))
	}
	return r
}

func message() notify.Message {
	return notify.Message{
		Subject: "400 accounts of Contoso stopped working", Kind: event.Broken, Count: 400, Tenant: "6f1c", At: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), More: 398,
		Lines: []string{"400 service accounts of Contoso no longer sign in. Policy blocked (AADSTS53003)."},
		Things: []notify.Thing{
			{Name: "Backup of SharePoint", Account: "svc_backup@contoso.com", Facts: []event.Fact{{Name: "Since", Value: "23 November 2026"}}},
			{Name: "Reports"},
		},
		Links: []notify.Link{{Text: "Show the accounts", Href: "https://purser.contoso.com/service-accounts?status=invalid"}},
	}
}

// failure is what a delivery that did not succeed says; it never shows what is secret in an address, nor a key.
func failure(t *testing.T, err error) *notify.Failure {
	t.Helper()
	f, ok := errors.AsType[*notify.Failure](err)
	if !ok {
		t.Fatalf("%v is no failure", err)
	}
	if text := fmt.Sprintf("%+v %v %s", f, f.Err, problem.Told(err)); strings.Contains(text, "hush") || strings.Contains(text, key) {
		t.Errorf("it shows what is secret: %s", text)
	}
	return f
}

// R92: the library of Standard Webhooks verifies what is sent, with either secret while one takes the other's place, and with no other.
func TestAWebhookIsSigned(t *testing.T) {
	r := answering(t, nil, 0, status(http.StatusNoContent))
	if err := (webhook.Standard{Caller: r.Caller}).Send(t.Context(), receiver(hook, other, key), message(), "msg-1"); err != nil {
		t.Fatal(err)
	}
	asked, body := r.asked[0], r.bodies[0]
	for secret, fits := range map[string]bool{key: true, other: true, "whsec_" + strings.Repeat("A", 44): false} {
		wh, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := wh.Verify(body, asked.Header); (err == nil) != fits {
			t.Errorf("%s: %v", secret, err)
		}
		if err := wh.Verify(append(body, ' '), asked.Header); err == nil {
			t.Errorf("%s: another body is verified", secret)
		}
	}
	if asked.Method != http.MethodPost || asked.Host != "hooks.contoso.com" || asked.URL.RequestURI() != "/purser?sig=hush-1" || asked.Header.Get("Webhook-Id") != "msg-1" || asked.Header.Get("X-Correlation-Id") != "msg-1" || asked.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s %v", asked.Method, asked.URL, asked.Header)
	}
	want := `{"type":"account-broken","timestamp":"2026-11-23T09:00:00Z","data":{"subject":"400 accounts of Contoso stopped working","lines":["400 service accounts of Contoso no longer sign in. Policy blocked (AADSTS53003)."],` +
		`"things":[{"name":"Backup of SharePoint","account":"svc_backup@contoso.com","facts":[{"name":"Since","value":"23 November 2026"}]},{"name":"Reports"}],"more":398,"count":400,"tenant":"6f1c",` +
		`"links":[{"text":"Show the accounts","href":"https://purser.contoso.com/service-accounts?status=invalid"}],"update":false,"repeated":false}}`
	if diff := cmp.Diff(want, string(body)); diff != "" {
		t.Error(diff)
	}
	if !cmp.Equal(r.dialed, []string{"8.8.8.8:443"}) || r.names.looks != 1 {
		t.Errorf("dialed %q after %d looks", r.dialed, r.names.looks)
	}
}

// R92: a test says that it is one, and lists are never null.
func TestTheBodyOfATest(t *testing.T) {
	r := answering(t, nil, 0, status(http.StatusOK))
	if err := (webhook.Standard{Caller: r.Caller}).Send(t.Context(), receiver(hook, key), notify.Message{Subject: "A test", Test: true}, "msg-1"); err != nil {
		t.Fatal(err)
	}
	var p webhook.Payload
	if err := json.Unmarshal(r.bodies[0], &p); err != nil || p.Type != "test" || strings.Contains(string(r.bodies[0]), "null") {
		t.Errorf("%s, %v", r.bodies[0], err)
	}
}

// R92: what receivers do wrong is told in a sentence of ours, with whether to try again, and when.
func TestFaultsOfAReceiver(t *testing.T) {
	for name, c := range map[string]struct {
		answer   http.HandlerFunc
		patience time.Duration
		says     string
		want     notify.Failure
	}{
		"500":      {answer: status(500), says: "answered with status 500"},
		"404":      {answer: status(404), says: "answered with status 404"},
		"gone":     {answer: status(410), says: "gone for good", want: notify.Failure{Final: true}},
		"gateway":  {answer: status(504), says: "status 504", want: notify.Failure{Unsure: true}},
		"redirect": {answer: http.RedirectHandler("https://10.0.0.1/", http.StatusTemporaryRedirect).ServeHTTP, says: "redirect (status 307), which Purser doesn't follow"},
		"busy": {answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusTooManyRequests)
		}, says: "status 429", want: notify.Failure{After: 2 * time.Minute}},
		"busy for ever": {answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "1e9")
			w.WriteHeader(http.StatusServiceUnavailable)
		}, says: "status 503", want: notify.Failure{After: 6 * time.Hour}},
		"broken off": {answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, says: "The connection to hooks.contoso.com failed", want: notify.Failure{Unsure: true}},
		"hanging":    {answer: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, patience: 300 * time.Millisecond, says: "didn't answer in time"},
		"an endless head": {answer: func(w http.ResponseWriter, _ *http.Request) {
			for i := range 200 {
				w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("hush", 250))
			}
		}, says: "The connection to hooks.contoso.com failed", want: notify.Failure{Unsure: true}},
	} {
		t.Run(name, func(t *testing.T) {
			r := answering(t, nil, c.patience, c.answer)
			f := failure(t, webhook.Standard{Caller: r.Caller}.Send(t.Context(), receiver(hook, key), message(), "msg-1"))
			if name == "hanging" {
				c.want.Unsure = f.Unsure // a slow machine may not have come so far that it was asked
			}
			if !strings.Contains(f.Reason, c.says) || f.Final != c.want.Final || f.Unsure != c.want.Unsure || f.After != c.want.After {
				t.Errorf("%+v", f)
			}
			if n := r.calls(); n > 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// R92: who gives up waiting does not wait for a receiver that hangs.
func TestACallThatIsGivenUp(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	r := answering(t, nil, time.Hour, func(_ http.ResponseWriter, r *http.Request) { stop(); <-r.Context().Done() })
	if f := failure(t, webhook.Standard{Caller: r.Caller}.Send(ctx, receiver(hook, key), message(), "msg-1")); !errors.Is(f, context.Canceled) || !f.Unsure {
		t.Errorf("%+v", f)
	}
}

// R92: nothing leads inside: neither an address, nor a name, nor a name that stands for both, nor one that changes after it was looked at.
func TestNothingLeadsInside(t *testing.T) {
	for _, inside := range []string{
		"10.0.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "127.255.255.254", "0.0.0.0", "169.254.169.254", "100.64.0.1", "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255",
		"203.0.113.7", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:a00:1::", "2001:0:1::1",
		"2001:db8::1", "fec0::1", "100::1", "5f00::1", "8.8.8.8 10.0.0.1", "10.0.0.1 8.8.8.8",
	} {
		r := answering(t, nil, 0, status(http.StatusOK))
		r.names.known["hooks.contoso.com"] = []string{inside, "8.8.8.8"}
		f := failure(t, webhook.Standard{Caller: r.Caller}.Send(t.Context(), receiver(hook, key), message(), "msg-1"))
		if len(r.dialed) > 0 || !strings.Contains(f.Reason, "inside a network") || f.Final || f.Unsure {
			t.Errorf("%s: dialed %q, %+v", inside, r.dialed, f)
		}
	}
	for _, address := range []string{"https://10.0.0.1/", "https://[::1]/", "https://127.1/", "https://2130706433/", "https://localhost/", "https://metadata.internal/"} {
		r := answering(t, nil, 0, status(http.StatusOK))
		r.names.known = map[string][]string{"10.0.0.1": {"10.0.0.1"}, "::1": {"::1"}, "127.1": {"127.0.0.1"}, "2130706433": {"127.0.0.1"}, "localhost": {"::1 127.0.0.1"}, "metadata.internal": {"169.254.169.254"}}
		_ = failure(t, webhook.Standard{Caller: r.Caller}.Send(t.Context(), receiver(address, key), message(), "msg-1"))
		if len(r.dialed) > 0 {
			t.Errorf("%s: dialed %q", address, r.dialed)
		}
	}
}

// R92: what is dialed is what was looked at, though the name stands for something else a moment later; and it is looked at each time.
func TestANameThatChanges(t *testing.T) {
	r := answering(t, nil, 0, status(http.StatusOK))
	r.names.known["hooks.contoso.com"] = []string{"2606:4700::1111 64:ff9b::808:808", "127.0.0.1"}
	s := webhook.Standard{Caller: r.Caller}
	if err := s.Send(t.Context(), receiver(hook, key), message(), "msg-1"); err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(r.dialed, []string{"[2606:4700::1111]:443"}) || r.names.looks != 1 {
		t.Errorf("dialed %q after %d looks", r.dialed, r.names.looks)
	}
	if f := failure(t, s.Send(t.Context(), receiver(hook, key), message(), "msg-2")); len(r.dialed) != 1 || !strings.Contains(f.Reason, "inside a network") {
		t.Errorf("dialed %q: %+v", r.dialed, f)
	}
}

// R92: where the operator names hosts, webhooks go to those alone, and these may be inside; one that was allowed before is asked no more.
func TestNamedHosts(t *testing.T) {
	r := answering(t, webhook.Hosts{"hooks.contoso.com"}, 0, status(http.StatusOK))
	r.names.known = nil // it is not looked up here
	if err := (webhook.Standard{Caller: r.Caller}).Send(t.Context(), receiver(hook, key), message(), "msg-1"); err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(r.dialed, []string{"hooks.contoso.com:443"}) {
		t.Errorf("dialed %q", r.dialed)
	}
	f := failure(t, webhook.Standard{Caller: r.Caller}.Send(t.Context(), receiver("https://elsewhere.contoso.com/hush", key), message(), "msg-2"))
	if len(r.dialed) != 1 || !strings.Contains(f.Reason, "PURSER_WEBHOOK_HOSTS") || f.Final {
		t.Errorf("dialed %q: %+v", r.dialed, f)
	}
}

// R92: a receiver whose certificate nobody vouches for gets nothing.
func TestAStrangerGetsNothing(t *testing.T) {
	r := answering(t, nil, 0, status(http.StatusOK))
	r.names.known["evil.contoso.com"] = []string{"8.8.8.8"}
	f := failure(t, webhook.Standard{Caller: r.Caller}.Send(t.Context(), receiver("https://evil.contoso.com/hush", key), message(), "msg-1"))
	if len(r.asked) > 0 || !strings.Contains(f.Reason, "doesn't trust the certificate") {
		t.Errorf("%+v", f)
	}
}

// R92: what an address may be. A sentence about it never repeats it.
func TestAddresses(t *testing.T) {
	long := "https://hooks.contoso.com/hush" + strings.Repeat("x", 2000)
	for _, c := range []struct {
		hosts             webhook.Hosts
		address           string
		webhook, workflow bool
	}{
		{nil, hook, true, false},
		{nil, flow, true, true},
		{nil, "https://default1.environment.api.powerplatform.com:443/powerautomate/x?sig=hush", true, true},
		{webhook.Hosts{"hooks.contoso.com"}, hook, true, true},
		{webhook.Hosts{"hooks.contoso.com"}, flow, false, true},
		{webhook.Hosts{"hooks.contoso.com"}, "https://HOOKS.contoso.com/hush", true, true},
		{webhook.Hosts{"127.0.0.1"}, "http://127.0.0.1:9000/hush", true, true},
		{nil, "http://127.0.0.1:9000/hush", false, false},
		{webhook.Hosts{"hooks.contoso.com"}, "http://hooks.contoso.com/hush", false, false},
		{nil, "https://logic.azure.com.evil.com/hush", true, false},
		{nil, "https://evillogic.azure.com/hush", true, false},
		{nil, "http://hooks.contoso.com/hush", false, false},
		{nil, "ftp://hooks.contoso.com/hush", false, false},
		{nil, "https://user:hush@hooks.contoso.com/", false, false},
		{nil, "https://hooks.contoso.com/#hush", false, false},
		{nil, "https:///hush", false, false},
		{nil, "https:hush", false, false},
		{nil, "hush", false, false},
		{nil, "https://hooks.contoso.com/%zzhush", false, false},
		{nil, "https://hooks.contoso.com/hush\r\nX: y", false, false},
		{nil, "", false, false},
		{nil, long, false, false},
	} {
		_, asHook := c.hosts.Webhook(c.address)
		_, asFlow := c.hosts.Workflow(c.address)
		if (asHook == nil) != c.webhook || (asFlow == nil) != c.workflow {
			t.Errorf("%v, %.80q: %v, %v", c.hosts, c.address, asHook, asFlow)
		}
		for _, err := range []error{asHook, asFlow} {
			if err != nil && (problem.KindOf(err) != problem.Invalid || strings.Contains(err.Error(), "hush")) {
				t.Errorf("%.80q: %v", c.address, err)
			}
		}
	}
}

// R92: what a signing secret may be; those that Purser makes are all different and such.
func TestKeys(t *testing.T) {
	one, two := webhook.NewKey(), webhook.NewKey()
	if one.Equal(two) {
		t.Error("two keys are the same")
	}
	for text, fits := range map[string]bool{
		string(one.Reveal()): true, key: true, other: true, "": false, "whsec_": false, "whsec_QUFB": false, strings.TrimPrefix(key, "whsec_"): false,
		"whsec_" + strings.Repeat("A", 88): false, "whsec_!" + key[7:]: false,
	} {
		if _, err := webhook.Key(secret.FromString(text)); (err == nil) != fits {
			t.Errorf("%q: %v", text, err)
		}
	}
	r := answering(t, nil, 0, status(http.StatusOK))
	if f := failure(t, webhook.Standard{Caller: r.Caller}.Send(t.Context(), receiver(hook), message(), "msg-1")); len(r.asked) > 0 || f.Final {
		t.Errorf("without a key: %+v", f)
	}
}

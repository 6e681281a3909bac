package docs

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"purser.example/e2e/programs"
	"purser.example/internal/certificate/certtest"
	"purser.example/internal/m365sim"
	"purser.example/internal/pool"
)

// theirPool is the tenant of the tests of proxies: with accounts to validate at once, and a group to import passwords for.
const theirPool = `{"tenants": [{
  "id": "6f1c0000-0000-4000-8000-000000000001", "displayName": "Contoso", "initialDomain": "contoso.onmicrosoft.com", "domains": [{"id": "contoso.com"}],
  "apps": [{"appId": "a0000000-0000-4000-8000-000000000001", "displayName": "Purser", "clientSecret": "Value-of-the-secret"}],
  "users": [{"userPrincipalName": "svc-one@contoso.com", "password": "Try-this-1", "roles": ["SharePoint Administrator"]},
    {"userPrincipalName": "svc-two@contoso.com", "password": "Try-this-1", "roles": ["SharePoint Administrator"]},
    {"userPrincipalName": "pool01@contoso.com", "password": "Try-this-1"}],
  "groups": [{"displayName": "AOS Pool", "mail": "aos-pool@contoso.com", "kind": "mailEnabledSecurity", "members": ["pool01@contoso.com"]}]}]}`

const (
	theirTenantID = "6f1c0000-0000-4000-8000-000000000001"
	theirName     = "purser.contoso.com"
	poolPath      = "/classic/account-pool"

	// clientsAddress is where the client's connections come from. The proxy's come from 127.0.0.1, which Purser trusts.
	clientsAddress = "127.0.0.7"
	forgedAddress  = "203.0.113.9"

	// largestRequest is an import with the form around it, as Purser takes it.
	largestRequest = pool.MaxImport + 64<<10
)

// proxy is a program that the document configures.
type proxy struct {
	language string // of its block in the document
	program  string
	examples map[string]string             // what stands in the document, and what stands in its place here: {http}, {https}, {purser}
	start    func(s *site) (args []string) // writes what is around the configuration of the document, and says how to start the program
	refuses  string                        // what the answer to a request above the limits says
}

var proxies = []proxy{
	{
		language: "nginx", program: "nginx",
		examples: map[string]string{"listen 80;": "listen 127.0.0.1:{http};", "listen 443 ssl": "listen 127.0.0.1:{https} ssl", "server 127.0.0.1:8080;": "server {purser};"},
		refuses:  "You sent more than Purser can read at once",
		start: func(s *site) []string {
			var temporary strings.Builder
			for _, of := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
				fmt.Fprintf(&temporary, "%s_temp_path %s/%s;\n", of, s.folder, of)
			}
			s.write("nginx.conf", "daemon off;\npid "+s.folder+"/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"+temporary.String()+s.configuration+"}\n")
			return []string{"-e", "stderr", "-p", s.folder, "-c", filepath.Join(s.folder, "nginx.conf")}
		},
	},
	{
		language: "caddy", program: "caddy",
		examples: map[string]string{"reverse_proxy 127.0.0.1:8080": "reverse_proxy {purser}"},
		refuses:  "You sent more than Purser can read at once",
		start: func(s *site) []string {
			s.write("Caddyfile", fmt.Sprintf("{\nadmin off\ndefault_bind 127.0.0.1\nhttp_port %s\nhttps_port %s\n}\n%s", s.http, s.https, s.configuration))
			return []string{"run", "--config", filepath.Join(s.folder, "Caddyfile"), "--adapter", "caddyfile"}
		},
	},
	{
		language: "apache", program: "apache2",
		examples: map[string]string{"<VirtualHost *:80>": "<VirtualHost *:{http}>", "<VirtualHost *:443>": "<VirtualHost *:{https}>", "http://127.0.0.1:8080/": "http://{purser}/"},
		refuses:  "Request Entity Too Large",
		start: func(s *site) []string {
			var modules strings.Builder
			for _, name := range []string{"mpm_event", "authz_core", "socache_shmcb", "ssl", "http2", "proxy", "proxy_http", "alias"} {
				fmt.Fprintf(&modules, "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n", name, name)
			}
			s.write("httpd.conf", fmt.Sprintf("%sServerRoot %s\nServerName localhost\nPidFile pid\nDefaultRuntimeDir .\nMutex file:%s\nErrorLog error.log\nListen 127.0.0.1:%s\nListen 127.0.0.1:%s\n%s",
				modules.String(), s.folder, s.folder, s.http, s.https, s.configuration))
			return []string{"-D", "FOREGROUND", "-d", s.folder, "-f", filepath.Join(s.folder, "httpd.conf")}
		},
	},
}

// site is a proxy that runs, with a Purser behind it.
type site struct {
	t             *testing.T
	folder        string
	configuration string // that of the document, with what is here in the place of its examples
	http, https   string // the ports
	served        *programs.Served
	data          programs.Folder
	simulator     *held
	roots         *x509.CertPool
	browser       *programs.Browser
}

// R82: the configurations of docs/proxies.md, each run by its program as an ordinary user, do what the document says that a proxy does.
func TestTheProxiesOfTheDocumentWork(t *testing.T) {
	for _, p := range proxies {
		t.Run(p.language, func(t *testing.T) {
			t.Parallel()
			s := openSite(t, p)
			s.signIn()
			s.leadsToTLS()
			s.leavesHeaders()
			s.connect()
			streams := s.followed()
			s.imports(p.refuses)
			streams()
			s.knowsTheClient()
		})
	}
}

// openSite starts Purser with the settings of the document, and the proxy in front.
func openSite(t *testing.T, p proxy) *site {
	t.Helper()
	folder, err := os.MkdirTemp("", "proxy-") // t.TempDir would be closed to the proxy's user
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	s := &site{t: t, folder: folder, http: portOf(t), https: portOf(t), simulator: hold(t), roots: x509.NewCertPool(), data: programs.NewFolder(filepath.Join(t.TempDir(), "data"))}
	address, err := programs.FreeAddress(t.Context())
	must(t, err)
	document := named(t, "docs/proxies.md")
	settings := []string{"PURSER_M365_SIMULATOR=" + s.simulator.url}
	for _, b := range document.blocks {
		switch b.language {
		case "dotenv":
			settings = append(settings, b.lines...)
		case p.language:
			s.configuration = b.text()
		}
	}
	settings = append(settings, "PURSER_ADDR="+address)
	s.served, err = programs.ServeBehind(t.Context(), purser(t), s.data, address, "https://"+theirName, io.Discard, settings...)
	must(t, err)
	t.Cleanup(s.served.Stop)

	cert, key := certtest.Issue(t, certtest.Spec{Names: []string{theirName}})
	if !s.roots.AppendCertsFromPEM([]byte(cert)) {
		t.Fatal("the certificate can't be read")
	}
	s.put("/etc/ssl/purser.pem", s.write("purser.pem", cert))
	s.put("/etc/ssl/private/purser.key", s.write("purser.key", key))
	for example, own := range p.examples {
		s.put(example, strings.NewReplacer("{http}", s.http, "{https}", s.https, "{purser}", address).Replace(own))
	}
	s.startProxy(p)
	return s
}

func portOf(t *testing.T) string {
	t.Helper()
	address, err := programs.FreeAddress(t.Context())
	must(t, err)
	_, port, err := net.SplitHostPort(address)
	must(t, err)
	return port
}

// put puts what is here in the place of what the document has as an example.
func (s *site) put(example, own string) {
	if !strings.Contains(s.configuration, example) {
		s.t.Fatalf("the configuration of the document lacks %q:\n%s", example, s.configuration)
	}
	s.configuration = strings.ReplaceAll(s.configuration, example, own)
}

func (s *site) write(name, text string) (path string) {
	path = filepath.Join(s.folder, name)
	must(s.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// nobody is the ordinary user that a proxy runs as where the tests run as root.
const nobody = 65534

// startProxy starts the program, and waits until it leads to Purser.
func (s *site) startProxy(p proxy) {
	s.t.Helper()
	cmd := exec.Command(s.find(p.program), p.start(s)...)
	said := &bytes.Buffer{}
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.folder, said, said
	cmd.Env = append(os.Environ(), "HOME="+s.folder, "XDG_DATA_HOME="+s.folder, "XDG_CONFIG_HOME="+s.folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		must(s.t, filepath.Walk(s.folder, func(path string, _ os.FileInfo, err error) error {
			if err != nil {
				return err
			}
			return os.Chown(path, nobody, nobody)
		}))
	}
	must(s.t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	s.t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		s.t.Log("ended: ", <-ended)
	})
	client := &http.Client{Transport: s.way(nil)}
	for {
		res, err := client.Get("https://" + theirName + "/readyz")
		if err == nil && res.Body.Close() == nil && res.StatusCode == http.StatusOK {
			return
		}
		select {
		case how := <-ended:
			ended <- how
			s.t.Fatalf("%s ended: %v\n%s", p.program, how, said)
		case <-time.After(20 * time.Millisecond):
		case <-s.t.Context().Done():
			s.t.Fatalf("%s does not lead to Purser: %v", p.program, err)
		}
	}
}

// find gives the program of this machine, or the one that .ci/install has put beside the sources, in a place where any user may run it.
func (s *site) find(program string) string {
	s.t.Helper()
	for _, folder := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin") {
		if path, err := exec.LookPath(filepath.Join(folder, program)); err == nil {
			return path
		}
	}
	for _, folder := range []string{"usr/sbin", "usr/bin"} {
		if text, err := os.ReadFile(filepath.Join(root, ".tools/debian", folder, program)); err == nil {
			path := filepath.Join(s.folder, program)
			must(s.t, os.WriteFile(path, text, 0o700))
			return path
		}
	}
	s.t.Fatalf("%s is missing: `make test` installs it", program)
	return ""
}

// way is the client's way to the proxy, from its own address and with a forged one, and to everything else on this machine. Proxied tells of
// each answer of the proxy's.
func (s *site) way(proxied func(*http.Response)) http.RoundTripper {
	direct := &net.Dialer{}
	own := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(clientsAddress)}}
	over := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: s.roots}, ForceAttemptHTTP2: true, DisableCompression: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			switch address {
			case theirName + ":443":
				return own.DialContext(ctx, network, "127.0.0.1:"+s.https)
			case theirName + ":80":
				return own.DialContext(ctx, network, "127.0.0.1:"+s.http)
			}
			return direct.DialContext(ctx, network, address)
		},
	}
	s.t.Cleanup(over.CloseIdleConnections)
	return traveled(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("X-Forwarded-For", forgedAddress)
		res, err := over.RoundTrip(r)
		if err == nil && proxied != nil && r.URL.Host == theirName && r.URL.Scheme == "https" {
			proxied(res)
		}
		return res, err
	})
}

type traveled func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (t traveled) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// signIn signs in over the proxy, which speaks HTTP/2, to a page. The cookie is for https alone.
func (s *site) signIn() {
	s.t.Helper()
	begun, answer, err := programs.SignInOver(s.t.Context(), s.way(func(res *http.Response) {
		if res.ProtoMajor != 2 {
			s.t.Errorf("%s is answered by %s", res.Request.URL.Path, res.Proto)
		}
	}), "https://"+theirName, programs.Email, programs.Password)
	must(s.t, err)
	s.browser = begun
	if cookie := answer.Header.Get("Set-Cookie"); !strings.HasPrefix(cookie, "__Host-purser=") || !strings.Contains(cookie, "; Secure") {
		s.t.Errorf("the cookie is %q", cookie)
	}
	open(s.t, s.browser, "/service-accounts")
}

// leadsToTLS is that plain HTTP leads to the same page by TLS.
func (s *site) leadsToTLS() {
	s.t.Helper()
	res := s.stranger("http://" + theirName + "/help?a=b")
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusPermanentRedirect || strings.Replace(to, ":"+s.https, "", 1) != "https://"+theirName+"/help?a=b" {
		s.t.Errorf("plain HTTP: %d, %q", res.StatusCode, to)
	}
}

// stranger asks for an address without a session.
func (s *site) stranger(address string) *http.Response {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, address, nil)
	must(s.t, err)
	res, err := s.way(nil).RoundTrip(req)
	must(s.t, err)
	must(s.t, res.Body.Close())
	return res
}

// leavesHeaders is that the headers of a page are Purser's, each once, whatever the proxy adds.
func (s *site) leavesHeaders() {
	s.t.Helper()
	plain, over := s.stranger(s.served.URL+"/auth/signed-out"), s.stranger("https://"+theirName+"/auth/signed-out")
	for _, name := range []string{"Content-Security-Policy", "Strict-Transport-Security", "Cache-Control"} {
		if len(plain.Header[name]) != 1 {
			s.t.Errorf("Purser sends %s as %q", name, plain.Header[name])
		}
	}
	for name, values := range plain.Header {
		if name != "X-Request-Id" && name != "Date" && !slices.Equal(over.Header[name], values) {
			s.t.Errorf("%s: %q, which the proxy makes %q", name, values, over.Header[name])
		}
	}
	if len(over.Header["X-Request-Id"]) != 1 || over.Header.Get("Age") != "" {
		s.t.Errorf("references %q, age %q", over.Header["X-Request-Id"], over.Header.Get("Age"))
	}
}

// connect connects the tenant and makes two profiles in it.
func (s *site) connect() {
	s.t.Helper()
	s.post("/app-profiles", url.Values{"name": {"Contoso"}, "tenant": {"contoso.com"}, "application_id": {"a0000000-0000-4000-8000-000000000001"}, "credential": {"secret"}, "client_secret": {"Value-of-the-secret"}})
	for _, name := range []string{"one", "two"} {
		s.post("/service-accounts", url.Values{"name": {name}, "tenant": {theirTenantID}, "services": {"fly"}, "username": {"svc-" + name + "@contoso.com"}, "password": {"Try-this-1"}})
	}
}

func (s *site) post(path string, form url.Values) (to string) {
	s.t.Helper()
	a, err := s.browser.Post(s.t.Context(), path, form, false)
	if err != nil || a.Status != http.StatusSeeOther {
		s.t.Fatalf("%s: %d, %v\n%s", path, a.Status, err, a.Body)
	}
	return a.Header.Get("Location")
}

// followed follows a run that comes to no end, and gives what waits until its stream has been open for longer than its heartbeat.
func (s *site) followed() (wait func()) {
	s.t.Helper()
	var ids []string
	open(s.t, s.browser, "/service-accounts").Find("#selection tbody input[name=id]").Each(func(_ int, box *goquery.Selection) { ids = append(ids, box.AttrOr("value", "")) })
	s.simulator.keep()
	run := s.post("/service-accounts/validate", url.Values{"id": ids})
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "https://"+theirName+run+"/events", nil)
	must(s.t, err)
	req.Header.Set("Accept", "text/event-stream")
	begun := time.Now()
	res, err := s.browser.Do(req)
	must(s.t, err)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		s.t.Fatalf("the stream: %d, %q", res.StatusCode, res.Header.Get("Content-Type"))
	}
	lines := bufio.NewReader(res.Body)
	s.event(lines)
	if took := time.Since(begun); took > 5*time.Second {
		s.t.Errorf("the first event took %s: it was held back until the heartbeat", took)
	}
	return func() {
		defer func() { _ = res.Body.Close() }()
		for time.Since(begun) < 10*time.Second {
			s.event(lines)
		}
	}
}

// event reads one event of a stream.
func (s *site) event(lines *bufio.Reader) {
	s.t.Helper()
	for {
		line, err := lines.ReadString('\n')
		if err != nil || strings.HasPrefix(line, "event: over") {
			s.t.Fatalf("the stream ended: %q, %v", line, err)
		}
		if line == "\n" {
			return
		}
	}
}

// imports imports a file as large as Purser takes it, and one that is larger.
func (s *site) imports(refuses string) {
	s.t.Helper()
	form := fieldsOfPools(open(s.t, s.browser, poolPath+"?tenant="+theirTenantID))
	form.Set("group-sites", "aos-pool@contoso.com")
	form.Set("do", "validate:sites")
	a, err := s.browser.Post(s.t.Context(), poolPath+"/group", form, false)
	must(s.t, err)
	found, err := goquery.NewDocumentFromReader(bytes.NewReader(a.Body))
	must(s.t, err)
	s.post(poolPath, fieldsOfPools(found))
	action := open(s.t, s.browser, poolPath+"/import?tenant="+theirTenantID+"&tab=sites").Find("#import").AttrOr("action", "")

	file := bytes.NewBufferString("username,password\npool01@contoso.com,Try-this-1\n")
	for line := 0; file.Len() < pool.MaxImport; line++ {
		fmt.Fprintf(file, "stranger%d@contoso.com,%s\n", line, strings.Repeat("x", 200))
	}
	file.Truncate(pool.MaxImport)
	if status, text := s.upload(action, file.Bytes()); status != http.StatusOK || !strings.Contains(text, "can be imported") {
		s.t.Errorf("the largest file: %d\n%s", status, text)
	}
	if status, text := s.upload(action, bytes.Repeat([]byte("x"), largestRequest)); status != http.StatusRequestEntityTooLarge || !strings.Contains(text, refuses) {
		s.t.Errorf("a larger file: %d\n%s", status, text)
	}
}

// fieldsOfPools are those of the form of the pools.
func fieldsOfPools(page *goquery.Document) url.Values {
	form := url.Values{}
	for _, in := range page.Find("#pools input:not([form]):not([type=radio]):not([type=checkbox])").EachIter() {
		form.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
	}
	return form
}

// upload checks a file of passwords.
func (s *site) upload(action string, file []byte) (status int, text string) {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "passwords.csv")
	must(s.t, err)
	_, _ = part.Write(file)
	must(s.t, form.WriteField("do", "check"))
	must(s.t, form.Close())
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, "https://"+theirName+action, &body)
	must(s.t, err)
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := s.browser.Do(req)
	must(s.t, err)
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	must(s.t, err)
	return res.StatusCode, string(answer)
}

// knowsTheClient is that every entry of the activity log of what came over the proxy has the client's address, and neither the proxy's nor
// the forged one.
func (s *site) knowsTheClient() {
	s.t.Helper()
	out, err := exec.Command("sqlite3", "-readonly", filepath.Join(s.data.Path, "purser.db"), "SELECT address, count(*) > 4 FROM activity WHERE address <> '' GROUP BY address").CombinedOutput()
	if err != nil || string(out) != clientsAddress+"|1\n" {
		s.t.Errorf("the activity log has the addresses %q, %v", out, err)
	}
}

// held is a Microsoft 365 that can keep sign-ins waiting.
type held struct {
	url  string
	mu   sync.Mutex
	kept bool
	free chan struct{}
}

func hold(t *testing.T) *held {
	t.Helper()
	fixture, err := m365sim.Read(strings.NewReader(theirPool))
	must(t, err)
	sim, err := m365sim.New(fixture, m365sim.Options{Now: time.Now})
	must(t, err)
	h := &held{free: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.keeps(r) {
			select {
			case <-h.free:
			case <-r.Context().Done():
				return
			}
		}
		sim.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(h.free) })
	h.url = server.URL
	return h
}

// keep makes every sign-in with a password wait from now on.
func (h *held) keep() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kept = true
}

func (h *held) keeps(r *http.Request) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.kept || !strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token") {
		return false
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil && strings.Contains(string(body), "grant_type=password")
}

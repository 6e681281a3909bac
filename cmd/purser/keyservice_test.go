package main_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"purser.example/internal/keyservice/keyservicetest"
	"purser.example/internal/secret"
)

// serviced is an installation whose key is at a key service.
type serviced struct {
	t       *testing.T
	bao     *keyservicetest.OpenBao
	folder  string
	data    string
	address string
	env     []string
}

func newServiced(t *testing.T) *serviced {
	t.Helper()
	s := &serviced{t: t, bao: keyservicetest.NewOpenBao(t, "purser", "another"), folder: t.TempDir(), address: freeAddress(t)}
	s.data = filepath.Join(s.folder, "data")
	s.write("token", s.bao.Token+"\n")
	s.write("ca.pem", s.bao.CA())
	s.env = append(os.Environ(), "PURSER_ADDR="+s.address, "PURSER_BASE_URL=http://"+s.address, "PURSER_DATA="+s.data,
		"PURSER_OIDC_ISSUER=http://127.0.0.1:9/idp", "PURSER_OIDC_CLIENT_ID=purser", "PURSER_OIDC_CLIENT_SECRET=x",
		"PURSER_KEY=vault+https://"+s.bao.Address()+"/transit/purser", "PURSER_KEY_TOKEN_FILE="+filepath.Join(s.folder, "token"), "PURSER_KEY_CA_FILE="+filepath.Join(s.folder, "ca.pem"))
	return s
}

func (s *serviced) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.folder, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// do runs a command, with settings that take precedence, and gives its status and what it said.
func (s *serviced) do(settings []string, args ...string) (int, string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(s.env, settings...)
	said, _ := cmd.CombinedOutput()
	s.keepsQuiet("what "+args[0]+" says", said)
	return cmd.ProcessState.ExitCode(), string(said)
}

func (s *serviced) keepsQuiet(where string, text []byte) {
	s.t.Helper()
	if bytes.Contains(text, []byte(s.bao.Token)) {
		s.t.Errorf("%s holds the token", where)
	}
}

func (s *serviced) serve(settings ...string) *exec.Cmd {
	s.t.Helper()
	cmd, log := serve(s.t, append(s.env, settings...))
	s.keepsQuiet("the log", log.Bytes())
	if !strings.Contains(log.String(), "msg=ready") {
		s.t.Fatalf("not ready: %s", log)
	}
	return cmd
}

func (s *serviced) stop(cmd *exec.Cmd) {
	s.t.Helper()
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
}

// faults are what can be wrong at a key service, and what a program ends with then: 2 where a person has to correct something.
func (s *serviced) faults() map[string]struct {
	answer http.HandlerFunc
	status int
	says   string
} {
	json := func(w http.ResponseWriter, status int, body string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
	return map[string]struct {
		answer http.HandlerFunc
		status int
		says   string
	}{
		"a wrong token": {func(_ http.ResponseWriter, r *http.Request) { r.Header.Set("X-Vault-Token", "s.former") }, 2, "the key service refuses: " + s.bao.Address() + " answered with status 403; its token is not valid anymore, or a policy"},
		"no such key":   {func(_ http.ResponseWriter, r *http.Request) { r.URL.Path = "/v1/other/decrypt/purser" }, 2, "there is no transit engine at transit, or no key purser"},
		"sealed":        {func(w http.ResponseWriter, _ *http.Request) { json(w, 503, `{"errors":["Vault is sealed"]}`) }, 1, "the key service is not available: " + s.bao.Address() + " answered with status 503"},
		"too often": {func(w http.ResponseWriter, _ *http.Request) {
			json(w, 429, `{"errors":["request path: rate limit quota exceeded"]}`)
		}, 1, "status 429"},
		"a web page": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<p>Sign in to the network</p>")
		}, 1, "isn't that of a key service; check the address"},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+s.bao.Address()+"/ui/", http.StatusFound)
		}, 1, "a redirect, which Purser doesn't follow"},
		"nothing that opens": {func(w http.ResponseWriter, _ *http.Request) { json(w, 200, `{"data":{}}`) }, 1, "holds nothing that was opened"},
		"a tampered answer":  {s.tampered, 1, "damaged"},
		"no answer in time": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // before that, nobody looks whether the client is still there
			<-r.Context().Done()
		}, 1, "did not answer in time"},
		"a broken answer": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			json(w, 200, `{"data":{"plaintext":"`)
		}, 1, "the connection to " + s.bao.Address() + " failed"},
	}
}

// tampered lets the service answer, and alters what it opened.
func (s *serviced) tampered(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	asked, _ := http.NewRequestWithContext(r.Context(), r.Method, "https://"+s.bao.Address()+r.URL.Path, bytes.NewReader(body))
	asked.Header = r.Header.Clone()
	heard := httptest.NewRecorder()
	s.bao.Answer(heard, asked)
	var said struct {
		Data struct {
			Plaintext []byte `json:"plaintext"`
		} `json:"data"`
	}
	_ = json.Unmarshal(heard.Body.Bytes(), &said)
	if len(said.Data.Plaintext) > 0 {
		said.Data.Plaintext[len(said.Data.Plaintext)/2] ^= 1
		said.Data.Plaintext = said.Data.Plaintext[:len(said.Data.Plaintext)-1]
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"data":{"plaintext":"`+base64.StdEncoding.EncodeToString(said.Data.Plaintext)+`"}}`)
}

// R64: the key of an installation is at a key service from its first start. Everything that opens the folder asks it, and nothing that is
// on the disk or in a log has a key or the token in it. Whatever is wrong there: a start and each command say so in a line, change nothing,
// and all is well afterwards.
func TestTheKeyIsAtAKeyServiceR64(t *testing.T) {
	s := newServiced(t)
	if status, said := s.do(nil, "doctor"); status == 0 || !strings.Contains(said, "key: The key "+s.id()+" (transit/purser at "+s.bao.Address()+") is for a new installation.") {
		t.Errorf("doctor before the first start: %d: %s", status, said)
	}
	purser := s.serve()
	file := filepath.Join(s.folder, "purser.backup")
	asked := len(s.bao.Came())
	for _, tc := range []struct {
		args []string
		says string
	}{
		{[]string{"backup", file}, "key " + s.id() + " opens it"},
		{[]string{"audit", "verify"}, "the activity log is intact"},
		{[]string{"audit", "verify", "--data", file}, "the activity log is intact"},
		{[]string{"restore", file, "--data", filepath.Join(s.folder, "restored")}, "start Purser now"},
		{[]string{"break-glass"}, "http://" + s.address + "/auth/break-glass#"},
		{[]string{"key", "id"}, s.id()},
	} {
		if status, said := s.do(nil, tc.args...); status != 0 || !strings.Contains(said, tc.says) {
			t.Errorf("%v: %d: %s", tc.args, status, said)
		}
	}
	if n := len(s.bao.Came()) - asked; n < 5 || n > 10 {
		t.Errorf("five commands that open the keyring asked the key service %d times", n)
	}
	if _, said := s.do(nil, "doctor"); !strings.Contains(said, "ok       key: The key "+s.id()+" (transit/purser at "+s.bao.Address()+") opens what is sealed") {
		t.Errorf("doctor: %s", said)
	}
	s.stop(purser)
	s.bao.Rotate("another")
	s.bao.Fault(func(_ http.ResponseWriter, r *http.Request) {
		r.URL.Path = strings.Replace(r.URL.Path, "/purser", "/another", 1)
	})
	if _, said := s.do(nil, "doctor"); !strings.Contains(said, "wrong    key: The key service was asked and does not open the keyring") {
		t.Errorf("doctor while the key is another one: %s", said)
	}
	s.bao.Fault(nil)
	if _, said := s.do([]string{"PURSER_KEY_TOKEN_FILE="}, "doctor"); !strings.Contains(said, "wrong    settings PURSER_KEY_TOKEN: is missing") || !strings.Contains(said, "Not checked, because they need a setting that is missing or wrong: key, backups, tenants") {
		t.Errorf("doctor without a token: %s", said)
	}
	for name, fault := range s.faults() {
		t.Run(name, func(t *testing.T) {
			s.bao.Fault(fault.answer)
			defer s.bao.Fault(nil)
			for _, args := range [][]string{{"serve"}, {"audit", "verify"}, {"break-glass"}} {
				status, said := s.do(nil, args...)
				if status != fault.status || strings.Count(said, "\n") != 1 || !strings.Contains(said, fault.says) {
					t.Errorf("%v: status %d: %s", args, status, said)
				}
				if name == "no answer in time" {
					break // each of them takes ten seconds
				}
			}
		})
	}
	s.bao.Fault(nil)
	for setting, want := range map[string]string{
		"PURSER_KEY_CA_FILE=": "this machine does not trust the certificate of " + s.bao.Address(),
		"PURSER_KEY=vault+https://" + s.bao.Address() + "/transit/another": "the key does not open this keyring",
		"PURSER_KEY=vault+https://" + s.bao.Address() + "/purser":          "PURSER_KEY: must be the address of a key",
		"PURSER_KEY_TOKEN_FILE=":                                  "PURSER_KEY_TOKEN: is missing",
		"PURSER_KEY_TOKEN_FILE=" + filepath.Join(s.data, "token"): "must not be inside PURSER_DATA",
	} {
		if status, said := s.do([]string{setting}, "serve"); status == 0 || !strings.Contains(said, want) {
			t.Errorf("%s: %d: %s", setting, status, said)
		}
	}
	s.stop(s.serve())
	s.leavesNothing()
}

// id is the ID of the key.
func (s *serviced) id() string {
	_, said := s.do(nil, "key", "id")
	return strings.TrimSpace(said)
}

// leavesNothing looks through every file of the installation for the token, and for the keyring as the service opens it.
func (s *serviced) leavesNothing() {
	s.t.Helper()
	files := 0
	err := filepath.WalkDir(s.folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "token" {
			return err
		}
		text, err := os.ReadFile(path)
		files++
		s.keepsQuiet(entry.Name(), text)
		if bytes.Contains(text, []byte("type.googleapis.com/google.crypto.tink.AesGcmKey")) { // what a keyset holds beside its key
			s.t.Errorf("%s holds a keyset in the clear", entry.Name())
		}
		return err
	})
	if err != nil || files < 4 {
		s.t.Errorf("%d files were looked at: %v", files, err)
	}
}

// R64: the key goes from a file to a key service beside a Purser that works, and back to a file alone; a key service that is away keeps it
// from beginning, and from nothing else.
func TestTheKeyGoesToAKeyServiceAndBackR64(t *testing.T) {
	s := newServiced(t)
	key := secret.NewKey()
	s.write("key", key.Text())
	atService := []string{"PURSER_KEY_NEW=vault+https://" + s.bao.Address() + "/transit/purser", "PURSER_KEY_NEW_TOKEN=" + s.bao.Token, "PURSER_KEY_NEW_CA_FILE=" + filepath.Join(s.folder, "ca.pem")}
	inFile := []string{"PURSER_KEY=", "PURSER_KEY_FILE=" + filepath.Join(s.folder, "key")}
	purser := s.serve(inFile...)

	s.bao.Fault(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "gone", http.StatusBadGateway) })
	if status, said := s.do(append(inFile, atService...), "key", "rotate"); status != 1 || !strings.Contains(said, "the key service is not available") {
		t.Errorf("while it is away: %d: %s", status, said)
	}
	s.bao.Fault(nil)
	if status, said := s.do(append(inFile, append(atService, "PURSER_KEY_NEW_TOKEN=s.wrong")...), "key", "rotate"); status != 2 || !strings.Contains(said, "the key service refuses") {
		t.Errorf("with a wrong token: %d: %s", status, said)
	}
	before := len(s.bao.Came())
	if status, said := s.do(append(inFile, atService...), "key", "rotate"); status != 0 || !strings.Contains(said, "the key was changed from "+key.ID()+" to "+s.id()) {
		t.Fatalf("to the service: %d: %s", status, said)
	}
	if n := len(s.bao.Came()) - before; n != 2 {
		t.Errorf("a change asked the key service %d times, and not twice", n)
	}
	s.stop(purser)
	if status, said := s.do(inFile, "audit", "verify"); status != 2 || !strings.Contains(said, "sealed with key "+s.id()) {
		t.Errorf("with the former key: %d: %s", status, said)
	}
	s.stop(s.serve())

	back := secret.NewKey()
	if status, said := s.do([]string{"PURSER_KEY_NEW=" + back.Text()}, "key", "rotate"); status != 0 || !strings.Contains(said, "the key was changed from "+s.id()+" to "+back.ID()) {
		t.Fatalf("back to a file, alone: %d: %s", status, said)
	}
	s.bao.Close()
	if status, said := s.do([]string{"PURSER_KEY=" + back.Text()}, "audit", "verify"); status != 0 {
		t.Errorf("without the service: %d: %s", status, said)
	}
	s.leavesNothing()
}

//go:build node

package contract

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pool is what the clients for Node.js read beside accounts: a group whose members fill several pages, a role, sites and a team.
const pool = `, "groups": [{"displayName": "AOS Pool", "members": ["svc@contoso.com", "mfa@contoso.com", "blocked@contoso.com", "down@contoso.com", "policy@contoso.com"]}],
  "objects": {"sites": 400, "groups": 3, "teams": 2, "users": 5},
  "sites": [{"path": "sites/finance", "title": "Finance", "owner": "svc@contoso.com", "administrators": ["policy@contoso.com"]}]
}]}`

// nodeWorld is a simulator that programs of Node.js take for all of Microsoft's hosts.
type nodeWorld struct{ env []string }

func newNodeWorld(t *testing.T) *nodeWorld {
	t.Helper()
	fixture := strings.Replace(strings.TrimSuffix(contoso, "\n}]}")+pool, `"userPrincipalName": "svc@contoso.com",`, `"userPrincipalName": "svc@contoso.com", "roles": ["SharePoint Administrator"],`, 1)
	fixture = strings.Replace(fixture, `"permissions": ["User.Read.All"]`, `"permissions": ["User.Read.All", "GroupMember.Read.All"]`, 1)
	return nodeWorldOf(t, fixture)
}

// nodeWorldOf is such a simulator with a fixture.
func nodeWorldOf(t *testing.T, fixture string) *nodeWorld {
	t.Helper()
	address, certificate := start(t, fixture)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	trusted := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(trusted, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	redirect, err := filepath.Abs(filepath.Join("node", "redirect.cjs"))
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir() // the CLI keeps its sign-in there
	return &nodeWorld{append(os.Environ(), "SIMULATOR_PORT="+port, "NODE_EXTRA_CA_CERTS="+trusted, "NODE_OPTIONS=--require="+redirect,
		"HOME="+home, "XDG_CONFIG_HOME="+home, "NO_UPDATE_NOTIFIER=1", "CLIMICROSOFT365_NOUPDATE=1", "CLIMICROSOFT365_DISABLETELEMETRY=1", "NO_COLOR=1")}
}

// run runs a program of Node.js and gives what it wrote, and whether it ended well.
func (w *nodeWorld) run(t *testing.T, args ...string) (out string, ok bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Env = w.env
	text, err := cmd.CombinedOutput()
	return string(text), err == nil
}

// TestIdentityAndGraphSDK signs in with @azure/identity and reads with the SDK for Graph.
func TestIdentityAndGraphSDK(t *testing.T) {
	out, ok := newNodeWorld(t).run(t, filepath.Join("node", "sdk.mjs"), tenantID, appID, daemonID, password)
	var told struct {
		Me        struct{ UserPrincipalName, Department string }
		Roles     []string
		Uncounted string
		Found     []string
		Members   []string
		Batch     []int
		Secret    string
	}
	var refusals map[string]any
	last := out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]
	if !ok || json.Unmarshal([]byte(last), &told) != nil || json.Unmarshal([]byte(last), &refusals) != nil {
		t.Fatal(out)
	}
	if told.Me.UserPrincipalName != "svc@contoso.com" || !slices.Equal(told.Roles, []string{"SharePoint Administrator"}) || !slices.Equal(told.Found, []string{"AOS Pool"}) {
		t.Errorf("%+v", told)
	}
	if !strings.Contains(told.Uncounted, "Request_UnsupportedQuery") || len(told.Members) != 5 || !slices.Equal(told.Batch, []int{200, 404}) {
		t.Errorf("%+v", told)
	}
	for name, code := range map[string]string{
		"svc@contoso.comwrong": "50126", "mfa@contoso.com": "50076", "blocked@contoso.com": "53003", "nobody@contoso.com": "50034", "down@contoso.com": "90033", "secret": "7000215",
	} {
		if said, _ := refusals[name].(string); !strings.Contains(said, code) {
			t.Errorf("%s: %q, want %s", name, said, code)
		}
	}
}

// TestAppPasswords signs in with an app password by node-sp-auth and by node-spoauth, two clients of SharePoint that know the legacy protocol
// each by itself: where the protocol is on they get its cookies, and they read the refusals as their authors expect (R34).
func TestAppPasswords(t *testing.T) {
	const appPassword = "abcdabcdabcdabcd"
	fixture := strings.Replace(contoso, `"userPrincipalName": "mfa@contoso.com",`, `"userPrincipalName": "mfa@contoso.com", "appPassword": "`+appPassword+`",`, 1)
	on := nodeWorldOf(t, strings.Replace(fixture, `"apps": [`, `"sharePoint": {"legacyAuthEnabled": true, "legacyRetired": false}, "apps": [`, 1))
	retired := nodeWorldOf(t, fixture)
	for name, c := range map[string]struct {
		world           *nodeWorld
		username, word  string
		spAuth, spoauth string // what each says; empty: it has the cookies
	}{
		"an app password":          {on, "mfa@contoso.com", appPassword, "", ""},
		"where nobody has MFA":     {on, "svc@contoso.com", password, "", ""},
		"a wrong one":              {on, "mfa@contoso.com", "wrong", "AADSTS50126", "AADSTS50126"},
		"the account's own":        {on, "mfa@contoso.com", password, "AADSTS50076", "AADSTS50076"},
		"a policy":                 {on, "policy@contoso.com", password, "AADSTS53003", "AADSTS53003"},
		"a disabled account":       {on, "disabled@contoso.com", password, "AADSTS50057", "AADSTS50057"},
		"nobody":                   {on, "nobody@contoso.com", password, "AADSTS50034", "AADSTS50034"},
		"a domain that is unknown": {on, "svc@nowhere.example", password, "Unable to resolve namespace authentiation type", "AADSTS50034"},
		// Without cookies in the answer neither has a message of its own.
		"retired": {retired, "mfa@contoso.com", appPassword, "Cannot read properties of undefined", "Cannot read properties of undefined"},
	} {
		out, ok := c.world.run(t, filepath.Join("node", "legacy.mjs"), "https://contoso.sharepoint.com/sites/finance", c.username, c.word)
		var told map[string]struct{ Cookies, Error string }
		last := out[strings.LastIndex(strings.TrimSpace(out), "\n")+1:]
		if !ok || json.Unmarshal([]byte(last), &told) != nil {
			t.Fatalf("%s: %s", name, out)
		}
		for client, want := range map[string]string{"node-sp-auth": c.spAuth, "node-spoauth": c.spoauth} {
			said := told[client]
			if want == "" && !strings.Contains(said.Cookies, "FedAuth=") || want == "" && strings.Contains(said.Cookies, "undefined") || want != "" && !strings.Contains(said.Error, want) {
				t.Errorf("%s by %s: %+v, want %q", name, client, said, want)
			}
		}
	}
}

// TestCLI signs in with CLI for Microsoft 365 and reads the directory with it.
func TestCLI(t *testing.T) {
	w := newNodeWorld(t)
	m365 := func(args ...string) (string, bool) {
		return w.run(t, append([]string{filepath.Join("node_modules", "@pnp", "cli-microsoft365", "dist", "index.js")}, args...)...)
	}
	signIn := func(word string) (string, bool) {
		return m365("login", "--authType", "password", "--appId", appID, "--tenant", tenantID, "--userName", "svc@contoso.com", "--password", word, "--output", "json")
	}
	if out, ok := signIn("wrong"); ok || !strings.Contains(out, "50126") {
		t.Errorf("a wrong password: %s", out)
	}
	if out, ok := signIn(password); !ok {
		t.Fatal(out)
	}
	for command, want := range map[string]string{
		"status": "svc@contoso.com",
		"entra user get --userName svc@contoso.com":    "svc@contoso.com",
		"entra group list":                             "AOS Pool",
		"entra group member list --groupName AOS+Pool": "blocked@contoso.com",
		"teams team list":                              "Group 00002",
		"spo site list":                                "https://contoso.sharepoint.com/sites/site00400",
		"spo site get --url https://contoso.sharepoint.com/sites/finance":                      "https://contoso.sharepoint.com/sites/finance",
		"spo site admin list --siteUrl https://contoso.sharepoint.com/sites/finance":           "policy@contoso.com",
		"spo site admin list --siteUrl https://contoso.sharepoint.com/sites/finance --asAdmin": "policy@contoso.com",
	} {
		args := strings.Fields(command)
		for i := range args {
			args[i] = strings.ReplaceAll(args[i], "+", " ")
		}
		if out, _ := m365(append(args, "--output", "json")...); !strings.Contains(out, want) {
			t.Errorf("%s: %s", command, out)
		}
	}
}

package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "purser.example/"

// Three arrows keep the house in order (docs/decisions/0001-rooms.md): nothing in a noun knows echo, templ or SQL; nothing
// in web knows sqlite or microsoft; web/ui knows nobody.
func TestTheArrows(t *testing.T) {
	rooms := listRooms(t, ".Deps")
	web := []string{"github.com/labstack/echo", "github.com/a-h/templ", "github.com/gorilla", module + "web"}
	storage := []string{"database/sql", "modernc.org", "github.com/pressly", module + "internal/sqlite", module + "migrations"}
	outside := []string{module + "internal/config", module + "internal/work", module + "internal/microsoft", module + "internal/m365sim", module + "internal/demo", module + "internal/app", "github.com/zitadel"}
	noun := slices.Concat(web, storage, outside)

	for _, rule := range []struct {
		room      string // "web/..." for all below
		forbidden []string
	}{
		{"internal/problem", []string{module, "."}},
		{"internal/whose", []string{module, "."}},
		{"internal/shown", []string{module, "."}},
		{"internal/retirement", []string{module, "."}},
		{"internal/config", append(allBut(rooms, "internal/shown"), "github.com", "golang.org", "modernc.org")},
		{"internal/service", append(allBut(rooms, "internal/service"), "github.com", "modernc.org", "database/sql")},
		{"internal/sheet", append(allBut(rooms, "internal/problem", "internal/shown", "internal/sheet"), "github.com", "golang.org", "modernc.org")},
		{"internal/secret", slices.Concat(noun, []string{module + "internal/"})},
		{"internal/access", noun},
		{"internal/audit", noun},
		{"internal/session", noun},
		{"internal/activity", append([]string{module + "internal/session", module + "internal/profile", module + "internal/pool", module + "internal/scan"}, noun...)},
		{"internal/catalogue", noun},
		{"internal/verdict", append([]string{module + "internal/tenant", module + "internal/profile", module + "internal/session"}, noun...)},
		{"internal/tenant", append([]string{module + "internal/appprofile", module + "internal/account", module + "internal/profile", module + "internal/session"}, noun...)},
		{"internal/appprofile", append([]string{module + "internal/account", module + "internal/profile", module + "internal/session"}, noun...)},
		{"internal/account", append([]string{module + "internal/run", module + "internal/profile", module + "internal/session"}, noun...)},
		{"internal/run", append([]string{module + "internal/profile", module + "internal/pool", module + "internal/session"}, noun...)},
		{"internal/profile", append([]string{module + "internal/session", module + "internal/pool"}, noun...)},
		{"internal/people", append([]string{module + "internal/session", module + "internal/login", module + "internal/pool", module + "internal/scan"}, noun...)},
		{"internal/pool", append([]string{module + "internal/session", module + "internal/scan"}, noun...)},
		{"internal/scan", append([]string{module + "internal/session"}, noun...)},
		{"internal/event", append([]string{module + "internal/session", module + "internal/account", module + "internal/appprofile", module + "internal/profile"}, noun...)},
		{"internal/notify", append([]string{module + "internal/session", module + "internal/horizon", module + "internal/watch"}, noun...)},
		{"internal/watch", append([]string{module + "internal/session"}, noun...)},
		{"internal/feed", append([]string{module + "internal/session", module + "internal/login", module + "internal/people", module + "internal/tenant"}, noun...)},
		{"internal/horizon", append([]string{module + "internal/session", module + "internal/profile", module + "internal/pool", module + "internal/appprofile"}, noun...)},
		{"internal/drift", append([]string{module + "internal/session", module + "internal/profile", module + "internal/pool", module + "internal/watch", module + "internal/notify"}, noun...)},
		{"internal/microsoft", slices.Concat(web, storage, []string{module + "internal/m365sim", module + "internal/app", module + "internal/demo"})},
		{"internal/mail", slices.Concat(noun, []string{module + "internal/session", module + "internal/webhook"})},
		{"internal/webhook", slices.Concat(noun, []string{module + "internal/session", module + "internal/mail"})},
		{"internal/login", append([]string{module + "internal/verdict"}, noun...)},
		{"internal/sqlite", slices.Concat(web, outside, []string{module + "internal/login", module + "internal/work"})},
		{"internal/sqlite/...", slices.Concat(web, outside, []string{module + "internal/login", module + "internal/work"})},
		{"internal/storetest", noun},
		{"internal/breakglass", append([]string{module + "internal/session", module + "internal/login", module + "internal/tenant"}, noun...)},
		{"internal/keychange", append([]string{module + "internal/session", module + "internal/login", module + "internal/profile", module + "internal/pool"}, noun...)},
		{"internal/note", []string{module, "."}},
		{"internal/expiry", []string{module, "."}},
		{"internal/certificate", append(allBut(rooms, "internal/certificate", "internal/certificate/certtest", "internal/expiry"), "github.com", "golang.org", "modernc.org")},
		{"internal/metrics", append(allBut(rooms, "internal/metrics", "internal/expiry"), web...)},
		{"internal/work", slices.Concat(web, outside, []string{module + "internal/profile", module + "internal/pool", module + "internal/sqlite", module + "migrations", "modernc.org", module + "internal/session", module + "internal/login"})},
		{"web/...", slices.Concat([]string{"modernc.org", "github.com/pressly", "github.com/riverqueue", module + "internal/sqlite", module + "internal/work", module + "migrations"}, outside)},
		{"web", slices.Concat([]string{"modernc.org", "github.com/pressly", "github.com/riverqueue", module + "internal/sqlite", module + "internal/work", module + "migrations"}, outside)},
		{"web/profiles", []string{module + "web/scans", module + "web/pools", module + "web/appprofiles", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/pools", []string{module + "web/scans", module + "web/profiles", module + "web/appprofiles", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/appprofiles", []string{module + "web/profiles", module + "web/pools", module + "web/auth", module + "web/help", module + "web/door", module + "internal/profile", module + "internal/pool"}},
		{"web/scans", []string{module + "web/profiles", module + "web/pools", module + "web/appprofiles", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/people", []string{module + "internal/pool", module + "web/scans", module + "web/profiles", module + "web/pools", module + "web/appprofiles", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/activity", []string{module + "internal/profile", module + "internal/pool", module + "internal/scan", module + "web/profiles", module + "web/scans", module + "web/pools", module + "web/appprofiles", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/lists", []string{module + "internal/activity", module + "web/activity", module + "internal/scan", module + "web/scans", module + "internal/tenant", module + "internal/appprofile", module + "internal/profile", module + "internal/pool", module + "web/profiles", module + "web/pools", module + "web/appprofiles", module + "web/tenants", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/notifications", []string{module + "internal/mail", module + "internal/webhook", module + "web/profiles", module + "web/pools", module + "web/scans", module + "web/appprofiles", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/bell", []string{module + "internal/profile", module + "internal/pool", module + "internal/scan", module + "web/profiles", module + "web/pools", module + "web/scans", module + "web/appprofiles", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/keys", []string{module + "web/profiles", module + "web/pools", module + "web/scans", module + "web/appprofiles", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/drift", []string{module + "web/health", module + "web/profiles", module + "web/pools", module + "web/appprofiles", module + "web/scans", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/health", []string{module + "web/profiles", module + "web/pools", module + "web/appprofiles", module + "web/scans", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/horizons", []string{module + "web/profiles", module + "web/pools", module + "web/appprofiles", module + "web/scans", module + "web/health", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/tenants", []string{module + "internal/scan", module + "web/scans", module + "web/profiles", module + "web/appprofiles", module + "web/pools", module + "web/auth", module + "web/help", module + "web/door", module + "internal/profile", module + "internal/pool"}},
		{"web/overview", []string{module + "web/profiles", module + "web/pools", module + "web/appprofiles", module + "web/scans", module + "web/health", module + "web/people", module + "web/activity", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/security", append([]string{module + "internal/login"}, allBut(rooms, "web/security", "internal/access", "internal/audit", "internal/problem", "internal/secret", "internal/session", "internal/shown", "internal/coding", "internal/sheet", "web/form", "web/layout", "web/lists", "web/respond", "web/session", "web/ui", "web/words", "static", "web")...)},
		{"web/help", []string{module + "web/profiles", module + "web/appprofiles", module + "web/pools", module + "web/auth", module + "web/door"}},
		{"web/auth", []string{module + "internal/tenant", module + "internal/profile", module + "internal/pool", module + "web/profiles", module + "web/pools", module + "web/help", module + "web/door"}},
		{"web/respond", []string{module + "internal/tenant", module + "internal/profile", module + "internal/pool", module + "web/profiles", module + "web/pools", module + "web/auth", module + "web/help", module + "web/door"}},
		{"web/layout", allBut(rooms, "web", "web/layout", "web/ui", "static", "internal/shown", "internal/coding")},
		{"web/runs", []string{module + "internal/scan", module + "web/scans", module + "internal/profile", module + "internal/pool", module + "web/profiles", module + "web/pools"}},
		{"web/door", []string{module + "internal/tenant", module + "internal/profile", module + "internal/pool", module + "web/auth", module + "web/profiles", module + "web/pools", module + "web/help"}},
		{"web/verdicts", []string{module + "internal/profile", module + "internal/pool", module + "web/profiles", module + "web/pools", module + "web/respond", module + "web/layout", "github.com/labstack", "github.com/gorilla"}},
		{"web/form", append(allBut(rooms, "internal/problem", "internal/shown", "internal/sheet", "web/form"), "github.com/gorilla", "github.com/a-h/templ")},
		{"web/retirements", append(allBut(rooms, "web", "internal/retirement", "web/retirements", "web/ui", "web/words"), "github.com/labstack", "github.com/gorilla")},
		{"web/chart", append(allBut(rooms, "web", "web/chart", "web/words"), "github.com/labstack", "github.com/gorilla")},
		{"web/words", []string{module, "github.com/labstack", "github.com/gorilla"}},
		{"web/ui", []string{module, "github.com/labstack", "github.com/gorilla"}},
		{"internal/coding", append(allBut(rooms, "internal/coding"), "github.com/labstack", "github.com/gorilla", "github.com/a-h/templ", "modernc.org")},
		{"static", append(allBut(rooms, "static", "internal/coding"), "github.com/labstack", "github.com/gorilla", "github.com/a-h/templ", "modernc.org")},
		{"internal/demo/idp", []string{module + "internal/app", module + "web"}},
		{"internal/doctor", []string{module + "internal/demo", module + "internal/m365sim"}},
		{"internal/app", []string{module + "internal/demo", module + "internal/m365sim"}},
	} {
		matched := false
		for room, deps := range rooms {
			if room != rule.room && !strings.HasPrefix(room, strings.TrimSuffix(rule.room, "...")) || room != rule.room && !strings.HasSuffix(rule.room, "...") {
				continue
			}
			matched = true
			for _, dep := range deps {
				if forbidden(dep, room, rule.forbidden) {
					t.Errorf("%s must not reach %s", room, dep)
				}
			}
		}
		if !matched {
			t.Errorf("no such room: %s", rule.room)
		}
	}
}

// Forms are read in one place, web/form, which says what is too much and keeps what libraries quote out of the log (X38).
func TestOneReaderOfForms(t *testing.T) {
	reads := regexp.MustCompile(`\.(FormParams|FormValue|FormFile|MultipartForm|MultipartReader|PostForm|PostFormValue|ParseForm|ParseMultipartForm|Bind)\b`)
	readers := []string{"form/form.go", "form/upload.go"} // a file is read as it comes, with the errors of web/form
	web := os.DirFS("../../web")
	err := fs.WalkDir(web, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || slices.Contains(readers, path) {
			return err
		}
		text, err := fs.ReadFile(web, path)
		if found := reads.Find(text); found != nil {
			t.Errorf("web/%s reads a form by itself: %s", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What people type or paste is trimmed in one way, shown.Trim, which knows the blanks that other programs bring along (X17). A file that
// trims by itself stands here with what it trims.
func TestOneWayToTrimX17(t *testing.T) {
	trims := map[string]string{
		"web/respond/packed.go":              "a header",
		"web/layout/layout.go":               "a name that was tidied",
		"web/pools/outcome.go":               "sentences of ours",
		"web/profiles/details.go":            "sentences of ours",
		"web/verdicts/view.go":               "sentences of ours",
		"internal/pool/directory.go":         "sentences of ours",
		"internal/sheet/reader.go":           "fields, to see whether they are empty and where a quote goes astray",
		"internal/sheet/list.go":             "fields, to see whether they have several lines",
		"internal/sqlite/lock.go":            "a file of ours",
		"internal/appprofile/words.go":       "sentences of ours",
		"internal/appprofile/permissions.go": "a table of ours",
		"internal/appprofile/credential.go":  "a secret, whose blanks are told and not taken away",
	}
	found := map[string]bool{}
	for _, room := range []string{"web", "internal/profile", "internal/appprofile", "internal/pool", "internal/scan", "internal/tenant", "internal/people", "internal/login", "internal/sheet", "internal/sqlite"} {
		err := fs.WalkDir(os.DirFS("../.."), room, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
				return err
			}
			text, err := os.ReadFile("../../" + path)
			if trimmed := strings.Contains(string(text), ".TrimSpace("); trimmed {
				found[path] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for path := range found {
		if trims[path] == "" {
			t.Errorf("%s trims by itself", path)
		}
	}
	for path := range trims {
		if !found[path] {
			t.Errorf("%s trims nothing any more", path)
		}
	}
}

// What a page or a noun logs of an error goes through problem.Told, which keeps out what libraries quote of what was sent, passwords among
// it (X38). What is logged at start and of the machine around Purser is of nobody who sends something.
func TestNoErrorIsLoggedRawX38(t *testing.T) {
	seen := map[string]int{}
	for _, room := range []string{
		"web", "internal/access", "internal/audit", "internal/session", "internal/breakglass", "internal/people", "internal/tenant", "internal/appprofile",
		"internal/account", "internal/run", "internal/profile", "internal/pool", "internal/scan", "internal/watch", "internal/drift", "internal/event", "internal/notify",
	} {
		err := fs.WalkDir(os.DirFS("../.."), room, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), "../../"+path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && logs(call) {
					seen[room]++
					if raw := rawError(call); raw != "" {
						t.Errorf("%s logs %s raw", path, raw)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for room, least := range map[string]int{"web": 10, "internal/run": 4, "internal/pool": 2, "internal/scan": 2, "internal/breakglass": 3, "internal/session": 6} {
		if seen[room] < least {
			t.Errorf("%d calls that log were seen in %s", seen[room], room)
		}
	}
}

// logs reports whether a call is one of slog's, by the name of the method and of what it is called on.
func logs(call *ast.CallExpr) bool {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !logMethods.MatchString(method.Sel.Name) {
		return false
	}
	switch on := method.X.(type) {
	case *ast.Ident:
		return on.Name == "log" || on.Name == "slog"
	case *ast.SelectorExpr:
		return strings.EqualFold(on.Sel.Name, "log")
	case *ast.CallExpr:
		return logs(on)
	}
	return false
}

var (
	logMethods = regexp.MustCompile(`^(Debug|Info|Warn|Error|Log)(Context|Attrs)?$|^With$`)
	// harmless gives of an error what is fit for a log, or only its kind.
	harmless = regexp.MustCompile(`^(Told|Whose|KindOf|levelOf)$`)
)

// rawError names what a call that logs has of an error's text or value; empty where there is nothing. Errors are known by their names.
func rawError(call *ast.CallExpr) (raw string) {
	ast.Inspect(call, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if strays(n.Args) {
				raw = "what it calls the error"
			}
			return !harmless.MatchString(called(n))
		case *ast.Ident:
			if strings.HasSuffix(strings.ToLower(n.Name), "err") {
				raw = n.Name
			}
		}
		return true
	})
	return raw
}

// strays reports whether what follows the key of an error is anything else than Told.
func strays(arguments []ast.Expr) bool {
	for i, argument := range arguments {
		key, ok := argument.(*ast.BasicLit)
		if !ok || key.Value != `"error"` {
			continue
		}
		if value, ok := next(arguments, i).(*ast.CallExpr); !ok || called(value) != "Told" {
			return true
		}
	}
	return false
}

func next(list []ast.Expr, i int) ast.Expr {
	if i+1 < len(list) {
		return list[i+1]
	}
	return nil
}

// called is the name of what a call calls.
func called(call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}

// Prometheus is known to one room, which is told and asked by functions (R84).
func TestOneRoomKnowsPrometheusR84(t *testing.T) {
	for room, imports := range listRooms(t, ".Imports") {
		if room != "internal/metrics" && slices.ContainsFunc(imports, func(path string) bool { return strings.HasPrefix(path, "github.com/prometheus") }) {
			t.Errorf("%s must not know Prometheus", room)
		}
	}
}

// forbidden reports whether dep is under one of the prefixes; "." stands for every module but the standard library.
func forbidden(dep, room string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool {
		if p == "." {
			first, _, _ := strings.Cut(dep, "/")
			return strings.Contains(first, ".") && dep != module+room
		}
		if p == "database/sql" {
			return dep == p // its drivers' interface comes along with other libraries, and talks to nobody by itself
		}
		rest, below := strings.CutPrefix(dep, strings.TrimSuffix(p, "/"))
		return below && (rest == "" || rest[0] == '/') && dep != module+room // internal/appprofile is not below internal/app
	})
}

// allBut are the prefixes of every room but a few.
func allBut(rooms map[string][]string, few ...string) []string {
	var others []string
	for room := range rooms {
		if !slices.Contains(few, room) {
			others = append(others, module+room)
		}
	}
	return others
}

// TestTheRoomsOfTheSimulator keeps the simulator to the standard library and its rooms to the arrows that stand here
// (docs/decisions/0009-simulator.md): the rooms that speak for hosts of their own know the directory, and not one another. From
// elsewhere one comes in by the front door.
func TestTheRoomsOfTheSimulator(t *testing.T) {
	const front = "internal/m365sim"
	arrows := map[string]string{
		"": "call cloud control directory fault federation fixture graph journal login sharepoint signin throttle token",

		"/control":    "call directory fault journal strictjson",
		"/federation": "call cloud directory token wstrust",
		"/graph":      "call cloud directory fault fixture guid permission signin throttle token",
		"/login":      "call cloud directory fixture guid permission signin table throttle token wstrust",
		"/sharepoint": "call cloud directory fixture guid throttle token",

		"/directory": "cloud fixture guid strictjson table",
		"/fixture":   "guid strictjson",
		"/fault":     "call",
		"/throttle":  "fixture",
		"/journal":   "call",
		"/call":      "cloud guid token wstrust",
		"/wstrust":   "guid token",

		"/cloud": "", "/guid": "", "/permission": "", "/signin": "", "/strictjson": "", "/table": "", "/token": "",
		"/simtest": ".",
	}
	seen := 0
	for room, imports := range listRooms(t, ".Imports") {
		name, ok := strings.CutPrefix(room, front)
		if !ok {
			if slices.ContainsFunc(imports, func(path string) bool { return strings.HasPrefix(path, module+front+"/") }) {
				t.Errorf("%s must come in by the front door of the simulator", room)
			}
			continue
		}
		seen++
		known, ok := arrows[name]
		if !ok {
			t.Errorf("%s has no arrows here", room)
		}
		for _, path := range imports {
			short := strings.TrimPrefix(strings.Replace(path, module+front, ".", 1), "./")
			if forbidden(path, room, []string{module, "."}) && !slices.Contains(strings.Fields(known), short) {
				t.Errorf("%s must not know %s", room, path)
			}
		}
	}
	if seen != len(arrows) {
		t.Errorf("%d rooms of %d", seen, len(arrows))
	}
}

// TestTheRoomsOfTheStores keeps the engine to no noun but audit, and the room of each store to its noun, to those before it and to the
// stores that its changes go together with (docs/decisions/0002-sqlite.md). Whoever opens one joins the parts, or tests them.
func TestTheRoomsOfTheStores(t *testing.T) {
	const engine = "internal/sqlite"
	arrows := map[string]string{
		"": "audit problem secret",

		"/sessions":      "sqlite access audit session",
		"/tenants":       "sqlite audit tenant",
		"/accounts":      "sqlite account audit",
		"/activity":      "sqlite activity audit forward problem shown",
		"/appprofiles":   "sqlite account appprofile audit tenant",
		"/breakglass":    "sqlite audit breakglass",
		"/people":        "sqlite account audit people shown tenant",
		"/keychanges":    "sqlite access appprofile audit breakglass feed keychange notify people pool profile run secret session tenant",
		"/runs":          "sqlite sqlite/accounts account audit run tenant verdict",
		"/profiles":      "sqlite sqlite/accounts sqlite/runs account audit catalogue profile run shown tenant verdict",
		"/pools":         "sqlite sqlite/accounts sqlite/events sqlite/runs account audit event pool profile run shown tenant verdict",
		"/events":        "sqlite event",
		"/notifications": "sqlite sqlite/events account audit event notify tenant",
		"/watches":       "sqlite sqlite/accounts sqlite/events account audit event tenant watch",
		"/horizons":      "sqlite horizon verdict",
		"/feeds":         "sqlite audit feed",
		"/drifts":        "sqlite sqlite/accounts sqlite/events account audit drift tenant verdict",
		"/scans":         "sqlite sqlite/pools sqlite/runs account audit run scan shown tenant",
	}
	openers := []string{"internal/app", engine + "/sqlitetest", "internal/demo/demotest", "e2e/bench", "e2e/programs"}
	seen := 0
	for room, imports := range listRooms(t, ".Imports") {
		name, below := strings.CutPrefix(room, engine)
		known, ok := arrows[name]
		if slices.Contains(openers, room) {
			continue
		}
		if below && ok {
			seen++
		} else if below {
			t.Errorf("%s has no arrows here", room)
		}
		for _, path := range imports {
			short, inside := strings.CutPrefix(path, module+"internal/")
			switch {
			case below:
				if inside && !slices.Contains(strings.Fields(known), short) || name != "" && forbidden(path, room, []string{"modernc.org", "github.com/pressly"}) {
					t.Errorf("%s must not know %s", room, path)
				}
			case strings.HasPrefix(path, module+engine+"/"):
				t.Errorf("%s must not open a store", room)
			}
		}
	}
	if seen != len(arrows) {
		t.Errorf("%d rooms of %d", seen, len(arrows))
	}
}

// listRooms answers each package of this module with what a list of go list's says of it.
func listRooms(t *testing.T, list string) map[string][]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.ImportPath}} {{join "+list+" \" \"}}", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	rooms := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		rooms[strings.TrimPrefix(fields[0], module)] = fields[1:]
	}
	return rooms
}

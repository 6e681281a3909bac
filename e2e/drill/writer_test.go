package drill

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"purser.example/e2e/programs"
	"purser.example/internal/audit"
	"purser.example/internal/profile"
)

// passwordMark begins every password of the drill, so that it is known where none may be.
const passwordMark = "Drill-pass-"

// A writer keeps between fewest and most profiles, so that there is something to change and the pages stay few.
const (
	fewest = 8
	most   = 25
)

// writer is one administrator at work, the only one who touches the profiles with their number in the name.
type writer struct {
	drill   *drill
	n       int
	rand    *rand.Rand
	browser *programs.Browser
	step    int // grows with every change, so that no two states of a profile are alike

	kept         map[string]entry // the ledger: what was acknowledged, by name
	pending      *change          // sent, and not answered
	acknowledged []receipt
	refused      int    // by a disk that fails
	calm         int    // how many changes are to come that do not ask Microsoft 365
	wanted       int    // how many of them, or of what was acknowledged, are waited for
	complaint    string // an answer that should not be
}

// change is what one request asks for. Before or after is nil where the profile is not there.
type change struct {
	action        audit.Action
	before, after *entry
}

// receipt is an acknowledged request: the activity log must have it.
type receipt struct {
	request string
	action  audit.Action
}

// work makes one change, chosen at random. It reports whether to go on.
func (w *writer) work(ctx context.Context) bool {
	names := slices.Sorted(maps.Keys(w.kept))
	if len(names) < fewest && (w.calm == 0 || len(names) == 0) {
		return w.create(ctx)
	}
	e := w.kept[names[w.rand.IntN(len(names))]]
	choice := w.rand.IntN(100)
	if w.calm > 0 {
		w.calm--
		return w.edit(ctx, e, e.password)
	}
	switch {
	case choice < 15 || len(names) >= most:
		return w.remove(ctx, e)
	case choice < 55:
		return w.edit(ctx, e, e.password)
	case choice < 70:
		return w.edit(ctx, e, w.newPassword())
	case choice < 80:
		return w.validate(ctx, e)
	default:
		return w.create(ctx)
	}
}

// free is an account that none of the writer's profiles has.
func (w *writer) free() string {
	taken := map[string]bool{}
	for _, e := range w.kept {
		taken[e.username] = true
	}
	place := 0
	for taken[username(w.n, place)] {
		place++
	}
	return username(w.n, place)
}

func (w *writer) newPassword() string { return fmt.Sprintf("%s%d-%d", passwordMark, w.n, w.step) }

// create makes a profile, then looks up the id that it got.
func (w *writer) create(ctx context.Context) bool {
	w.step++
	e := entry{
		name: fmt.Sprintf("Drill %d no %06d", w.n, w.step), description: fmt.Sprintf("Step %d", w.step), username: w.free(),
		version: 1, password: w.newPassword(),
	}
	if !w.expect(ctx, e.username, e.password) || !w.ask(ctx, "/service-accounts", w.form(e, e.password), change{profile.Created, nil, &e}) {
		return false
	}
	if _, made := w.kept[e.name]; !made {
		return true // it was refused
	}
	page, err := w.browser.Get(ctx, "/service-accounts?q="+url.QueryEscape(e.name))
	if err != nil {
		return w.cut(err)
	}
	rows, _, err := readRows(page)
	if err != nil || len(rows) != 1 {
		return w.complain("%s is not found right after it was created (%d rows, %v)", e.name, len(rows), err)
	}
	e.id = rows[0].id
	w.kept[e.name] = e
	return true
}

// edit changes the description, and the password where it is another one: what the one says tells which the other must be.
func (w *writer) edit(ctx context.Context, e entry, password string) bool {
	w.step++
	after := e
	after.description, after.password, after.version = fmt.Sprintf("Step %d", w.step), password, e.version+1
	typed := ""
	if password != e.password {
		if typed = password; !w.expect(ctx, e.username, password) {
			return false
		}
	}
	form := w.form(after, typed)
	form.Set("version", strconv.FormatInt(e.version, 10))
	return w.ask(ctx, "/service-accounts/"+string(e.id), form, change{profile.Changed, &e, &after})
}

func (w *writer) remove(ctx context.Context, e entry) bool {
	form := url.Values{"id": {string(e.id)}, "version": {strconv.FormatInt(e.version, 10)}}
	return w.ask(ctx, "/service-accounts/delete", form, change{profile.Deleted, &e, nil})
}

// validate has Purser sign in with the password that is stored.
func (w *writer) validate(ctx context.Context, e entry) bool {
	return w.expect(ctx, e.username, e.password) && w.ask(ctx, "/service-accounts/"+string(e.id)+"/validate", url.Values{}, change{profile.ValidationEnded, &e, &e})
}

func (w *writer) form(e entry, password string) url.Values {
	return url.Values{"name": {e.name}, "description": {e.description}, "tenant": {tenantID}, "services": {"fly"}, "username": {e.username}, "password": {password}}
}

// expect makes a password the right one at Microsoft's, whose simulator forgets with every kill.
func (w *writer) expect(ctx context.Context, user, password string) bool {
	body, err := json.Marshal(map[string]string{"password": password})
	if err != nil {
		return w.complain("%v", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPatch, w.drill.process.Simulator+"/_sim/users/"+user, strings.NewReader(string(body)))
	if err != nil {
		return w.complain("%v", err)
	}
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return w.cut(err)
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusNoContent || w.complain("the simulator answers %d", res.StatusCode)
}

// ask sends a change and writes down what came of it, and reports whether to go on. Every second one is sent as htmx does.
func (w *writer) ask(ctx context.Context, path string, form url.Values, c change) bool {
	script := w.rand.IntN(2) == 0
	w.pending = &c
	a, err := w.browser.Post(ctx, path, form, script)
	if err != nil && a.Status == 0 {
		return w.cut(err)
	}
	w.pending = nil
	if w.drill.broken && a.Status == http.StatusServiceUnavailable {
		w.refused++
		return strings.Contains(string(a.Body), "Nothing was changed") || w.complain("a refusal without a sentence: %s", a.Body)
	}
	if w.drill.long && a.Status == http.StatusTooManyRequests {
		w.calm = 30
		return true
	}
	to := a.Header.Get("Location")
	if script {
		to = a.Header.Get("HX-Redirect")
	}
	if !strings.HasPrefix(to, "/service-accounts") {
		return w.complain("%s: status %d, on to %q", c.action, a.Status, to)
	}
	w.acknowledged = append(w.acknowledged, receipt{a.Header.Get("X-Request-Id"), c.action})
	w.write(c)
	if w.drill.enough != nil {
		w.drill.enough()
	}
	return true
}

// write makes a change in the ledger.
func (w *writer) write(c change) {
	if c.after == nil {
		delete(w.kept, c.before.name)
		return
	}
	w.kept[c.after.name] = *c.after
}

// cut ends the work: by the kill, or else by something that should not be.
func (w *writer) cut(err error) bool {
	if !w.drill.killed.Load() {
		return w.complain("cut off, and not by the kill: %v", err)
	}
	return false
}

func (w *writer) complain(format string, args ...any) bool {
	w.complaint = fmt.Sprintf("writer %d: "+format, append([]any{w.n}, args...)...)
	return false
}

// Package control is the calls under /_sim/, by which tests and people change things while the simulator runs. They are never
// delayed, faulted or journalled.
package control

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/fault"
	"purser.example/internal/m365sim/journal"
	"purser.example/internal/m365sim/strictjson"
)

const jsonType = "application/json; charset=utf-8"

// maxBody is room for a tenant of some hundred thousand users.
const maxBody = 256 << 20

// Simulator is what the control calls steer.
type Simulator interface {
	Requests() []journal.Request
	ResetRequests()
	SetFaults(list []fault.Fault) error
	ResetFaults()
	PatchTenant(key string, patch []byte) error
	PatchUser(key string, patch []byte) error
	PatchGroup(key string, patch []byte) error
	DeleteUser(key string) error
	DeleteGroup(key string) error
	PatchSite(site string, patch []byte) error
	DeleteSite(site string) error
	RotateKeys() error
	SiteAdministrators(site string) ([]string, error)
	TermStoreAdministrators(tenant string) ([]string, error)
}

// New is the table of the control calls. A call that changes something answers 204, a mistake 400 with its reason, an
// unknown name 404, another method 405. What another site's page asks for is answered 403.
func New(s Simulator) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_sim/requests", func(w http.ResponseWriter, _ *http.Request) { write(w, s.Requests()) })
	mux.HandleFunc("DELETE /_sim/requests", done(func(*http.Request, []byte) error { s.ResetRequests(); return nil }))
	mux.HandleFunc("POST /_sim/faults", done(func(_ *http.Request, body []byte) error { return setFaults(s, body) }))
	mux.HandleFunc("DELETE /_sim/faults", done(func(*http.Request, []byte) error { s.ResetFaults(); return nil }))
	mux.HandleFunc("PATCH /_sim/tenants/{key}", done(func(r *http.Request, body []byte) error { return s.PatchTenant(r.PathValue("key"), body) }))
	mux.HandleFunc("PATCH /_sim/users/{key}", done(func(r *http.Request, body []byte) error { return s.PatchUser(r.PathValue("key"), body) }))
	mux.HandleFunc("PATCH /_sim/groups/{key}", done(func(r *http.Request, body []byte) error { return s.PatchGroup(r.PathValue("key"), body) }))
	mux.HandleFunc("DELETE /_sim/users/{key}", done(func(r *http.Request, _ []byte) error { return s.DeleteUser(r.PathValue("key")) }))
	mux.HandleFunc("DELETE /_sim/groups/{key}", done(func(r *http.Request, _ []byte) error { return s.DeleteGroup(r.PathValue("key")) }))
	mux.HandleFunc("POST /_sim/rotate-keys", done(func(*http.Request, []byte) error { return s.RotateKeys() }))
	mux.HandleFunc("PATCH /_sim/sites/{key...}", done(func(r *http.Request, body []byte) error { return s.PatchSite(r.PathValue("key"), body) }))
	mux.HandleFunc("DELETE /_sim/sites/{key...}", done(func(r *http.Request, _ []byte) error { return s.DeleteSite(r.PathValue("key")) }))
	mux.HandleFunc("GET /_sim/sites/{rest...}", func(w http.ResponseWriter, r *http.Request) { showAdministrators(s, w, r) })
	mux.HandleFunc("GET /_sim/tenants/{key}/term-store-administrators", func(w http.ResponseWriter, r *http.Request) {
		names, err := s.TermStoreAdministrators(r.PathValue("key"))
		show(w, names, err)
	})
	return own(mux)
}

// done makes a handler of a change: 204, or the reason why not.
func done(change func(r *http.Request, body []byte) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err == nil {
			err = change(r, body)
		}
		if err != nil {
			refuse(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

func setFaults(s Simulator, body []byte) error {
	var list []fault.Fault
	if err := strictjson.Decode(body, &list); err != nil {
		return err
	}
	return s.SetFaults(list)
}

// showAdministrators answers the login names of a site's collection administrators.
func showAdministrators(s Simulator, w http.ResponseWriter, r *http.Request) {
	site, ok := strings.CutSuffix(r.PathValue("rest"), "/administrators")
	names, err := s.SiteAdministrators(site)
	if !ok {
		err = directory.ErrUnknown
	}
	show(w, names, err)
}

// show answers what a call asked for, or why there is none.
func show(w http.ResponseWriter, v any, err error) {
	if err != nil {
		refuse(w, err)
		return
	}
	write(w, v)
}

func write(w http.ResponseWriter, v any) {
	call.JSON(http.StatusOK, jsonType, v).Send(w, false)
}

func refuse(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	if errors.Is(err, directory.ErrUnknown) {
		status = http.StatusNotFound
	}
	call.JSON(status, jsonType, map[string]string{"error": err.Error()}).Send(w, false)
}

package control_test

import (
	"testing"

	"purser.example/internal/m365sim/simtest"
)

func TestControlRoutes(t *testing.T) {
	w := simtest.NewWorld(t, simtest.Contoso)
	if r := w.Control("GET", "/_sim/sites/contoso.sharepoint.com/sites/a/administrators", "", 200); r.Body != "[]" {
		t.Errorf("%s", r.Body)
	}
	w.Control("GET", "/_sim/sites/other.sharepoint.com/sites/a/administrators", "", 404)
	w.Control("GET", "/_sim/sites/contoso.sharepoint.com", "", 404)
	w.Control("POST", "/_sim/rotate-keys", "", 204)
	w.Control("GET", "/_sim/rotate-keys", "", 405)
	w.Control("PUT", "/_sim/faults", "[]", 405)
	w.Control("GET", "/_sim/else", "", 404)
	w.Faults(`[{"status": 500}]`)
	w.Control("GET", "/_sim/requests", "", 200)
	if len(w.Sim.Requests()) != 0 {
		t.Error("control calls stand in the journal")
	}
}

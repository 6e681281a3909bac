package sample

import (
	"encoding/json"
	"fmt"

	"purser.example/internal/m365sim"
)

// event is something that happens to an account at Microsoft after its profile was made.
type event func(sim *m365sim.Simulator, username string) error

// changed gives the user other fields, as JSON with the fixture's keys.
func changed(patch string) event {
	return func(sim *m365sim.Simulator, username string) error { return sim.PatchUser(username, []byte(patch)) }
}

func removed(sim *m365sim.Simulator, username string) error { return sim.DeleteUser(username) }

// federate moves the bought company's domain to an identity provider of its own.
func federate(sim *m365sim.Simulator, _ string) error {
	domains := fabrikamDomains()
	for i := range domains {
		if domains[i].ID == boughtDomain {
			domains[i].AuthenticationType = "Federated"
		}
	}
	patch, err := json.Marshal(map[string]any{"domains": domains})
	if err != nil {
		return err
	}
	return sim.PatchTenant(FabrikamID, patch)
}

// What may happen to an account.
var (
	newPassword   = changed(`{"password": "Changed-by-it-7"}`)
	oldPassword   = changed(`{"password": "` + Password + `"}`)
	mfaPerUser    = changed(`{"mfa": "perUser"}`)
	mfaByPolicy   = changed(`{"mfa": "conditionalAccess"}`)
	mfaOff        = changed(`{"mfa": "none"}`)
	policyBlocks  = changed(`{"signInError": {"code": 53003, "suberror": "message_only", "policy": "` + policyDevices + `"}}`)
	expires       = changed(`{"lastPasswordChangeDateTime": "-95d"}`)
	disabled      = changed(`{"accountEnabled": false}`)
	enabled       = changed(`{"accountEnabled": true}`)
	locked        = meets(50053)
	unassigned    = meets(50105)
	agentOffline  = meets(80001)
	unheardOfCode = meets(599999)
)

func meets(code int) event { return changed(fmt.Sprintf(`{"signInError": %d}`, code)) }

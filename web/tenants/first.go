package tenants

import (
	"net/url"

	"purser.example/web/ui"
)

// Progress is how far an installation has come on the way to its first profile.
type Progress struct {
	Connected bool // a tenant is connected
	Permitted bool // what is needed is granted to one of its apps
	Saved     bool // there is a service account profile
}

// state is how a first step stands.
type state string

const (
	stateDone  state = "Done"
	stateNow   state = "Next"
	stateLater state = "Later"
)

func (s state) tone() ui.Tone {
	switch s {
	case stateDone:
		return ui.OK
	case stateNow:
		return ui.Info
	default:
		return ui.Mute
	}
}

// firstStep is one of them. One that waits for another leads nowhere yet, and so does connecting once it is done.
type firstStep struct {
	name, text, href string
	state            state
}

func (p Progress) done() bool { return p.Connected && p.Permitted && p.Saved }

// steps are the three in their order. The first that is not done is the next one; permissions that are missing keep nobody from the first
// profile, so that this one can be gone to as soon as a tenant is connected.
func (p Progress) steps() []firstStep {
	list := []firstStep{
		{name: "Connect a tenant", text: "Give Purser the app registration to use with Microsoft 365.", href: appsHref + "/new", state: stateOf(p.Connected)},
		{name: "Check permissions", text: "See which permissions the app has, what each enables, and how to grant what is missing.", href: appsHref, state: stateOf(p.Permitted)},
		{name: "Create the first profile", text: "Save a service account that Microsoft 365 confirms.", href: profilesHref + "/new", state: stateOf(p.Saved)},
	}
	next := false
	for i := range list {
		switch {
		case list[i].state == stateDone:
		case !next:
			list[i].state, next = stateNow, true
		}
	}
	if p.Connected {
		list[0].href = ""
	} else {
		list[1].href, list[2].href = "", ""
	}
	return list
}

func stateOf(done bool) state {
	if done {
		return stateDone
	}
	return stateLater
}

// scanProfilesHref is Auto discovery of one tenant.
func scanProfilesHref(id string) string {
	return "/scan-profiles?" + url.Values{"tenant": {id}}.Encode()
}

// Where the steps lead.
const (
	appsHref     = "/app-profiles"
	profilesHref = "/service-accounts"
)

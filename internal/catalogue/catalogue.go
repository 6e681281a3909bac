// Package catalogue holds the facts that pages show and rules work by as data, with their sources: which cloud services
// sign in with a service account, and what they need (R12–R15). Correcting a fact means editing a file, not code.
package catalogue

import (
	_ "embed"
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"purser.example/internal/shown"
	"purser.example/internal/verdict"
)

// Service is a cloud service that signs in to Microsoft 365 with a service account.
type Service struct {
	ID    string   `json:"id"`    // stands in addresses and rows
	Name  string   `json:"name"`  // to the letter, as the guide has it
	Codes []string `json:"codes"` // what the vendor's own API calls it, for files that come from there (R30)
	Needs string   `json:"needs"`
	// Roles lists what the account must have: of each inner list, one. Sometimes holds roles that single features need.
	Roles     [][]string `json:"roles"`
	Sometimes []string   `json:"sometimes"`
	// Whole says that the source names every directory role that the service may need, so that any other is more than needed.
	Whole    bool      `json:"whole"`
	Licences []Licence `json:"licences"`
	Pools    string    `json:"pools"`    // whether it uses account pools: "yes", "no" or "inferred"
	Provider bool      `json:"provider"` // offered to service providers only (R13)

	need verdict.Need // made once, because every row of a list asks
}

// Licence is a product that the account must be licensed for, and what for.
type Licence struct {
	Product string `json:"product"`
	For     string `json:"for"`
}

// Need is what the service asks of its account, as a verdict reviews it (R15). It is shared: callers read it.
func (s Service) Need() verdict.Need { return s.need }

func needOf(s Service) verdict.Need {
	need := verdict.Need{Service: s.Name, Roles: s.Roles, Sometimes: s.Sometimes, Whole: s.Whole}
	for _, l := range s.Licences {
		need.Licences = append(need.Licences, verdict.Licence(l))
	}
	return need
}

//go:embed services.json
var servicesJSON []byte

var services = func() []Service {
	var file struct{ Services []Service }
	if err := json.Unmarshal(servicesJSON, &file); err != nil {
		panic("catalogue: services.json: " + err.Error())
	}
	for i, s := range file.Services {
		file.Services[i].need = needOf(s)
	}
	return file.Services
}()

// everybodys are the services that need no service provider, made once because every page asks.
var everybodys = slices.Clip(slices.DeleteFunc(slices.Clone(services), func(s Service) bool { return s.Provider }))

// Services lists the services in the guide's order, the common service only for service providers (R13). The list is shared:
// callers read it, and append to it only.
func Services(provider bool) []Service {
	if provider {
		return slices.Clip(services)
	}
	return everybodys
}

// Named gives the services with these ids in the guide's order, the common service too: a profile may have it from before.
func Named(ids []string) iter.Seq[Service] {
	return func(yield func(Service) bool) {
		for i := range services {
			if slices.Contains(ids, services[i].ID) && !yield(services[i]) {
				return
			}
		}
	}
}

// Find gives the service that a file calls by its name, by one of the vendor's codes or by its id, in any case (R30).
func Find(called string) (Service, bool) {
	called = shown.Line(called)
	i := slices.IndexFunc(services, func(s Service) bool {
		return strings.EqualFold(called, s.Name) || strings.EqualFold(called, s.ID) || slices.ContainsFunc(s.Codes, func(code string) bool { return strings.EqualFold(called, code) })
	})
	if i < 0 {
		return Service{}, false
	}
	return services[i], true
}

// Known reports whether there is a service with that id.
func Known(id string) bool {
	return slices.ContainsFunc(services, func(s Service) bool { return s.ID == id })
}

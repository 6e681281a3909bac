package help

import "purser.example/internal/appprofile"

// appsPath is App management, where a tenant is connected.
const appsPath = "/app-profiles"

// permission is one permission of Microsoft Graph, as the table of package appprofile has it.
type permission struct{ Name, Type, Need, Enables string }

func graphPermissions() []permission {
	var list []permission
	for _, p := range appprofile.Permissions() {
		need := "Optional"
		if p.Needed {
			need = "Needed"
		}
		list = append(list, permission{p.Name, p.Type.Title(), need, p.Enables})
	}
	return list
}

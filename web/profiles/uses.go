package profiles

import (
	"net/url"

	"purser.example/internal/pool"
	"purser.example/internal/profile"
	"purser.example/internal/scan"
	"purser.example/internal/tenant"
)

// useLinks are the words and links of what uses a profile of a tenant (R20).
func useLinks(t tenant.ID, uses []profile.Use) []linkView {
	var list []linkView
	for _, use := range uses {
		link := linkView{Text: use.Name}
		switch use.Kind {
		case pool.UseKind:
			link.Text = "Account pool " + use.Name
			link.Href = classicPath + "?" + url.Values{"tenant": {string(t)}, "tab": {use.ID}}.Encode()
		case scan.UseKind:
			link.Text = "Scan profile " + use.Name
			link.Href = scanProfilesPath + "/" + url.PathEscape(use.ID)
		}
		list = append(list, link)
	}
	return list
}

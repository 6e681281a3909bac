package help

import (
	"strings"

	"purser.example/internal/scan"
)

// scanGroup is the codes of one letter pair, which say what they are about.
type scanGroup struct {
	ID, Title string
	Codes     []scan.Explanation
}

// scanGroups sorts the codes by what they are about: scans, and the registration of account pools.
func scanGroups() []scanGroup {
	scans, pools := scanGroup{ID: "scans", Title: "Scans"}, scanGroup{ID: "registration", Title: "Registration of account pools"}
	for _, e := range scan.Explanations() {
		if strings.HasPrefix(string(e.Code), "ps") {
			pools.Codes = append(pools.Codes, e)
		} else {
			scans.Codes = append(scans.Codes, e)
		}
	}
	return []scanGroup{scans, pools}
}

func scanPlaces() []place {
	var list []place
	for _, g := range scanGroups() {
		list = append(list, place{g.ID, g.Title})
	}
	return append(list, place{"chain", "How a pool comes into force"})
}

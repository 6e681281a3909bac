package graph

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/directory"
	"purser.example/internal/m365sim/token"
)

// usageReport is a report about how much is in use, which Graph gives as a file.
type usageReport struct {
	columns string
	rows    func(t *directory.Tenant, row func(cells ...string))
}

// usageReports are the reports by their functions. Nobody has used anything, as far as they know.
var usageReports = map[string]usageReport{
	"getSharePointSiteUsageDetail": {
		"Report Refresh Date,Site Id,Site URL,Owner Display Name,Is Deleted,Last Activity Date,File Count,Active File Count,Page View Count,Visited Page Count,Storage Used (Byte),Storage Allocated (Byte),Root Web Template,Owner Principal Name,Report Period",
		siteUsage,
	},
	"getOneDriveUsageAccountDetail": {
		"Report Refresh Date,Site Id,Site URL,Owner Display Name,Is Deleted,Last Activity Date,File Count,Active File Count,Storage Used (Byte),Storage Allocated (Byte),Owner Principal Name,Report Period",
		driveUsage,
	},
	"getMailboxUsageDetail": {
		"Report Refresh Date,User Principal Name,Display Name,Is Deleted,Deleted Date,Created Date,Last Activity Date,Item Count,Storage Used (Byte),Issue Warning Quota (Byte),Prohibit Send Quota (Byte),Prohibit Send/Receive Quota (Byte),Deleted Item Count,Deleted Item Size (Byte),Deleted Item Quota (Byte),Has Archive,Report Period",
		mailboxUsage,
	},
}

// terabyte is what SharePoint allots to each site.
const terabyte = "1099511627776"

func siteUsage(t *directory.Tenant, row func(...string)) {
	for place := range t.SitePlaces() {
		if s, ok := t.SiteAt(place); ok && !s.Personal {
			owner, _ := t.Principal(s.Owner)
			row(s.ID, s.URL(), owner.Name, "False", "", "0", "0", "0", "0", "0", terabyte, s.Template, owner.UPN)
		}
	}
}

func driveUsage(t *directory.Tenant, row func(...string)) {
	for place := range t.SitePlaces() {
		if s, ok := t.SiteAt(place); ok && s.Personal {
			owner, _ := t.Principal(s.Owner)
			row(s.ID, s.URL(), owner.Name, "False", "", "0", "0", "0", terabyte, owner.UPN)
		}
	}
}

func mailboxUsage(t *directory.Tenant, row func(...string)) {
	for u := range t.Users() {
		if u.Mail() != "" {
			row(u.UserPrincipalName, u.DisplayName, "False", "", "2026-01-02", "", "0", "0", "0", "0", "0", "0", "0", "0", "False")
		}
	}
}

// download is what the address of a report's file holds. Whoever has the address needs no other token, as at Microsoft.
type download struct {
	Report  string `json:"report"`
	Period  string `json:"period"`
	Tenant  string `json:"tid"`
	Expires int64  `json:"exp"`
}

// downloadPath is where the files are.
const downloadPath = "reports-download"

// usage sends the client on to the file of a report.
func (g *request) usage() call.Answer {
	period := strings.ToUpper(g.path[2])
	if !slices.Contains([]string{"D7", "D30", "D90", "D180"}, period) {
		return g.fail(http.StatusBadRequest, "InvalidRequest", "Invalid value specified for property 'period' of resource 'Report'.")
	}
	ticket, err := g.service.keys.Published()[0].Sign(download{g.path[1], period, g.tenant.ID, g.At.Add(5 * time.Minute).Unix()})
	if err != nil {
		g.service.log.Error("report not signed", "error", err)
		return g.fail(http.StatusInternalServerError, "UnknownError", "")
	}
	a := call.Text(http.StatusFound, "text/plain", "")
	a.Header.Set("Location", g.Base(g.tenant.Cloud().Graph)+"/v1.0/"+downloadPath+"/"+ticket)
	return a
}

// isDownload says whether the call is for the file of a report.
func isDownload(path []string) bool { return len(path) == 3 && path[1] == downloadPath }

// download answers the file of a report.
func (s *Service) download(c *call.Call) call.Answer {
	var d download
	j, ok := token.Parse(c.Path[2])
	if !ok || s.keys.Find(j.Header.KeyID) == nil || !j.Verify(s.keys.Find(j.Header.KeyID)) || !j.Reads(&d) || c.At.After(time.Unix(d.Expires, 0)) {
		return call.Text(http.StatusForbidden, "text/plain", "The address has expired.")
	}
	t, report := s.dir.TenantByID(d.Tenant), usageReports[d.Report]
	if t == nil || report.rows == nil {
		return call.NotFound()
	}
	var b strings.Builder
	b.WriteString("\ufeff" + report.columns + "\r\n") // Microsoft's files begin with a mark
	refreshed, period := c.At.AddDate(0, 0, -2).UTC().Format(time.DateOnly), strings.TrimPrefix(d.Period, "D")
	report.rows(t, func(cells ...string) {
		b.WriteString(refreshed)
		for _, cell := range append(cells, period) {
			b.WriteString("," + csvCell(cell))
		}
		b.WriteString("\r\n")
	})
	a := call.Text(http.StatusOK, "application/octet-stream", b.String())
	a.Header.Set("Content-Disposition", `attachment; filename="`+strings.TrimPrefix(d.Report, "get")+d.Period+`.csv"`)
	return a
}

// csvCell quotes what would break a line (RFC 4180).
func csvCell(text string) string {
	if !strings.ContainsAny(text, "\",\r\n") {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

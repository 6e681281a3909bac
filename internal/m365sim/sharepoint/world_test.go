package sharepoint_test

import (
	"strings"

	"purser.example/internal/m365sim/simtest"
)

// withSites is Contoso with sites of every state beside those that are made by number.
var withSites = strings.Replace(simtest.Contoso, `"policies": [{"displayName": "Report only"`, `
  "objects": {"sites": 12, "oneDrives": 3, "projectSites": 2},
  "sites": [
    {"path": "sites/finance", "title": "Finance", "owner": "svc@contoso.com", "administrators": ["plain@contoso.com", "aos-pool@contoso.com"]},
    {"path": "sites/team", "group": "team@contoso.com", "administrators": ["team@contoso.com"]},
    {"path": "sites/closed", "lock": "NoAccess", "owner": "svc@contoso.com"},
    {"path": "sites/still", "lock": "ReadOnly", "owner": "svc@contoso.com"},
    {"path": "sites/old", "archived": "fullyArchived", "owner": "svc@contoso.com"},
    {"path": "sites/odd", "owner": "svc@contoso.com", "signInError": {"code": 53003, "status": 403}},
    {"personal": true, "owner": "svc@contoso.com"}],
  "policies": [{"displayName": "Report only"`, 1)

const (
	adminHost    = "contoso-admin.sharepoint.com"
	oneDriveHost = "contoso-my.sharepoint.com"
)

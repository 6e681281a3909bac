package appprofiles

import (
	"purser.example/internal/appprofile"
	"purser.example/web/layout"
	"purser.example/web/ui"
	"purser.example/web/verdicts"
	"purser.example/web/words"
)

// detailsView is everything known about one app profile.
type detailsView struct {
	Said         *layout.Flash // what the last request did, from the shell: what stands behind a pane is inert
	Name         string
	Close        string // the list as it was
	EditHref     string
	CheckAction  string // a POST address
	DeleteHref   string
	Status       statusView
	Verdict      *verdicts.View // what stands in the way; nil for nothing
	Tenant       string
	TenantHref   string
	Domain       string
	Cloud        string
	Gone         bool // Microsoft 365 says that the tenant is not there any more
	Application  string
	Preferred    bool
	Siblings     int    // how many app profiles the tenant has
	PreferAction string // a POST address
	Checked      words.Time
	Created      signedView
	Modified     signedView
	Credentials  []credentialView
	AddHref      string // empty: there is no room for another one
	Permissions  []permissionView
	Lacking      string // which needed permissions are missing; empty: none
	Grant        grantView
	Last         bool     // the only one of its tenant
	Uses         []string // what needs an app profile of this tenant
}

// signedView says when something was done and by whom.
type signedView struct {
	At words.Time
	By string
}

// credentialView is one credential, without its secret.
type credentialView struct {
	Title        string
	Tone         ui.Tone
	Standing     string
	Code         string // why it was refused
	Expires      dueView
	Ending       string // what to do about its end, where people are to be told
	Thumbprint   string // SHA-1, as the portals list it
	Thumbprint2  string // SHA-256
	DownloadHref string // the public part; empty where there is none
	Added        signedView
	RemoveHref   string // empty for the only one
	Used         bool   // of several, Purser uses this one
}

// permissionView is one permission that Purser can use, with what is to be done where it is not granted (R72).
type permissionView struct {
	Name    string
	API     string
	Type    string
	Enables string
	Needed  bool
	Holding appprofile.Holding
	Tone    ui.Tone
	Todo    string // empty: nothing
}

// grantView is the ready-made help to grant permissions.
type grantView struct {
	Consent    string // where an administrator gives consent
	Needed     string // requiredResourceAccess with what is needed alone
	All        string // requiredResourceAccess with all
	PowerShell string
}

package pool

import (
	"purser.example/internal/account"
	"purser.example/internal/run"
	"purser.example/internal/secret"
)

// Change is what somebody saves. Of the members only those that were touched need to be in it: the others stay as they are. AdminURL
// and Objects are as their fields show them, touched or not.
type Change struct {
	Key
	Seen     int64     // the version that the page showed
	Clear    bool      // remove the group, its members and all their passwords
	Reading  ReadingID // the members; empty: as saved
	AdminURL string
	Objects  int // 0: not known
	Members  []MemberChange
}

// MemberChange is a touched row of Group Users.
type MemberChange struct {
	User     UserID
	MFA      bool         // as the row shows it
	Password secret.Value // new: an app password where MFA is on; empty: as stored
	Forget   bool         // remove what is stored
	// Elsewhere is which other places of the account get the new password, once Microsoft has accepted it.
	Elsewhere account.Choice
}

// The names of a change's fields, as problems name them. A problem of a member's row is named FieldMember + "." + the user's id.
const (
	FieldGroup    = "group"
	FieldAdminURL = "admin_url"
	FieldObjects  = "objects"
	FieldMember   = "member"
)

// Saved is what a Save did.
type Saved struct {
	Pool         Pool
	GroupChanged bool   // recommend to rerun the scan (R46)
	Check        run.ID // the check of the new passwords; empty for none
	Checking     int    // how many
}

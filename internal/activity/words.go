package activity

import "purser.example/internal/audit"

// Words are what an action is called, and the sentence that tells an entry of it. In the sentence {who} is the person, {object} what it was
// done to, and {any name} a detail of the entry. What stands in brackets is left out where an entry lacks a detail in it.
type Words struct {
	Title    string
	Sentence string
}

// Told has the words of every action. A test compares it with the actions in the code.
var Told = map[audit.Action]Words{
	VerifyBegun: {"Verification started", "{who} had the activity log verified."},
	VerifyEnded: {"Verification ended", "The verification of the activity log ended[: {state}, {entries} entries][, entry {entry} is broken][: {reason}]."},
	Shortened:   {"Activity log shortened", "Old entries of the activity log were removed, as the settings say[: {entries} entries][, written until {until}]."},
	Exported:    {"Activity log exported", "{who} exported the activity log[ as {format}]."},

	"sign-in":         {"Sign-in", "{who} signed in[ as {role}]."},
	"sign-in refused": {"Sign-in refused", "A sign-in was refused[: {reason}]"},
	"sign-out":        {"Sign-out", "{who} signed out[ through {by}]."},
	"network refused": {"Network refused", "A request for {object} came from outside the trusted networks and was refused[, {count} times since {since}]."},
	"access denied":   {"Access denied", "{who} asked for {object} and was refused[, {count} times since {since}]."},

	"break-glass link made":        {"Break-glass link made", "A break-glass link was made[ by {by}][, valid until {until}]."},
	"break-glass link used":        {"Break-glass link used", "{who} signed in with a break-glass link[ that {by} made]."},
	"break-glass link refused":     {"Break-glass link refused", "A break-glass link was refused[, {count} times since {since}]."},
	"break-glass notice dismissed": {"Break-glass notice dismissed", "{who} dismissed the notice about a break-glass link[ that was used {count} times]."},

	"tenant connected":                                     {"Tenant connected", "{who} connected the tenant {object}[ with the application {application}]."},
	"app profile created":                                  {"App profile created", "{who} created the app profile {object}."},
	"app profile edited":                                   {"App profile edited", "{who} edited the app profile {object}."},
	"app profile deleted":                                  {"App profile deleted", "{who} deleted the app profile {object}."},
	"app profile check begun":                              {"App profile check started", "{who} had the app profile {object} checked with Microsoft 365."},
	"app profile checked":                                  {"App profile checked", "Microsoft 365 answered the check of the app profile {object}[: {status}]."},
	"preferred app profile chosen":                         {"Preferred app profile chosen", "{who} made {object} the preferred app profile of its tenant."},
	"credential added to app profile":                      {"Credential added", "{who} added a credential to the app profile {object}."},
	"credential removed from app profile":                  {"Credential removed", "{who} removed a credential from the app profile {object}."},
	"passwords of a federated domain checked by the cloud": {"Cloud sign-in of a federated domain allowed", "{who} allowed passwords of the federated domain[ {domain}] to be sent to Microsoft, in the tenant {object}."},
	"passwords of a federated domain not checked by the cloud any more": {"Cloud sign-in of a federated domain withdrawn", "{who} no longer allows passwords of the federated domain[ {domain}] to be sent to Microsoft, in the tenant {object}."},
	"app profile used to read the tenant":                               {"App profile used", "The app profile of {object} was about to be used to read the tenant, for {who}."},
	"account used to read the tenant":                                   {"Account used", "The password of {object} was about to be sent to read its tenant, for {who}."},
	"account read the tenant":                                           {"Account read the tenant", "Microsoft 365 answered the sign-in of {object} that was to read its tenant[: {status}]."},

	"key change begun": {"Key change started", "{who} started to change the encryption key[ (asked for by {by})][: {former} becomes {next}]."},
	"key change ended": {"Key changed", "The encryption key was changed[: {next} in place of {former}][, {sealed anew} values sealed anew][, {unreadable} unreadable]."},

	"health check schedule changed": {"Health check schedule changed", "{who} changed when the accounts of {object} are checked[: from {time} {zone}]."},
	"calendar address made":         {"Calendar address made", "{who} made the calendar address {object}[, with usernames {usernames}]."},
	"calendar address revoked":      {"Calendar address revoked", "{who} revoked the calendar address {object}."},

	"health checks frozen":  {"Health checks frozen", "{who} froze the health checks of {object}[ until {until}][, because {because}]."},
	"health checks resumed": {"Health checks resumed", "{who} resumed the health checks of {object}."},

	"notification rule saved":       {"Notification rule saved", "{who} saved the notification rule {object}."},
	"notification rule removed":     {"Notification rule removed", "{who} removed the notification rule {object}."},
	"notification receiver saved":   {"Notification recipient saved", "{who} saved the recipient {object} of notifications[ ({way})]."},
	"notification receiver removed": {"Notification recipient removed", "{who} removed the recipient {object} of notifications."},
	"webhook signing key renewed":   {"Webhook signing key renewed", "{who} renewed the key that messages to {object} are signed with."},
	"test notification requested":   {"Test notification requested", "{who} had a test message sent to {object}."},
	"notification sent again":       {"Notification sent again", "{who} had a message sent again to {object}."},
	"break acknowledged":            {"Break acknowledged", "{who} knows that {object} is broken[: {because}]."},
	"break snoozed":                 {"Break snoozed", "{who} snoozed notifications about {object}[ until {until}][: {because}]."},
	"acknowledgment withdrawn":      {"Acknowledgment withdrawn", "{who} wants to be told about {object} again."},

	"session ended":      {"Session ended", "{who} ended a session[ of {sign-in}]."},
	"backup made":        {"Backup made", "A backup was made: {object}."},
	"backup failed":      {"Backup failed", "A backup failed[: {reason}]."},
	"role changed":       {"Role changed", "{who} changed the role of {object}[: {before}][, now {after}]."},
	"person deactivated": {"Person deactivated", "{who} deactivated {object}."},
	"person activated":   {"Person activated", "{who} activated {object}."},
	"person removed":     {"Person removed", "{who} removed {object} from the list of people."},
	"person added":       {"Person added", "{who} added {object}[ as {role}]."},
	"person accepted":    {"Person accepted", "{who} confirmed that the person who signed in is {object}[: {before}][, now {after}]."},
	"role requested":     {"Role requested", "{who} asked for a role."},
	"request declined":   {"Request declined", "{who} declined the request of {object}."},
	"people exported":    {"People exported", "{who} exported people and roles."},
	"primary owner set":  {"Primary owner set", "{object} became the primary owner[ after {from}][: {reason}]."},

	"profile created":            {"Profile created", "{who} created the profile {object}[ with the account {username}]."},
	"profile changed":            {"Profile changed", "{who} changed the profile {object}[: {changed}]."},
	"profile converted":          {"Profile converted", "{who} converted the classic MFA profile {object} to a common one."},
	"profile deleted":            {"Profile deleted", "{who} deleted the profile {object}[ with the account {username}]."},
	"profile import begun":       {"Import started", "{who} started to import a file of profiles[ with {rows} rows]."},
	"profile import continued":   {"Import continued", "A part of the file of profiles that {who} imports was stored[: {done} of {rows} rows so far]."},
	"profile import ended":       {"Import ended", "The import of profiles by {who} ended[: {done} of {rows} rows]."},
	"profile passwords compared": {"Passwords compared", "{who} checked a file of profiles, and its passwords were compared with the stored ones[: {different} of {compared} are different]."},
	"profiles exported":          {"Profiles exported", "{who} exported profiles: {object}."},
	"validation begun":           {"Validation started", "{who} had the account[ {username}] of {object} validated."},
	"validation ended":           {"Validation ended", "Microsoft 365 answered the validation of[ {username} in] {object}[: {status}][ ({code})]."},
	"validation interrupted":     {"Validation interrupted", "Purser was stopped before it saw the answer to the validation of[ {username} in] {object}."},
	"validation run begun":       {"Validation run started", "{who} started to validate[ {profiles} profiles:] {object}."},
	"validation run cancelled":   {"Validation run canceled", "{who} canceled the validation run {object}."},
	"validation run ended":       {"Validation run ended", "The validation run {object} ended[: {state}]."},

	"pool members reading begun":           {"Reading of members started", "{who} had the members[ of the group {group}] read for {object}."},
	"pool members reading ended":           {"Reading of members ended", "The reading of members[ of the group {group}] for {object} ended[: {state}][, {members} members]."},
	"pool changed":                         {"Pool changed", "{who} changed the account pool {object}."},
	"pool cleared":                         {"Pool cleared", "{who} cleared the account pool {object}[, which had the group {group}]."},
	"drift accepted":                       {"Drift accepted", "{who} accepted a change in Microsoft 365[ of {username}][: {change}]."},
	"pool member changed":                  {"Pool member changed", "{who} changed the member[ {username}] of {object}."},
	"pool password check begun":            {"Check of pool passwords started", "{who} started a check of passwords of {object}."},
	"pool password check cancelled":        {"Check of pool passwords canceled", "{who} canceled a check of passwords of {object}."},
	"pool password check ended":            {"Check of pool passwords ended", "A check of passwords of {object} ended[: {state}]."},
	"pool password validation begun":       {"Validation of a pool password started", "A password[ of {username}] of {object} was about to be sent, for {who}."},
	"pool password validation ended":       {"Validation of a pool password ended", "Microsoft 365 answered the sign-in[ of {username}] of {object}[: {status}][ ({code})]."},
	"pool password validation interrupted": {"Validation of a pool password interrupted", "Purser was stopped before it saw the answer to the sign-in[ of {username}] of {object}."},
	"pool came into force":                 {"Pool came into force", "Version[ {version}] of {object} is used from now on."},

	"scan profile created":                       {"Scan profile created", "{who} created the scan profile {object}."},
	"scan profile edited":                        {"Scan profile edited", "{who} edited the scan profile {object}[: {changed}]."},
	"scan profile deleted":                       {"Scan profile deleted", "{who} deleted the scan profile {object}."},
	"scan begun":                                 {"Scan started", "{who} started a scan of {object}."},
	"scan ended":                                 {"Scan ended", "A scan of {object} ended[: {state}][ ({code})]."},
	"scan skipped":                               {"Scan skipped", "A scan of {object} was skipped[ ({code})]."},
	"scan stop requested":                        {"Scan stop requested", "{who} asked a scan of {object} to stop."},
	"objects exported":                           {"Objects exported", "{who} exported the objects of {object}."},
	"site registration begun":                    {"Registration of sites started", "{who} started to register sites of {object}[: {sites} sites]."},
	"site registration stopped":                  {"Registration of sites stopped", "{who} stopped the registration of sites of {object}."},
	"site registration ended":                    {"Registration of sites ended", "The registration of sites of {object} ended[: {state}]."},
	"site registration interrupted":              {"Registration of a site interrupted", "Purser was stopped while it registered the site {object}."},
	"site administrator added":                   {"Site administrator added", "The group[ {group}] became an administrator of the site {object}."},
	"term store administrator added":             {"Term store administrator", "The account[ {username}] is to be a term store administrator of {object}[: {state}]."},
	"term store administrator confirmed by hand": {"Term store administrator confirmed", "{who} confirmed that[ {username}] is a term store administrator of {object}."},
}

// TitleOf is what an action is called; an unknown one by itself.
func TitleOf(a audit.Action) string {
	if words, known := Told[a]; known {
		return words.Title
	}
	return shownText(string(a))
}

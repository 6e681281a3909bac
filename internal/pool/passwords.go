package pool

// Import is a file of passwords as it was read, in the order of its rows. Rows with a Mistake are left out of a Save.
type Import struct {
	Rows []ImportRow
}

// ImportRow is one row of the file.
type ImportRow struct {
	Line     int // in the file, from 1; the head is line 1
	Username string
	User     UserID // the member; empty where there is none
	App      bool   // an app password, so that Enable MFA is turned on
	Replaces bool   // something is stored already
	Mistake  string // why the row is left out; empty: it is good
	change   MemberChange
}

// Good counts the rows that a Save would take.
func (i Import) Good() int {
	n := 0
	for _, r := range i.Rows {
		if r.Mistake == "" {
			n++
		}
	}
	return n
}

// Changes are the members of a Change that stores what the good rows say.
func (i Import) Changes() []MemberChange {
	var list []MemberChange
	for _, r := range i.Rows {
		if r.Mistake == "" {
			list = append(list, r.change)
		}
	}
	return list
}

// MaxImport is how many bytes a file of passwords may have.
const MaxImport = 8 << 20

// Template is an empty file of passwords with its head and an example.
const Template = "username,password,app_password\r\npool01@contoso.com,,\r\n"

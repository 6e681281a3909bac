package login

import (
	_ "embed"
	"strconv"
	"strings"

	"purser.example/internal/m365sim/table"
)

//go:embed aadsts.tsv
var aadstsFile string

// aadstsRow is what Microsoft answers with one AADSTS code.
type aadstsRow struct {
	status        int
	err, suberror string
	afterPassword bool
	text          string // with {placeholders}, see refusal.text
}

var aadsts = readAADSTS(aadstsFile)

func readAADSTS(file string) map[int]aadstsRow {
	rows := map[int]aadstsRow{}
	for _, f := range table.Rows(file, 6) {
		code, status := mustNumber(f[0]), mustNumber(f[1])
		rows[code] = aadstsRow{status: status, err: f[2], suberror: strings.Trim(f[3], "-"), afterPassword: f[4] == "after", text: f[5]}
	}
	return rows
}

// aadstsFor answers the row of a code. A code that is not in the table is refused as nearly every sign-in is.
func aadstsFor(code int) aadstsRow {
	if row, ok := aadsts[code]; ok {
		return row
	}
	return aadstsRow{status: 400, err: "invalid_grant", afterPassword: true, text: "The sign-in was refused."}
}

func mustNumber(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("m365sim: data table: " + err.Error())
	}
	return n
}

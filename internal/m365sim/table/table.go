// Package table reads the tables of data that lie beside the code: what Microsoft documents, a row a thing.
package table

import "strings"

// Rows reads a data table: fields between tabs, comments after #. A line with another number of fields
// is a mistake of ours, found at start.
func Rows(file string, fields int) [][]string {
	var rows [][]string
	for line := range strings.Lines(file) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		row := strings.Split(line, "\t")
		if len(row) != fields {
			panic("m365sim: data table: " + line)
		}
		rows = append(rows, row)
	}
	return rows
}

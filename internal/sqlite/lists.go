package sqlite

import (
	"encoding/json"
	"fmt"
)

// A statement takes a list of any length as one parameter: a JSON array, which SQLite reads as a table with the column "value".
// So a file of twenty thousand names needs one statement, which stays prepared, and no limit on parameters. Other engines have
// arrays of their own for this.
const (
	ListRows = `json_each(?)`                        // the list as a table
	InList   = `IN (SELECT value FROM json_each(?))` // the condition that a column has one of its values
)

// List is the parameter of ListRows and InList.
func List[T ~string](values []T) (string, error) {
	list, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("write a list: %w", err)
	}
	return string(list), nil
}

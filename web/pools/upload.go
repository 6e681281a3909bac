package pools

import (
	"net/http"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	forms "purser.example/web/form"
)

const fieldFile = "file"

// upload is what the form of an import brings.
type upload struct {
	file    []byte // to be cleared
	command string
}

// receive reads the form of an import.
func receive(r *http.Request) (upload, error) {
	sent, err := forms.ReceiveFile(r, fieldFile, pool.MaxImport)
	if err != nil {
		return upload{}, err
	}
	if sent.File == nil {
		return upload{}, problem.Field(fieldFile, "Choose a CSV file first.")
	}
	return upload{file: sent.File, command: sent.Words.Get(fieldDo)}, nil
}

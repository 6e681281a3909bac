package pools

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/sheet"
	forms "purser.example/web/form"
)

const fieldFile = "file"

// The form around a file has a field and a button; what has many more parts, or long ones, is no form of ours.
const (
	maxParts   = 8
	maxCommand = 20
)

// upload is what the form of an import brings.
type upload struct {
	file    []byte // to be cleared
	command string
}

// receive reads the form to its end. Errors never hold what was sent: the library's own do, and the log would keep it (R60).
func receive(r *http.Request) (upload, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return upload{}, forms.ErrDamaged
	}
	var sent upload
	for range maxParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return sent, sent.check()
		}
		if err == nil {
			err = sent.take(part)
		}
		if err != nil {
			clear(sent.file)
			return upload{}, forms.Unread(err)
		}
	}
	clear(sent.file)
	return upload{}, forms.ErrDamaged
}

// take reads one part; those that it does not know are passed over.
func (u *upload) take(part *multipart.Part) (err error) {
	switch {
	case part.FormName() == fieldFile && part.FileName() != "" && u.file != nil:
		return problem.Field(fieldFile, "Choose one file only.")
	case part.FormName() == fieldFile && part.FileName() != "":
		u.file, err = sheet.Receive(part, pool.MaxImport)
	case part.FormName() == fieldDo:
		var word []byte
		word, err = io.ReadAll(io.LimitReader(part, maxCommand))
		u.command = string(word)
	}
	return err
}

func (u *upload) check() error {
	if u.file == nil {
		return problem.Field(fieldFile, "Choose a CSV file first.")
	}
	return nil
}

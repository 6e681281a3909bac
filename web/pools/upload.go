package pools

import (
	"errors"
	"io"
	"mime/multipart"
	"net"
	"net/http"

	"purser.example/internal/pool"
	"purser.example/internal/problem"
	"purser.example/internal/sheet"
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

var errDamaged = problem.New(problem.BadRequest, "This form is damaged. Reload the page and try again.")

// receive reads the form to its end. Errors never hold what was sent: the library's own do, and the log would keep it (R60).
func receive(r *http.Request) (upload, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return upload{}, errDamaged
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
			return upload{}, unread(err)
		}
	}
	clear(sent.file)
	return upload{}, errDamaged
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

// unread tells a form that did not arrive from one that cannot be understood.
func unread(err error) error {
	_, large := errors.AsType[*http.MaxBytesError](err)
	_, wire := errors.AsType[net.Error](err)
	switch {
	case large, problem.KindOf(err) != problem.Internal:
		return err
	case wire, errors.Is(err, io.ErrUnexpectedEOF):
		return problem.New(problem.BadRequest, "The file did not arrive whole. Nothing was stored. Choose it again.")
	default:
		return errDamaged
	}
}

package form

import (
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"purser.example/internal/problem"
	"purser.example/internal/sheet"
)

// The form around a file has a field and a few words; what has many more parts, or long ones, is no form of ours.
const (
	maxUploadParts = 8
	maxUploadWord  = 64
)

// Upload is what the form around one file of a table brings.
type Upload struct {
	File  []byte // to be cleared; nil: none was chosen
	Name  string // of the file, as the browser calls it
	Words url.Values
}

// ReceiveFile reads such a form to its end, the file from the field of that name and of so many bytes at most. Errors never hold what was
// sent: the library's own do, and the log would keep it (R60).
func ReceiveFile(r *http.Request, field string, most int) (Upload, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return Upload{}, ErrDamaged
	}
	sent := Upload{Words: url.Values{}}
	for range maxUploadParts {
		part, err := parts.NextPart()
		if Ended(err) {
			return sent, nil
		}
		if err == nil {
			err = sent.take(part, field, most)
		}
		if err != nil {
			clear(sent.File)
			return Upload{}, Unread(err)
		}
	}
	clear(sent.File)
	return Upload{}, ErrDamaged
}

// take reads one part.
func (u *Upload) take(part *multipart.Part, field string, most int) (err error) {
	switch {
	case part.FormName() == field && part.FileName() == "":
	case part.FormName() == field && u.File != nil:
		return problem.Field(field, "Choose one file only.")
	case part.FormName() == field:
		u.Name = part.FileName()
		u.File, err = sheet.Receive(part, most)
	default:
		var word []byte
		word, err = io.ReadAll(io.LimitReader(part, maxUploadWord))
		u.Words.Add(part.FormName(), string(word))
	}
	return err
}

// Package form reads what the forms of pages bring, for all screens: within limits of count as well as of bytes, and with one answer to
// what cannot be read. What is wrong with a form is the sender's, and never a fault of ours.
//
// A body holds passwords, and the errors of the libraries that parse one quote it. None of their text leaves this package (R60).
package form

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
)

const (
	// maxFields is far above what any page has: three pools with a page of members each have some hundred fields.
	maxFields = 10_000
	// maxParts is the same for forms with files, each of whose fields costs headers of its own.
	maxParts = 1_000
)

const sentenceTooLarge = "You sent more than Purser can read at once. Nothing was changed."

// The answers to what is no form of ours.
var (
	ErrDamaged  = problem.New(problem.BadRequest, "Purser couldn't read this form. Reload the page and try again.")
	errTooLarge = problem.New(problem.TooLarge, sentenceTooLarge)
	errTooMany  = problem.New(problem.TooLarge, "This form has more fields than Purser can read at once. Nothing was changed.")
	errCut      = problem.New(problem.BadRequest, "Your request arrived incomplete. Nothing was changed. Try again.")
)

// Values gives the fields of the form, those of the address behind those of the body. Its errors are problem.BadRequest and
// problem.TooLarge.
func Values(c echo.Context) (url.Values, error) { return read(c, nil) }

// WithFile is Values for a form with one small file in the field of that name, which the caller clears. Of a file of more than so many
// bytes it gives one more than those, by which the caller knows it; nil is no file.
func WithFile(c echo.Context, name string, most int64) (url.Values, []byte, error) {
	taken := taking{name: name, most: most}
	values, err := read(c, &taken)
	if err != nil {
		clear(taken.file)
		return nil, nil, err
	}
	return values, taken.file, nil
}

// taking is the file that a page takes.
type taking struct {
	name string
	most int64
	file []byte
}

// take reads a file to its end, so that what follows it is found, and keeps no more of it than is wanted.
func (t *taking) take(part *multipart.Part) (err error) {
	if t == nil || part.FormName() != t.name || t.file != nil {
		return nil
	}
	if t.file, err = io.ReadAll(io.LimitReader(part, t.most+1)); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, part)
	return err
}

func read(c echo.Context, file *taking) (url.Values, error) {
	r := c.Request()
	values, err := fields(r, file)
	if err != nil {
		return nil, err
	}
	inAddress, err := parse(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	for name, list := range inAddress {
		values[name] = append(values[name], list...)
	}
	return values, nil
}

// fields reads the body by its type; a body of another type has none.
func fields(r *http.Request, file *taking) (url.Values, error) {
	kind, parameters, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	switch {
	case r.Body == nil || r.Header.Get(echo.HeaderContentType) == "":
		return url.Values{}, nil
	case err != nil:
		return nil, ErrDamaged
	case kind == echo.MIMEApplicationForm:
		body, err := io.ReadAll(r.Body)
		defer clear(body)
		if err != nil {
			return nil, Unread(err)
		}
		return parse(string(body))
	case kind == echo.MIMEMultipartForm:
		return parts(r.Body, parameters["boundary"], file)
	default:
		return url.Values{}, nil
	}
}

// parse reads fields as they are written in an address.
func parse(text string) (url.Values, error) {
	if strings.Count(text, "&") >= maxFields {
		return nil, errTooMany
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, ErrDamaged
	}
	return values, nil
}

// parts reads the fields of a form with files, and passes over the files but the one that is taken: who takes a large one reads it as it
// comes.
func parts(body io.Reader, boundary string, file *taking) (url.Values, error) {
	if boundary == "" {
		return nil, ErrDamaged
	}
	values, reader := url.Values{}, multipart.NewReader(body, boundary)
	for range maxParts {
		part, err := reader.NextPart()
		if Ended(err) {
			return values, nil
		}
		if err != nil {
			return nil, Unread(err)
		}
		if part.FileName() != "" {
			if err := file.take(part); err != nil {
				return nil, Unread(err)
			}
			continue
		}
		if part.FormName() == "" {
			continue
		}
		var text bytes.Buffer
		if _, err := io.Copy(&text, part); err != nil {
			return nil, Unread(err)
		}
		values.Add(part.FormName(), text.String())
	}
	if _, err := reader.NextPart(); Ended(err) {
		return values, nil
	}
	return nil, errTooMany
}

// Ended reports whether a form with parts came to its end. One that breaks off before a boundary ends in an EOF as well, but wrapped.
func Ended(err error) bool { return err == io.EOF } //nolint:errorlint // See above.

// Unread is the answer to a body that could not be read to its end: it was too long, it broke off, or it is no form. A problem comes
// back as it is.
func Unread(err error) error {
	large, tooLarge := errors.AsType[*http.MaxBytesError](err)
	_, wire := errors.AsType[net.Error](err)
	switch {
	case tooLarge:
		return problem.Wrap(large, problem.TooLarge, sentenceTooLarge) // its text is a number at most
	case errors.Is(err, multipart.ErrMessageTooLarge):
		return errTooLarge
	case problem.KindOf(err) != problem.Internal:
		return err
	case wire, errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errCut
	default:
		return ErrDamaged
	}
}

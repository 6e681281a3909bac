package problem

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/textproto"
	"net/url"
	"strconv"
	"time"
)

// Told is an error as the log may have it: whole, but without the texts of libraries that quote what they could not read, because a
// password may stand there (R60, X38). What they are of is told instead.
func Told(err error) string {
	if !quotes(err) {
		return err.Error()
	}
	kinds := ""
	for ; err != nil; err = errors.Unwrap(err) {
		kinds += fmt.Sprintf(" %T", err)
	}
	return "what was sent could not be read:" + kinds
}

// quotes reports whether the text of an error repeats what came from outside.
func quotes(err error) bool {
	_, header := errors.AsType[textproto.ProtocolError](err)
	_, escape := errors.AsType[url.EscapeError](err)
	_, host := errors.AsType[url.InvalidHostError](err)
	_, address := errors.AsType[*url.Error](err)
	_, number := errors.AsType[*strconv.NumError](err)
	_, moment := errors.AsType[*time.ParseError](err)
	_, value := errors.AsType[*json.UnmarshalTypeError](err)
	_, row := errors.AsType[*csv.ParseError](err)
	return header || escape || host || address || number || moment || value || row
}

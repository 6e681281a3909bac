package graph

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"unicode/utf8"

	"purser.example/internal/m365sim/call"
)

// appendJSON writes v to b. The types of most properties are written here, since a page holds thousands of them; the others
// are left to encoding/json.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendString(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case members:
		return appendMembers(b, v)
	case []members:
		return appendList(b, v)
	case []string:
		return appendList(b, v)
	}
	return appendOther(b, v)
}

func appendMembers(b []byte, m members) []byte {
	b = append(b, '{')
	for i, one := range m {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, one.name)
		b = append(b, ':')
		b = appendJSON(b, one.value)
	}
	return append(b, '}')
}

func appendList[T any](b []byte, list []T) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, v)
	}
	return append(b, ']')
}

// appendString writes a text. One with anything that JSON escapes goes the long way.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return appendOther(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendOther(b []byte, v any) []byte {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return append(b, "null"...) // no property has a type that cannot be written
	}
	return append(b, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...)
}

// reply makes an answer of a body of Graph.
func reply(body members) call.Answer {
	a := call.Text(http.StatusOK, contentType, "")
	a.Body = appendMembers(make([]byte, 0, 1024), body)
	return a
}

package microsoft

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"regexp"
	"strconv"
	"strings"
)

// envelope is an answer of the legacy sign-in, as far as it decides anything. Its text for people is read for Microsoft's number alone.
type envelope struct {
	fault     bool   // a SOAP fault stands in it
	token     string // of the legacy sign-in
	value     string // the status of a fault, such as 0x80048821
	reqstatus string // the status of the request, which stands in a refusal without a fault too
	inner     string // what the directory said
	reason    string
	trace     string
}

// The bounds of an answer. Microsoft's are some ten elements deep and long.
const (
	deepest      = 32
	mostElements = 1000
	longestText  = 64 << 10
)

// errEnvelope is said of every answer that is none, and of none in particular: what a stranger sent is not quoted.
var errEnvelope = errors.New("the answer's XML is broken, or not that of the legacy sign-in")

// soap reports whether the body says that it is SOAP, of either version.
func (a answer) soap() bool {
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	return err == nil && (kind == "application/soap+xml" || kind == "text/xml")
}

// readEnvelope reads an answer. It takes no document type and so no entities of its own, no other encoding than UTF-8, and nothing that is
// deeper or longer than Microsoft's answers are. Elements are known by their names below Envelope, whatever their prefix.
func readEnvelope(body []byte) (envelope, error) {
	texts, err := readTexts(body)
	if err != nil {
		return envelope{}, err
	}
	first := func(paths ...string) string {
		for _, path := range paths {
			if text := strings.TrimSpace(texts[path]); text != "" {
				return text
			}
		}
		return ""
	}
	const fault, response = "envelope/body/fault/", "requestsecuritytokenresponse/requestedsecuritytoken/binarysecuritytoken"
	_, faulty := texts[strings.TrimSuffix(fault, "/")]
	return envelope{
		fault: faulty,
		token: first("envelope/body/"+response, "envelope/body/requestsecuritytokenresponsecollection/"+response),
		value: first(fault + "detail/error/value"), reqstatus: first("envelope/header/pp/reqstatus"),
		inner: first(fault + "detail/error/internalerror/text"), reason: first(fault+"reason/text", fault+"faultstring"),
		trace: id(first("envelope/header/pp/serverinfo")),
	}, nil
}

// readTexts gives the text of every element by its path, of the first where several have the same.
func readTexts(body []byte) (map[string]string, error) {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	texts, path, elements := map[string]string{}, []string{}, 0
	var open []*strings.Builder
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && len(path) == 0 && elements > 0 {
			return texts, nil
		}
		if err != nil {
			return nil, errEnvelope
		}
		switch token := token.(type) {
		case xml.Directive:
			return nil, errEnvelope
		case xml.StartElement:
			elements++
			if elements > mostElements || len(path) == deepest || len(path) == 0 && elements > 1 {
				return nil, errEnvelope
			}
			path, open = append(path, strings.ToLower(token.Name.Local)), append(open, &strings.Builder{})
		case xml.EndElement:
			name, last := strings.Join(path, "/"), len(path)-1
			if _, known := texts[name]; !known {
				texts[name] = open[last].String()
			}
			path, open = path[:last], open[:last]
		case xml.CharData:
			if len(path) == 0 {
				if len(bytes.TrimSpace(token)) > 0 {
					return nil, errEnvelope
				}
				continue
			}
			if text := open[len(open)-1]; text.Len()+len(token) <= longestText {
				text.Write(token)
			} else {
				return nil, errEnvelope
			}
		}
	}
}

// refused reports whether it is a no: a fault, or a response that has a status in place of a token.
func (e envelope) refused() bool { return e.fault || e.token == "" && e.status() != "" }

// foreign reports whether nothing in it shows that the sign-in service wrote it: neither a token, nor a status, nor a number of the
// directory. Gateways that look into SOAP refuse with faults of their own, which say nothing about anybody (X2).
func (e envelope) foreign() bool { return e.token == "" && e.status() == "" && len(e.codes()) == 0 }

// ofDirectory finds Microsoft's number in a text: the one thing in there that is not for people.
var ofDirectory = regexp.MustCompile(`AADSTS([1-9][0-9]{3,8})\b`)

// codes are the numbers of the directory; none where it said none.
func (e envelope) codes() []int {
	for _, text := range []string{e.inner, e.reason} {
		if found := ofDirectory.FindStringSubmatch(text); found != nil {
			code, _ := strconv.Atoi(found[1]) // nine digits at most
			return []int{code}
		}
	}
	return nil
}

// passport is a status of the legacy sign-in.
var passport = regexp.MustCompile(`^0[xX][0-9a-fA-F]{8}$`)

// status is the status of a refusal as the table has it, such as 0x8004882C; empty where there is none.
func (e envelope) status() string {
	for _, text := range []string{e.value, e.reqstatus} {
		if passport.MatchString(text) {
			return "0x" + strings.ToUpper(text[2:])
		}
	}
	return ""
}

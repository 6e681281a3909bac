package m365sim

import (
	_ "embed"
	"net/http"
	"strings"
)

// mexDocument is a federation server's answer to WS-MetadataExchange: the policies, bindings and ports for a name and a
// password, in both versions of WS-Trust, and one for Windows sign-in that a client without Windows must pass over.
//
//go:embed mex.xml
var mexDocument string

// metadataExchange says where and how the federation server takes names and passwords.
func (s *federationService) metadataExchange(c *call) answer {
	if c.r.Method != http.MethodGet {
		return methodNotAllowed(http.MethodGet)
	}
	return textAnswer(http.StatusOK, "text/xml; charset=utf-8", strings.ReplaceAll(mexDocument, "{base}", escapeXML(c.base(c.endpoint.Name))))
}

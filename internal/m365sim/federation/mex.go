package federation

import (
	_ "embed"
	"net/http"
	"strings"

	"purser.example/internal/m365sim/call"
	"purser.example/internal/m365sim/wstrust"
)

// mexDocument is a federation server's answer to WS-MetadataExchange: the policies, bindings and ports for a name and a
// password, in both versions of WS-Trust, and one for Windows sign-in that a client without Windows must pass over.
//
//go:embed mex.xml
var mexDocument string

// metadataExchange says where and how the federation server takes names and passwords.
func (s *Service) metadataExchange(c *call.Call) call.Answer {
	if c.Request.Method != http.MethodGet {
		return call.MethodNotAllowed(http.MethodGet)
	}
	return call.Text(http.StatusOK, "text/xml; charset=utf-8", strings.ReplaceAll(mexDocument, "{base}", wstrust.Escape(c.Base(c.Endpoint.Name))))
}

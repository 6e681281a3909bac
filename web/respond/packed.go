package respond

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"purser.example/internal/coding"
)

// leastPacked is what fits into one packet anyway.
const leastPacked = 1400

// sendPage sends a whole page, packed where the browser takes that and where its length tells nobody anything (docs/decisions/0016).
// Streams do not come through here.
func sendPage(c echo.Context, status int, page []byte) error {
	header := c.Response().Header()
	header.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	as := coding.Accepted(c.Request().Header.Get(echo.HeaderAcceptEncoding))
	if as == coding.None || len(page) < leastPacked || steered(c.Request()) {
		return sized(c, status, page)
	}
	packed := buffers.Get().(*bytes.Buffer)
	packed.Reset()
	defer buffers.Put(packed)
	as.Pack(packed, page)
	header.Set(echo.HeaderContentEncoding, string(as))
	return sized(c, status, packed.Bytes())
}

// sized says the length beforehand, which spares the connection the chunks.
func sized(c echo.Context, status int, body []byte) error {
	c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.HTMLBlob(status, body)
}

// steered reports whether another site may have made the browser ask, with words of its choice: what stands on the page beside such
// words could be guessed from how well both pack together (BREACH). Words come by the query only, because a form from elsewhere is
// refused. What says nothing of where it comes from counts as coming from elsewhere.
func steered(r *http.Request) bool {
	if r.URL.RawQuery == "" {
		return false
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return site != "same-origin" && site != "none"
}

// tagOf names a page by its content. It is a weak one, because the page is the same however it is packed.
func tagOf(page []byte) string {
	sum := sha256.Sum256(page)
	return `W/"` + hex.EncodeToString(sum[:12]) + `"`
}

// holds reports whether the browser has the page of that tag, by its If-None-Match.
func holds(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimSpace(one); one == tag || one == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

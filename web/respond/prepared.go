package respond

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/labstack/echo/v4"

	"purser.example/internal/problem"
	"purser.example/web/layout"
)

// Prepared makes the answer to a problem once, for when there are too many requests to make one for each: the page as
// anybody sees it, without person and reference. The caller logs.
func Prepared(p *problem.Error) echo.HandlerFunc {
	a := answers[problem.KindOf(p)]
	var page bytes.Buffer
	if err := layout.ErrorPage(layout.Fault{Title: a.title, Text: problem.Message(p), Next: a.next}).Render(context.Background(), &page); err != nil {
		panic("respond: " + err.Error())
	}
	data, err := json.Marshal(map[string]string{"error": problem.Message(p)})
	if err != nil {
		panic("respond: " + err.Error())
	}
	return func(c echo.Context) error {
		if problem.KindOf(p) == problem.Unavailable {
			c.Response().Header().Set("Retry-After", RetryAfter)
		}
		if wantsJSON(c) {
			return c.JSONBlob(a.status, data)
		}
		return c.HTMLBlob(a.status, page.Bytes())
	}
}

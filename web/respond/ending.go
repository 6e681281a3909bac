package respond

import (
	"context"

	"github.com/labstack/echo/v4"
)

type endingKey struct{}

// WithEnding is the context of a server's connections that says when the server begins to stop.
func WithEnding(ctx context.Context, ending <-chan struct{}) context.Context {
	return context.WithValue(ctx, endingKey{}, ending)
}

// Ending is closed when the server begins to stop, so that answers without an end of their own come to one. It never is where
// the server does not say.
func Ending(c echo.Context) <-chan struct{} {
	ending, _ := c.Request().Context().Value(endingKey{}).(<-chan struct{})
	return ending
}

package profiles

import (
	"github.com/labstack/echo/v4"

	"purser.example/internal/profile"
	"purser.example/web/respond"
)

// followRun sends the part of the run's page that changes, as it changes, until the run is over.
func (h *Handlers) followRun(c echo.Context) error {
	changes, stop := h.Runs.Watch(profile.RunID(c.Param("id")))
	defer stop()
	return respond.Stream(c, changes, func() (respond.Part, error) {
		view, err := h.runView(c)
		return respond.Part{Body: runBody(view), Over: view.Over}, err
	})
}

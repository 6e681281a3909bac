package activity_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"purser.example/internal/demo/demotest"
)

// R63: the log is shipped to a file as it is written. While the file can't be written the page says so; afterwards nothing is missing.
func TestTheLogIsShippedAsItIsWritten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "logs")
	path := filepath.Join(folder, "activity.jsonl")
	h := demotest.Open(t, "PURSER_AUDIT_FILE="+path)
	b := h.SignedIn(t, "owner@purser.test")
	demotest.Until(t, "the page's warning", func() bool {
		return strings.Contains(b.Get("/activity").Text(), "The activity log isn&#39;t being shipped: file")
	})
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	h.Clock.Advance(time.Minute) // the receiver is left alone for a while after it failed
	demotest.Until(t, "an entry of the meantime", func() bool {
		text, err := os.ReadFile(path)
		return err == nil && strings.Contains(string(text), `{"seq":`)
	})
	demotest.Until(t, "the end of the warning", func() bool { return !strings.Contains(b.Get("/activity").Text(), "isn&#39;t being shipped") })
}

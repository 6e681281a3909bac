package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// list writes what Purser is made of, in CycloneDX: each module with version, hash and licence. It is that of Linux on amd64; elsewhere some
// modules that only reach the system are others.
func (r *release) list() error {
	if r.inventory == "" {
		return nil
	}
	tags, err := os.ReadFile(filepath.Join(r.source, ".ci", "tags"))
	if err != nil {
		return err
	}
	clone, raw := filepath.Join(r.work, "clone"), filepath.Join(r.work, "raw.cdx.json")
	for _, words := range [][]string{
		{"git", "clone", "--quiet", "--depth", "1", "file://" + r.source, clone}, // the tool asks git for a version, and understands plain clones only
		{r.inventory, "app", "-json", "-licenses", "-std", "-noserial", "-notimestamp", "-main", "cmd/purser", "-output", raw, clone},
	} {
		ask := exec.Command(words[0], words[1:]...)
		ask.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS=-tags="+strings.TrimSpace(string(tags)), "GOWORK=off")
		if said, err := ask.CombinedOutput(); err != nil {
			return errors.Join(err, errors.New(string(said)))
		}
	}
	text, err := os.ReadFile(raw)
	if err != nil {
		return err
	}
	if text, err = r.settled(text); err != nil {
		return err
	}
	return os.WriteFile(r.to("purser-"+r.version+".cdx.json"), text, 0o644)
}

// settled gives a list the release's own version and time, and takes away what is of the machine that it was made on: the hashes of the
// tool that was built there.
func (r *release) settled(text []byte) ([]byte, error) {
	var list map[string]any
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	about, ok := list["metadata"].(map[string]any)
	if !ok {
		return nil, errors.New("the list says nothing of itself")
	}
	purser, ok := about["component"].(map[string]any)
	if !ok {
		return nil, errors.New("the list does not say of what it is")
	}
	for _, tool := range asList(about["tools"]) {
		if tool, ok := tool.(map[string]any); ok {
			delete(tool, "hashes")
		}
	}
	about["timestamp"] = r.time.Format("2006-01-02T15:04:05Z")
	before, after := fmt.Sprint(purser["bom-ref"]), "pkg:golang/purser.example@"+r.version
	purser["version"], purser["purl"], purser["bom-ref"] = r.version, after, after
	return json.MarshalIndent(renamed(list, before, after), "", "  ")
}

func asList(value any) []any {
	list, _ := value.([]any)
	return list
}

// renamed is a list in which one thing is called otherwise, wherever it is spoken of.
func renamed(value any, before, after string) any {
	switch value := value.(type) {
	case string:
		if value == before {
			return after
		}
	case []any:
		for i := range value {
			value[i] = renamed(value[i], before, after)
		}
	case map[string]any:
		for key := range value {
			value[key] = renamed(value[key], before, after)
		}
	}
	return value
}

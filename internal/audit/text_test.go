package audit_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"purser.example/internal/audit"
)

// spoil puts the text into every text of v, those of its details too, and gives how many there were.
func spoil(v reflect.Value, text string) (n int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return 1
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				n += spoil(v.Field(i), text)
			}
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{text: text}))
		return 1
	}
	return n
}

// R61: whatever is no text is replaced before the entry is chained, in every field, those that will be added among them.
func TestOnlyTextGetsIn(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"plain":                  {"Adele Vance", "Adele Vance"},
		"every script":           {"Zoë 山田 🙂 \u2028\r\n\t<&>", "Zoë 山田 🙂 \u2028\r\n\t<&>"},
		"U+FFFD itself":          {"a\ufffdb", "a\ufffdb"},
		"a byte that is none":    {"a\xffb", "a\ufffdb"},
		"several":                {"\xff\xfe\xfd", "\ufffd"},
		"a letter cut in two":    {"Zo\xc3", "Zo\ufffd"},
		"a lone surrogate":       {"a\xed\xa0\x80b", "a\ufffdb"},
		"a longer form than due": {"a\xc0\x80b", "a\ufffdb"},
		"beyond the last letter": {"\xf4\x90\x80\x80", "\ufffd"},
		"NUL":                    {"a\x00b\x00", "a\ufffdb\ufffd"},
	} {
		t.Run(name, func(t *testing.T) {
			var e audit.Entry
			if n := spoil(reflect.ValueOf(&e).Elem(), c.text); n < 11 {
				t.Fatalf("only %d texts", n)
			}
			link, _, err := audit.First(key(7)).Append(1, e)
			if err != nil {
				t.Fatal(err)
			}
			var want audit.Entry
			spoil(reflect.ValueOf(&want).Elem(), c.want)
			if !reflect.DeepEqual(link.Entry, want) {
				t.Errorf("got %+v\nwant %+v", link.Entry, want)
			}
			if e.Actor.Name != c.text || e.Details[c.text] != c.text {
				t.Error("the caller's entry was changed")
			}
		})
	}
}

// R61: no field is left out of the chain: a change of any one is found.
func TestEveryTextIsChained(t *testing.T) {
	var e audit.Entry
	n := spoil(reflect.ValueOf(&e).Elem(), "before")
	link, chain, err := audit.First(key(7)).Append(1, e)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	each(reflect.ValueOf(&link.Entry).Elem(), func(name string, change func(string)) {
		change("after")
		if !broken((audit.Chains{chain}).Verify(all([]audit.Link{link}))) {
			t.Errorf("a change of %s is not found", name)
		}
		change("before")
		if err := (audit.Chains{chain}).Verify(all([]audit.Link{link})); err != nil {
			t.Fatalf("control, %s: %v", name, err)
		}
		found++
	})
	if found != n {
		t.Errorf("%d of %d texts tried", found, n)
	}
}

func each(v reflect.Value, try func(name string, change func(string))) {
	for i := range v.NumField() {
		field, name := v.Field(i), v.Type().Field(i).Name
		switch {
		case field.Kind() == reflect.String:
			try(name, field.SetString)
		case field.Kind() == reflect.Map:
			try(name, func(s string) { field.Set(reflect.ValueOf(map[string]string{"before": s})) })
		case field.Kind() == reflect.Struct && v.Type().Field(i).Name != "At":
			each(field, try)
		}
	}
}

// R61: details whose names differ in what is no text only are kept, each of them.
func TestNoDetailIsLost(t *testing.T) {
	e := audit.Entry{Details: map[string]string{"a\xff": "1", "a\x00": "2", "a\ufffd": "3", "b": "4"}}
	link, _, err := audit.First(key(7)).Append(1, e)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]bool{}
	for name, value := range link.Details {
		if values[value] = true; !utf8.ValidString(name) || strings.Contains(name, "\x00") {
			t.Errorf("name %q", name)
		}
	}
	if want := map[string]bool{"1": true, "2": true, "3": true, "4": true}; !maps.Equal(values, want) {
		t.Errorf("kept %q", link.Details)
	}
}

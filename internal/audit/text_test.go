package audit_test

import (
	"reflect"
	"testing"

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

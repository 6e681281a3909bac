package main

// library is one whose copy is delivered.
type library struct {
	name, module string
	files        map[string][]change // by the path in the module
}

// change puts one text in the place of another, which has to be there so many times.
type change struct {
	from, to string
	times    int
}

// hooks are the methods that the command line's library asks for, each by its name in the source, which the linker understands.
const hooks = `// named is a method of one of the names that this library asks for.
func named(v reflect.Value, name string) reflect.Value {
	switch name {
	case "Run":
		return v.MethodByName("Run")
	case "BeforeReset":
		return v.MethodByName("BeforeReset")
	case "BeforeResolve":
		return v.MethodByName("BeforeResolve")
	case "BeforeApply":
		return v.MethodByName("BeforeApply")
	case "AfterApply":
		return v.MethodByName("AfterApply")
	case "AfterRun":
		return v.MethodByName("AfterRun")
	}
	panic("a method named " + name + " is asked for, which .ci/lighter doesn't know")
}

func namedOf(t reflect.Type, name string) (reflect.Method, bool) {
	switch name {
	case "BeforeReset":
		return t.MethodByName("BeforeReset")
	case "BeforeResolve":
		return t.MethodByName("BeforeResolve")
	case "BeforeApply":
		return t.MethodByName("BeforeApply")
	case "AfterApply":
		return t.MethodByName("AfterApply")
	case "AfterRun":
		return t.MethodByName("AfterRun")
	}
	panic("a method named " + name + " is asked for, which .ci/lighter doesn't know")
}

func getMethod(value`

// provided is how the library looks for methods of commands whose names begin with Provide. Purser's commands have none.
const provided = `			// Try value and pointer to value.
			for _, p := range []reflect.Value{p.Target, p.Target.Addr()} {
				t := p.Type()
				for i := 0; i < p.NumMethod(); i++ {
					methodt := t.Method(i)
					if strings.HasPrefix(methodt.Name, "Provide") {
						method := p.Method(i)
						if err := methodBinds.addProvider(method.Interface(), false /* singleton */); err != nil {
							return fmt.Errorf("%s.%s: %w", t.Name(), methodt.Name, err)
						}
					}
				}
			}
`

var libraries = []library{
	{name: "kong", module: "github.com/alecthomas/kong", files: map[string][]change{
		"callbacks.go": {
			{"value.MethodByName(name)", "named(value, name)", 2},
			{"value.Addr().MethodByName(name)", "named(value.Addr(), name)", 2},
			{"t.MethodByName(name)", "namedOf(t, name)", 1},
			{"func getMethod(value", hooks, 1},
		},
		"context.go": {{provided, "", 1}},
	}},
	{name: "oidc", module: "github.com/zitadel/oidc/v3", files: map[string][]change{
		"pkg/op/auth_request.go": {
			{"\t\"html/template\"\n", "", 1},
			{"var formPostTmpl = template.Must(template.New(\"form_post\").Parse(formPostHtmlTemplate))\n", "", 1},
			{"\terr = formPostTmpl.Execute(&buf, params)\n", "\t_, err = params, errors.New(\"answers by form_post are left out of this program\")\n", 1},
		},
	}},
}

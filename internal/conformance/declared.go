package conformance

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// testDeclarations checks that the declared operations are those of the facts, each
// with its method, its path and its kind of repetition, in a variable of its name.
func (c *suite) testDeclarations(t *testing.T) {
	want := map[string]DeclaredOp{}
	for name, op := range c.Operations {
		// The facts say safe, idempotent or unsafe; the code says call.Safe,
		// call.Idempotent or call.Unsafe.
		repeat := strings.ToUpper(op.Repeat[:1]) + op.Repeat[1:]
		want[name] = DeclaredOp{Variable: variable(name), Route: op.Method + " " + op.Path, Repeat: "call." + repeat}
	}
	if diff := gocmp.Diff(want, c.source.Ops); diff != "" {
		t.Errorf("the declared operations differ from the facts (-facts +code):\n%s", diff)
	}
}

// testMethods checks that Client has a method for each operation, with the
// right signature, and that the structs of its request and response have the
// right fields. An operation whose response is empty returns only an error.
func (c *suite) testMethods(t *testing.T) {
	for _, name := range c.names() {
		op := c.Operations[name]
		method, ok := c.client.MethodByName(GoName(name))
		if !ok {
			t.Errorf("Client has no method %s; the facts have an operation of that name", GoName(name))
			continue
		}
		want := fmt.Sprintf("func(*%s.Client, context.Context, %[1]s.%sRequest, ...docferry.CallOption) ", c.Name,
			GoName(name))
		if len(op.Response) > 0 {
			want += fmt.Sprintf("(*%s.%sResponse, error)", c.Name, GoName(name))
		} else {
			want += "error"
		}
		if got := method.Type.String(); got != want {
			t.Errorf("the method %s has the type\n\t%s, want\n\t%s", name, got, want)
			continue
		}
		checkStruct(t, method.Type.In(2), c.fields(op.Request, true))
		if len(op.Response) > 0 {
			checkStruct(t, method.Type.Out(0).Elem(), c.fields(op.Response, false))
		}
	}
}

// testTypes checks the fields of the structs that occur within requests and
// responses. A type that occurs in both is declared as one that is received.
func (c *suite) testTypes(t *testing.T) {
	sent, received := c.sent(), c.received()
	types := StructsOf(c.client)
	for name, members := range c.Types {
		st, ok := types[c.goTypeName(name)]
		if !ok {
			t.Errorf("no request or response has a member of type %s", c.goTypeName(name))
			continue
		}
		checkStruct(t, st, c.fields(members, sent[name] && !received[name]))
	}
}

// fields returns the struct fields that the members must have in Go, as
// FieldsOf writes them. A required member has no omitzero in the body, and has
// the option required elsewhere; in a path it needs no option. Members of an
// answer are never required, since the client decodes whatever it gets.
func (c *suite) fields(members []memberFacts, request bool) []string {
	var fields []string
	for _, m := range members {
		place, options := cmp.Or(m.In, "json"), ""
		required := m.Required && request
		switch {
		case place == "json" && !required:
			options = ",omitzero"
		case required && (place == "query" || place == "header"):
			options = ",required"
		}
		fields = append(fields, fmt.Sprintf("%s %s `%s:%q`", GoName(m.Name), c.goType(m), place, m.wire()+options))
	}
	return fields
}

// FieldsOf returns the fields of a struct, each as a string with its name, type and
// tag, in the order of declaration. An embedded struct without a tag is written as
// "embedded pkg.Type".
func FieldsOf(st reflect.Type) []string {
	var fields []string
	for field := range st.Fields() {
		if field.Anonymous && field.Tag == "" {
			fields = append(fields, "embedded "+field.Type.String())
			continue
		}
		tag := strings.ReplaceAll(string(field.Tag), ",needed", "") // which the library decides, not the API
		fields = append(fields, fmt.Sprintf("%s %v `%s`", field.Name, field.Type, tag))
	}
	return fields
}

// checkStruct compares the fields of a struct with want. The order counts: the
// structs are meant to be read beside the reference.
func checkStruct(t *testing.T, st reflect.Type, want []string) {
	t.Helper()
	if diff := gocmp.Diff(want, FieldsOf(st)); diff != "" {
		t.Errorf("the fields of %s differ from the facts (-facts +code):\n%s", st.Name(), diff)
	}
}

// StructsOf returns, by name, the structs that occur in the signatures of a type's
// methods, at any depth, as far as they are declared in the type's own package.
func StructsOf(receiver reflect.Type) map[string]reflect.Type {
	found := map[string]reflect.Type{}
	var visit func(reflect.Type)
	visit = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice:
			visit(t.Elem())
		case reflect.Map:
			visit(t.Key())
			visit(t.Elem())
		case reflect.Struct:
			// Looking a struct up by name also ends the recursion in types that
			// contain themselves.
			if t.PkgPath() != receiver.Elem().PkgPath() || found[t.Name()] != nil {
				return
			}
			found[t.Name()] = t
			for field := range t.Fields() {
				visit(field.Type)
			}
		}
	}
	for method := range receiver.Methods() {
		// The first parameter is the receiver.
		for i := 1; i < method.Type.NumIn(); i++ {
			visit(method.Type.In(i))
		}
		for out := range method.Type.Outs() {
			visit(out)
		}
	}
	return found
}

// testEnums checks that each enum has exactly one constant for each of its values,
// named after the type and the value.
func (c *suite) testEnums(t *testing.T) {
	for name, values := range c.Enums {
		goType := c.goTypeName(name)
		want := map[string]string{}
		for _, value := range values {
			want[goType+c.constantName(value)] = value
		}
		if diff := gocmp.Diff(want, c.source.Consts[goType]); diff != "" {
			t.Errorf("the constants of type %s differ from the facts (-facts +code):\n%s", goType, diff)
		}
	}
}

// testErrors checks that each error code has a constant and a sentinel error,
// and that ErrorDetail has the members of all errors except their message. A
// code without a sentinel could not be told apart with errors.Is.
func (c *suite) testErrors(t *testing.T) {
	want := slices.Sorted(maps.Keys(c.Errors))
	var codes, members []string
	for name, value := range c.source.Consts[""] {
		if strings.HasPrefix(name, "Code") {
			codes = append(codes, value)
		}
	}
	for _, code := range want {
		for _, m := range c.Errors[code].Members {
			// The message is a field of docferry.Error.
			if m.Name != "Message" {
				members = append(members, fmt.Sprintf("%s %s `json:%q`", GoName(m.Name), c.goType(m), m.Name))
			}
		}
	}
	slices.Sort(codes)
	if diff := gocmp.Diff(want, codes); diff != "" {
		t.Errorf("the error codes differ from the facts (-facts +code):\n%s", diff)
	}
	if diff := gocmp.Diff(want, slices.Sorted(maps.Keys(c.Kinds))); diff != "" {
		t.Errorf("the error codes in Kinds differ from the facts (-facts +code):\n%s", diff)
	}
	if diff := gocmp.Diff(members, FieldsOf(reflect.TypeOf(c.ErrorDetail))); diff != "" {
		t.Errorf("the fields of ErrorDetail differ from the facts (-facts +code):\n%s", diff)
	}
}

// testNothingElse checks that the files that belong to the API export no type
// and no method of Client that the API does not have. Without it, an operation
// that the API has dropped would go unnoticed.
func (c *suite) testNothingElse(t *testing.T) {
	kinds, methods := map[string]string{}, map[string]bool{}
	for name, op := range c.Operations {
		kinds[GoName(name)+"Request"] = "struct"
		if len(op.Response) > 0 {
			kinds[GoName(name)+"Response"] = "struct"
		}
		methods[GoName(name)] = true
		if op.Pages != nil {
			methods[op.Pages.Iterator] = true
		}
	}
	for name := range c.Types {
		kinds[c.goTypeName(name)] = "struct"
	}
	enums, sent, received := map[string]bool{}, c.sent(), c.received()
	for name := range c.Enums {
		enums[c.goTypeName(name)] = true
		if sent[name] || received[name] { // the other enums occur only in errors
			kinds[c.goTypeName(name)] = "string"
		}
	}
	if diff := gocmp.Diff(kinds, c.source.Kinds); diff != "" {
		t.Errorf("the exported types differ from the facts (-facts +code):\n%s", diff)
	}
	if diff := gocmp.Diff(methods, c.source.Methods); diff != "" {
		t.Errorf("the exported methods differ from the facts (-facts +code):\n%s", diff)
	}
	for name := range c.source.Consts {
		if name != "" && !enums[name] && !slices.Contains(c.Own, name) {
			t.Errorf("%s has constants but is not an enum of the API; remove them or add it to the facts", name)
		}
	}
}

// checkErrorsNamed checks that the doc comment of a method names the constants
// of all error codes of the operation, so that a caller knows which errors to
// expect. A code that is named in the doc comment of the package need not be
// named again.
func (c *suite) checkErrorsNamed(t *testing.T, method string, op *operationFacts) {
	t.Helper()
	for name, code := range c.source.Consts[""] {
		if slices.Contains(op.Errors, code) && !Names(c.source.Package, name) {
			c.source.CheckNamed(t, method, name)
		}
	}
}

// checkLimitNamed checks that the comment of a member of a request contains the
// maximum of its length, size or value. IDs, markers and selectors are exempt,
// because a caller passes on what the service returned or documents.
func (c *suite) checkLimitNamed(t *testing.T, request string, m memberFacts) {
	t.Helper()
	if m.In == "path" || m.Secret || unlimited.MatchString(m.Name) {
		return
	}
	for _, limits := range []*limitFacts{&m.limitFacts, m.Each, m.Keys, m.Values} {
		if limits != nil && limits.Max != nil {
			c.source.CheckLimit(t, request, GoName(m.Name), *limits.Max)
		}
	}
}

// unlimited matches the names of members whose limits need not be documented.
var unlimited = regexp.MustCompile(`^(.*Ids?|Marker|NextToken|Fields|Include)$`)

// testDocs checks that everything exported is documented, that the comments of
// required fields say so, that errors and limits are named, and that the comments of
// operations and types end with a link to the API's reference.
func (c *suite) testDocs(t *testing.T) {
	c.source.CheckDocs(t)
	// The tag of a member in the body does not say that it is required, so the
	// facts are needed for those.
	required := make(map[string][]string)
	for name, op := range c.Operations {
		for _, m := range op.Request {
			if m.Required && !m.Filled {
				required[GoName(name)+"Request"] = append(required[GoName(name)+"Request"], m.wire())
			}
		}
	}
	sent := c.sent()
	for name, members := range c.Types {
		for _, m := range members {
			if m.Required && sent[name] {
				required[c.goTypeName(name)] = append(required[c.goTypeName(name)], m.wire())
			}
		}
	}
	c.source.CheckRequired(t, required)
	for name, op := range c.Operations {
		c.checkErrorsNamed(t, GoName(name), op)
		for _, m := range op.Request {
			c.checkLimitNamed(t, GoName(name)+"Request", m)
		}
	}
	linked := map[string]string{}
	for name := range c.Operations {
		linked["Client."+GoName(name)] = name
	}
	for name := range c.Types {
		linked[c.goTypeName(name)] = name
	}
	// The link comes last in every comment, where readers look for it.
	for name, page := range linked {
		if want := "\n\nAPI: " + c.Reference + page + ".html\n"; !strings.HasSuffix(c.source.Docs[name], want) {
			t.Errorf("the doc comment of %s must end with the line %q", name, strings.TrimSpace(want))
		}
	}
}

package workdocs

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

const reference = "API: https://docs.aws.amazon.com/workdocs/latest/APIReference/API_"

// TestDeclarations checks that each operation is declared with its method, its
// path and what repeating it does, in a variable of its name, and no other is.
func TestDeclarations(t *testing.T) {
	f, s := loadFacts(t), parseSource(t)
	want := map[string]declaredOp{}
	for name, op := range f.Operations {
		variable := strings.ToLower(name[:1]) + name[1:]
		repeat := strings.ToUpper(op.Repeat[:1]) + op.Repeat[1:]
		want[name] = declaredOp{variable, op.Method + " " + op.Path, "call." + repeat}
	}
	if diff := gocmp.Diff(want, s.ops, gocmp.AllowUnexported(declaredOp{})); diff != "" {
		t.Errorf("the operations differ (-facts +code):\n%s", diff)
	}
}

// TestMethods checks the method of each operation: its request and what it
// returns.
func TestMethods(t *testing.T) {
	f := loadFacts(t)
	for _, name := range f.names() {
		op := f.Operations[name]
		method, ok := reflect.TypeFor[*Client]().MethodByName(goName(name))
		if !ok {
			t.Errorf("Client has no method %s", goName(name))
			continue
		}
		want := fmt.Sprintf("func(*workdocs.Client, context.Context, workdocs.%sRequest, ...docferry.CallOption) ", goName(name))
		if len(op.Response) > 0 {
			want += fmt.Sprintf("(*workdocs.%sResponse, error)", goName(name))
		} else {
			want += "error"
		}
		if got := method.Type.String(); got != want {
			t.Errorf("%s is a\n\t%s, want a\n\t%s", name, got, want)
			continue
		}
		checkStruct(t, method.Type.In(2), f.fields(op.Request, true))
		if len(op.Response) > 0 {
			checkStruct(t, method.Type.Out(0).Elem(), f.fields(op.Response, false))
		}
	}
}

// TestTypes checks the structs that requests and responses hold.
func TestTypes(t *testing.T) {
	f := loadFacts(t)
	sent, received := f.sent(), f.received()
	types := structsOf(reflect.TypeFor[*Client]())
	for name, members := range f.Types {
		st, ok := types[f.goTypeName(name)]
		if !ok {
			t.Errorf("no request or response holds a %s", f.goTypeName(name))
			continue
		}
		checkStruct(t, st, f.fields(members, sent[name] && !received[name]))
	}
}

// fields returns the fields that members have to become. Those of an answer
// are never required: whatever comes is decoded.
func (f *facts) fields(members []memberFacts, request bool) []string {
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
		fields = append(fields, fmt.Sprintf("%s %s `%s:%q`", goName(m.Name), f.goType(m), place, m.wire()+options))
	}
	return fields
}

func checkStruct(t *testing.T, st reflect.Type, want []string) {
	t.Helper()
	var got []string
	for field := range st.Fields() {
		got = append(got, fmt.Sprintf("%s %v `%s`", field.Name, field.Type, field.Tag))
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs (-facts +code):\n%s", st.Name(), diff)
	}
}

// structsOf finds the structs of this package that the methods of a type take
// and return, and those within them.
func structsOf(receiver reflect.Type) map[string]reflect.Type {
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
		for i := 1; i < method.Type.NumIn(); i++ {
			visit(method.Type.In(i))
		}
		for i := range method.Type.NumOut() {
			visit(method.Type.Out(i))
		}
	}
	return found
}

// TestEnums checks that each value of an enum has its constant.
func TestEnums(t *testing.T) {
	f, s := loadFacts(t), parseSource(t)
	for name, values := range f.Enums {
		goType := f.goTypeName(name)
		want := map[string]string{}
		for _, value := range values {
			want[goType+constantName(value)] = value
		}
		if diff := gocmp.Diff(want, s.consts[goType]); diff != "" {
			t.Errorf("the constants of type %s differ (-facts +code):\n%s", goType, diff)
		}
	}
}

// constantName is an enum's value in camel case: "SMALL_HQ" is "SmallHQ", but
// "zh_CN" keeps its case.
func constantName(value string) string {
	if special, ok := map[string]string{"WEBURL": "WebURL"}[value]; ok {
		return special
	}
	var name strings.Builder
	for part := range strings.SplitSeq(value, "_") {
		if value == strings.ToUpper(value) && !slices.Contains([]string{"HQ", "HTTPS", "ID", "PDF", "SQS"}, part) {
			part = strings.ToLower(part)
		}
		name.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return name.String()
}

// TestErrors checks that each error has a constant and a kind, and that its
// members can be had.
func TestErrors(t *testing.T) {
	f, s := loadFacts(t), parseSource(t)
	var codes, details []string
	for name, value := range s.consts[""] {
		if strings.HasPrefix(name, "Code") {
			codes = append(codes, value)
		}
	}
	for field := range reflect.TypeFor[ErrorDetail]().Fields() {
		details = append(details, fmt.Sprintf("%s %v `%s`", field.Name, field.Type, field.Tag))
	}
	var wantDetails []string
	for _, e := range f.Errors {
		for _, m := range e.Members {
			if m.Name != "Message" {
				wantDetails = append(wantDetails, fmt.Sprintf("%s %s `json:%q`", goName(m.Name), f.goType(m), m.Name))
			}
		}
	}
	slices.Sort(codes)
	if diff := gocmp.Diff(slices.Sorted(maps.Keys(f.Errors)), codes); diff != "" {
		t.Errorf("the codes differ (-facts +code):\n%s", diff)
	}
	if diff := gocmp.Diff(slices.Sorted(maps.Keys(f.Errors)), slices.Sorted(maps.Keys(kinds))); diff != "" {
		t.Errorf("the codes with a kind differ (-facts +code):\n%s", diff)
	}
	if diff := gocmp.Diff(wantDetails, details); diff != "" {
		t.Errorf("ErrorDetail differs (-facts +code):\n%s", diff)
	}
}

// TestNothingElse checks that the files of operations declare nothing that
// the API does not have.
func TestNothingElse(t *testing.T) {
	f, s := loadFacts(t), parseSource(t)
	wantKinds, wantMethods := map[string]string{}, map[string]bool{}
	for name, op := range f.Operations {
		wantKinds[goName(name)+"Request"] = "struct"
		if len(op.Response) > 0 {
			wantKinds[goName(name)+"Response"] = "struct"
		}
		wantMethods[goName(name)] = true
		if op.Pages != nil {
			wantMethods[op.Pages.Iterator] = true
		}
	}
	for name := range f.Types {
		wantKinds[f.goTypeName(name)] = "struct"
	}
	for name := range f.Enums {
		wantKinds[f.goTypeName(name)] = "string"
	}
	if diff := gocmp.Diff(wantKinds, s.kinds); diff != "" {
		t.Errorf("the exported types differ (-facts +code):\n%s", diff)
	}
	if diff := gocmp.Diff(wantMethods, s.method); diff != "" {
		t.Errorf("the exported methods differ (-facts +code):\n%s", diff)
	}
	for name := range s.consts {
		if name != "" && f.Enums[name] == nil && f.Enums[name+"Type"] == nil {
			t.Errorf("%s has constants, but is no enum of the API", name)
		}
	}
}

// TestListings checks that each operation with pages has its iterator, over
// items if a page has one list and else over pages.
func TestListings(t *testing.T) {
	f := loadFacts(t)
	for _, name := range f.names() {
		op := f.Operations[name]
		takes := slices.ContainsFunc(op.Request, func(m memberFacts) bool { return m.Name == "Marker" })
		gives := slices.ContainsFunc(op.Response, func(m memberFacts) bool { return m.Name == "Marker" })
		if takes && gives != (op.Pages != nil) {
			t.Errorf("%s takes and gives a marker: %t. It has an iterator: %t", name, gives, op.Pages != nil)
		}
		if op.Pages == nil {
			continue
		}
		method, ok := reflect.TypeFor[*Client]().MethodByName(op.Pages.Iterator)
		if !ok {
			t.Errorf("Client has no method %s", op.Pages.Iterator)
			continue
		}
		item := "*workdocs." + goName(name) + "Response"
		if len(op.Pages.Items) == 1 {
			i := slices.IndexFunc(op.Response, func(m memberFacts) bool { return m.Name == op.Pages.Items[0] })
			item = strings.TrimPrefix(f.goType(op.Response[i]), "[]")
		}
		item = strings.Replace(item, "workdocs.", reflect.TypeFor[Client]().PkgPath()+".", 1)
		want := fmt.Sprintf("func(*workdocs.Client, context.Context, workdocs.%sRequest, ...docferry.CallOption) iter.Seq2[%s,error]", goName(name), item)
		if got := method.Type.String(); got != want {
			t.Errorf("%s is a\n\t%s, want a\n\t%s", op.Pages.Iterator, got, want)
		}
	}
}

// TestDocs checks that everything exported is documented, and that operations
// and types link to the API's reference.
func TestDocs(t *testing.T) {
	f, s := loadFacts(t), parseSource(t)
	constant := map[string]bool{}
	for _, values := range s.consts {
		for name := range values {
			constant[name] = true
		}
	}
	for name, doc := range s.docs {
		switch short := name[strings.LastIndex(name, ".")+1:]; {
		case doc == "":
			t.Errorf("%s has no doc comment", name)
		case !constant[name] && !strings.HasPrefix(doc, short+" "):
			t.Errorf("the doc comment of %s does not begin with its name", name)
		}
	}
	linked := map[string]string{}
	for name := range f.Operations {
		linked["Client."+goName(name)] = name
	}
	for name := range f.Types {
		linked[f.goTypeName(name)] = name
	}
	for name, page := range linked {
		if want := "\n\n" + reference + page + ".html\n"; !strings.HasSuffix(s.docs[name], want) {
			t.Errorf("the doc comment of %s does not end with the line %q", name, strings.TrimSpace(want))
		}
	}
}

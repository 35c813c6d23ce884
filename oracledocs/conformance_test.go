package oracledocs

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/docferry/docferry/internal/conformance"
	"github.com/google/go-cmp/cmp"
)

const reference = "API: https://docs.oracle.com/en/cloud/paas/content-cloud/"

// TestDeclarations checks that each operation is declared with its method, its
// path, what repeating it does and the version that has it, in a variable of
// its name, and that no other is.
func TestDeclarations(t *testing.T) {
	f, s := loadFacts(t), conformance.ParseSource(t)
	want := map[string]conformance.DeclaredOp{
		// DeleteFile has two: see there.
		"deleteLatest": {Variable: "deleteLatest", Repeat: "call.Unsafe"},
	}
	for name, op := range f.Operations {
		route := op.Path
		if op.By != "" {
			route = path.Dir(op.Path) + "/{resource}"
		}
		want[name] = conformance.DeclaredOp{
			Variable: strings.ToLower(name[:1]) + name[1:],
			Route:    op.Method + " " + route,
			Repeat:   "call." + strings.ToUpper(op.Repeat[:1]) + op.Repeat[1:],
			Only:     string(op.Only),
		}
	}
	if diff := cmp.Diff(want, s.Ops); diff != "" {
		t.Errorf("the operations differ (-facts +code):\n%s", diff)
	}
}

// TestMethods checks the method of each operation: its request and what it
// returns.
func TestMethods(t *testing.T) {
	f := loadFacts(t)
	for _, name := range f.names() {
		op, goName := f.Operations[name], f.method(name)
		method, ok := reflect.TypeFor[*Client]().MethodByName(goName)
		if !ok {
			t.Errorf("Client has no method %s", goName)
			continue
		}
		want := fmt.Sprintf("func(*oracledocs.Client, context.Context, oracledocs.%sRequest, ...docferry.CallOption) ",
			goName)
		switch {
		case op.Content:
			want += "(*docferry.Download, error)"
		case op.responds():
			want += fmt.Sprintf("(*oracledocs.%s, error)", f.answer(name))
		default:
			want += "error"
		}
		if got := method.Type.String(); got != want {
			t.Errorf("%s is a\n\t%s, want a\n\t%s", name, got, want)
			continue
		}
		checkStruct(t, method.Type.In(2), op.Request, true)
		if op.responds() {
			checkStruct(t, method.Type.Out(0).Elem(), op.Response, false)
		}
	}
}

// TestTypes checks the structs that requests and responses hold.
func TestTypes(t *testing.T) {
	f := loadFacts(t)
	sent, received := f.reached(func(op *operationFacts) []memberFacts { return op.Request }),
		f.reached(func(op *operationFacts) []memberFacts { return op.Response })
	types := conformance.StructsOf(reflect.TypeFor[*Client]())
	for name, members := range f.Types {
		st, ok := types[name]
		if !ok {
			t.Errorf("no request or response holds a %s", name)
			continue
		}
		checkStruct(t, st, members, sent[name] && !received[name])
	}
}

// reached returns the types that some members of operations hold, and those
// within them.
func (f *facts) reached(members func(*operationFacts) []memberFacts) map[string]bool {
	found := map[string]bool{}
	var visit func([]memberFacts)
	visit = func(members []memberFacts) {
		for _, m := range members {
			for _, name := range []string{m.Embed, inner(m.Type)} {
				if !found[name] {
					found[name] = true
					visit(f.Types[name])
				}
			}
		}
	}
	for _, op := range f.Operations {
		visit(members(op))
	}
	return found
}

func checkStruct(t *testing.T, st reflect.Type, members []memberFacts, sent bool) {
	t.Helper()
	var want []string
	for _, m := range members {
		want = append(want, m.field(sent))
	}
	got := conformance.FieldsOf(st)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs (-facts +code):\n%s", st.Name(), diff)
	}
}

// TestEnums checks that each value of an enum has its constant.
func TestEnums(t *testing.T) {
	f, s := loadFacts(t), conformance.ParseSource(t)
	for name, values := range f.Enums {
		var got []string
		for constant, value := range s.Consts[name] {
			got = append(got, value)
			if name != "Version" && !strings.EqualFold(constant, name+value) {
				t.Errorf("the constant of the %s %q is called %s", name, value, constant)
			}
		}
		want := slices.Sorted(slices.Values(values))
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the values of type %s differ (-facts +code):\n%s", name, diff)
		}
	}
	for name := range s.Consts {
		if name != "" && f.Enums[name] == nil {
			t.Errorf("%s has constants, but is no enum of the API", name)
		}
	}
}

// TestNothingElse checks that the files of operations declare nothing that
// the API does not have, but for what waits for jobs.
func TestNothingElse(t *testing.T) {
	f, s := loadFacts(t), conformance.ParseSource(t)
	wantMethods := map[string]bool{"WaitBulkDownload": true, "WaitExtract": true}
	allowed := map[string]bool{}
	for name, op := range f.Operations {
		wantMethods[f.method(name)] = true
		allowed[f.method(name)+"Request"] = true
		if op.responds() {
			allowed[f.answer(name)] = true
		}
		if op.Iterator != "" {
			wantMethods[op.Iterator] = true
		}
	}
	if diff := cmp.Diff(wantMethods, s.Methods); diff != "" {
		t.Errorf("the exported methods differ (-facts +code):\n%s", diff)
	}
	for name := range s.Kinds {
		if !allowed[name] && f.Types[name] == nil && f.Enums[name] == nil && !entries[name] {
			t.Errorf("the API has nothing for the type %s", name)
		}
	}
}

// TestListings checks that each operation whose answer can say that there is
// more has an iterator over its items, and no other has.
func TestListings(t *testing.T) {
	f := loadFacts(t)
	for _, name := range f.names() {
		op := f.Operations[name]
		member := func(name string) int {
			return slices.IndexFunc(op.Response, func(m memberFacts) bool { return m.Name == name })
		}
		if more := member("hasMore") >= 0; more != (op.Iterator != "") {
			t.Errorf("%s says whether there is more: %t. It has an iterator: %t", name, more, op.Iterator != "")
		}
		if op.Iterator == "" {
			continue
		}
		method, ok := reflect.TypeFor[*Client]().MethodByName(op.Iterator)
		if !ok {
			t.Errorf("Client has no method %s", op.Iterator)
			continue
		}
		item := reflect.TypeFor[Client]().PkgPath() + "." + inner(op.Response[member("items")].Type)
		want := fmt.Sprintf("func(*oracledocs.Client, context.Context, oracledocs.%sRequest, ...docferry.CallOption) iter.Seq2[%s,error]", name, item)
		if got := method.Type.String(); got != want {
			t.Errorf("%s is a\n\t%s, want a\n\t%s", op.Iterator, got, want)
		}
	}
}

// TestDocs checks that everything exported is documented, that operations link
// to Oracle's reference, say which version has them if not all do, and say
// what about them is inferred.
func TestDocs(t *testing.T) {
	f, s := loadFacts(t), conformance.ParseSource(t)
	s.CheckDocs(t)
	required := make(map[string][]string)
	for _, name := range f.names() {
		for _, m := range f.Operations[name].Request {
			if m.Required {
				request := f.method(name) + "Request"
				required[request] = append(required[request], m.Name)
			}
		}
	}
	for name, members := range f.Types {
		for _, m := range members {
			if m.Required {
				required[name] = append(required[name], m.Name)
			}
		}
	}
	s.CheckRequired(t, required)
	inferred := func(m memberFacts) bool { return m.Inferred }
	for _, name := range f.names() {
		op, goName := f.Operations[name], f.method(name)
		doc := s.Docs["Client."+goName]
		if op.By != "" {
			if !strings.Contains(doc, name) {
				t.Errorf("the doc comment of %s does not name %s", goName, name)
			}
			continue
		}
		if want := "\n\n" + reference + op.Page + ".html\n"; !strings.HasSuffix(doc, want) {
			t.Errorf("the doc comment of %s does not end with the line %q", name, strings.TrimSpace(want))
		}
		if op.Only != "" && !strings.Contains(strings.ToLower(strings.Join(strings.Fields(doc), " ")),
			"only in version "+string(op.Only)) {
			t.Errorf("the doc comment of %s does not say that it is only in version %s", name, op.Only)
		}
		text := doc
		for _, st := range []string{goName + "Request", f.answer(name)} {
			text += s.Docs[st] + s.Fields[st]
		}
		if slices.ContainsFunc(slices.Concat(op.Request, op.Response), inferred) && !strings.Contains(text, "inferred") {
			t.Errorf("%s does not say what about it is inferred", name)
		}
	}
	for name, members := range f.Types {
		if slices.ContainsFunc(members, inferred) && !strings.Contains(s.Docs[name]+s.Fields[name], "inferred") {
			t.Errorf("%s does not say what about it is inferred", name)
		}
	}
}

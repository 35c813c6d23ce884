package conformance

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Source is what the source code of a package declares, as far as reflection cannot
// tell: comments, constants, and the variables that declare operations.
type Source struct {
	// Ops has the operations by name, or by variable if the name is not a constant.
	Ops map[string]DeclaredOp
	// Consts has the values of exported constants by type and name. The type of an
	// untyped constant is "".
	Consts map[string]map[string]string
	// Docs has the doc comments of exported declarations. The key of a method is
	// "Client.GetFolder".
	Docs map[string]string
	// Fields has all comments within each exported struct, joined.
	Fields map[string]string
	// Kinds has "struct", or the name of the underlying type, for each exported type
	// in the files that belong to the API; see ParseSource.
	Kinds map[string]string
	// Methods has the exported methods of Client in those files.
	Methods map[string]bool
	// Package has the doc comment of the package.
	Package string
	// Members has the fields with a tag of exported structs, by struct and field.
	Members map[string]map[string]Field

	// texts has the values of all constants that are strings, by name.
	texts map[string]string
}

// Field is a struct field that is a member of the API.
type Field struct {
	// Wire is the name of the member in a message.
	Wire string
	// Required says whether the tag makes the member required.
	Required bool
	// Comment is the comment before the field, with the one at the end of its
	// line.
	Comment string
}

// DeclaredOp holds the arguments of a call of call.NewOp as they are written in the
// source, and in Only that of the method In, if it is called on the result.
type DeclaredOp struct{ Variable, Route, Repeat, Only string }

// ParseSource parses the package in the current directory, without its tests.
//
// A package also has code that is not a part of the API, such as uploaders. The
// files that belong to the API are those that declare an operation, and those whose
// names end in _types.go. Only these are recorded in Kinds and Methods, and so only
// they are checked for having nothing that the API does not have.
func ParseSource(t testing.TB) *Source {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	s := &Source{Ops: map[string]DeclaredOp{}, Consts: map[string]map[string]string{}, Docs: map[string]string{},
		Members: map[string]map[string]Field{}, Fields: map[string]string{}, Kinds: map[string]string{},
		Methods: map[string]bool{}, texts: map[string]string{}}
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		s.Package += file.Doc.Text()
		// Values first: see values.
		before := len(s.Ops)
		for _, decl := range file.Decls {
			s.values(decl)
		}
		// A file that has declared an operation belongs to the API.
		forAPI := len(s.Ops) > before || strings.HasSuffix(name, "_types.go")
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				s.function(decl, forAPI)
			case *ast.GenDecl:
				s.general(decl, forAPI)
			}
		}
	}
	return s
}

// values records the constants and operations of a declaration. It has to run for
// the whole file first, because operations may use constants declared below them.
func (s *Source) values(decl ast.Decl) {
	general, ok := decl.(*ast.GenDecl)
	if !ok || general.Tok != token.VAR && general.Tok != token.CONST {
		return
	}
	for _, spec := range general.Specs {
		spec := spec.(*ast.ValueSpec)
		for i, value := range spec.Values {
			if general.Tok == token.CONST {
				s.texts[spec.Names[i].Name] = s.text(value)
			} else {
				s.operation(spec.Names[i].Name, value)
			}
		}
	}
}

// operation records the value of a variable if it is a declaration of an operation:
// call.NewOp(name, route, repeat), optionally followed by .In(version).
func (s *Source) operation(variable string, value ast.Expr) {
	op := DeclaredOp{Variable: variable}
	made, ok := value.(*ast.CallExpr)
	if ok && len(made.Args) == 1 { // call.NewOp(…).In("1.2")
		if in, isIn := made.Fun.(*ast.SelectorExpr); isIn && in.Sel.Name == "In" {
			op.Only = s.text(made.Args[0])
			made, ok = in.X.(*ast.CallExpr)
		}
	}
	if !ok || len(made.Args) != 3 || qualified(made.Fun) != "call.NewOp" {
		return
	}
	op.Route, op.Repeat = s.text(made.Args[1]), qualified(made.Args[2])
	name := s.text(made.Args[0])
	// The name is not a constant, so the variable has to do.
	if name == "" {
		name = variable
	}
	s.Ops[name] = op
}

// function records the doc comment of an exported function or method, and a method
// of Client as a method of the API if the file belongs to the API.
func (s *Source) function(decl *ast.FuncDecl, forAPI bool) {
	name := decl.Name.Name
	if decl.Recv != nil {
		receiver := decl.Recv.List[0].Type
		if pointer, ok := receiver.(*ast.StarExpr); ok {
			receiver = pointer.X
		}
		if receiver, ok := receiver.(*ast.Ident); ok {
			if forAPI && receiver.Name == "Client" && decl.Name.IsExported() {
				s.Methods[name] = true
			}
			name = receiver.Name + "." + name
		}
	}
	if decl.Name.IsExported() && ast.IsExported(name) {
		s.Docs[name] = decl.Doc.Text()
	}
}

// general records the exported types, constants and variables of a declaration. The
// doc comment of a group counts for each constant in it.
func (s *Source) general(decl *ast.GenDecl, forAPI bool) {
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() {
				s.exportedType(spec, decl.Doc.Text(), forAPI)
			}
		case *ast.ValueSpec:
			if !spec.Names[0].IsExported() {
				continue
			}
			s.Docs[spec.Names[0].Name] = decl.Doc.Text() + spec.Doc.Text()
			if decl.Tok == token.CONST && len(spec.Values) == 1 {
				s.constant(spec)
			}
		}
	}
}

// exportedType records a type and, if it is a struct, its fields. A field without a
// tag, such as an embedded struct, is not a member of the API itself.
func (s *Source) exportedType(spec *ast.TypeSpec, doc string, forAPI bool) {
	name := spec.Name.Name
	s.Docs[name] = doc
	if forAPI {
		s.Kinds[name] = "struct"
	}
	switch underlying := spec.Type.(type) {
	case *ast.Ident:
		if forAPI {
			s.Kinds[name] = underlying.Name
		}
	case *ast.StructType:
		for _, field := range underlying.Fields.List {
			s.Fields[name] += field.Doc.Text() + field.Comment.Text()
			if field.Tag != nil && len(field.Names) == 1 {
				s.member(name, field)
			}
		}
	}
}

// member records a field with its tag and its comments. By its tag, a field is
// required if it is in the path or has the option required.
func (s *Source) member(of string, field *ast.Field) {
	if s.Members[of] == nil {
		s.Members[of] = map[string]Field{}
	}
	f := Field{Comment: field.Doc.Text() + field.Comment.Text()}
	tag := reflect.StructTag(s.text(field.Tag))
	for _, place := range []string{"path", "query", "header", "cookie", "json", "part"} {
		if value, ok := tag.Lookup(place); ok {
			name, options, _ := strings.Cut(value, ",")
			f.Wire = name
			f.Required = place == "path" || slices.Contains(strings.Split(options, ","), "required")
		}
	}
	s.Members[of][field.Names[0].Name] = f
}

// saysRequired matches the word that the comment of a required field must
// contain.
var saysRequired = regexp.MustCompile(`(?i)\brequired\b`)

// CheckRequired checks that the comment of every required field contains the
// word "required", because the type of a field does not show it. A field is
// required by its tag, or because the facts say so: required has, for each
// struct, the names on the wire of those fields. A struct whose doc comment has
// the sentence "All members are required." needs no other comments.
func (s *Source) CheckRequired(t *testing.T, required map[string][]string) {
	t.Helper()
	for of, fields := range s.Members {
		if strings.Contains(s.Docs[of], "All members are required.") {
			continue
		}
		for name, f := range fields {
			demanded := f.Required || slices.Contains(required[of], f.Wire)
			if demanded && !saysRequired.MatchString(f.Comment) {
				t.Errorf("%s.%s is required; its comment must say so with the word required", of, name)
			}
		}
	}
}

// CheckNamed checks that the doc comment of a method of Client names one of the
// words: a constant, a sentinel error, or a phrase such as "status 416".
func (s *Source) CheckNamed(t *testing.T, method string, words ...string) {
	t.Helper()
	named := func(word string) bool { return Names(s.Docs["Client."+method], word) }
	if !slices.ContainsFunc(words, named) {
		t.Errorf("the doc comment of Client.%s does not name %s", method, strings.Join(words, " or "))
	}
}

// Names reports whether a comment contains the word, or several words in a row even
// if a line ends between them. CodeNotFound is not in a comment that has only
// CodeNotFoundException.
func Names(comment, word string) bool {
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(word) + `\b`).MatchString(strings.Join(strings.Fields(comment), " "))
}

// CheckLimit checks that the comment of a field contains a limit of its length, size
// or value, with or without commas: 10,000. A limit of 1 may be the word one.
func (s *Source) CheckLimit(t *testing.T, of, field string, limit int) {
	t.Helper()
	comment := strings.ReplaceAll(s.Members[of][field].Comment, ",", "")
	if limit == 1 && Names(comment, "one") || Names(comment, strconv.Itoa(limit)) {
		return
	}
	t.Errorf("the comment of %s.%s does not have the limit %d", of, field, limit)
}

// constant records an exported constant by its type, which is "" if it has
// none.
func (s *Source) constant(spec *ast.ValueSpec) {
	of := ""
	if declared, ok := spec.Type.(*ast.Ident); ok {
		of = declared.Name
	}
	if s.Consts[of] == nil {
		s.Consts[of] = map[string]string{}
	}
	s.Consts[of][spec.Names[0].Name] = s.text(spec.Values[0])
}

// CheckDocs checks that everything exported has a doc comment, and that it begins
// with the name. Constants are exempt from the latter: their group may have one
// comment for all.
func (s *Source) CheckDocs(t *testing.T) {
	t.Helper()
	constant := map[string]bool{}
	for _, values := range s.Consts {
		for name := range values {
			constant[name] = true
		}
	}
	for name, doc := range s.Docs {
		switch short := name[strings.LastIndex(name, ".")+1:]; {
		case doc == "":
			t.Errorf("%s must have a doc comment", name)
		case !constant[name] && !strings.HasPrefix(doc, short+" "):
			t.Errorf("the doc comment of %s must begin with its name", name)
		}
	}
}

// text returns the value of an expression that is a string literal or the name
// of a constant, or "" for any other expression. Constants must have been
// recorded before; see values.
func (s *Source) text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if value, err := strconv.Unquote(e.Value); err == nil {
			return value
		}
	case *ast.Ident:
		return s.texts[e.Name]
	}
	return ""
}

// qualified returns an expression such as call.NewOp as a string, or "" for any
// other expression.
func qualified(e ast.Expr) string {
	if selector, ok := e.(*ast.SelectorExpr); ok {
		if pkg, ok := selector.X.(*ast.Ident); ok {
			return pkg.Name + "." + selector.Sel.Name
		}
	}
	return ""
}

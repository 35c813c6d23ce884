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

// Source is what the code of a package declares.
type Source struct {
	Ops     map[string]DeclaredOp        // by name; by the variable's where the name is no text
	Consts  map[string]map[string]string // exported values by type and name; type "" is untyped
	Docs    map[string]string            // of exported declarations; methods as "Client.GetFolder"
	Fields  map[string]string            // all comments within an exported struct
	Kinds   map[string]string            // "struct" or "string", of exported types in files that declare operations
	Methods map[string]bool              // exported methods of Client in those files
	Package string                       // the package's doc comment

	// Members are the fields of exported structs that are members of the API, by
	// struct and field, with what the reader of the field is told.
	Members map[string]map[string]Field

	texts map[string]string // values of all constants
}

// Field is a member of the API in a struct.
type Field struct {
	Wire     string // its name on the wire
	Required bool   // by its tag
	Comment  string // before and behind it
}

// DeclaredOp is a call of call.NewOp, perhaps with .In behind it.
type DeclaredOp struct{ Variable, Route, Repeat, Only string }

// ParseSource reads the code of the package in this directory. Only files that
// declare operations, and those of their types, can have what the API has.
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
		before := len(s.Ops)
		for _, decl := range file.Decls {
			s.values(decl)
		}
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

// values collects the constants and the operations that a declaration declares.
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

// operation notes the value of a variable if it is an operation.
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
	if name == "" {
		name = variable
	}
	s.Ops[name] = op
}

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

// member notes a field with its tag and its comments.
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

var saysRequired = regexp.MustCompile(`(?i)\brequired\b`)

// CheckRequired checks that the comment of every field that has to be set says
// so, or that of its struct about all of them. Whether it has to is up to its
// tag, or to the facts: required are the names on the wire of the fields that
// they demand, by struct.
func (s *Source) CheckRequired(t *testing.T, required map[string][]string) {
	t.Helper()
	for of, fields := range s.Members {
		if strings.Contains(s.Docs[of], "All members are required.") {
			continue
		}
		for name, f := range fields {
			demanded := f.Required || slices.Contains(required[of], f.Wire)
			if demanded && !saysRequired.MatchString(f.Comment) {
				t.Errorf("%s.%s is required, and its comment does not say so", of, name)
			}
		}
	}
}

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

// CheckDocs checks that everything exported is documented, by a comment that
// begins with its name.
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
			t.Errorf("%s has no doc comment", name)
		case !constant[name] && !strings.HasPrefix(doc, short+" "):
			t.Errorf("the doc comment of %s does not begin with its name", name)
		}
	}
}

// text is the value of a string literal or of a constant that is one.
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

// qualified is an expression such as call.NewOp.
func qualified(e ast.Expr) string {
	if selector, ok := e.(*ast.SelectorExpr); ok {
		if pkg, ok := selector.X.(*ast.Ident); ok {
			return pkg.Name + "." + selector.Sel.Name
		}
	}
	return ""
}

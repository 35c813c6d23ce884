package oracledocs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// source is what the code of this package declares.
type source struct {
	ops     map[string]declaredOp
	texts   map[string]string            // values of constants
	consts  map[string]map[string]string // values of exported constants by type and name; type "" is untyped
	docs    map[string]string            // of exported declarations; methods as "Client.GetFolder"
	fields  map[string]string            // comments within exported structs
	types   map[string]bool              // exported, in files that declare operations
	methods map[string]bool              // exported methods of Client in those files
}

// declaredOp is a call of call.New.
type declaredOp struct{ variable, route, repeat, only string }

func parseSource(t *testing.T) *source {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	s := &source{ops: map[string]declaredOp{}, texts: map[string]string{}, consts: map[string]map[string]string{},
		docs: map[string]string{}, fields: map[string]string{}, types: map[string]bool{}, methods: map[string]bool{}}
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		before := len(s.ops)
		for _, decl := range file.Decls {
			s.values(decl)
		}
		forAPI := len(s.ops) > before || strings.HasSuffix(name, "_types.go")
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
func (s *source) values(decl ast.Decl) {
	general, ok := decl.(*ast.GenDecl)
	if !ok || general.Tok != token.VAR && general.Tok != token.CONST {
		return
	}
	for _, spec := range general.Specs {
		spec := spec.(*ast.ValueSpec)
		for i, value := range spec.Values {
			if general.Tok == token.CONST {
				s.texts[spec.Names[i].Name] = s.text(value)
				continue
			}
			var op declaredOp
			made, ok := value.(*ast.CallExpr)
			if ok && len(made.Args) == 1 { // call.New(…).In("1.2")
				if in, isIn := made.Fun.(*ast.SelectorExpr); isIn && in.Sel.Name == "In" {
					op.only = s.text(made.Args[0])
					made, ok = in.X.(*ast.CallExpr)
				}
			}
			if !ok || len(made.Args) != 3 || qualified(made.Fun) != "call.New" || s.text(made.Args[0]) == "" {
				continue
			}
			op.variable, op.route, op.repeat = spec.Names[i].Name, s.text(made.Args[1]), qualified(made.Args[2])
			s.ops[s.text(made.Args[0])] = op
		}
	}
}

func (s *source) function(decl *ast.FuncDecl, forAPI bool) {
	name := decl.Name.Name
	if decl.Recv != nil {
		receiver := decl.Recv.List[0].Type
		if pointer, ok := receiver.(*ast.StarExpr); ok {
			receiver = pointer.X
		}
		if receiver, ok := receiver.(*ast.Ident); ok {
			if forAPI && receiver.Name == "Client" && decl.Name.IsExported() {
				s.methods[name] = true
			}
			name = receiver.Name + "." + name
		}
	}
	if decl.Name.IsExported() && ast.IsExported(name) {
		s.docs[name] = decl.Doc.Text()
	}
}

func (s *source) general(decl *ast.GenDecl, forAPI bool) {
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if !spec.Name.IsExported() {
				continue
			}
			s.docs[spec.Name.Name] = decl.Doc.Text()
			if forAPI {
				s.types[spec.Name.Name] = true
			}
			if st, ok := spec.Type.(*ast.StructType); ok {
				for _, field := range st.Fields.List {
					s.fields[spec.Name.Name] += field.Doc.Text() + field.Comment.Text()
				}
			}
		case *ast.ValueSpec:
			if !spec.Names[0].IsExported() {
				continue
			}
			s.docs[spec.Names[0].Name] = decl.Doc.Text() + spec.Doc.Text()
			if decl.Tok == token.CONST && len(spec.Values) == 1 {
				s.constant(spec)
			}
		}
	}
}

func (s *source) constant(spec *ast.ValueSpec) {
	of := ""
	if declared, ok := spec.Type.(*ast.Ident); ok {
		of = declared.Name
	}
	if s.consts[of] == nil {
		s.consts[of] = map[string]string{}
	}
	s.consts[of][spec.Names[0].Name] = s.text(spec.Values[0])
}

// text is the value of a string literal or of a constant that is one.
func (s *source) text(e ast.Expr) string {
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

// qualified is an expression such as call.New.
func qualified(e ast.Expr) string {
	if selector, ok := e.(*ast.SelectorExpr); ok {
		if pkg, ok := selector.X.(*ast.Ident); ok {
			return pkg.Name + "." + selector.Sel.Name
		}
	}
	return ""
}

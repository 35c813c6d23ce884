package conformance

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
	ops    map[string]declaredOp
	consts map[string]map[string]string // values by type and name; type "" is untyped
	docs   map[string]string            // of exported declarations; methods as "Client.GetFolder"
	kinds  map[string]string            // "struct" or "string", of exported types in files that declare operations
	method map[string]bool              // exported methods of Client in those files
}

// declaredOp is a call of call.New.
type declaredOp struct{ variable, route, repeat string }

func parseSource(t testing.TB) *source {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	s := &source{ops: map[string]declaredOp{}, consts: map[string]map[string]string{}, docs: map[string]string{},
		kinds: map[string]string{}, method: map[string]bool{}}
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
			s.vars(decl)
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

// vars collects the operations that a declaration declares.
func (s *source) vars(decl ast.Decl) {
	general, ok := decl.(*ast.GenDecl)
	if !ok || general.Tok != token.VAR {
		return
	}
	for _, spec := range general.Specs {
		spec := spec.(*ast.ValueSpec)
		for i, value := range spec.Values {
			made, ok := value.(*ast.CallExpr)
			if !ok || len(made.Args) != 3 || qualified(made.Fun) != "call.New" {
				continue
			}
			s.ops[text(made.Args[0])] = declaredOp{spec.Names[i].Name, text(made.Args[1]), qualified(made.Args[2])}
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
				s.method[name] = true
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
			if !forAPI {
				continue
			}
			s.kinds[spec.Name.Name] = "struct"
			if underlying, ok := spec.Type.(*ast.Ident); ok {
				s.kinds[spec.Name.Name] = underlying.Name
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
	s.consts[of][spec.Names[0].Name] = text(spec.Values[0])
}

// text is the value of a string literal.
func text(e ast.Expr) string {
	if literal, ok := e.(*ast.BasicLit); ok {
		if value, err := strconv.Unquote(literal.Value); err == nil {
			return value
		}
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

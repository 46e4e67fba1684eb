package catalog_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// What Edit and Commit have returned from is on the disk: bbolt must not be told to skip an fsync. Only a
// benchmark may.
func TestNoCommitWithoutFsync(t *testing.T) {
	names, err := filepath.Glob("*.go")
	check(t, err)
	opens := false
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		check(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				opens = opens || id.Name == "FreelistType"
				switch id.Name {
				case "NoSync", "NoGrowSync", "NoFreelistSync":
					t.Errorf("%s sets %s", name, id.Name)
				}
			}
			return true
		})
	}
	if !opens {
		t.Error("the options of bbolt were not found: the test says nothing")
	}
}

package catalog_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"
	"testing"
)

// What Edit and Commit have returned from is on the disk: bbolt must not be told to skip an fsync. Only a
// benchmark may.
func TestNoCommitWithoutFsync(t *testing.T) {
	ours := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	packages, err := parser.ParseDir(token.NewFileSet(), ".", ours, 0)
	if err != nil || packages["catalog"] == nil {
		t.Fatalf("parse the package: %v", err)
	}
	opens := false
	ast.Inspect(packages["catalog"], func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			opens = opens || id.Name == "Timeout"
			switch id.Name {
			case "NoSync", "NoGrowSync", "NoFreelistSync":
				t.Errorf("the catalog sets %s", id.Name)
			}
		}
		return true
	})
	if !opens {
		t.Error("the options of bbolt were not found: the test says nothing")
	}
}

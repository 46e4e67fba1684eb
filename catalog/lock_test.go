package catalog_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"semblance/catalog"
)

// A catalog that cannot be opened, wherever it is cut off, is not held: the same program can put a backup in its place.
func TestDamagedCatalogIsNotHeld(t *testing.T) {
	path := filled(t)
	info, err := os.Stat(path)
	check(t, err)
	whole, err := os.ReadFile(path)
	check(t, err)
	for size := info.Size() - 4096; size > 0; size -= 4096 {
		check(t, os.WriteFile(path, whole[:size], 0o600))
		for range 2 {
			c, err := catalog.Open(path)
			switch {
			case err == nil:
				check(t, c.Close())
			case !strings.Contains(err.Error(), "the file is cut off") && size > 8192:
				t.Fatalf("cut off after %d bytes: %v", size, err)
			case errors.Is(err, catalog.ErrInUse):
				t.Fatalf("cut off after %d bytes: %v", size, err)
			}
		}
	}
}

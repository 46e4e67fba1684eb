package ort_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"semblance/models"
	"semblance/models/ort"
)

// quietFolder names a folder to the process that TestNothingIsReported starts.
const quietFolder = "SEMBLANCE_TEST_QUIET"

// The runtime reports nothing to anybody: it makes no identifier of the computer and no queue of events. A process of its
// own looks, without the variables of a build server, where the library is silent anyway.
func TestNothingIsReported(t *testing.T) {
	if os.Getenv(quietFolder) != "" {
		pack, err := models.Embedded()
		if err != nil {
			t.Fatal(err)
		}
		network(t, open(t, ort.Options{}), pack.Models()[0].Name)
		return
	}
	home := t.TempDir()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNothingIsReported$")
	c.Env = slices.DeleteFunc(os.Environ(), func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return slices.Contains([]string{"CI", "TF_BUILD", "GITHUB_ACTIONS", "JENKINS_URL", "ORT_RUNNING_UNIT_TESTS", "ORT_DISABLE_TELEMETRY"}, name)
	})
	c.Env = append(c.Env, quietFolder+"="+home, "HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"))
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	err := filepath.WalkDir(home, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("written: %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

package catalog_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"semblance/catalog"
	"semblance/internal/face"
)

// fullDiskHome is the environment of the child whose disk becomes full: the folder of its catalog.
const fullDiskHome = "SEMBLANCE_FULL_DISK"

// diskSize is how large the child's disk is where it has one of its own, bytes.
const diskSize = 4 << 20

// A disk can be filled and emptied.
type disk interface {
	fill(t *testing.T, left int64) // until only so many bytes can be written
	empty(t *testing.T)
}

// limit is a disk on which no file can be longer than the catalog is: the system refuses what lies behind.
type limit struct{ path string }

func (l limit) fill(t *testing.T, left int64) {
	t.Helper()
	info, err := os.Stat(l.path)
	check(t, err)
	l.set(t, uint64(info.Size()+left))
}

func (l limit) empty(t *testing.T) { t.Helper(); l.set(t, 1<<40) }

func (limit) set(t *testing.T, bytes uint64) {
	t.Helper()
	var now syscall.Rlimit
	check(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &now))
	now.Cur = min(bytes, now.Max)
	check(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now))
}

// mounted is a disk of its own, in memory, that another file fills.
type mounted struct{ filler string }

func (m mounted) fill(t *testing.T, left int64) {
	t.Helper()
	f, err := os.OpenFile(m.filler, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	check(t, err)
	defer f.Close()
	page := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(page)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	info, err := f.Stat()
	check(t, err)
	check(t, f.Truncate(max(info.Size()-left, 0)))
}

func (m mounted) empty(t *testing.T) {
	t.Helper()
	if err := os.Remove(m.filler); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

// On a full disk commits, edits, backups and compacting fail and leave nothing behind, what was acknowledged is kept, and everything goes
// on when there is room, wherever in a transaction the room ends.
func TestFullDisk(t *testing.T) {
	if home := os.Getenv(fullDiskHome); home != "" {
		d := disk(limit{filepath.Join(home, "catalog.semblance")})
		if os.Getenv(fullDiskHome+"_MOUNT") != "" {
			check(t, syscall.Mount("tmpfs", home, "tmpfs", 0, fmt.Sprintf("size=%d", diskSize)))
			d = mounted{filepath.Join(home, "filler")}
		}
		signal.Ignore(syscall.SIGXFSZ)
		useFullDisk(t, home, d)
		return
	}
	t.Run("limit", func(t *testing.T) {
		if out, err := fullDiskChild(t).CombinedOutput(); err != nil || !strings.Contains(string(out), "rounds") {
			t.Fatalf("%v\n%s", err, out)
		}
	})
	t.Run("mounted", func(t *testing.T) {
		child := fullDiskChild(t)
		child.Env = append(child.Env, fullDiskHome+"_MOUNT=yes")
		child.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
		if os.Getuid() != 0 { // the system may let people mount what they alone see
			child.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			child.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
			child.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
		}
		out, err := child.CombinedOutput()
		switch {
		case errors.Is(err, syscall.EPERM) || strings.Contains(string(out), "operation not permitted"):
			t.Skipf("no disk of its own may be mounted here: the limit has to do: %v", err)
		case err != nil || !strings.Contains(string(out), "rounds"):
			t.Fatalf("%v\n%s", err, out)
		}
	})
}

func fullDiskChild(t *testing.T) *exec.Cmd {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	child.Env = append(os.Environ(), fullDiskHome+"="+t.TempDir())
	return child
}

// useFullDisk fills the disk over and over, with other bytes left each time, and looks at the catalog.
func useFullDisk(t *testing.T, home string, d disk) {
	path := filepath.Join(home, "catalog.semblance")
	c := mustOpen(t, path)
	acknowledged := map[int]int{} // photo: age that was said, -1 if none was
	next := 0
	commit := func() error {
		var batch []catalog.Outcome
		for i := range 8 {
			n := next + i
			batch = append(batch, catalog.Outcome{File: file(fmt.Sprintf("%d.jpg", n), 1), Record: record(n, person(face.Happy, face.Woman, 30))})
		}
		err := c.Commit(batch)
		if err == nil {
			for i := range batch {
				acknowledged[next+i] = -1
			}
			next += len(batch)
		}
		return err
	}
	say := func(n, age int) error {
		err := c.Edit(id(n), func(r *catalog.Record) error { return r.Edits.Correct(&r.Analysis, 1, face.AgeYears, age) })
		if err == nil {
			acknowledged[n] = age
		}
		return err
	}
	check(t, commit())
	rounds, refusedEdits := 30, 0
	for round := range rounds {
		d.fill(t, int64(round%12)*4096)
		for tries := 0; ; tries++ { // free pages have room for some
			if err := commit(); err != nil {
				break
			}
			if tries > 5000 {
				t.Fatal("the disk is never full")
			}
		}
		if l, ok := d.(limit); ok && round%2 == 0 { // not even pages that are free can be written
			l.set(t, 2*4096)
		}
		if say(round%next, 50+round) != nil {
			refusedEdits++
		}
		if round%10 == 0 {
			lookAtFullDisk(t, c, path, acknowledged)
		}
		if _, err := c.Check(t.Context()); err != nil {
			t.Fatalf("round %d, while the disk is full: %v", round, err)
		}
		d.empty(t)
		if round%10 == 9 {
			c = reopen(t, c, path)
		}
		check(t, commit())
		check(t, say(round%next, 20+round))
		if len(acknowledged) > 1500 { // what fits on the disk
			check(t, c.Close())
			check(t, os.Remove(path))
			c, acknowledged, next = mustOpen(t, path), map[int]int{}, 0
			check(t, commit())
		}
	}
	if _, ok := d.(limit); ok && refusedEdits < rounds/2 {
		t.Errorf("only %d edits were refused: the test says nothing of them", refusedEdits)
	}
	wantAcknowledged(t, c, acknowledged)
	check(t, c.Close())
	if values, err := catalog.CheckFile(t.Context(), path); err != nil || len(values) > 0 {
		t.Errorf("afterwards: %v, %v", values, err)
	}
	c = mustOpen(t, path)
	wantAcknowledged(t, c, acknowledged)
	check(t, c.Close())
	compactOnFullDisk(t, path, d)
	fmt.Printf("%d rounds, %d edits refused, %d photos\n", rounds, refusedEdits, len(acknowledged))
}

// wantAcknowledged compares the catalog with what it acknowledged.
func wantAcknowledged(t *testing.T, c *catalog.Catalog, acknowledged map[int]int) {
	t.Helper()
	if n := len(c.Paths("", true)); n != len(acknowledged) {
		t.Errorf("%d photos, want %d", n, len(acknowledged))
	}
	for n, age := range acknowledged {
		r, err := c.Record(file(fmt.Sprintf("%d.jpg", n), 1).Path)
		if err != nil {
			t.Errorf("photo %d was acknowledged: %v", n, err)
			continue
		}
		said, ok := r.Edits.Of(1).Said.Of(face.AgeYears)
		if ok != (age >= 0) || ok && said != age {
			t.Errorf("photo %d: age %d, %v, want %d", n, said, ok, age)
		}
	}
}

// lookAtFullDisk checks that the index shows what was acknowledged and nothing else, and that a backup leaves no half.
func lookAtFullDisk(t *testing.T, c *catalog.Catalog, path string, acknowledged map[int]int) {
	t.Helper()
	wantAcknowledged(t, c, acknowledged)
	said := 0
	for _, age := range acknowledged {
		if age >= 0 {
			said++
		}
	}
	if got := found(t, c, "edited:yes", catalog.Scope{}, catalog.ByPath); len(got) != said {
		t.Errorf("%d photos are shown as edited, want %d", len(got), said)
	}
	before := filesBelow(t, filepath.Dir(path))
	var limited syscall.Rlimit // a copy is as long as the catalog: the limit would let it pass
	check(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limited))
	tight := limited
	tight.Cur = min(tight.Cur, 4096)
	check(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &tight))
	if err := c.Backup(t.Context(), filepath.Join(filepath.Dir(path), "copy"), false); err == nil {
		t.Error("a backup fits on a full disk")
	}
	check(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limited))
	if after := filesBelow(t, filepath.Dir(path)); !slices.Equal(before, after) {
		t.Errorf("a backup that failed leaves %q, before there was %q", after, before)
	}
}

// compactOnFullDisk checks that a file that cannot be written anew stays as it is.
func compactOnFullDisk(t *testing.T, path string, d disk) {
	t.Helper()
	want, err := os.ReadFile(path)
	check(t, err)
	d.fill(t, 0)
	if l, ok := d.(limit); ok {
		l.set(t, 8192)
	}
	before := filesBelow(t, filepath.Dir(path))
	if _, _, err := catalog.Compact(path); err == nil {
		t.Error("a second file fits on a full disk")
	}
	if _, err := catalog.BackUp(t.Context(), path, "", false); err == nil {
		t.Error("a backup fits on a full disk")
	}
	_ = os.Remove(filepath.Join(filepath.Dir(path), "backups")) // an empty folder may stay
	if after := filesBelow(t, filepath.Dir(path)); !slices.Equal(before, after) {
		t.Errorf("left are %q, before there was %q", after, before)
	}
	d.empty(t)
	got, err := os.ReadFile(path)
	check(t, err)
	if !slices.Equal(got, want) {
		t.Error("compacting that failed has changed the catalog")
	}
	if _, _, err := catalog.Compact(path); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

package library_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// disk is one that is plugged in at a folder and taken out again.
type disk struct {
	t     *testing.T
	files string // what is on it, wherever it is
	at    string
}

// newDisk mounts a file system of its own at a folder, which it makes.
func newDisk(t *testing.T, at string) *disk {
	t.Helper()
	d := &disk{t: t, files: filepath.Join(t.TempDir(), "disk"), at: at}
	if err := os.MkdirAll(d.files, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("disk", d.files, "tmpfs", 0, ""); err != nil {
		t.Skipf("no disk can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(d.files, syscall.MNT_DETACH) })
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	d.plug()
	t.Cleanup(func() { _ = syscall.Unmount(at, syscall.MNT_DETACH) })
	return d
}

func (d *disk) plug() {
	d.t.Helper()
	if err := syscall.Mount(d.files, d.at, "", syscall.MS_BIND, ""); err != nil {
		d.t.Fatal(err)
	}
}

func (d *disk) unplug() {
	d.t.Helper()
	if err := syscall.Unmount(d.at, syscall.MNT_DETACH); err != nil {
		d.t.Fatal(err)
	}
}

// What lies on a disk that was unplugged is offline and not forgotten, though an empty folder is left where it was, and
// comes back with it: while the program runs, at its start, as the open folder and below it.
func TestUnpluggedDisk(t *testing.T) {
	for _, below := range []string{"", "sub/disk"} {
		t.Run("at /"+below, func(t *testing.T) {
			f := newFixture(t)
			d := newDisk(t, f.path(below))
			rel := filepath.Join(below, "a.jpg")
			writeJPEG(t, f.path(rel), 40, 10)
			f.scan()
			f.must(f.Rate([]string{f.path(rel)}, 4))

			t.Log("while the program runs")
			d.unplug()
			f.LookAround()
			f.become("offline:yes rating:4 emotion:happy", rel)
			f.Rescan()
			f.wait()
			f.wantFound("offline:yes rating:4 emotion:happy", rel)
			d.plug()
			f.LookAround()
			f.become("offline:no rating:4 emotion:happy", rel)
			f.Rescan()
			f.wait()
			writeJPEG(t, f.path(filepath.Join(below, "b.jpg")), 40, 20)
			f.become("offline:no emotion:happy", rel+" "+filepath.Join(below, "b.jpg"))

			t.Log("while it does not run")
			f.must(f.Close())
			d.unplug()
			f.open()
			f.scan()
			f.become("offline:yes rating:4 emotion:happy", rel)
			d.plug()
			f.become("offline:no rating:4 emotion:happy", rel) // every few seconds somebody looks

			t.Log("what is deleted on a disk that is there is gone")
			f.must(os.Remove(f.path(rel)))
			f.Rescan()
			f.become("", filepath.Join(below, "b.jpg"))
			f.wantAnalyses(2)
		})
	}
}

// A folder that a person emptied is no disk.
func TestEmptiedFolder(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	writeJPEG(t, f.path("sub/b.jpg"), 40, 20)
	f.scan()
	f.must(f.Close())
	f.must(os.Remove(f.path("a.jpg")))
	f.must(os.Remove(f.path("sub/b.jpg")))
	f.open()
	f.scan()
	f.wantFound("", "")
}

// What lies on a disk whose place is above the open folder is offline without it, whatever is found there then.
func TestUnpluggedDiskAbove(t *testing.T) {
	f := newFixture(t)
	d := newDisk(t, f.path("disk"))
	writeJPEG(t, f.path("disk/trip/a.jpg"), 40, 10)
	f.OpenFolder(f.path("disk/trip"), true)
	f.wait()
	d.unplug()
	f.must(os.MkdirAll(f.path("disk/trip"), 0o755)) // by a program that did not know
	f.OpenFolder(f.path("disk/trip"), true)
	f.become("offline:yes emotion:happy", "disk/trip/a.jpg")
	d.plug()
	f.become("offline:no emotion:happy", "disk/trip/a.jpg")
}

// A disk that is unplugged during a scan, and leaves an empty folder, is offline.
func TestUnpluggedDuringTheScan(t *testing.T) {
	f := newFixture(t)
	d := newDisk(t, f.path("z"))
	writeJPEG(t, f.path("z/a.jpg"), 40, 10)
	f.scan()
	f.duringTheScan(d.unplug)
	f.become("offline:yes emotion:happy", "z/a.jpg")
}

// Photos that were copied to where their disk had been are there, and the folder is like others from then on.
func TestDiskReplacedByAFolder(t *testing.T) {
	f := newFixture(t)
	d := newDisk(t, f.path("disk"))
	writeJPEG(t, f.path("disk/a.jpg"), 40, 10)
	writeJPEG(t, f.path("disk/b.jpg"), 40, 20)
	f.scan()
	d.unplug()
	f.LookAround()
	f.become("offline:yes", "disk/a.jpg disk/b.jpg")
	writeJPEG(t, f.path("disk/a.jpg"), 40, 10)
	f.OpenFolder(f.path("disk"), true)
	f.become("offline:no emotion:happy", "disk/a.jpg")
	f.wantFound("", "disk/a.jpg")
}

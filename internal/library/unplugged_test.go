package library_test

import (
	"os"
	"testing"

	"semblance/analysis"
	"semblance/internal/library"
)

// Photos whose folder is not there are offline, with everything that is known of them, until it is there again.
func TestOffline(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	d.wantFound("offline:no", "a.jpg")
	d.do(d.Close())
	elsewhere := d.photos + "-unplugged"
	d.do(os.Rename(d.photos, elsewhere))
	scanned := func() {
		t.Helper()
		d.wait()
	}
	d.open()
	found := make(chan bool, 10)
	cancel := d.Subscribe(func(e library.Event) {
		if e.Kind == library.ScanDone {
			found <- true
		}
	})
	d.OpenFolder(d.photos, true)
	<-found
	scanned()
	d.wantFound("offline:yes emotion:happy", "a.jpg")
	d.wantFound("offline:no", "")
	d.do(os.Rename(elsewhere, d.photos))
	d.OpenFolder(d.photos, true)
	<-found
	scanned()
	cancel()
	d.wantFound("offline:yes", "")
	d.wantFound("offline:no emotion:happy", "a.jpg")
}

package catalog

import "slices"

// SetOffline says which folders are not there now: the photos in them and below are offline, and all others are not. That is
// not stored.
func (c *Catalog) SetOffline(folders []string) {
	c.write.Lock()
	defer c.write.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.index.setOffline(folders) {
		c.generation++
	}
}

// setOffline is Catalog.SetOffline; it reports whether that changes anything.
func (ix *index) setOffline(folders []string) (changed bool) {
	offline := make([]bool, len(ix.folders.texts))
	for _, folder := range folders {
		for i, in := range ix.foldersOf(Scope{Folder: folder, Recursive: true}) {
			offline[i] = offline[i] || in
		}
	}
	for i := range ix.photos {
		if is := offline[ix.folders.codes[i]]; is != ix.offline.has(uint32(i)) {
			ix.offline.put(uint32(i), is)
			ix.refresh(Ref(i))
			changed = true
		}
	}
	return changed
}

// Folders returns the folders in which there are photos, or were, in no order.
func (c *Catalog) Folders() []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.index.folders.texts)
}

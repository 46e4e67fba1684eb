package library

// Care looks after the catalog now.
func (l *Library) Care() { l.care(l.ctx) }

// SetWatchLimit has so many folders watched at most, of those that are opened from now on.
func (l *Library) SetWatchLimit(n int) { l.watchLimit = n }

package library

// Care looks after the catalog now.
func (l *Library) Care() { l.care(l.ctx) }

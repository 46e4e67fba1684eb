// Package ui is Semblance's window: a client of internal/library, and nothing
// that the library could do itself.
//
// Everything in this package runs on Fyne's UI goroutine unless its comment
// says otherwise. Work that reads files or decodes runs in a goroutine and
// comes back through the bridge (bridge.go), the only place that calls fyne.Do.
// Searching is memory only and therefore synchronous, so that a late answer to
// an earlier question cannot exist.
//
// One table (commands.go) holds every action with its keys, and the menus, the
// key handler and the shortcut sheet are made from it.
package ui

// Package overlay turns what is known about the faces of a photo into one list of
// shapes on the screen. The window draws the list with its toolkit, Paint draws it
// into a picture: both show the same thing, because neither decides anything.
//
// The package is pure: it holds no state and its functions may be called from
// several goroutines at once.
package overlay

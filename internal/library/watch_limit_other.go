//go:build !linux && !windows

package library

// watchLimit is 0: kqueue needs an open file for every file of a watched folder (kqueue(2)), which photo folders are too large
// for. There the open folder is scanned again when the window gets the keyboard.
const watchLimit = 0

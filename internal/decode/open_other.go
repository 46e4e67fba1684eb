//go:build !unix

package decode

// noWaiting is for systems whose folders hold pipes.
const noWaiting = 0

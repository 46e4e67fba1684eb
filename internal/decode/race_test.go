//go:build race

package decode

// raceDetector tells tests of memory that the race detector takes several times as much.
const raceDetector = true

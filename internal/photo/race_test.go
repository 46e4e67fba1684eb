//go:build race

package photo_test

// raceDetector tells tests of memory that the race detector takes several times as much.
const raceDetector = true

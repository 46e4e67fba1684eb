package main

import "fyne.io/fyne/v2"

// appID is the name under which the desktop knows the program.
const appID = "io.github.semblance"

// metadata is what FyneApp.toml says, so that a program built with go build alone
// has it too. A test compares the two.
func metadata() fyne.AppMetadata {
	return fyne.AppMetadata{
		ID:         appID,
		Name:       "Semblance",
		Version:    "0.1.0",
		Build:      1,
		Migrations: map[string]bool{"fyneDo": true},
	}
}

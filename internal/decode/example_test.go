package decode_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"

	"semblance/internal/decode"
)

// A photo is read once; how large it is decoded is up to who needs pixels.
func Example() {
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 640, 480))); err != nil {
		fmt.Println(err)
		return
	}
	// decode.Read does the same with a path.
	photo, err := decode.Decoder{}.FromBytes("IMG_1.png", file.Bytes())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer photo.Release()
	ctx := context.Background()
	w, h := photo.Size()
	fmt.Println(photo.Format, w, h)

	pixels, err := photo.Pixels(ctx, 160) // shared, and at least so large
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(decode.Fit(pixels, 160).Rect.Size())

	face, err := photo.Region(ctx, image.Rect(200, 100, 320, 240), 0) // a copy, at full resolution
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(face.Rect.Size())

	_, err = decode.Decoder{}.FromBytes("IMG_2.jpg", []byte("a letter"))
	fmt.Println(errors.Is(err, decode.ErrUnsupported), err)
	// Output:
	// PNG 640 480
	// (160,120)
	// (120,140)
	// true not a picture that can be read: the content is text
}

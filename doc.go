// Package semblance is the front door: it holds no code, only the map of the house
// and the test that keeps the map true (arch_test.go).
//
// # Rooms
//
// Each line is a package and the packages of this module that it imports.
// Imports point down the page only.
//
//	cmd/semblance      -> analysis internal/decode internal/library internal/pipeline models models/ort ui
//	cmd/semblancectl   -> analysis catalog/query internal/decode internal/export internal/face internal/library internal/photo internal/pipeline models models/ort
//	cmd/accuracy       -> analysis internal/decode internal/face internal/pipeline models models/ort
//	cmd/modelpack      -> models models/convert
//	ui                 -> assets catalog/query internal/export internal/face internal/library internal/photo overlay ui/widgets
//	ui/widgets         ->
//	internal/library   -> analysis catalog catalog/query internal/decode internal/export internal/face internal/photo internal/pipeline internal/xmp
//	internal/pipeline  -> analysis internal/decode internal/face internal/photo
//	internal/export    -> internal/face internal/photo
//	internal/xmp       -> internal/face internal/photo
//	internal/decode    -> internal/photo
//	catalog/sqlite     -> catalog catalog/query internal/face internal/photo internal/synthetic
//	catalog            -> catalog/query internal/face internal/photo
//	catalog/query      -> internal/face
//	internal/synthetic -> internal/face internal/photo
//	analysis           -> internal/face models
//	overlay            -> assets internal/face
//	models/ort         -> models
//	models/convert     ->
//	models             ->
//	internal/photo     ->
//	internal/face      ->
//	assets             ->
//
// # Doors
//
// Each line is a foreign module and the only packages that may import it.
//
//	fyne.io/fyne/v2                   -> cmd/semblance ui ui/widgets
//	github.com/yalue/onnxruntime_go   -> models/ort
//	go.etcd.io/bbolt                  -> catalog
//	modernc.org/sqlite                -> catalog/sqlite
//	github.com/disintegration/imaging -> analysis internal/decode overlay
//	net/http                          -> internal/serve
//	C                                 -> internal/decode
package semblance

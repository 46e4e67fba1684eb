// Package catalog keeps what is known about photos: durably in one bbolt file,
// and as an index in memory that answers filters without touching the disk.
//
// The file has these buckets. Every value but schema version and layout in meta is behind an xxh3-64
// checksum of key and value, because bbolt's pages have none. Paths and rows, which are read whenever a catalog is opened, and the
// faces of records, which take the most room, are packed by hand, the others are CBOR:
//
//	meta      name      -> schema version, layout of the rows, Policy; hash -> what many records share: camera, lens, networks
//	paths     path      -> stamp, state, photo.ID
//	photos    photo.ID  -> Record: metadata, analysis and the former one, without what is shared
//	edits     photo.ID  -> what people said about the photo and its faces, and what files of other programs did (Heard); no analysis touches it
//	rows      photo.ID  -> what the index needs of record and edits; derived, made anew when lost
//	albums    name      -> Album
//	searches  name      -> Search
//
// Analyses are committed many at a time; what a person says is stored at once, in a
// transaction of its own. The two meet in face.Apply, whose result the rows are made of.
//
// What the Policy hides is in no row and in no record that the catalog returns; another
// policy makes the rows anew, in steps, and takes what it hides out of the records.
//
// A photo that moves or that lies in two places has one record, since records
// are kept by identity; the index has a row for every path, because a photo that
// waits or that failed has no identity.
//
// In memory, every value that a face field offers (catalog/query has the table) is a bit set over all
// faces, a probability a byte a face, and a tag or a person a list of rows. A filter is a handful of ANDs, a
// count a population count.
package catalog

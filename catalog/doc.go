// Package catalog keeps what is known about photos: durably in one bbolt file,
// and as an index in memory that answers filters without touching the disk.
//
// The file has these buckets. Every value but the first two of meta is CBOR behind an
// xxh3-64 checksum of key and value, because bbolt's pages have none:
//
//	meta    name      -> schema version, layout of the rows, Policy
//	paths   path      -> stamp, state, photo.ID
//	photos  photo.ID  -> Record: metadata and analysis
//	edits   photo.ID  -> face.Edits: what people said; no analysis touches it
//	rows    photo.ID  -> what the index needs of record and edits; derived, made anew when lost
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
// In memory, every value of every face field (catalog/query has the table) is a
// bit set over all faces. A filter is a handful of ANDs, a count a population count.
package catalog

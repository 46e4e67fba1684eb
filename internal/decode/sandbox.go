package decode

// Sandbox decodes the formats whose decoders can be neither bounded nor interrupted, in a
// process of its own with a limit of memory.
type Sandbox struct{}

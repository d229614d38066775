@_exported public import SwitchboardVocabulary

// The memory that all layers share. Bytes are immutable, and refer to a ByteStorage. A ByteReader reads fields from a
// block of memory, one at a time or all fields of fixed size together. A ByteWriter writes to a block. An OutputBuffer
// is a reference to a writer, which the routes of a read burst share.

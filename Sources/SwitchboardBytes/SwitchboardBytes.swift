@_exported public import SwitchboardVocabulary

// Memory that all layers share. Bytes are immutable, and refer to a ByteStorage; a ByteReader reads from one, the fields of
// fixed size at once; a ByteWriter fills one, and an OutputBuffer lends a writer to all that write in one read burst.

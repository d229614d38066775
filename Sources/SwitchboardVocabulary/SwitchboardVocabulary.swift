// The terms that specs and the wire have in common. The module has no dependencies. `SwitchboardSpec` and
// `SwitchboardBytes` export it.
//
// ByteOrder is the order of the bytes of a number. ChecksumAlgorithm has the checksums and their names.
// ChecksumParameters has the parameters of CRCs and sums. ChecksumDefinition computes checksums byte by byte.
// Header has the limits of headers, the widths of their numbers and the coverage of their lengths.
// Framing has the delimiters and escapes around frames.
// SenderAndRequirement has the ends that may send a message, and what the server requires of a peer. Fault has the
// codes of errors. EscapedText makes text of a peer or a file safe to print.
// Wire has the types of addresses and identifiers.
// Hexadecimal writes numbers with all their digits. FNV1a is a hash that is the same on every platform.

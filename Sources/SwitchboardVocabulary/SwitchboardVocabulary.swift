// What a spec and the wire have in common, without dependencies. `SwitchboardSpec` and `SwitchboardBytes` export it.
//
// ByteOrder has the order and the width of integers. Checksum has each algorithm, with its size and its computation. Header
// has the limits of headers and the coverage of their lengths. Message has what a spec says of a message: who sends it, and
// what a peer must have done before. Fault has the codes of errors. EscapedText makes text of a peer or a file safe to print.
// FNV1a is a hash that is the same on every platform.

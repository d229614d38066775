/// The limits of a spec.
///
/// Each limit is far above the needs of protocols. Together they bound the time and memory for reading a spec.
package enum SpecLimits {
    /// The size of the file, in bytes: 1 MiB.
    package static let fileBytes = 1 << 20
    /// The depth of nested lists and mappings.
    package static let nestingDepth = 32
    /// The number of values, lists, mappings and keys in the file.
    package static let nodes = 100_000
    /// The limits of the file.
    package static let file = YAMLLimits(
        fileBytes: fileBytes,
        nestingDepth: nestingDepth,
        nodes: nodes,
        whenTooLarge: ": split it with `imports`"
    )
    /// The number of messages.
    package static let messages = 4096
    /// The number of enums, of flags, of structs and of unions, each.
    package static let types = 1024
    /// The number of cases of an enum or a union; the compiler would take minutes for more.
    package static let cases = 1024
    /// The number of codes and names in `reserved`.
    package static let reserved = 4096
    /// The number of frames in `frames`.
    package static let frames = 32
    /// The number of fields in the frame's header.
    package static let headerFields = HeaderLimits.maximumFields
    /// The number of fields that together are the code.
    package static let codeFields = 8
    /// The bytes of a code with a length before it.
    package static let codeBytes = 128
    /// The number of items of the frame's trailer.
    package static let trailerItems = 8
    /// The number of bytes of a magic, and of the end of a frame.
    package static let magicBytes = 32
    /// The number of bytes of a `checksum-seed`.
    package static let checksumSeedBytes = 8
    /// The size of the frame's header, in bytes.
    package static let headerBytes = HeaderLimits.maximumCodecBytes
    /// The size of a payload in a frame without a length or with a framing, in bytes.
    ///
    /// It bounds the work for a peer that sends such a frame byte by byte: its end is searched again with each of them.
    package static let searchedPayload = 65_536
    /// The size of a payload from whose end zeros are cut off, in bytes.
    ///
    /// It bounds the memory for a payload that arrives as one byte.
    package static let truncatedPayload = 65_536
    /// The largest fixed number of bytes or elements.
    package static let fixedCount = 4_294_967_295
    /// The number of bytes that are sent for a value that may have none: in `reserved`, and in a `length` with `pad`.
    ///
    /// It bounds the memory for a message without content.
    package static let fillerBytes = 1 << 20
    /// The number of bytes in `begins` and in `ends` of a framing.
    package static let delimiterBytes = 8
    /// The values of a header that a program reads and sets, in bytes.
    package static let ownHeaderBytes = 24
    /// The depth of nested structs and unions.
    package static let typeDepth = 16
    /// The depth of nested values whose types contain themselves.
    package static let recursionDepth = 32
    /// The largest `plus` of a length or a count.
    package static let countOffset = 65_535
    /// The number of numbers in `absent`.
    package static let absentNumbers = 8
    /// The number of characters of a `unit`.
    package static let unitCharacters = 32
    /// The number of bytes in `until`.
    package static let endBytes = 8
    /// The length of a chain of specs of which each imports the next.
    package static let importDepth = 8
    /// The number of fields of a message.
    package static let fields = 256
    /// The number of examples of a message.
    package static let examples = 64
    /// The number of names in `imports`.
    package static let imports = 64
    /// The length of a name, in characters.
    package static let nameLength = 64
    /// The number of mistakes to report.
    package static let diagnostics = 100
    /// The number of values in the fields of a heartbeat that have no default.
    ///
    /// Each byte of a fixed length counts as a value.
    package static let heartbeatValues = 1024
    /// The number of elements of an array that a diagnostic shows.
    package static let shownElements = 8
    /// The number of characters of a value that a diagnostic shows.
    package static let shownCharacters = 1024
    /// The number of bytes of a frame that a diagnostic shows.
    package static let shownFrameBytes = 512
}

/// How much a spec may hold.
///
/// Each limit is far above what protocols need; together they bound time and memory.
package enum SpecLimits {
    /// The size of the file, in bytes: 1 MiB.
    package static let fileBytes = 1 << 20
    /// How deep lists and mappings may be nested.
    package static let nestingDepth = 32
    /// The number of values, lists, mappings and keys in the file.
    package static let nodes = 100_000
    /// The number of messages.
    package static let messages = 4096
    /// The number of enums, of flags, of structs and of unions, each.
    package static let types = 1024
    /// The number of cases of an enum or a union: more would take the compiler minutes.
    package static let cases = 1024
    /// The number of codes and names in `reserved`.
    package static let reserved = 4096
    /// The number of fields in the frame's header.
    package static let headerFields = HeaderLimits.maximumFields
    /// The size of the frame's header, in bytes.
    package static let headerBytes = HeaderLimits.maximumBytes
    /// How deep structs and unions may hold each other.
    package static let typeDepth = 16
    /// The number of specs that build on each other, one above the other.
    package static let importDepth = 8
    /// The number of fields of a message.
    package static let fields = 256
    /// The number of examples of a message.
    package static let examples = 64
    /// The number of names in `imports`.
    package static let imports = 64
    /// The length of a name, in characters.
    package static let nameLength = 64
    /// The length of a name for which one that resembles it is looked for, in characters.
    package static let comparedLength = 32
    /// The number of names that one is compared with.
    package static let comparedNames = 128
    /// The number of mistakes reported in one run.
    package static let diagnostics = 100
    /// The number of values that the fields of a heartbeat without a default may come to; a byte of a fixed length is one.
    package static let heartbeatValues = 1024
    /// The number of bytes of an example's frame that a message shows.
    package static let shownFrameBytes = 512
}

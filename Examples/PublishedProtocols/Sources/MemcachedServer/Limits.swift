/// The limits of the cache.
///
/// The limits of keys and frames are in `protocol.yaml`.
struct Limits: Sendable {
    /// The largest ``valueBytes``: a Set of such a value with the longest key is well below the `max-payload` of the spec.
    static let largestValue = 1024 * 1024

    /// The number of bytes of all entries; above it, the entries that were used least recently are removed.
    var memoryBytes = 64 * 1024 * 1024

    /// The number of bytes of a value; larger values are refused.
    var valueBytes = largestValue

    /// The number of bytes that an entry takes beside its key and its value, about.
    var entryBytes = 200
}

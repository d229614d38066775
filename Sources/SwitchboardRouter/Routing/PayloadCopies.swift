/// Copies of payloads for handlers that may wait, who keep them for longer than the loop leaves its memory as it is.
///
/// Most do not wait: their copies all lie in the same memory, which is used again unless one has kept it.
package final class PayloadCopies {
    /// The largest payload, in bytes, that is copied there: a handler that waits keeps as much, however small its own is.
    private static let maximumReusedBytes = 512

    @safe @exclusivity(unchecked) private var storage = ByteStorage(capacity: maximumReusedBytes)

    package init() {}

    /// A copy of what is left of `payload`.
    func copy(_ payload: ByteReader) -> Bytes {
        unsafe payload.withUnsafeRemaining { bytes in
            guard let source = bytes.baseAddress, bytes.count <= Self.maximumReusedBytes else {
                return unsafe Bytes(copying: bytes)
            }
            if !isKnownUniquelyReferenced(&storage) { storage = ByteStorage(capacity: Self.maximumReusedBytes) }
            unsafe storage.base.copyMemory(from: source, byteCount: bytes.count)
            return Bytes(storage: storage, offset: 0, count: bytes.count)
        }
    }
}

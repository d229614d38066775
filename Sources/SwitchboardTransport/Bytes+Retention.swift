package import SwitchboardBytes

extension Bytes {
    /// How many times as large as bytes the memory may be that they keep while they wait for a peer, which may take long:
    /// limits count the bytes.
    private static let maximumRetention = 4

    /// Whether the memory that the bytes are in is so much larger than they are that a copy is to wait instead of them.
    package var keepsMuchElse: Bool {
        sharedStorage.map { count < $0.capacity / Self.maximumRetention } ?? false
    }
}

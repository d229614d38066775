/// Where a Unix-domain socket is in the file system.
///
/// An object, since every connection keeps an address and hardly any of them a path.
final class UnixPath: Sendable, Hashable {
    /// The longest path that the system takes, in bytes.
    static let maximumBytes = 107

    /// That of a peer, which has none.
    static let unnamed = UnixPath(unchecked: "")

    let text: String

    private init(unchecked text: String) {
        self.text = text
    }

    convenience init(_ text: String) throws(TransportError) {
        guard (1...Self.maximumBytes).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw TransportError(
                .cannotResolve,
                description: "the path of a Unix-domain socket must have 1 to \(Self.maximumBytes) bytes: \(text)"
            )
        }
        self.init(unchecked: text)
    }

    static func == (left: UnixPath, right: UnixPath) -> Bool {
        left.text == right.text
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }
}

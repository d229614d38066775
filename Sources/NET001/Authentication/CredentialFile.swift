public import SwitchboardRouter
internal import Synchronization

/// Checks credentials against a file of `user:hash` lines, as `net001 hash-token` makes them.
///
/// Only the file's owner, and this process's user and groups, may read the file, and only its owner may write it. To check a
/// token takes tens of milliseconds, on purpose; it is done beside the event loops, and as long for a user that there is not.
public final class CredentialFile: Authenticator {
    /// Where the file is.
    public let path: String

    private let list: Mutex<CredentialList>
    private let queue = HashQueue()

    /// Reads the file at `path`.
    ///
    /// - Throws: A ``CredentialFileError``: the first mistake in it.
    public init(path: String) throws(CredentialFileError) {
        self.path = path
        list = Mutex(try Self.read(path))
    }

    /// How many users there are.
    public var userCount: Int { list.withLock { $0.count } }

    /// Reads the file again.
    ///
    /// Sessions that have begun go on, also those of users that are gone.
    ///
    /// - Throws: A ``CredentialFileError``; what was read before still counts then.
    public func reload() throws(CredentialFileError) {
        let new = try Self.read(path)
        list.withLock { $0 = new }
    }

    private static func read(_ path: String) throws(CredentialFileError) -> CredentialList {
        try CredentialList(try PrivateFile.text(at: path), path: path)
    }

    /// Says whether the hash of `user` was made of `token`.
    ///
    /// - Throws: ``AuthenticatorIsBusy`` when too many wait.
    public func authenticate(user: String, token: String, context: Context) async throws -> Bool {
        guard let (hash, isKnown) = list.withLock({ $0.hash(for: user) }) else { return false }
        return try await queue.run { hash.matches(token) && isKnown }
    }

    /// A line for such a file.
    ///
    /// Blocks for tens of milliseconds or longer.
    ///
    /// - Parameters:
    ///   - user: 1 to 255 bytes of UTF-8, without a colon and without spaces.
    ///   - token: 1 to 511 bytes of UTF-8, without a NUL.
    /// - Returns: `nil` when either is none of that.
    public static func line(user: String, token: String) -> String? {
        guard let hash = TokenHash.make(of: token) else { return nil }
        let line = "\(user):\(hash.text)"
        // It must mean the same when it is read.
        guard !user.hasPrefix("#"), let list = try? CredentialList(line, path: ""),
            list.hash(for: user)?.isKnown == true
        else { return nil }
        return line
    }
}

/// What is wrong with a file of credentials.
public struct CredentialFileError: Error, Hashable, CustomStringConvertible {
    /// The path of the file.
    public let path: String

    /// The number of the line, from 1 on, where the mistake is in one.
    public let line: Int?

    /// What is wrong, without what the line says: it might be a token.
    public let reason: String

    /// The place and what is wrong, in one line.
    public var description: String {
        "\(path)\(line.map { ":\($0)" } ?? ""): \(reason)"
    }
}

internal import Dispatch
public import SwitchboardRouter
internal import Synchronization

/// Checks credentials against a file of `user:hash` lines, as `net001 hash-token` prints them.
///
/// The file must be readable only to its owner and to the user and groups of this process, and writable only to its
/// owner. A check takes tens of milliseconds, so that tokens cannot be guessed fast. It runs outside the event loops,
/// and takes as long for an unknown user.
public final class CredentialFile: Authenticator {
    /// The path of the file.
    public let path: String

    /// The maximum size of the file in bytes.
    private static let maximumBytes = 4 * 1024 * 1024

    private let list: Mutex<CredentialList>
    private let queue = HashQueue()

    /// Reads the file at `path`.
    ///
    /// - Throws: A ``CredentialFileError`` that names the first mistake in the file.
    public init(path: String) throws(CredentialFileError) {
        self.path = path
        list = Mutex(try Self.read(path))
    }

    /// The number of users.
    public var userCount: Int { list.withLock { $0.count } }

    /// Reads the file again.
    ///
    /// Authenticated sessions continue, also those of users that are no longer in the file.
    ///
    /// - Throws: A ``CredentialFileError``; the previous users then remain.
    public func reload() throws(CredentialFileError) {
        let new = try Self.read(path)
        list.withLock { $0 = new }
    }

    private static func read(_ path: String) throws(CredentialFileError) -> CredentialList {
        try CredentialList(try PrivateFile.text(at: path, maximumBytes: maximumBytes), path: path)
    }

    /// Returns whether `token` matches the hash of `user`.
    ///
    /// - Throws: ``AuthenticatorIsBusy`` when too many credentials wait to be checked.
    public func authenticate(user: String, token: String, context: Context) async throws -> Bool {
        guard let (hash, isKnown) = list.withLock({ $0.hash(for: user) }) else { return false }
        return try await queue.run { hash.matches(token) && isKnown }
    }

    /// Returns a line for a credential file.
    ///
    /// The method blocks for tens of milliseconds or longer.
    ///
    /// - Parameters:
    ///   - user: 1 to 255 bytes of UTF-8, without a colon and without spaces.
    ///   - token: 1 to 511 bytes of UTF-8, without a NUL.
    /// - Returns: The line; `nil` when `user` or `token` is not allowed.
    public static func line(user: String, token: String) -> String? {
        guard let hash = TokenHash.make(of: token) else { return nil }
        let line = "\(user):\(hash.text)"
        // The line must be read as this user.
        guard !user.hasPrefix("#"), let list = try? CredentialList(line, path: ""),
            list.hash(for: user)?.isKnown == true
        else { return nil }
        return line
    }
}

/// A mistake in a credential file.
public struct CredentialFileError: Error, Hashable, CustomStringConvertible {
    /// The path of the file.
    public let path: String

    /// The number of the line with the mistake, from 1; `nil` for a mistake of the whole file.
    public let line: Int?

    /// What is wrong.
    ///
    /// The text of the line is left out, because it could be a token.
    public let reason: String

    /// An error about the file at `path`.
    package init(path: String, line: Int?, reason: String) {
        self.path = path
        self.line = line
        self.reason = reason
    }

    /// The file, the line and what is wrong, in one line.
    public var description: String {
        "\(path)\(line.map { ":\($0)" } ?? ""): \(reason)"
    }
}

/// The threads that compute hashes, each of which takes tens of milliseconds.
///
/// Hashes would block an event loop or Swift's own threads for too long. The number of waiting checks is limited.
final class HashQueue: Sendable {
    private static let threads = 2
    private static let maximumWaiting = 64

    private let queues: [DispatchQueue]
    private let waiting = Mutex(0)
    private let next = Atomic(0)

    init() {
        queues = (1...Self.threads).map { DispatchQueue(label: "net001.credentials.\($0)") }
    }

    /// Runs `work` on one of the threads.
    ///
    /// - Throws: ``AuthenticatorIsBusy`` when too many checks wait.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async throws(AuthenticatorIsBusy) -> Result {
        let isAdmitted = waiting.withLock { count in
            guard count < Self.maximumWaiting else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw AuthenticatorIsBusy() }
        defer { waiting.withLock { $0 -= 1 } }
        let number = next.wrappingAdd(1, ordering: .relaxed).newValue
        let queue = queues[Int(truncatingIfNeeded: number.magnitude % UInt(queues.count))]
        return await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}

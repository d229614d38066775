/// The users of a credential file, each with the hash of a token.
///
/// A line is `user:hash`. Blank lines and lines that begin with `#` are comments.
struct CredentialList: Sendable {
    /// The maximum length of a line in bytes.
    static let maximumLineBytes = 1024

    /// The maximum number of users.
    static let maximumUsers = 10_000

    /// The maximum length of a user's name in bytes: AUTH has one byte for the length.
    private static let maximumUserBytes = 255

    private var hashes: [String: TokenHash] = [:]
    /// The hashes in the order of the file.
    private var all: [TokenHash] = []

    /// Reads the text of the file at `path`.
    init(_ text: String, path: String) throws(CredentialFileError) {
        // Some editors write a byte order mark, which is not part of a name.
        let text = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            do throws(Mistake) { try read(line) } catch {
                throw CredentialFileError(path: path, line: index + 1, reason: error.reason)
            }
        }
        if all.isEmpty { throw CredentialFileError(path: path, line: nil, reason: "the file has no user") }
    }

    private struct Mistake: Error {
        let reason: String
    }

    private mutating func read(_ line: Substring) throws(Mistake) {
        guard line.utf8.count <= Self.maximumLineBytes else {
            throw Mistake(reason: "a line may have at most \(Self.maximumLineBytes) bytes")
        }
        if line.first == "#" || line.allSatisfy(\.isWhitespace) { return }
        guard let colon = line.firstIndex(of: ":") else { throw Mistake(reason: "a line must be user:hash") }
        let user = String(line[..<colon])
        guard !user.isEmpty, user.utf8.count <= Self.maximumUserBytes, !user.contains(where: \.isWhitespace) else {
            throw Mistake(reason: "a user's name must have 1 to \(Self.maximumUserBytes) bytes and no spaces")
        }
        guard let hash = TokenHash(String(line[line.index(after: colon)...])) else {
            let problem = "the text after the colon is not a hash that crypt(3) of this system can check"
            throw Mistake(reason: "\(problem): make one with net001 hash-token")
        }
        guard all.count < Self.maximumUsers else {
            throw Mistake(reason: "there may be at most \(Self.maximumUsers) users")
        }
        guard hashes.updateValue(hash, forKey: user) == nil else { throw Mistake(reason: "the user appears twice") }
        all.append(hash)
    }

    var count: Int { all.count }

    /// Returns the hash to check a token of `user` against, and whether the user is known.
    ///
    /// For an unknown user it returns the hash of a known one, always the same for one name, so that the time of a
    /// check does not tell which users exist.
    func hash(for user: String) -> (hash: TokenHash, isKnown: Bool)? {
        if let hash = hashes[user] { return (hash, true) }
        guard !all.isEmpty else { return nil }
        return (all[Int(user.hashValue.magnitude % UInt(all.count))], false)
    }
}

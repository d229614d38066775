/// The users of a credential file, each with the hash of a token.
///
/// A line is `user:hash`. Blank lines, and those that begin with `#`, say nothing.
struct CredentialList: Sendable {
    /// The longest line, in bytes.
    static let maximumLineBytes = 1024

    /// The most users.
    static let maximumUsers = 10_000

    /// A message says the length of a user's name in a byte.
    private static let maximumUserBytes = 255

    private var hashes: [String: TokenHash] = [:]
    /// The same, in the order of the file.
    private var all: [TokenHash] = []

    /// Reads the text of the file at `path`.
    init(_ text: String, path: String) throws(CredentialFileError) {
        // A byte order mark, as some editors leave it, is no part of a name.
        let text = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            do throws(Mistake) { try read(line) } catch {
                throw CredentialFileError(path: path, line: index + 1, reason: error.reason)
            }
        }
        if all.isEmpty { throw CredentialFileError(path: path, line: nil, reason: "there is no user in it") }
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
            let problem = "what follows the colon is not a hash that crypt(3) can check here"
            throw Mistake(reason: "\(problem): make one with net001 hash-token")
        }
        guard all.count < Self.maximumUsers else {
            throw Mistake(reason: "there may be at most \(Self.maximumUsers) users")
        }
        guard hashes.updateValue(hash, forKey: user) == nil else { throw Mistake(reason: "this user is there twice") }
        all.append(hash)
    }

    var count: Int { all.count }

    /// The hash to check a token of `user` against, and whether there is such a user.
    ///
    /// For any other user it is that of somebody else, always the same: so that nobody learns from the time that it takes
    /// who there is.
    func hash(for user: String) -> (hash: TokenHash, isKnown: Bool)? {
        if let hash = hashes[user] { return (hash, true) }
        guard !all.isEmpty else { return nil }
        return (all[Int(user.hashValue.magnitude % UInt(all.count))], false)
    }
}

internal import CCrypt
internal import Glibc

/// A token as it is kept: the hash that crypt(3) makes of it, with its method, its cost and its salt in front.
struct TokenHash: Sendable, Equatable {
    /// The hash, as it stands in a file.
    let text: String

    /// The longest token that crypt(3) takes, in bytes of UTF-8.
    static let maximumTokenBytes = Int(CRYPT_MAX_PASSPHRASE_SIZE) - 1

    /// The methods that are safe to use, as their hashes begin, and how many characters of them are the hash itself.
    ///
    /// The oldest methods, which have no name in front, take nearly any text for a hash: a token, say, that somebody has
    /// written down in its place.
    private static let methods = [
        "$y$": 43, "$gy$": 43, "$7$": 43, "$2a$": 53, "$2b$": 53, "$2y$": 53, "$6$": 86, "$5$": 43,
    ]

    /// A hash that was made before.
    ///
    /// - Returns: `nil` when it is none, or this system's crypt(3) cannot check it.
    init?(_ text: String) {
        guard !text.utf8.contains(0), text.utf8.count < Int(CRYPT_OUTPUT_SIZE) else { return nil }
        guard let length = Self.methods.first(where: { text.hasPrefix($0.key) })?.value,
            let hash = text.split(separator: "$").last, hash.utf8.count == length
        else { return nil }
        switch unsafe crypt_checksalt(text) {
        case CRYPT_SALT_OK, CRYPT_SALT_METHOD_LEGACY, CRYPT_SALT_TOO_CHEAP: self.text = text
        default: return nil
        }
    }

    /// A new hash of `token`, by the system's preferred method and a random salt.
    ///
    /// Blocks for tens of milliseconds or longer.
    ///
    /// - Returns: `nil` when the token is empty, too long or has a NUL in it.
    static func make(of token: String) -> TokenHash? {
        guard !token.isEmpty, isHashable(token) else { return nil }
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        guard unsafe crypt_gensalt_rn(nil, 0, nil, 0, &setting, Int32(setting.count)) != nil else { return nil }
        return crypt(token, setting).flatMap { TokenHash($0) }
    }

    /// Whether it was made of `token`.
    ///
    /// Blocks for as long as the hash is dear, whatever the token is.
    func matches(_ token: String) -> Bool {
        let isHashable = Self.isHashable(token)
        let setting = text.utf8CString
        guard let computed = Self.crypt(isHashable ? token : "?", Array(setting)) else { return false }
        return Self.areEqual(Array(computed.utf8), Array(text.utf8)) && isHashable
    }

    private static func isHashable(_ token: String) -> Bool {
        token.utf8.count <= maximumTokenBytes && !token.utf8.contains(0)
    }

    private static func crypt(_ token: String, _ setting: [CChar]) -> String? {
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        defer {
            // It has had the token in it.
            unsafe explicit_bzero(data, MemoryLayout<crypt_data>.size)
            unsafe data.deallocate()
        }
        unsafe explicit_bzero(data, MemoryLayout<crypt_data>.size)
        let size = Int32(MemoryLayout<crypt_data>.size)
        guard let output = unsafe crypt_rn(token, setting, data, size) else { return nil }
        return unsafe String(cString: output)
    }

    /// Takes the same time wherever the two differ.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

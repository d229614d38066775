internal import CCrypt
internal import Glibc

/// The hash of a token by crypt(3), which begins with its method, cost and salt.
struct TokenHash: Sendable, Equatable {
    /// The hash as it stands in a credential file.
    let text: String

    /// The maximum length of a token in bytes of UTF-8: the limit of crypt(3).
    static let maximumTokenBytes = Int(CRYPT_MAX_PASSPHRASE_SIZE) - 1

    /// The methods that are safe to use, by the beginning of their hashes, and the number of characters of the hash
    /// itself.
    ///
    /// The oldest methods have no name. They accept nearly any text as a hash, such as a token that was written in its
    /// place.
    private static let methods = [
        "$y$": 43, "$gy$": 43, "$7$": 43, "$2a$": 53, "$2b$": 53, "$2y$": 53, "$6$": 86, "$5$": 43,
    ]

    /// A hash from a credential file; `nil` when the text is not a hash that crypt(3) of this system can check.
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

    /// Returns a new hash of `token`, with the preferred method of the system and a random salt.
    ///
    /// The method blocks for tens of milliseconds or longer.
    ///
    /// - Returns: The hash; `nil` when the token is empty, too long, or contains a NUL.
    static func make(of token: String) -> TokenHash? {
        guard !token.isEmpty, isHashable(token) else { return nil }
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        guard unsafe crypt_gensalt_rn(nil, 0, nil, 0, &setting, Int32(setting.count)) != nil else { return nil }
        return crypt(token, setting).flatMap { TokenHash($0) }
    }

    /// Returns whether the hash is that of `token`.
    ///
    /// The method blocks for a time that depends on the cost of the hash, not on the token.
    func matches(_ token: String) -> Bool {
        let isHashable = Self.isHashable(token)
        let setting = text.utf8CString
        guard let computed = Self.crypt(isHashable ? token : "?", Array(setting)) else { return false }
        return SecretBytes.areEqual(Array(computed.utf8), Array(text.utf8)) && isHashable
    }

    private static func isHashable(_ token: String) -> Bool {
        token.utf8.count <= maximumTokenBytes && !token.utf8.contains(0)
    }

    private static func crypt(_ token: String, _ setting: [CChar]) -> String? {
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        defer {
            // The memory has contained the token.
            unsafe explicit_bzero(data, MemoryLayout<crypt_data>.size)
            unsafe data.deallocate()
        }
        unsafe explicit_bzero(data, MemoryLayout<crypt_data>.size)
        let size = Int32(MemoryLayout<crypt_data>.size)
        guard let output = unsafe crypt_rn(token, setting, data, size) else { return nil }
        return unsafe String(cString: output)
    }
}

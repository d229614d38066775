#if NATS
internal import SwitchboardBackplane

/// Reads the text of a ``NATSURL``.
struct NATSURLParser {
    struct Parts {
        var addresses: [NATSURL.Address]
        var usesTLS: Bool
        var credentials: NATSURL.Credentials?
    }

    private static let defaultPort = 4222

    private let text: String

    init(_ text: String) {
        self.text = text
    }

    func parse() throws(BackplaneError) -> Parts {
        guard text.utf8.count <= NATSURL.maximumBytes else {
            throw error("it has \(text.utf8.count) bytes: at most \(NATSURL.maximumBytes) are allowed")
        }
        let forbidden = text.unicodeScalars.first { $0.value <= 0x20 || $0.value == 0x7F }
        guard forbidden == nil else { throw error("spaces and control characters must be percent-encoded") }
        guard let separator = text.firstRange(of: "://") else { throw error("it must begin with nats:// or tls://") }
        let scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "nats" || scheme == "tls" else {
            throw error("\"\(scheme)://\" is unknown: use nats:// or tls://")
        }
        var rest = text[separator.upperBound...]
        guard !rest.contains("#") else { throw error("a # must be percent-encoded as %23") }
        let fileCredentials = try takeQuery(from: &rest)
        let authorityEnd = rest.firstIndex(of: "/") ?? rest.endIndex
        // Else what is left of a password would be taken for a path, and shown in an error.
        guard !rest[authorityEnd...].contains("@") else {
            throw error("a / in the user name, the password or the token must be percent-encoded as %2F")
        }
        let path = rest[authorityEnd...]
        guard path.isEmpty || path == "/" else { throw error("a path is not allowed: \(path)") }
        // A password may have an @ that is not encoded, an address never.
        let authority = rest[..<authorityEnd]
        let at = authority.lastIndex(of: "@")
        let userCredentials = try self.credentials(at.map { authority[..<$0] } ?? "")
        guard fileCredentials == nil || userCredentials == nil else {
            throw error("credentials are given before the @ and in the query: give one of them")
        }
        return Parts(
            addresses: try addresses(at.map { authority[authority.index(after: $0)...] } ?? authority),
            usesTLS: scheme == "tls",
            credentials: userCredentials ?? fileCredentials
        )
    }

    // MARK: Parts

    private func takeQuery(from rest: inout Substring) throws(BackplaneError) -> NATSURL.Credentials? {
        guard let mark = rest.firstIndex(of: "?") else { return nil }
        let text = rest[rest.index(after: mark)...]
        rest = rest[..<mark]
        guard !text.contains("@") else {
            throw error(
                "a ? in the user name, the password or the token must be percent-encoded as %3F, an @ in the query as %40"
            )
        }
        var values: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let name = pair.prefix { $0 != "=" }
            guard name == "creds" || name == "nkey" || name == "seed" else {
                throw error("\"\(name)\" in the query is unknown: creds, nkey and seed are allowed")
            }
            let value = try decoded(pair.dropFirst(name.count + 1), String(name))
            guard !value.isEmpty else { throw error("\(name) is empty") }
            guard values.updateValue(value, forKey: String(name)) == nil else { throw error("\(name) is given twice") }
        }
        switch (values["creds"], values["nkey"], values["seed"]) {
        case (nil, nil, nil): return nil
        case (let path?, nil, nil): return .file(path)
        case (nil, let key?, let path?):
            guard key.utf8.count == 56, key.hasPrefix("U") else {
                throw error("nkey is not the public key of a user: 56 characters that begin with U")
            }
            return .key(key, seedPath: path)
        case (nil, _, _): throw error("nkey and seed must be given together")
        default: throw error("creds cannot be given together with nkey and seed")
        }
    }

    private func credentials(_ text: Substring) throws(BackplaneError) -> NATSURL.Credentials? {
        if text.isEmpty { return nil }
        guard let colon = text.firstIndex(of: ":") else { return .token(try decoded(text, "the token")) }
        let user = try decoded(text[..<colon], "the user name")
        let password = try decoded(text[text.index(after: colon)...], "the password")
        guard !user.isEmpty else {
            throw error(
                "a password needs a user name: write nats://USER:PASSWORD@HOST, or nats://TOKEN@HOST for a token"
            )
        }
        guard !password.isEmpty else { throw error("the password of the user is empty") }
        return .user(user, password: password)
    }

    private func addresses(_ text: Substring) throws(BackplaneError) -> [NATSURL.Address] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= NATSURL.maximumAddresses else {
            throw error("it has \(parts.count) addresses: at most \(NATSURL.maximumAddresses) are allowed")
        }
        return try parts.map { part throws(BackplaneError) in try address(part) }
    }

    private func address(_ text: Substring) throws(BackplaneError) -> NATSURL.Address {
        var host = text
        var portText: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw error("a square bracket is not closed: \(text)") }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw error("a colon must follow the bracket: \(text)") }
            portText = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            portText = text[text.index(after: colon)...]
            guard portText?.contains(":") != true else {
                throw error("an IPv6 address must stand in square brackets: [\(text)]")
            }
        }
        let name = try decoded(host, "the host")
        guard !name.isEmpty else { throw error("a host is missing") }
        guard let portText else { return NATSURL.Address(host: name, port: Self.defaultPort) }
        let isNumber = portText.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
        guard isNumber, let port = Int(portText), (1...65_535).contains(port) else {
            throw error("\"\(portText)\" is not a port: 1 to 65535 are allowed")
        }
        return NATSURL.Address(host: name, port: port)
    }

    /// The text without percent-encoding.
    private func decoded(_ text: Substring, _ what: String) throws(BackplaneError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let text = String(digits), text.first?.isHexDigit == true,
                let value = UInt8(text, radix: 16)
            else { throw error("a % in \(what) is not followed by two hexadecimal digits") }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw error("\(what) is not valid UTF-8 text")
        }
        return decoded
    }

    /// What is wrong, without the URL: it may have a password.
    private func error(_ what: String) -> BackplaneError {
        BackplaneError(.invalidConfiguration, "the NATS URL is wrong: \(what)")
    }
}
#endif

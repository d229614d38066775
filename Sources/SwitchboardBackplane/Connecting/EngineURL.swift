internal import SwitchboardBytes

/// The parts of the URL of an engine: `SCHEME://CREDENTIALS@HOST:PORT,HOST:PORT/PATH?NAME=VALUE&NAME=VALUE`.
///
/// The errors do not contain text that may be a part of a password.
package struct EngineURL {
    /// The longest URL, in bytes.
    package static let maximumBytes = 4096

    /// The most addresses in a URL.
    package static let maximumAddresses = 32

    /// What is specific to an engine.
    package struct Rules {
        /// The name of the engine, for errors.
        package var engine: String
        /// The schemes that are allowed, in lower case.
        package var schemes: [String]
        /// The schemes whose path is that of a Unix-domain socket.
        package var unixSchemes: Set<String> = []
        /// The parts before the `@`, for errors: `the user name or the password`.
        package var secrets: String

        package init(engine: String, schemes: [String], unixSchemes: Set<String> = [], secrets: String) {
            self.engine = engine
            self.schemes = schemes
            self.unixSchemes = unixSchemes
            self.secrets = secrets
        }
    }

    private let rules: Rules

    /// The scheme, in lower case: one of the rules' schemes.
    package let scheme: String
    /// The text before the last `@` of the authority, with its percent-encoding; empty without credentials.
    package let credentials: Substring
    /// The hosts and ports, separated by commas.
    package let hosts: Substring
    /// The path: empty, or a text that begins with `/`.
    package let path: Substring
    /// The names and values of the query, with their percent-encoding.
    package let query: [(name: Substring, value: Substring)]

    /// Reads a URL.
    ///
    /// - Throws: A `BackplaneError` when the text is not a URL with one of the schemes.
    package init(_ text: String, _ rules: Rules) throws(BackplaneError) {
        func require(_ holds: Bool, _ what: String) throws(BackplaneError) {
            if !holds { throw Self.error(what, rules) }
        }
        let size = text.utf8.count
        try require(size <= Self.maximumBytes, "it has \(size) bytes: at most \(Self.maximumBytes) are allowed")
        let forbidden = text.unicodeScalars.first { $0.value <= 0x20 || $0.value == 0x7F }
        try require(forbidden == nil, "spaces and control characters must be percent-encoded")
        let allowed = Self.list(rules.schemes.map { "\($0)://" })
        guard let separator = text.firstRange(of: "://") else {
            throw Self.error("it must begin with \(allowed)", rules)
        }
        scheme = text[..<separator.lowerBound].lowercased()
        try require(rules.schemes.contains(scheme), "\"\(scheme)://\" is unknown: use \(allowed)")
        var rest = text[separator.upperBound...]
        try require(!rest.contains("#"), "a # must be percent-encoded as %23")
        var query = Substring()
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        try require(
            !query.contains("@"),
            "a ? in \(rules.secrets) must be percent-encoded as %3F, an @ in the query as %40"
        )
        let authorityEnd = rest.firstIndex(of: "/") ?? rest.endIndex
        path = rest[authorityEnd...]
        // Otherwise, the end of a password would be the path, and an error would contain it.
        try require(
            rules.unixSchemes.contains(scheme) || !path.contains("@"),
            "a / in \(rules.secrets) must be percent-encoded as %2F"
        )
        // A password may have an @ that is not encoded, an address never.
        let authority = rest[..<authorityEnd]
        let at = authority.lastIndex(of: "@")
        credentials = at.map { authority[..<$0] } ?? ""
        hosts = at.map { authority[authority.index(after: $0)...] } ?? authority
        self.query = query.split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return (name, pair.dropFirst(name.count + 1))
        }
        self.rules = rules
    }

    /// The addresses of the hosts: at least one.
    ///
    /// - Parameter defaultPort: The port of a host without a port.
    /// - Throws: A `BackplaneError` when a host or a port is invalid.
    package func addresses(defaultPort: Int) throws(BackplaneError) -> [EngineAddress] {
        let parts = hosts.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= Self.maximumAddresses else {
            throw error("it has \(parts.count) addresses: at most \(Self.maximumAddresses) are allowed")
        }
        return try parts.map { part throws(BackplaneError) in try address(part, defaultPort) }
    }

    private func address(_ text: Substring, _ defaultPort: Int) throws(BackplaneError) -> EngineAddress {
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
                throw error("an address has more than one colon: an IPv6 address must stand in square brackets")
            }
        }
        let name = try decoded(host, "the host")
        guard !name.isEmpty else { throw error("a host is missing") }
        guard let portText else { return EngineAddress(host: name, port: defaultPort) }
        guard let port = Self.number(portText), (1...65_535).contains(port) else {
            // Without the text: in a URL without a host it is the password.
            throw error("the port after \"\(host):\" must be a number from 1 to 65535")
        }
        return EngineAddress(host: name, port: port)
    }

    /// The number that a text of decimal digits shows; `nil` for other texts.
    package static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) ? Int(text) : nil
    }

    /// The text without percent-encoding.
    ///
    /// - Parameter what: The name of the text, for errors.
    /// - Throws: A `BackplaneError` when the encoding is invalid, or the text is not UTF-8 or has a NUL.
    package func decoded(_ text: Substring, _ what: String) throws(BackplaneError) -> String {
        guard let bytes = [UInt8](percentEncoded: text) else {
            throw error("a % in \(what) is not followed by two hexadecimal digits")
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw error("\(what) is not valid UTF-8 text")
        }
        return decoded
    }

    /// An error about the URL, which does not contain the URL.
    package func error(_ what: String) -> BackplaneError { Self.error(what, rules) }

    private static func error(_ what: String, _ rules: Rules) -> BackplaneError {
        BackplaneError(.invalidConfiguration, "the \(rules.engine) URL is wrong: \(what)")
    }

    private static func list(_ words: [String]) -> String {
        let last = words.suffix(1).joined()
        return words.count < 2 ? last : "\(words.dropLast().joined(separator: ", ")) or \(last)"
    }
}

import SwitchboardBytes

/// A request, with the header fields on which responses depend.
struct HTTPRequest: Sendable {
    /// The methods that the server knows.
    enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
    }

    let method: Method

    /// The path, without the query: `/connections`.
    let path: String

    /// The percent-decoded values of the query by name; the first value of a name that occurs twice.
    let query: [String: String]

    /// The value of the field `Host`; `nil` for a request of HTTP/1.0 without the field.
    let host: String?

    /// The token of the field `Authorization: Bearer`; `nil` for a request without it.
    let token: String?

    /// Whether the client may send another request on this connection.
    let keepsAlive: Bool

    /// The content types that the client accepts, as the field Accept has them; empty without that field.
    let accept: String

    /// Whether a browser sends the request for a page of another site (W3C Fetch Metadata, Sec-Fetch-Site).
    let isCrossSite: Bool

    /// Whether the response has no body.
    var isHead: Bool { method == .head }

    /// - Parameters:
    ///   - target: The target of the request line: a path with or without a query.
    ///   - accept: See ``accept``.
    init(
        _ method: Method,
        target: Substring,
        host: String?,
        token: String?,
        keepsAlive: Bool,
        accept: String,
        isCrossSite: Bool
    ) {
        self.method = method
        self.host = host
        self.token = token
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = Self.query(parts.dropFirst().first ?? "")
        self.keepsAlive = keepsAlive
        self.accept = accept
        self.isCrossSite = isCrossSite
    }

    private static func query(_ text: Substring) -> [String: String] {
        let pairs = text.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(sides[0]), decoded(sides.dropFirst().first ?? ""))
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    private static func decoded(_ text: Substring) -> String {
        let bytes = [UInt8](percentEncoded: text.replacing("+", with: " "))
        return bytes.flatMap { String(validating: $0, as: UTF8.self) } ?? String(text)
    }
}

/// Reads one request (RFC 9112) within ``HTTPLimits``, looks at each byte once, and skips the body.
struct HTTPRequestReader {
    /// The bytes of the current line so far.
    private var line: [UInt8] = []
    private var byteCount = 0
    private var requestLine: (method: Substring, target: Substring, isHTTP11: Bool)?
    private var fieldCount = 0
    private var host: String?
    private var token: String?
    private var asksToClose = false
    /// The length of the body, as the head announces it.
    private var bodyLength: Int?
    /// The request whose body is being skipped, and the rest of that body.
    private var request: HTTPRequest?
    private var unreadBody = 0
    private var accepted: [String] = []
    private var isCrossSite = false

    /// Reads bytes of `input` until the request is complete.
    ///
    /// - Returns: The request; `nil` when more bytes are needed.
    /// - Throws: An ``HTTPRefusal`` when the request is malformed, too large, or not supported; the connection must
    ///   then be closed.
    mutating func read(_ input: inout ByteReader) throws(HTTPRefusal) -> HTTPRequest? {
        if let request { return skipBody(of: request, &input) }
        while let byte = input.readInteger(.big, as: UInt8.self) {
            byteCount += 1
            guard byteCount <= HTTPLimits.maximumHead else { throw .headTooLarge }
            if byte == UInt8(ascii: "\n") {
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                if let request = try endLine() { return skipBody(of: request, &input) }
                line.removeAll(keepingCapacity: true)
            } else {
                line.append(byte)
                // One byte more, for the carriage return of the line end.
                guard requestLine != nil || line.count <= HTTPLimits.maximumRequestLine + 1 else {
                    throw .requestLineTooLong
                }
            }
        }
        return nil
    }

    /// Returns the request once its whole body is skipped.
    private mutating func skipBody(of request: HTTPRequest, _ input: inout ByteReader) -> HTTPRequest? {
        let count = min(unreadBody, input.remaining)
        input.skip(count)
        unreadBody -= count
        self.request = request
        return unreadBody == 0 ? request : nil
    }

    private mutating func endLine() throws(HTTPRefusal) -> HTTPRequest? {
        guard let text = String(validating: line, as: UTF8.self),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        else {
            throw .malformed("a line of the request has a control character, or is not UTF-8")
        }
        guard requestLine != nil else {
            // Empty lines before a request are allowed.
            if !text.isEmpty { try readRequestLine(text) }
            return nil
        }
        if text.isEmpty { return try makeRequest() }
        try readField(text)
        return nil
    }

    private mutating func readRequestLine(_ text: String) throws(HTTPRefusal) {
        guard line.count <= HTTPLimits.maximumRequestLine else { throw .requestLineTooLong }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, Self.isToken(parts[0]), !parts[1].isEmpty, parts[2].hasPrefix("HTTP/") else {
            throw .malformed("the request line must be a method, a path and HTTP/1.1, with single spaces between them")
        }
        let minor = parts[2].dropFirst("HTTP/1.".count)
        guard parts[2].hasPrefix("HTTP/1."), minor.utf8.count == 1, minor.allSatisfy(\.isWholeNumber) else {
            throw .versionNotSupported
        }
        requestLine = (parts[0], parts[1], minor != "0")
    }

    private mutating func readField(_ text: String) throws(HTTPRefusal) {
        fieldCount += 1
        guard fieldCount <= HTTPLimits.maximumFields else { throw .tooManyFields }
        guard let colon = text.firstIndex(of: ":"), Self.isToken(text[..<colon]) else {
            throw .malformed("a header field must be a name, a colon and a value, in one line")
        }
        let value = Self.trimmed(text[text.index(after: colon)...])
        switch text[..<colon].lowercased() {
        case "host":
            guard host == nil else { throw .malformed("a request must have one Host field") }
            host = value
        case "authorization":
            guard token == nil else { throw .malformed("a request must have at most one Authorization field") }
            let parts = value.split(separator: " ", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "bearer" { token = Self.trimmed(parts[1]) }
        case "connection":
            let options = value.split(separator: ",").map { Self.trimmed($0).lowercased() }
            if options.contains("close") { asksToClose = true }
        case "content-length":
            guard bodyLength == nil, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(value)
            else {
                throw .malformed("a request must have at most one Content-Length field, with a number of bytes")
            }
            bodyLength = length
        case "transfer-encoding": throw .hasBody
        case "accept": accepted.append(value)
        case "sec-fetch-site": isCrossSite = value != "same-origin" && value != "none"
        default: break
        }
    }

    private mutating func makeRequest() throws(HTTPRefusal) -> HTTPRequest {
        guard let (method, target, isHTTP11) = requestLine else { throw .malformed("there is no request line") }
        guard host != nil || !isHTTP11 else { throw .malformed("a request must have one Host field") }
        guard let method = HTTPRequest.Method(rawValue: String(method)) else { throw .methodNotAllowed }
        unreadBody = bodyLength ?? 0
        guard unreadBody <= (method == .post ? HTTPLimits.maximumBody : 0) else { throw .hasBody }
        guard let path = Self.path(target) else { throw .malformed("the path must begin with a slash") }
        return HTTPRequest(
            method,
            target: path,
            host: host,
            token: token,
            keepsAlive: isHTTP11 && !asksToClose,
            // A field that occurs several times is one list (RFC 9110, section 5.3).
            accept: accepted.joined(separator: ","),
            isCrossSite: isCrossSite
        )
    }

    /// Returns a text without the spaces and tabs around it.
    private static func trimmed(_ text: Substring) -> String {
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
        return String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }

    /// Returns the path and the query of a target, which may be a whole URL.
    private static func path(_ target: Substring) -> Substring? {
        if target.hasPrefix("/") { return target }
        let scheme = "http://"
        guard target.prefix(scheme.count).lowercased() == scheme else { return nil }
        let rest = target.dropFirst(scheme.count)
        return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }

    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}

/// The error response to a request, after which the connection is closed.
struct HTTPRefusal: Error {
    let response: HTTPResponse

    private init(_ status: HTTPStatus, _ text: String, fields: [(String, String)] = []) {
        response = HTTPResponse(status, text: text, fields: fields)
    }

    static func malformed(_ what: String) -> HTTPRefusal { HTTPRefusal(.badRequest, what) }

    static let requestLineTooLong = HTTPRefusal(
        .uriTooLong,
        "the request line is longer than \(HTTPLimits.maximumRequestLine) bytes"
    )

    static let headTooLarge = HTTPRefusal(
        .fieldsTooLarge,
        "the request line and the header fields are longer than \(HTTPLimits.maximumHead) bytes"
    )

    static let tooManyFields = HTTPRefusal(
        .fieldsTooLarge,
        "the request has more than \(HTTPLimits.maximumFields) header fields"
    )

    static let versionNotSupported = HTTPRefusal(.versionNotSupported, "use HTTP/1.1")

    static let methodNotAllowed = HTTPRefusal(
        .methodNotAllowed,
        "only GET, HEAD and POST are answered here",
        fields: [("Allow", "GET, HEAD, POST")]
    )

    static let hasBody = HTTPRefusal(
        .contentTooLarge,
        "GET and HEAD must have no body here, and POST at most \(HTTPLimits.maximumBody) bytes with a Content-Length"
    )
}

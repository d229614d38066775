import Foundation
import SwitchboardBytes

/// A GET or HEAD request, without the header fields on which no response depends.
struct HTTPRequest: Sendable {
    /// The path, without the query: `/connections`.
    let path: String

    /// The percent-decoded values of the query by name; the first value of a name that occurs twice.
    let query: [String: String]

    /// Whether the request is HEAD: the response has no body.
    let isHead: Bool

    /// Whether the client may send another request on this connection.
    let keepsAlive: Bool

    /// The content types that the client accepts, as the field Accept has them; empty without that field.
    let accept: String

    /// - Parameters:
    ///   - target: The target of the request line: a path with or without a query.
    ///   - accept: See ``accept``.
    init(target: Substring, isHead: Bool, keepsAlive: Bool, accept: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = Self.query(parts.dropFirst().first ?? "")
        self.isHead = isHead
        self.keepsAlive = keepsAlive
        self.accept = accept
    }

    private static func query(_ text: Substring) -> [String: String] {
        let pairs = text.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(sides[0]), decoded(sides.dropFirst().first ?? ""))
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    private static func decoded(_ text: Substring) -> String {
        text.replacing("+", with: " ").removingPercentEncoding ?? String(text)
    }
}

/// Reads the head of one request (RFC 9112) within ``HTTPLimits``, and looks at each byte once.
struct HTTPRequestReader {
    /// The bytes of the current line so far.
    private var line: [UInt8] = []
    private var byteCount = 0
    private var requestLine: (method: Substring, target: Substring, isHTTP11: Bool)?
    private var fieldCount = 0
    private var hostCount = 0
    private var asksToClose = false
    private var hasBody = false
    private var accepted: [Substring] = []

    /// Reads bytes of `input` until the request is complete.
    ///
    /// - Returns: The request; `nil` when more bytes are needed.
    /// - Throws: An ``HTTPRefusal`` when the request is malformed, too large, or not supported; the connection must
    ///   then be closed.
    mutating func read(_ input: inout ByteReader) throws(HTTPRefusal) -> HTTPRequest? {
        while let byte = input.readInteger(.big, as: UInt8.self) {
            byteCount += 1
            guard byteCount <= HTTPLimits.maximumHead else { throw .headTooLarge }
            if byte == UInt8(ascii: "\n") {
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                if let request = try endLine() { return request }
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
        let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        switch text[..<colon].lowercased() {
        case "host": hostCount += 1
        case "connection":
            let options = value.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            if options.contains("close") { asksToClose = true }
        case "content-length":
            if value.filter({ $0 != " " && $0 != "\t" }) != "0" { hasBody = true }
        case "transfer-encoding": hasBody = true
        case "accept": accepted.append(value)
        default: break
        }
    }

    private func makeRequest() throws(HTTPRefusal) -> HTTPRequest {
        guard let (method, target, isHTTP11) = requestLine else { throw .malformed("there is no request line") }
        guard hostCount == 1 || !isHTTP11 && hostCount == 0 else {
            throw .malformed("a request must have one Host field")
        }
        guard method == "GET" || method == "HEAD" else { throw .methodNotAllowed }
        guard !hasBody else { throw .hasBody }
        guard let path = Self.path(target) else { throw .malformed("the path must begin with a slash") }
        return HTTPRequest(
            target: path,
            isHead: method == "HEAD",
            keepsAlive: isHTTP11 && !asksToClose,
            // A field that occurs several times is one list (RFC 9110, section 5.3).
            accept: accepted.joined(separator: ",")
        )
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
        "only GET and HEAD are answered here",
        fields: [("Allow", "GET, HEAD")]
    )

    static let hasBody = HTTPRefusal(.contentTooLarge, "a request must not have a body here")
}

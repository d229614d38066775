import FoundationEssentials
import Glibc
import Switchboard

/// A response to a request.
struct HTTPResponse: Sendable {
    let status: HTTPStatus
    let contentType: String
    let body: Bytes
    /// The header fields in addition to those of every response.
    let fields: [(String, String)]

    init(_ status: HTTPStatus, contentType: String, body: Bytes, fields: [(String, String)] = []) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.fields = fields
    }

    /// A response with one line of text.
    init(_ status: HTTPStatus, text: String, fields: [(String, String)] = []) {
        self.init(status, contentType: "text/plain; charset=utf-8", body: Bytes(utf8: text + "\n"), fields: fields)
    }

    /// A response with JSON.
    init(_ status: HTTPStatus = .ok, json: Data) {
        self.init(status, contentType: "application/json", body: Bytes(json), fields: [("Cache-Control", "no-store")])
    }

    /// Returns the status line, the header fields and the empty line that ends them.
    func head(closes: Bool) -> Bytes { head(["Content-Length: \(body.count)"] + (closes ? ["Connection: close"] : [])) }

    /// The head of a response whose body ends with the connection.
    var headOfStream: Bytes { head(["Connection: close"]) }

    private func head(_ framing: [String]) -> Bytes {
        let lines =
            ["HTTP/1.1 \(status.rawValue) \(status.phrase)", "Date: \(Self.date)", "Content-Type: \(contentType)"]
            + fields.map { "\($0): \($1)" } + framing
        return Bytes(utf8: lines.joined(separator: "\r\n") + "\r\n\r\n")
    }

    /// The current time in the format of HTTP: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static var date: String {
        var (now, fields) = unsafe (time(nil), tm())
        unsafe gmtime_r(&now, &fields)
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            guard let start = text.baseAddress else { return "" }
            // The program has the locale "C", whose names of days and months are those of HTTP.
            let count = unsafe strftime(start, text.count, "%a, %d %b %Y %H:%M:%S GMT", &fields)
            return unsafe String(decoding: UnsafeRawBufferPointer(text).prefix(count), as: UTF8.self)
        }
    }
}

/// The status codes that the HTTP server uses (RFC 9110).
enum HTTPStatus: Int, Sendable {
    case ok = 200
    case accepted = 202
    case badRequest = 400
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case contentTooLarge = 413
    case uriTooLong = 414
    case tooManyRequests = 429
    case fieldsTooLarge = 431
    case unavailable = 503
    case versionNotSupported = 505

    /// The words after the number in a status line.
    var phrase: String {
        switch self {
        case .ok: "OK"
        case .accepted: "Accepted"
        case .badRequest: "Bad Request"
        case .unauthorized: "Unauthorized"
        case .forbidden: "Forbidden"
        case .notFound: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .contentTooLarge: "Content Too Large"
        case .uriTooLong: "URI Too Long"
        case .tooManyRequests: "Too Many Requests"
        case .fieldsTooLarge: "Request Header Fields Too Large"
        case .unavailable: "Service Unavailable"
        case .versionNotSupported: "HTTP Version Not Supported"
        }
    }
}

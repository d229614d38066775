import Glibc
import Switchboard

/// An answer to a request.
struct HTTPResponse: Sendable {
    let status: HTTPStatus
    let contentType: String
    let body: Bytes
    /// Header fields beside those that every answer has.
    let fields: [(String, String)]

    init(_ status: HTTPStatus, contentType: String, body: Bytes, fields: [(String, String)] = []) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.fields = fields
    }

    /// A line of text.
    init(_ status: HTTPStatus, text: String, fields: [(String, String)] = []) {
        self.init(status, contentType: "text/plain; charset=utf-8", body: Bytes(utf8: text + "\n"), fields: fields)
    }

    /// The status line and the header fields, with the empty line that ends them.
    func head(closes: Bool) -> Bytes {
        var lines = [
            "HTTP/1.1 \(status.rawValue) \(status.phrase)", "Date: \(Self.date)",
            "Content-Type: \(contentType)", "Content-Length: \(body.count)",
        ]
        lines += fields.map { "\($0): \($1)" }
        if closes { lines.append("Connection: close") }
        return Bytes(utf8: lines.joined(separator: "\r\n") + "\r\n\r\n")
    }

    /// The time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static var date: String {
        var (now, fields) = unsafe (time(nil), tm())
        unsafe gmtime_r(&now, &fields)
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            guard let start = text.baseAddress else { return "" }
            // The program keeps the locale "C", whose names are those of HTTP.
            let count = unsafe strftime(start, text.count, "%a, %d %b %Y %H:%M:%S GMT", &fields)
            return unsafe String(decoding: UnsafeRawBufferPointer(text).prefix(count), as: UTF8.self)
        }
    }
}

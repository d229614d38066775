import Switchboard

/// The page that shows the state of the server: one file, without a reference to another one.
enum StatusPage {
    /// What stands for the nonce in the file.
    private static let placeholder = "NONCE"

    /// The response to a request for the page.
    ///
    /// The browser runs only the script and the styles that have the number of this response, and asks no other server for anything.
    static var response: HTTPResponse {
        let nonce = "\(UInt64.random(in: .min ... .max))"
        let text = String(decoding: PackageResources.page_html, as: UTF8.self).replacing(placeholder, with: nonce)
        let policy = [
            "default-src 'none'", "script-src 'nonce-\(nonce)'", "style-src 'nonce-\(nonce)'", "connect-src 'self'",
            "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ]
        return HTTPResponse(
            .ok,
            contentType: "text/html; charset=utf-8",
            body: Bytes(utf8: text),
            fields: [
                ("Content-Security-Policy", policy.joined(separator: "; ")), ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
            ]
        )
    }
}

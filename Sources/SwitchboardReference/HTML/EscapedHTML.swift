internal import SwitchboardSpec

extension String {
    /// The text with entities in place of the characters of HTML, and escapes in place of control characters.
    var escapedForHTML: String {
        if isPlain(except: "&<>\"'") { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default:
                let text = String(scalar)
                // Keeps the characters that join emoji, and escapes control characters and those that turn the direction of text.
                result += scalar == "\u{200D}" ? text : text.visible
            }
        }
        return result
    }

    /// Whether the text has only printable ASCII characters, and none of `special`: most texts of a page need no escapes.
    func isPlain(except special: String) -> Bool {
        utf8.allSatisfy { (0x20...0x7E).contains($0) } && !utf8.contains { special.utf8.contains($0) }
    }

    /// The SHA-256 of the text in Base64, with which a policy of a page names a style or a script.
    var policyHash: String {
        var hash = SHA256()
        for byte in utf8 { hash.append(byte) }
        let digest = hash.hash()
        return "sha256-\(Base64.text(of: (0..<SHA256.size).map { digest[$0] }))"
    }
}

/// Base64 of RFC 4648, section 4.
private enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

    static func text(of bytes: [UInt8]) -> String {
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? digits[number >> (18 - 6 * index) & 63] : "=")
            }
        }
        return text
    }
}

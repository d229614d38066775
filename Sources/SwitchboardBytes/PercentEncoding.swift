extension [UInt8] {
    /// The bytes of `text` without its percent-encoding (RFC 3986); `nil` when a `%` is not followed by two hexadecimal digits.
    package init?(percentEncoded text: some StringProtocol) {
        self = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            // UInt8 accepts a sign before digits.
            guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
                return nil
            }
            append(value)
            rest = rest.dropFirst(2)
        }
    }
}

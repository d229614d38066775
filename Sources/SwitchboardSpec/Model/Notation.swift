/// A type of a fixed number of bytes whose values people write in a form of their own.
///
/// The raw value is the keyword in a spec.
package enum Notation: String, CaseIterable, Sendable {
    // swift-format-ignore: OneCasePerLine
    case ipv4, ipv6, mac, uuid

    /// The number of bytes of every value.
    package var size: Int {
        switch self {
        case .ipv4: Wire.IPv4Address.byteCount
        case .ipv6: Wire.IPv6Address.byteCount
        case .mac: Wire.MACAddress.byteCount
        case .uuid: Wire.UUID.byteCount
        }
    }

    /// A value with an article and an example, for diagnostics.
    var title: String {
        switch self {
        case .ipv4: "an IPv4 address such as 192.0.2.1"
        case .ipv6: "an IPv6 address such as 2001:db8::1"
        case .mac: "a MAC address such as 00:1a:2b:3c:4d:5e"
        case .uuid: "a UUID such as 123e4567-e89b-12d3-a456-426614174000"
        }
    }

    /// Returns the text of the value with `bytes`; `nil` for another number of bytes.
    package func text(of bytes: [UInt8]) -> String? {
        switch self {
        case .ipv4: Wire.IPv4Address(bytes: bytes)?.description
        case .ipv6: Wire.IPv6Address(bytes: bytes)?.description
        case .mac: Wire.MACAddress(bytes: bytes)?.description
        case .uuid: Wire.UUID(bytes: bytes)?.description
        }
    }

    /// Returns the bytes of the value in `text`; `nil` for other text.
    func bytes(of text: String) -> [UInt8]? {
        switch self {
        case .ipv4: Wire.IPv4Address(text)?.bytes
        case .ipv6: Wire.IPv6Address(text)?.bytes
        case .mac: Wire.MACAddress(text)?.bytes
        case .uuid: Wire.UUID(text)?.bytes
        }
    }

    /// Returns what to do about `text`, which is no value; empty if that is not clear.
    func advice(for text: String) -> String {
        if text.contains("%") { return ": remove the zone, which is not sent" }
        if text.contains("/") { return ": remove the length of the prefix, which needs a field of its own" }
        if let other = Self.allCases.first(where: { $0.bytes(of: text) != nil }) {
            return ": the type of this value is `\(other.rawValue)`"
        }
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
        let withoutZeros = numbers.map { UInt32($0).map { String($0) } ?? "" }.joined(separator: ".")
        if self == .ipv4, bytes(of: withoutZeros) != nil { return "; did you mean `\(withoutZeros)`?" }
        let digits = text.filter(\.isHexDigit)
        guard digits.count == 2 * size, text.allSatisfy({ $0.isHexDigit || " .:-{}_".contains($0) }) else { return "" }
        switch self {
        case .ipv4, .ipv6: return ""
        case .mac, .uuid:
            return (try? Hexadecimal.bytes(digits)).flatMap { self.text(of: $0) }.map { "; did you mean `\($0)`?" }
                ?? ""
        }
    }
}

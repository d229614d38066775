internal import SwitchboardSpec

extension Notation {
    /// The Swift type of the values.
    var swiftName: String {
        let name =
            switch self {
            case .ipv4: "IPv4Address"
            case .ipv6: "IPv6Address"
            case .mac: "MACAddress"
            case .uuid: "UUID"
            }
        return "\(GeneratedNames.wire).\(name)"
    }

    /// The arguments with the form of the bits on the wire, which does not depend on the byte order of the protocol.
    var form: [String] { (canFail ? ["bytes: \(size)"] : []) + [ByteOrder.big.source] }

    /// Whether the method that writes the bits can throw, because their number is larger than they are.
    var canFail: Bool { self == .mac }

    /// Returns the expression of the value with the bits of the expression `bits`.
    func value(ofBits bits: String) -> String { "\(swiftName)(bits: \(bits))" }

    /// Returns the expression of the value with `bytes`, with the digits of its text.
    func literal(of bytes: [UInt8]) -> String {
        guard let text = text(of: bytes) else { return "" }
        switch self {
        case .ipv4: return "\(swiftName)(\(text.replacing(".", with: ", ")))"
        case .ipv6:
            let groups = stride(from: 0, to: bytes.count, by: 2).map { Array(bytes[$0..<$0 + 2]).hexadecimal }
            return value(ofBits: "0x" + groups.joined(separator: "_"))
        case .mac: return value(ofBits: "0x" + text.replacing(":", with: "_"))
        case .uuid: return value(ofBits: "0x" + text.replacing("-", with: "_"))
        }
    }
}

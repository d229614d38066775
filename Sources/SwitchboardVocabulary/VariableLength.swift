/// The encoding of a number of variable length.
///
/// The raw value is the keyword in a spec. A decoder accepts only the shortest encoding of a number.
public enum VariableLength: String, Sendable, Hashable, CaseIterable {
    /// LEB128: seven bits in each byte, the lowest first. The highest bit of a byte is 1 if another byte follows.
    ///
    /// Source: DWARF 5, section 7.6; Protocol Buffers, MQTT and WebAssembly use it.
    case leb128 = "varuint"
    /// LEB128 of a number whose lowest bit is the sign: 0, -1, 1, -2 become 0, 1, 2, 3.
    ///
    /// Source: Protocol Buffers, `sint64`.
    case zigzag = "varint"
    /// One, two, four or eight bytes, the highest first. The highest two bits contain the number of bytes.
    ///
    /// Source: RFC 9000, section 16.
    case quic = "varuint-quic"
    /// One byte up to 252; otherwise 253, 254 or 255 and a number of two, four or eight bytes, the lowest first.
    ///
    /// Source: Bitcoin developer reference, `CompactSize`.
    case bitcoin = "varuint-bitcoin"
    /// One byte up to 127; otherwise 128 plus the number of bytes that follow, 1 to 8, the highest first.
    ///
    /// Source: ITU-T X.690, sections 8.1.3 and 10.1, length octets of ASN.1's DER.
    case asn1 = "varuint-asn1"
    /// One byte up to 250; otherwise 252, 253 or 254 and a number of two, three or eight bytes, the lowest first.
    ///
    /// Source: MySQL client/server protocol, length-encoded integers.
    case mysql = "varuint-mysql"
    /// Seven bits in each byte, the highest first. The highest bit of a byte is 1 if another byte follows.
    ///
    /// Source: Standard MIDI Files 1.0, variable-length quantities.
    case midi = "varuint-midi"

    /// The number of bits of the largest number: 62 for ``quic``, 64 otherwise.
    public var bitWidth: Int { self == .quic ? 62 : 64 }

    /// Whether numbers can be below 0.
    public var isSigned: Bool { self == .zigzag }

    /// The size of the longest number, in bytes.
    public var maximumBytes: Int {
        switch self {
        case .leb128, .zigzag, .midi: 10
        case .quic: 8
        case .bitcoin, .asn1, .mysql: 9
        }
    }

    /// The byte that is sent instead of a number where there is no value; `nil` if the encoding has no such byte.
    ///
    /// Source: MySQL client/server protocol, NULL in a row of a text result set.
    public var absentByte: UInt8? { self == .mysql ? 0xFB : nil }
}

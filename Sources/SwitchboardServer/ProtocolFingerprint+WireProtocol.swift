internal import SwitchboardBackplane
internal import SwitchboardRouter

extension ProtocolFingerprint {
    /// The fingerprint of a protocol: a hash of its name, its frame format, and the code, the name, the sender and the
    /// largest payload of every message.
    ///
    /// It is the same in every process and every build. Protocols that differ only in the fields of a message have the
    /// same fingerprint.
    init(_ wireProtocol: any WireProtocol.Type) {
        var hash = FNV1a()
        hash.combine(wireProtocol.name)
        let format = wireProtocol.frameFormat
        hash.combine(format.byteOrder.rawValue)
        for field in format.header { hash.combine(Self.text(of: field)) }
        hash.combine(format.checksum.map { "\($0.algorithm.rawValue) of \($0.coverage.rawValue)" } ?? "no checksum")
        hash.combine("\(format.maximumPayload)")
        for message in wireProtocol.messages {
            let size = message.maximumPayload.map { "\($0)" } ?? "any"
            hash.combine("\(message.code) \(message.name) \(message.sender.rawValue) \(size)")
        }
        self.init(rawValue: hash.value)
    }

    /// Returns a text for a field of the header.
    ///
    /// The text must never change, because servers with different versions of this module work together.
    private static func text(of field: FrameFormat.Field) -> String {
        switch field {
        case .magic(let value, let width): "magic \(width.rawValue) \(value)"
        case .version(let value, let width): "version \(width.rawValue) \(value)"
        case .type(let width): "type \(width.rawValue)"
        case .length(let width, let coverage): "length \(width.rawValue) \(coverage.rawValue)"
        case .correlation(let width): "correlation \(width.rawValue)"
        case .field(let width): "field \(width.rawValue)"
        }
    }
}

/// The hash function FNV-1a with 64 bits, whose values are the same in every process.
private struct FNV1a {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Feeds a text and a mark of its end to the hash.
    mutating func combine(_ text: String) {
        for byte in text.utf8 { combine(byte) }
        combine(0xFF)
    }

    private mutating func combine(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
}

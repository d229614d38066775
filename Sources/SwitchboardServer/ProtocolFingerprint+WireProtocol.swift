internal import SwitchboardBackplane
internal import SwitchboardRouter

extension ProtocolFingerprint {
    /// The fingerprint of a protocol: a hash of its name, its frame format, and the code, the name, the sender and the largest payload of
    /// every message, and the protocol's ``WireProtocol/layoutHash``.
    ///
    /// It is the same in every process and every build. Hand-written protocols without a layout hash that differ only in the fields of a
    /// message have the same fingerprint.
    init(_ wireProtocol: any WireProtocol.Type) {
        var hash = FNV1a()
        hash.combine(wireProtocol.name)
        let format = wireProtocol.frameFormat
        hash.combine(format.byteOrder.rawValue)
        if format.codec != nil {
            // The name of the codec is not stable. The hash of the layouts describes what it reads and writes.
            hash.combine("codec of \(format.headerSize)")
            if let checksum = format.headerChecksum {
                let item = FrameFormat.TrailerItem.checksum(checksum.checksum)
                hash.combine("\(Self.text(of: item, in: format.byteOrder)) at \(checksum.offset)")
            }
            for item in format.trailer { hash.combine(Self.text(of: item, in: format.byteOrder)) }
            if let framing = format.framing { hash.combine("framing \(framing)") }
        } else {
            for field in format.header { hash.combine(Self.text(of: field)) }
            hash.combine(format.checksum.map { Self.text(of: $0) } ?? "no checksum")
            if let order = format.checksum?.byteOrder, order != format.byteOrder {
                hash.combine("checksum \(order.rawValue)")
            }
        }
        hash.combine("\(format.maximumPayload)")
        for message in wireProtocol.messages {
            let size = message.maximumPayload.map { "\($0)" } ?? "any"
            hash.combine("\(message.code) \(message.name) \(message.sender.rawValue) \(size)")
        }
        if let layoutHash = wireProtocol.layoutHash { hash.combine("layouts \(layoutHash)") }
        self.init(rawValue: hash.value)
    }

    private static func text(of checksum: FrameFormat.Checksum) -> String {
        "\(checksum.algorithm.rawValue) of \(checksum.coverage.rawValue)"
            + (checksum.skipped == 0 ? "" : " after \(checksum.skipped)")
            + (checksum.end.map { " to \($0)" } ?? "")
    }

    /// Returns a text for an item of the trailer, which must never change, either.
    private static func text(of item: FrameFormat.TrailerItem, in order: ByteOrder) -> String {
        switch item {
        case .checksum(let checksum): "checksum \(text(of: checksum)) \((checksum.byteOrder ?? order).rawValue)"
        case .end(let bytes): "end \(bytes.map(String.init).joined(separator: " "))"
        case .fields(let number, let size): "fields \(number) \(size)"
        }
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

import SwitchboardWire

/// A frame that is encoded field by field, directly from its format.
struct ReferenceFrame {
    let format: FrameFormat
    var code: MessageCode = 0
    var payload: [UInt8] = []
    /// The values of the extra fields and of the correlation, in wire order.
    var extra: [UInt64] = []
    /// The value of the length, if it is not the correct one.
    var length: UInt64?

    var bytes: Bytes {
        var header: [UInt8] = []
        var extra = extra[...]
        for field in format.header {
            switch field {
            case .magic(let value, let width):
                // The magic has the same bytes in any byte order.
                header += (0..<width.rawValue).reversed().map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
            case .version(let value, let width): header += number(UInt64(value), width)
            case .type(let width): header += number(UInt64(code), width)
            case .correlation(let width), .field(let width): header += number(extra.popFirst() ?? 0, width)
            case .length(let width, let coverage):
                let end = header.count + width.rawValue
                let overhead = overhead(in: coverage, width: width.rawValue, end: end)
                header += number(length ?? UInt64(payload.count + overhead), width)
            }
        }
        let frame = header + payload
        guard let checksum = format.checksum else { return Bytes(frame) }
        var covered = frame[...]
        switch checksum.coverage {
        case .frame: break
        case .payload: covered = frame[header.count...]
        case .header: covered = header[...]
        case .afterMagic:
            if case .magic(_, let width) = format.header.first { covered = frame[width.rawValue...] }
        }
        let value = checksum.algorithm.definition.checksum(of: covered)
        let trailer = (0..<format.trailerSize).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
        return Bytes(frame + ((checksum.byteOrder ?? format.byteOrder) == .little ? trailer : trailer.reversed()))
    }

    /// The extra fields and the correlation, at their places in the header.
    var header: HeaderBytes {
        var header = HeaderBytes()
        var extra = extra[...]
        var offset = 0
        for field in format.header {
            defer { offset += size(of: field) }
            switch field {
            case .correlation(let width), .field(let width):
                for (index, byte) in number(extra.popFirst() ?? 0, width).enumerated() {
                    header.set(byte, at: offset + index, .big)
                }
            default: break
            }
        }
        return header
    }

    /// The number of bytes that the length counts in addition to the payload.
    var lengthExcess: Int {
        var end = 0
        for field in format.header {
            end += size(of: field)
            if case .length(let width, let coverage) = field {
                return overhead(in: coverage, width: width.rawValue, end: end)
            }
        }
        return 0
    }

    /// The highest value of the length.
    var largestLength: Int {
        for case .length(let width, _) in format.header { return 1 << (8 * width.rawValue) - 1 }
        return 0
    }

    private func size(of field: FrameFormat.Field) -> Int {
        switch field {
        case .magic(_, let width), .version(_, let width), .type(let width), .length(let width, _),
            .correlation(let width), .field(let width):
            width.rawValue
        }
    }

    private func overhead(in coverage: FrameFormat.LengthCoverage, width: Int, end: Int) -> Int {
        switch coverage {
        case .payload: 0
        case .headerAndPayload: format.headerSize
        case .frame: format.overhead
        case .rest: format.overhead - end
        case .lengthAndRest: format.overhead - end + width
        }
    }

    private func number(_ value: UInt64, _ width: FrameFormat.Width) -> [UInt8] {
        let bytes = (0..<width.rawValue).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        return format.byteOrder == .little ? bytes : bytes.reversed()
    }
}

/// `checksum`: what follows the payload.
package struct ChecksumSpec: Sendable {
    /// `type`.
    package let algorithm: ChecksumAlgorithm
    /// `covers`.
    package var coverage = ChecksumCoverage.frame
}

/// `frame`: how a message is delimited on the stream.
package struct FrameSpec: Sendable {
    /// A field of the header.
    package enum HeaderField: Sendable {
        /// Bytes that are the same in every frame, from the highest of the number to the lowest in any byte order.
        case magic(UInt64, IntegerType)
        /// The protocol's version.
        case version(IntegerType)
        /// The message's code.
        case type(IntegerType)
        /// A number of bytes.
        case length(IntegerType, LengthCoverage)
        /// The number that pairs a reply with its request.
        case correlation(Located<String>, IntegerType)
        /// A field of the protocol's own.
        case field(FieldSpec, IntegerType)
    }

    /// What a code tells apart.
    package enum Codes: String, CaseIterable, Sendable {
        /// All messages.
        case unique
        /// The messages that clients send, and those that the server sends.
        case byDirection = "by-direction"
    }

    /// `header`: its fields in wire order.
    package var header: [Located<HeaderField>] = []
    /// `trailer`: the checksum, if there is one.
    package var checksum: ChecksumSpec?
    /// Whether something of the header or the trailer could not be read; the spec has a mistake then.
    var lacksParts = false
    /// `codes`: whether the two ends number their messages apart.
    package var codes = Codes.unique
    /// Whether `codes` could not be read.
    var lacksCodes = false
    /// `max-payload`: the largest payload, in bytes, where it is less than the length field can say.
    package var writtenMaximum: Located<UInt64>?
}

extension FrameSpec {
    /// The type of the message's code.
    package var codeType: IntegerType { writtenCodeType ?? .uint8 }

    /// The type of the message's code, or `nil` when it could not be read.
    var writtenCodeType: IntegerType? {
        for case .type(let type) in header.lazy.map(\.value) { return type }
        return nil
    }

    /// The type of the length, and what it covers.
    package var length: (type: IntegerType, covers: LengthCoverage) {
        for case .length(let type, let coverage) in header.lazy.map(\.value) { return (type, coverage) }
        return (.uint32, .payload)
    }

    /// The fields of the protocol's own, and how many bytes of the header stand before each.
    package var ownFields: [(field: FieldSpec, type: IntegerType, offset: Int)] {
        var offset = 0
        var fields: [(FieldSpec, IntegerType, Int)] = []
        for field in header.map(\.value) {
            if case .field(let own, let type) = field { fields.append((own, type, offset)) }
            offset += field.size
        }
        return fields
    }

    /// The name of the field that pairs replies with requests, if there is one.
    package var correlation: Located<String>? {
        for case .correlation(let name, _) in header.lazy.map(\.value) { return name }
        return nil
    }

    /// The size of the header, in bytes.
    package var headerSize: Int { header.reduce(0) { $0 + $1.value.size } }

    /// The size of what follows the payload, in bytes.
    package var trailerSize: Int { checksum?.algorithm.size ?? 0 }

    /// The bytes that the length counts although they are no payload.
    package var coveredOverhead: Int {
        switch length.covers {
        case .payload: return 0
        case .headerAndPayload: return headerSize
        case .frame: return headerSize + trailerSize
        case .rest:
            var isBehind = false
            let behind = header.map(\.value).reduce(0) { size, field in
                defer { if case .length = field { isBehind = true } }
                return isBehind ? size + field.size : size
            }
            return behind + trailerSize
        }
    }

    /// The largest payload that the length can say, in bytes.
    package var largestPayload: UInt64 {
        let overhead = UInt64(clamping: coveredOverhead)
        return length.type.largest - min(overhead, length.type.largest)
    }

    /// The largest payload, in bytes.
    package var maximumPayload: UInt64 { writtenMaximum?.value ?? largestPayload }
}

extension FrameSpec.HeaderField {
    /// Its type.
    package var type: IntegerType {
        switch self {
        case .magic(_, let type), .version(let type), .type(let type), .length(let type, _): type
        case .correlation(_, let type), .field(_, let type): type
        }
    }

    /// Its size, in bytes.
    package var size: Int { type.size }
}

/// `checksum`: the checksum after the payload.
package struct ChecksumSpec: Sendable {
    /// `type`.
    package let algorithm: ChecksumAlgorithm
    /// `covers`.
    package var coverage = ChecksumCoverage.frame
}

/// `frame`: the layout of a frame, which delimits a message on the stream.
package struct FrameSpec: Sendable {
    /// A field of the header.
    package enum HeaderField: Sendable {
        /// Bytes that are the same in every frame; the most significant byte comes first in any byte order.
        case magic(UInt64, IntegerType)
        /// The version of the protocol.
        case version(IntegerType)
        /// The code of the message.
        case type(IntegerType)
        /// The number of bytes that the coverage selects.
        case length(IntegerType, LengthCoverage)
        /// The number that pairs a reply with its request.
        case correlation(Located<String>, IntegerType)
        /// An extra field of the protocol.
        case field(FieldSpec, IntegerType)
    }

    /// The messages whose codes must be different.
    package enum Codes: String, CaseIterable, Sendable {
        /// All messages.
        case unique
        /// The messages of each direction; a message of clients may have the code of a message of the server.
        case byDirection = "by-direction"
    }

    /// `header`: the fields in wire order.
    package var header: [Located<HeaderField>] = []
    /// `trailer`: the checksum, if the frame has one.
    package var checksum: ChecksumSpec?
    /// Whether the header or the trailer has a part that could not be read; the mistake was reported.
    var lacksParts = false
    /// `codes`: the messages whose codes must be different.
    package var codes = Codes.unique
    /// Whether `codes` could not be read.
    var lacksCodes = false
    /// `max-payload`: the largest payload, in bytes; `nil` if only the length field limits it.
    package var writtenMaximum: Located<UInt64>?
}

extension FrameSpec {
    /// The type of the code; `uint8` if it could not be read.
    package var codeType: IntegerType { writtenCodeType ?? .uint8 }

    /// The type of the code; `nil` if it could not be read.
    var writtenCodeType: IntegerType? {
        for case .type(let type) in header.lazy.map(\.value) { return type }
        return nil
    }

    /// The type and the coverage of the length.
    package var length: (type: IntegerType, covers: LengthCoverage) {
        for case .length(let type, let coverage) in header.lazy.map(\.value) { return (type, coverage) }
        return (.uint32, .payload)
    }

    /// The extra fields, with their types and their offsets in the header.
    package var ownFields: [(field: FieldSpec, type: IntegerType, offset: Int)] {
        var offset = 0
        var fields: [(FieldSpec, IntegerType, Int)] = []
        for field in header.map(\.value) {
            if case .field(let own, let type) = field { fields.append((own, type, offset)) }
            offset += field.size
        }
        return fields
    }

    /// The name of the field that pairs replies with requests, if the header has one.
    package var correlation: Located<String>? {
        for case .correlation(let name, _) in header.lazy.map(\.value) { return name }
        return nil
    }

    /// The size of the header, in bytes.
    package var headerSize: Int { header.reduce(0) { $0 + $1.value.size } }

    /// The size of the trailer after the payload, in bytes.
    package var trailerSize: Int { checksum?.algorithm.size ?? 0 }

    /// The number of bytes that the length counts in addition to the payload.
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

    /// The largest payload that the length can express, in bytes.
    package var largestPayload: UInt64 {
        let overhead = UInt64(clamping: coveredOverhead)
        return length.type.largest - min(overhead, length.type.largest)
    }

    /// The largest payload, in bytes.
    package var maximumPayload: UInt64 { writtenMaximum?.value ?? largestPayload }
}

extension FrameSpec.HeaderField {
    /// The type of the number.
    package var type: IntegerType {
        switch self {
        case .magic(_, let type), .version(let type), .type(let type), .length(let type, _): type
        case .correlation(_, let type), .field(_, let type): type
        }
    }

    /// The size of the field, in bytes.
    package var size: Int { type.size }
}

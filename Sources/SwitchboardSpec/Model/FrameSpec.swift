/// `frame`: how a message is delimited on the stream.
package struct FrameSpec: Sendable {
    /// A field of the header.
    package enum HeaderField: Sendable {
        /// Bytes that every frame starts with.
        case magic(UInt64, IntegerType)
        /// The protocol's version.
        case version(IntegerType)
        /// The message's code.
        case type(IntegerType)
        /// The number of bytes in the payload.
        case length(IntegerType)
    }

    /// What follows the payload.
    package enum Checksum: String, CaseIterable, Sendable {
        /// CRC-32 as in IEEE 802.3 and zlib, of every byte before it.
        case crc32
    }

    /// `header`: its fields in wire order.
    package var header: [Located<HeaderField>] = []
    /// `trailer`: the checksum, if there is one.
    package var checksum: Checksum?
    /// `max-payload`: the largest payload, in bytes, where it is less than the length field can say.
    package var writtenMaximum: Located<UInt64>?
}

extension FrameSpec {
    /// The type of the message's code.
    package var codeType: IntegerType {
        for case .type(let type) in header.lazy.map(\.value) { return type }
        return .uint8
    }

    /// The type of the payload's length.
    package var lengthType: IntegerType {
        for case .length(let type) in header.lazy.map(\.value) { return type }
        return .uint32
    }

    /// The largest payload, in bytes.
    package var maximumPayload: UInt64 {
        writtenMaximum?.value ?? lengthType.largest
    }
}

extension IntegerType {
    /// The highest of its numbers.
    package var largest: UInt64 { .max >> UInt64(64 - bitWidth + (isSigned ? 1 : 0)) }
}

package import SwitchboardWire

// Protocols whose headers a codec reads and writes, with codecs and messages as the generator writes them.

// MARK: - A header of bits and a variable length

/// A protocol with a header like that of MQTT: a code of 4 bits, 4 flags, and the size of the payload in 1 to 4 bytes.
package enum Topics: WireProtocol {
    package static let name = "Topics"
    package static let frameFormat = FrameFormat(
        Codec.self,
        byteOrder: .big,
        correlation: nil,
        trailer: [],
        maximumPayload: 100_000
    )
    package static let messages: [any Message.Type] = [Publish.self, Ping.self, Pong.self, Failure.self]
    package static let errorMessage: (any ErrorMessage.Type)? = Failure.self

    package enum Codec: FrameCodec {
        package static let maximumHeaderSize = 5

        package static func readHead(
            from reader: inout ByteReader,
            of sender: Sender
        ) throws(PayloadError) -> FrameHead {
            let first: UInt8 = try reader.integer(.big, field: "code")
            let length: UInt64 = try reader.integer(.leb128, field: "length")
            var header = HeaderBytes()
            header.set(first & 0x0F, at: 0, .big)
            let code = MessageCode(first >> 4)
            return FrameHead(
                code: Topics.messages.contains { $0.code == code } ? code : .unknown,
                payloadSize: Int(clamping: length),
                header: header
            )
        }

        package static func writeHead(
            _ head: FrameHead,
            of sender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            guard head.code < 16 else { throw PayloadError(.invalidCase, field: "code") }
            writer.integer(UInt8(head.code) << 4 | head.header.integer(at: 0, .big) & 0x0F, .big)
            try writer.integer(UInt64(head.payloadSize), .leb128, field: "length")
        }
    }

    package struct Header: FrameHeader {
        package var flags: UInt8

        package init(flags: UInt8 = 0) { self.flags = flags }
        package init(_ bytes: HeaderBytes) { flags = bytes.integer(at: 0, .big) }
        package func write(into bytes: inout HeaderBytes) { bytes.set(flags, at: 0, .big) }
    }

    package struct Publish: Message, Hashable {
        package static let code: MessageCode = 3
        package static let name = "Publish"
        package static let sender = Sender.both
        package var text: String

        package init(text: String) { self.text = text }

        package init(from reader: inout ByteReader) throws(PayloadError) {
            text = try reader.string(field: "text")
        }

        package func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.string(text)
        }
    }

    package struct Ping: Request, Hashable {
        package typealias Reply = Pong
        package static let code: MessageCode = 12
        package static let name = "Ping"
        package static let sender = Sender.client

        package init() {}
        package init(from reader: inout ByteReader) throws(PayloadError) {}
        package func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    package struct Pong: Message, Hashable {
        package static let code: MessageCode = 13
        package static let name = "Pong"
        package static let sender = Sender.server

        package init() {}
        package init(from reader: inout ByteReader) throws(PayloadError) {}
        package func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }

    package struct Failure: ErrorMessage, Hashable {
        package static let code: MessageCode = 14
        package static let name = "Failure"
        package static let sender = Sender.server
        package var text: String
        package var fault: Fault? { Fault(rawValue: text) }

        package init(_ fault: Fault, detail: String) { text = fault.rawValue }

        package init(from reader: inout ByteReader) throws(PayloadError) {
            text = try reader.string(field: "text")
        }

        package func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.string(text)
        }
    }
}

// MARK: - A magic number for each end, and numbers that payloads need

/// A protocol with a header like that of memcached's binary protocol: 24 bytes with a magic number for each end, the size of the key,
/// a status and an opaque number, which the reply repeats.
package enum Cache: WireProtocol {
    package static let name = "Cache"
    package static let frameFormat = FrameFormat(
        Codec.self,
        byteOrder: .big,
        correlation: FrameFormat.Correlation(offset: 0, width: .four, order: .big),
        magicSize: 1,
        trailer: [],
        maximumPayload: 100_000
    )
    package static let messages: [any Message.Type] = [
        Get.self, Value.self, Store.self, Stored.self, Changed.self, Failure.self,
    ]
    package static let errorMessage: (any ErrorMessage.Type)? = Failure.self

    package enum Codec: FrameCodec {
        package static let maximumHeaderSize = 24

        package static func readHead(
            from reader: inout ByteReader,
            of sender: Sender
        ) throws(PayloadError) -> FrameHead {
            try reader.magic(client: 0x80, server: 0x81, bytes: 1, of: sender)
            let code: UInt8 = try reader.integer(.big, field: "code")
            let keySize: UInt16 = try reader.integer(.big, field: "key size")
            try reader.reserved(2, field: "reserved")
            let status: UInt16 = try reader.integer(.big, field: "status")
            let size: Int32 = try reader.integer(.big, field: "size")
            let opaque: UInt32 = try reader.integer(.big, field: "opaque")
            let version: UInt64 = try reader.integer(.big, field: "entry version")
            var header = HeaderBytes()
            header.set(opaque, at: 0, .big)
            header.set(keySize, at: 4, .big)
            header.set(status, at: 6, .big)
            header.set(version, at: 8, .big)
            return FrameHead(code: MessageCode(code), payloadSize: Int(size), header: header)
        }

        package static func writeHead(
            _ head: FrameHead,
            of sender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            writer.magic(client: 0x80, server: 0x81, bytes: 1, of: sender)
            guard let code = UInt8(exactly: head.code) else { throw PayloadError(.invalidCase, field: "code") }
            writer.integer(code, .big)
            writer.integer(head.header.integer(at: 4, .big, as: UInt16.self), .big)
            writer.reserved(2)
            writer.integer(head.header.integer(at: 6, .big, as: UInt16.self), .big)
            writer.integer(Int32(clamping: head.payloadSize), .big)
            writer.integer(head.header.integer(at: 0, .big, as: UInt32.self), .big)
            writer.integer(head.header.integer(at: 8, .big, as: UInt64.self), .big)
        }
    }

    package struct Header: FrameHeader {
        package var entryVersion: UInt64

        package init(entryVersion: UInt64 = 0) { self.entryVersion = entryVersion }
        package init(_ bytes: HeaderBytes) { entryVersion = bytes.integer(at: 8, .big) }
        package func write(into bytes: inout HeaderBytes) { bytes.set(entryVersion, at: 8, .big) }
    }

    package struct Get: Request, CacheMessage, Hashable {
        package typealias Reply = Value
        package static let code: MessageCode = 0
        package static let name = "Get"
        package static let sender = Sender.client
        package var key: Bytes
        package var value: Bytes { Bytes() }

        package init(key: Bytes) { self.key = key }
        package init(key: Bytes, value: Bytes) { self.init(key: key) }
    }

    /// The reply, with the code of its request.
    package struct Value: CacheMessage, Hashable {
        package static let code: MessageCode = 0
        package static let name = "Value"
        package static let sender = Sender.server
        package var key: Bytes { Bytes() }
        package var value: Bytes

        package init(value: Bytes) { self.value = value }
        package init(key: Bytes, value: Bytes) { self.init(value: value) }
    }

    package struct Store: Request, CacheMessage, Hashable {
        package typealias Reply = Stored
        package static let code: MessageCode = 1
        package static let name = "Store"
        package static let sender = Sender.client
        package var key: Bytes
        package var value: Bytes

        package init(key: Bytes, value: Bytes) {
            self.key = key
            self.value = value
        }
    }

    package struct Stored: CacheMessage, Hashable {
        package static let code: MessageCode = 1
        package static let name = "Stored"
        package static let sender = Sender.server
        package var key: Bytes { Bytes() }
        package var value: Bytes { Bytes() }

        package init() {}
        package init(key: Bytes, value: Bytes) {}
    }

    /// A one-way message of the server.
    package struct Changed: CacheMessage, Hashable {
        package static let code: MessageCode = 2
        package static let name = "Changed"
        package static let sender = Sender.server
        package var key: Bytes
        package var value: Bytes

        package init(key: Bytes, value: Bytes) {
            self.key = key
            self.value = value
        }
    }

    /// The error message, whose fault is the status in the header.
    package struct Failure: ErrorMessage, Hashable {
        package static let code: MessageCode = 3
        package static let name = "Failure"
        package static let sender = Sender.server
        package var status: UInt16
        package var text: String

        package var fault: Fault? {
            Fault.allCases.indices.contains(Int(status)) ? Fault.allCases[Int(status)] : nil
        }

        package init(_ fault: Fault, detail: String) {
            status = UInt16(Fault.allCases.firstIndex(of: fault) ?? 0)
            text = detail
        }

        package init(from reader: inout ByteReader) throws(PayloadError) {
            throw PayloadError(.inconsistent, field: "status")
        }

        package init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
            status = header.integer(at: 6, .big)
            text = try reader.string(field: "text")
        }

        package func encode(into writer: inout ByteWriter) throws(PayloadError) {
            writer.string(text)
        }

        package func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
            header.set(0 as UInt16, at: 4, .big)
            header.set(status, at: 6, .big)
            try encode(into: &writer)
        }
    }
}

/// A message with a key, whose size is in the header, and a value.
package protocol CacheMessage: Message {
    var key: Bytes { get }
    var value: Bytes { get }
    init(key: Bytes, value: Bytes)
}

extension CacheMessage {
    package init(from reader: inout ByteReader) throws(PayloadError) {
        throw PayloadError(.inconsistent, field: "key")
    }

    package init(from reader: inout ByteReader, header: HeaderBytes) throws(PayloadError) {
        let key = try reader.bytes(count: Int(header.integer(at: 4, .big, as: UInt16.self)), field: "key")
        self.init(key: key, value: try reader.bytes(field: "value"))
    }

    package func encode(into writer: inout ByteWriter) throws(PayloadError) {
        writer.bytes(key)
        writer.bytes(value)
    }

    package func encode(into writer: inout ByteWriter, header: inout HeaderBytes) throws(PayloadError) {
        guard let size = UInt16(exactly: key.count) else { throw PayloadError(.invalidLength, field: "key") }
        header.set(size, at: 4, .big)
        header.set(0 as UInt16, at: 6, .big)
        try encode(into: &writer)
    }
}

// MARK: - Trailers

/// A header of a version, a code, a channel and a signed size, for formats that differ in their trailers.
package enum ChannelCodec: FrameCodec {
    package static let maximumHeaderSize = 9

    package static func readHead(from reader: inout ByteReader, of sender: Sender) throws(PayloadError) -> FrameHead {
        try reader.magic(0x02, bytes: 1)
        let version: UInt8 = try reader.integer(.big, field: "version")
        guard version == 1 else { throw PayloadError(.unexpectedValue, field: "version") }
        let code: UInt8 = try reader.integer(.big, field: "code")
        let channel: UInt16 = try reader.integer(.big, field: "channel")
        let size: Int32 = try reader.integer(.big, field: "size")
        var header = HeaderBytes()
        header.set(channel, at: 0, .big)
        return FrameHead(code: MessageCode(code), payloadSize: Int(size), header: header)
    }

    package static func writeHead(
        _ head: FrameHead,
        of sender: Sender,
        into writer: inout ByteWriter
    ) throws(PayloadError) {
        writer.magic(0x02, bytes: 1)
        writer.integer(1 as UInt8, .big)
        guard let code = UInt8(exactly: head.code) else { throw PayloadError(.invalidCase, field: "code") }
        writer.integer(code, .big)
        writer.integer(head.header.integer(at: 0, .big, as: UInt16.self), .big)
        writer.integer(Int32(clamping: head.payloadSize), .big)
    }
}

extension FrameFormat {
    /// A format with the trailer of AMQP 0-9-1: one byte that is the same in every frame.
    package static let ended = channels([.end([0xCE])])

    /// A format with a checksum that does not cover the first byte, and two bytes after the checksum.
    package static let checkedAndEnded = channels([
        .checksum(Checksum(.crc16ARC, covers: .afterMagic, byteOrder: .little)), .end([0x0D, 0x0A]),
    ])

    /// A format of `ChannelCodec`.
    package static func channels(_ trailer: [TrailerItem], maximumPayload: Int = 100_000) -> FrameFormat {
        FrameFormat(
            ChannelCodec.self,
            byteOrder: .big,
            correlation: nil,
            magicSize: 1,
            trailer: trailer,
            maximumPayload: maximumPayload
        )
    }
}

/// A header of a code, a size and a byte that says whether the frame has a mark, and a trailer with a channel and the mark.
///
/// Odd channels have a mark. A frame whose byte and channel contradict each other makes the codec read another number of bytes than it has
/// announced.
package enum MarkCodec: FrameCodec {
    package static let maximumHeaderSize = 4

    package static func readHead(from reader: inout ByteReader, of sender: Sender) throws(PayloadError) -> FrameHead {
        let code: UInt8 = try reader.integer(.big, field: "code")
        let isMarked: UInt8 = try reader.integer(.big, field: "isMarked")
        let size: UInt16 = try reader.integer(.big, field: "size")
        return FrameHead(
            code: MessageCode(code),
            payloadSize: Int(size),
            header: HeaderBytes(),
            trailerSize: isMarked == 0 ? 2 : 6
        )
    }

    package static func writeHead(
        _ head: FrameHead,
        of sender: Sender,
        into writer: inout ByteWriter
    ) throws(PayloadError) {
        writer.integer(UInt8(truncatingIfNeeded: head.code), .big)
        writer.integer(UInt8(hasMark(head) ? 1 : 0), .big)
        writer.integer(UInt16(clamping: head.payloadSize), .big)
    }

    package static func readTrailer(
        _ item: Int,
        of head: inout FrameHead,
        from reader: inout ByteReader
    ) throws(PayloadError) {
        if item == 0 {
            head.header.set(try reader.integer(.big, field: "channel") as UInt16, at: 0, .big)
        } else if hasMark(head) {
            head.header.set(try reader.integer(.big, field: "mark") as UInt32, at: 2, .big)
        }
    }

    package static func writeTrailer(
        _ item: Int,
        of head: FrameHead,
        into writer: inout ByteWriter
    ) throws(PayloadError) {
        if item == 0 {
            writer.integer(head.header.integer(at: 0, .big, as: UInt16.self), .big)
        } else if hasMark(head) {
            writer.integer(head.header.integer(at: 2, .big, as: UInt32.self), .big)
        }
    }

    private static func hasMark(_ head: FrameHead) -> Bool {
        !head.header.integer(at: 0, .big, as: UInt16.self).isMultiple(of: 2)
    }
}

extension FrameFormat {
    /// A format whose trailer has fields before and after a checksum and an end.
    package static let marked = FrameFormat(
        MarkCodec.self,
        byteOrder: .big,
        correlation: nil,
        trailer: [.fields(0, size: 2), .checksum(.init(.crc16ARC, covers: .frame)), .fields(1, size: 4), .end([0x0A])],
        maximumPayload: 10_000
    )
}

/// A message of bytes.
package struct Chunk: Message, Hashable {
    package static let code: MessageCode = 3
    package static let name = "Chunk"
    package static let sender = Sender.both
    package var data: Bytes

    package init(data: Bytes) { self.data = data }

    package init(from reader: inout ByteReader) throws(PayloadError) {
        data = try reader.bytes(field: "data")
    }

    package func encode(into writer: inout ByteWriter) throws(PayloadError) {
        writer.bytes(data)
    }
}

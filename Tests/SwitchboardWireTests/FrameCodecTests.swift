import SwitchboardWire
import TestSupport
import Testing

@Suite("A frame format with a codec")
struct FrameCodecTests {
    /// A frame, or another outcome of the decoder.
    private enum Found: Hashable {
        case frame(FrameDecoder.Frame, [UInt8])
        case skipped(Fault)
        case broken(Fault)
        case incomplete(Int)
    }

    /// Pseudo-random numbers that are the same in every run.
    private struct RandomNumbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    static let formats: [FrameFormat] = [
        Topics.frameFormat, Cache.frameFormat, .ended, .checkedAndEnded,
        .channels([
            .end([1, 2, 3]), .checksum(.crc32),
            .checksum(FrameFormat.Checksum(.crc16Modbus, covers: .payload)),
        ]),
        .marked,
    ]

    /// Returns what a decoder finds in a stream that arrives in pieces.
    private static func decode(_ pieces: [[UInt8]], _ format: FrameFormat, from sender: Sender = .both) -> [Found] {
        let decoder = FrameDecoder(format, from: sender)
        let interruption = BatchInterruption()
        var unread: [UInt8] = []
        var found: [Found] = []
        for piece in pieces {
            unread += piece
            var reader = ByteReader(Bytes(unread))
            var wanted: Int?
            while wanted == nil {
                let before = reader.remaining
                switch decoder.next(in: &reader) {
                case .frame(let frame):
                    #expect(reader.remaining == before)
                    var batch = decoder.batch(from: frame, in: reader, limit: 1, interruption)
                    let payload = batch.payload(in: &reader) { $0.readBytes($0.remaining) ?? Bytes() }
                    #expect(batch.header == frame.header)
                    #expect(batch.size == before - reader.remaining)
                    let goesOn = batch.next(in: &reader)
                    #expect(!goesOn)
                    found.append(.frame(frame, Array(payload)))
                case .skipped(let fault): found.append(.skipped(fault))
                case .broken(let fault): return found + [.broken(fault)]
                case .incomplete(let size):
                    #expect(size > before)
                    #expect(reader.remaining == before)
                    wanted = size
                }
                if wanted == nil { #expect(reader.remaining < before) }
            }
            unread.removeFirst(unread.count - reader.remaining)
        }
        return found + (unread.isEmpty ? [] : [.incomplete(unread.count)])
    }

    private static func decode(_ bytes: [UInt8], _ format: FrameFormat, from sender: Sender = .both) -> [Found] {
        decode([bytes], format, from: sender)
    }

    /// The frame of a chunk of `count` bytes.
    private static func frame(_ count: Int, _ format: FrameFormat, channel: UInt16 = 0) throws -> [UInt8] {
        var header = HeaderBytes()
        header.set(channel, at: 0, .big)
        let data = Bytes((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        return Array(try FrameEncoder(format).encode(Chunk(data: data), header: header))
    }

    // MARK: Correct frames

    @Test("has the size of its largest header, and the items of its trailer")
    func properties() {
        #expect(Topics.frameFormat.headerSize == 5)
        #expect(Topics.frameFormat.overhead == 5)
        #expect(Cache.frameFormat.correlation?.largest == UInt64(UInt32.max))
        let format = FrameFormat.checkedAndEnded
        #expect(format.trailerSize == 4)
        #expect(format.overhead == 13)
        #expect(format.header.isEmpty)
        #expect(format.checksum == nil)
        #expect(format.codec == ChannelCodec.self)
        #expect(FrameFormat.sample.codec == nil)
        #expect(FrameFormat.sample.trailer == [.checksum(.crc32)])
        #expect(FrameFormat.bare.trailer.isEmpty)
    }

    @Test("differs from a format with another codec, trailer, correlation or size of the magic")
    func equality() {
        func format(
            _ codec: any FrameCodec.Type = ChannelCodec.self,
            _ order: ByteOrder = .big,
            _ correlation: FrameFormat.Correlation? = nil,
            magicSize: Int = 0,
            _ trailer: [FrameFormat.TrailerItem] = [],
            maximumPayload: Int = 100
        ) -> FrameFormat {
            FrameFormat(
                codec,
                byteOrder: order,
                correlation: correlation,
                magicSize: magicSize,
                trailer: trailer,
                maximumPayload: maximumPayload
            )
        }
        let all = [
            format(), format(Topics.Codec.self), format(ChannelCodec.self, .little), format(magicSize: 1),
            format(ChannelCodec.self, .big, FrameFormat.Correlation(offset: 0, width: .two, order: .big)),
            format(ChannelCodec.self, .big, FrameFormat.Correlation(offset: 1, width: .two, order: .big)),
            format(ChannelCodec.self, .big, nil, [.end([1])]), format(ChannelCodec.self, .big, nil, [.end([2])]),
            format(maximumPayload: 99), .sample, .bare,
        ]
        #expect(Set(all).count == all.count)
        #expect(format() == format())
        #expect(format().hashValue == format().hashValue)
    }

    @Test("writes bits and a variable length, and reads them again")
    func variableHeader() throws {
        let header = HeaderBytes(of: Topics.Header(flags: 0b1010))
        let sizes: [(Int, [UInt8])] = [
            (0, [0]), (1, [1]), (127, [0x7F]), (128, [0x80, 1]), (16_384, [0x80, 0x80, 1]),
        ]
        for (size, prefix) in sizes {
            let message = Topics.Publish(text: String(repeating: "x", count: size))
            var writer = ByteWriter(capacity: 0)
            writer.append("before")
            try FrameEncoder(Topics.frameFormat).encode(message, header: header, into: &writer)
            let bytes = Array(writer.takeBytes().dropFirst(6))
            #expect(bytes == [0x3A] + prefix + Array(message.text.utf8))
            let found = Self.decode(bytes, Topics.frameFormat)
            guard case .frame(let frame, let payload) = try #require(found.first) else { return }
            #expect(found.count == 1)
            #expect(frame.code == 3)
            #expect(frame.headerSize == 1 + prefix.count)
            #expect(frame.payloadSize == size)
            #expect(Topics.Header(frame.header).flags == 0b1010)
            #expect(payload == Array(message.text.utf8))
        }
    }

    @Test("gives a message the numbers of the header, and takes those that its payload determines")
    func numbersOfPayload() throws {
        let message = Cache.Store(key: "key", value: "value")
        var header = HeaderBytes(of: Cache.Header(entryVersion: 9))
        Cache.frameFormat.correlation?.set(0x0102_0304, in: &header)
        // The numbers of a request, which are in the header of its reply.
        header.set(77 as UInt16, at: 4, .big)
        let bytes = try FrameEncoder(Cache.frameFormat, as: .client).encode(message, header: header)
        #expect(
            Array(bytes)
                == Array(Bytes(hexadecimal: "80 01 0003 0000 0000 00000008 01020304 0000000000000009"))
                + Array("keyvalue".utf8)
        )
        let decoder = FrameDecoder(Cache.frameFormat, from: .client)
        var reader = ByteReader(bytes)
        var found = HeaderBytes()
        guard case .frame(let frame) = decoder.next(in: &reader, header: &found) else {
            Issue.record("no frame")
            return
        }
        #expect(found == frame.header)
        #expect(Cache.frameFormat.correlation?.number(in: found) == 0x0102_0304)
        let decoded = try decoder.payload(of: frame, in: &reader) { payload throws(PayloadError) in
            try Cache.Store(payload: &payload, header: found)
        }
        #expect(decoded == message)
        #expect(reader.remaining == 0)
        #expect(throws: PayloadError(.truncated, field: "key")) {
            var header = found
            header.set(9 as UInt16, at: 4, .big)
            var payload = ByteReader("keyvalue")
            _ = try Cache.Store(payload: &payload, header: header)
        }
    }

    @Test("has a trailer of checksums and ends, in their order")
    func trailer() throws {
        let ended = try Self.frame(3, .ended, channel: 0x0102)
        #expect(Bytes(ended) == Bytes(hexadecimal: "02 01 03 0102 00000003 00070e ce"))
        let checked = try Self.frame(3, .checkedAndEnded, channel: 0x0102)
        let covered = Bytes(ended[1..<12])
        let checksum = FrameFormat.Checksum.Algorithm.crc16ARC.checksum(of: covered)
        #expect(
            checked
                == ended[0..<12] + [
                    UInt8(truncatingIfNeeded: checksum), UInt8(truncatingIfNeeded: checksum >> 8), 13, 10,
                ]
        )
    }

    @Test("has fields in its trailer, some of which are in some frames only")
    func fieldsOfTrailer() throws {
        func bytes(_ channel: UInt16) throws -> [UInt8] {
            var header = HeaderBytes()
            header.set(channel, at: 0, .big)
            header.set(0xA1A2_A3A4 as UInt32, at: 2, .big)
            return Array(try FrameEncoder(.marked).encode(Chunk(data: [7]), header: header))
        }
        let checksums = [[3, 0, 0, 1, 7], [3, 1, 0, 1, 7]].map {
            FrameFormat.Checksum.Algorithm.crc16ARC.checksum(of: Bytes($0 as [UInt8]))
        }
        let (plain, marked) = try (bytes(2), bytes(5))
        let sums = checksums.map { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        #expect(plain == [3, 0, 0, 1, 7, 0, 2] + sums[0] + [0x0A])
        #expect(marked == [3, 1, 0, 1, 7, 0, 5] + sums[1] + [0xA1, 0xA2, 0xA3, 0xA4, 0x0A])
        #expect(FrameFormat.marked.trailerSize == 9)
        let found = Self.decode(plain + marked, .marked)
        #expect(found.count == 2)
        for (found, size) in zip(found, [5, 9]) {
            guard case .frame(let frame, let payload) = found else {
                Issue.record("no frame")
                continue
            }
            #expect(frame.trailerSize == size)
            #expect(payload == [7])
        }
        guard case .frame(let frame, _)? = found.last else { return }
        #expect(frame.header.integer(at: 2, .big, as: UInt32.self) == 0xA1A2_A3A4)
    }

    @Test("refuses a trailer of another size than the header announces")
    func contradictions() throws {
        for channel in [0, 1] as [UInt16] {
            var frame = try Self.frame(1, .marked, channel: channel)
            // The header still announces a trailer of the same size.
            frame[6] ^= 1
            #expect(Self.decode(frame + frame, .marked) == [.broken(.malformedPayload)])
        }
    }

    @Test("reads the same frames wherever the stream is split", arguments: formats)
    func splits(_ format: FrameFormat) throws {
        var stream: [UInt8] = []
        for (index, count) in [0, 1, 40, 0, 200].enumerated() {
            stream += try Self.frame(count, format, channel: UInt16(index % 2))
        }
        let whole = Self.decode(stream, format)
        #expect(whole.count == 5)
        for (found, count) in zip(whole, [0, 1, 40, 0, 200]) {
            guard case .frame(let frame, _) = found else { continue }
            #expect(frame.payloadSize == count)
        }
        for cut in stream.indices {
            #expect(Self.decode([Array(stream[..<cut]), Array(stream[cut...])], format) == whole)
        }
        #expect(Self.decode(stream.map { [$0] }, format) == whole)
    }

    // MARK: Wrong frames

    @Test("finds the first wrong byte of a magic number at once")
    func magic() throws {
        for (sender, right, wrong) in [(Sender.client, 0x80, 0x81), (.server, 0x81, 0x80), (.both, 0x80, 0x82)] {
            #expect(Self.decode([UInt8(wrong)], Cache.frameFormat, from: sender) == [.broken(.invalidMagic)])
            #expect(Self.decode([UInt8(right)], Cache.frameFormat, from: sender) == [.incomplete(1)])
            let frame = Array(try FrameEncoder(Cache.frameFormat, as: sender).encode(Chunk(data: [1])))
            #expect(frame.first == UInt8(right))
            #expect(Self.decode(frame, Cache.frameFormat, from: sender).count == 1)
            // A message of one end has the magic number of that end.
            #expect(try FrameEncoder(Cache.frameFormat, as: sender).encode(Cache.Get(key: "k")).first == 0x80)
        }
        for bytes in 1...8 {
            var writer = ByteWriter()
            writer.magic(0x0102_0304_0506_0708, bytes: bytes)
            let magic = Array(writer.takeBytes())
            #expect(magic == Array((9 - UInt8(bytes))...8))
            for count in 0..<bytes {
                var reader = ByteReader(Bytes(magic[..<count]))
                #expect(throws: PayloadError(.truncated, field: "magic")) {
                    try reader.magic(0x0102_0304_0506_0708, bytes: bytes)
                }
                #expect(reader.remaining == count)
                reader = ByteReader(Bytes(magic[..<count] + [magic[count] ^ 1]))
                #expect(throws: PayloadError(.unexpectedValue, field: "magic")) {
                    try reader.magic(0x0102_0304_0506_0708, bytes: bytes)
                }
            }
            var reader = ByteReader(Bytes(magic + [0]))
            try reader.magic(0x0102_0304_0506_0708, bytes: bytes)
            #expect(reader.remaining == 1)
        }
    }

    @Test("accepts the magic number of either end if the sender is not known")
    func magicOfEitherEnd() throws {
        for (bytes, isRight) in [([1, 2], true), ([1, 3], true), ([1, 4], false), ([2], false)] as [([UInt8], Bool)] {
            var reader = ByteReader(Bytes(bytes))
            if isRight {
                try reader.magic(client: 0x0102, server: 0x0103, bytes: 2, of: .both)
                #expect(reader.remaining == 0)
            } else {
                #expect(throws: PayloadError(.unexpectedValue, field: "magic")) {
                    try reader.magic(client: 0x0102, server: 0x0103, bytes: 2, of: .both)
                }
            }
        }
        var reader = ByteReader([1])
        #expect(throws: PayloadError(.truncated, field: "magic")) {
            try reader.magic(client: 0x0102, server: 0x0103, bytes: 2, of: .both)
        }
    }

    @Test("tells a wrong version from a malformed header")
    func version() {
        #expect(Self.decode([2, 2], .ended) == [.broken(.unsupportedVersion)])
        #expect(Self.decode([2, 1], .ended) == [.incomplete(2)])
        #expect(Self.decode([0x30, 0x80, 0], Topics.frameFormat) == [.broken(.malformedPayload)])
        // A length of more bytes than the largest header has.
        #expect(Self.decode([0x30, 0x80, 0x80, 0x80], Topics.frameFormat) == [.incomplete(4)])
        #expect(Self.decode([0x30, 0x80, 0x80, 0x80, 0x80], Topics.frameFormat) == [.broken(.malformedPayload)])
        #expect(Self.decode([0x30, 0x80, 0x80, 0x80, 0x80, 1], Topics.frameFormat) == [.broken(.malformedPayload)])
    }

    @Test("rejects negative and huge lengths, and waits for no more than the largest payload")
    func lengths() {
        func found(_ length: Int32, _ format: FrameFormat) -> FrameDecoder.Outcome {
            var writer = ByteWriter()
            for byte in [2, 1, 3, 0, 0] as [UInt8] { writer.append(byte, .big) }
            writer.append(length, .big)
            var reader = ByteReader(writer.takeBytes())
            return FrameDecoder(format).next(in: &reader)
        }
        for format in [FrameFormat.ended, .checkedAndEnded] {
            for length in [-1, -9, .min] as [Int32] { #expect(found(length, format) == .broken(.malformedPayload)) }
            for length in [100_001, .max] as [Int32] { #expect(found(length, format) == .broken(.payloadTooLarge)) }
            #expect(found(100_000, format) == .incomplete(size: 9 + 100_000 + format.trailerSize))
        }
        let unlimited = FrameFormat.channels([.end([1])], maximumPayload: .max)
        #expect(found(.max, unlimited) == .incomplete(size: 9 + Int(Int32.max) + 1))
        #expect(found(1, .channels([], maximumPayload: -5)) == .broken(.payloadTooLarge))
        let large: [UInt8] = [0x30, 0xFF, 0xFF, 0xFF, 0x7F]
        #expect(Self.decode(large, Topics.frameFormat) == [.broken(.payloadTooLarge)])
    }

    /// A codec that returns the worst sizes, and one that writes headers of wrong sizes.
    private enum HostileCodec: FrameCodec {
        static let maximumHeaderSize = 4

        static func readHead(from reader: inout ByteReader, of sender: Sender) throws(PayloadError) -> FrameHead {
            // A header without bytes.
            if reader.peekInteger(at: 0, .big, as: UInt8.self) == 0 {
                return FrameHead(code: .unknown, payloadSize: 0, header: HeaderBytes())
            }
            let kind: UInt8 = try reader.integer(.big, field: "kind")
            let sizes = [0, Int.max, Int.min, -1, 1 << 40]
            let size = Int(kind) < sizes.count ? sizes[Int(kind)] : 0
            return FrameHead(code: .unknown, payloadSize: size, header: HeaderBytes())
        }

        static func writeHead(
            _ head: FrameHead,
            of sender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {
            for _ in 0..<head.payloadSize { writer.append(0 as UInt8, .big) }
            if head.payloadSize == 4 { throw PayloadError(.outOfBounds, field: "code") }
        }
    }

    /// A codec that announces the worst sizes of a trailer, and reads another number of bytes.
    private enum HostileTrailerCodec: FrameCodec {
        static let maximumHeaderSize = 2

        static func readHead(from reader: inout ByteReader, of sender: Sender) throws(PayloadError) -> FrameHead {
            let kind: UInt8 = try reader.integer(.big, field: "kind")
            let read: UInt8 = try reader.integer(.big, field: "read")
            var header = HeaderBytes()
            header.set(read, at: 0, .big)
            let sizes = [0, 1, 2, 3, Int.max, Int.min, -1, 1 << 40]
            let size = Int(kind) < sizes.count ? sizes[Int(kind)] : 0
            return FrameHead(code: .unknown, payloadSize: 0, header: header, trailerSize: size)
        }

        static func writeHead(
            _ head: FrameHead,
            of sender: Sender,
            into writer: inout ByteWriter
        ) throws(PayloadError) {}

        static func readTrailer(
            _ item: Int,
            of head: inout FrameHead,
            from reader: inout ByteReader
        ) throws(PayloadError) {
            reader.skip(min(Int(head.header.integer(at: 0, .big, as: UInt8.self)), reader.remaining))
        }
    }

    @Test("survives the worst trailers that a codec can announce")
    func worstTrailers() {
        let format = FrameFormat(
            HostileTrailerCodec.self,
            byteOrder: .big,
            correlation: nil,
            trailer: [.fields(0, size: 1), .end([9, 9]), .fields(1, size: 1), .end([9])],
            maximumPayload: 100
        )
        for kind in 0...8 as ClosedRange<UInt8> {
            for read in 0...9 as ClosedRange<UInt8> {
                let found = Self.decode([kind, read] + [UInt8](repeating: 9, count: 5), format)
                let size = [0: 0, 1: 1, 2: 2, 8: 0][kind]
                guard let size, size == 2 * Int(read) else {
                    #expect(found == [.broken(.malformedPayload)], "\(kind), \(read)")
                    continue
                }
                guard case .frame(let frame, _)? = found.first else {
                    Issue.record("\(kind), \(read): \(found)")
                    continue
                }
                #expect(frame.trailerSize == 3 + size)
            }
        }
    }

    private static let hostile = FrameFormat(
        HostileCodec.self,
        byteOrder: .big,
        correlation: nil,
        magicSize: -3,
        trailer: [.checksum(FrameFormat.Checksum(.crc32, covers: .afterMagic))],
        maximumPayload: .max
    )

    @Test("survives the worst sizes that a codec can return")
    func worstSizes() {
        #expect(Self.decode([0], Self.hostile) == [.broken(.malformedPayload)])
        #expect(Self.decode([1], Self.hostile) == [.broken(.payloadTooLarge)])
        #expect(Self.decode([2], Self.hostile) == [.broken(.malformedPayload)])
        #expect(Self.decode([3], Self.hostile) == [.broken(.malformedPayload)])
        var reader = ByteReader([4])
        #expect(FrameDecoder(Self.hostile).next(in: &reader) == .incomplete(size: 1 + 1 << 40 + 4))
    }

    @Test("skips a frame with a wrong checksum, and reads the next")
    func checksum() throws {
        let format = FrameFormat.checkedAndEnded
        let frame = try Self.frame(5, format)
        let next = try Self.frame(2, format, channel: 7)
        for index in 9..<frame.count - 2 {
            var wrong = frame
            wrong[index] ^= 0x10
            let found = Self.decode(wrong + next, format)
            #expect(found.first == .skipped(.checksumMismatch))
            #expect(found.last == Self.decode(next, format).last)
            #expect(found.count == 2)
        }
    }

    @Test("ends the stream at a wrong end, even if the checksum is wrong, too", arguments: [false, true])
    func end(_ isChecksumWrong: Bool) throws {
        let format = FrameFormat.checkedAndEnded
        for index in 1...2 {
            var wrong = try Self.frame(5, format)
            wrong[wrong.count - index] ^= 1
            if isChecksumWrong { wrong[wrong.count - 3] ^= 1 }
            #expect(Self.decode(wrong + (try Self.frame(5, format)), format) == [.broken(.malformedPayload)])
        }
    }

    @Test("covers with a checksum of the payload only the payload, whatever the size of the header is")
    func coverage() throws {
        let format = FrameFormat(
            Topics.Codec.self,
            byteOrder: .big,
            correlation: nil,
            trailer: [.checksum(FrameFormat.Checksum(.crc32, covers: .payload))],
            maximumPayload: 1000
        )
        for count in [0, 1, 200] {
            let data = Bytes(repeatElement(7, count: count))
            let frame = try FrameEncoder(format).encode(Chunk(data: data))
            var reader = ByteReader(frame[frame.count - 4..<frame.count])
            #expect(reader.readInteger(.big) == FrameFormat.Checksum.Algorithm.crc32.checksum(of: data))
            #expect(Self.decode(Array(frame), format).count == 1)
        }
    }

    @Test("never traps and never stops moving on random and damaged bytes", arguments: formats)
    func randomBytes(_ format: FrameFormat) throws {
        var random = RandomNumbers(state: 7)
        for _ in 0..<2000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                let channel = UInt16.random(in: 0...1, using: &random)
                bytes += try Self.frame(.random(in: 0..<20, using: &random), format, channel: channel)
            }
            if Bool.random(using: &random) {
                bytes += (0..<Int.random(in: 0..<30, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            }
            for _ in 0..<Int.random(in: 0..<3, using: &random) where !bytes.isEmpty {
                bytes[.random(in: bytes.indices, using: &random)] ^= .random(in: 1...255, using: &random)
            }
            let whole = Self.decode(bytes, format)
            let cut = Int.random(in: 0...bytes.count, using: &random)
            #expect(Self.decode([Array(bytes[..<cut]), Array(bytes[cut...])], format) == whole)
        }
    }

    // MARK: Refused messages

    @Test("leaves the output as it was if the message, the header or the size does not fit")
    func refusal() throws {
        var writer = ByteWriter()
        writer.append("before")
        let cache = FrameEncoder(Cache.frameFormat)
        #expect(throws: PayloadError(.invalidLength, field: "key")) {
            try cache.encode(Cache.Get(key: Bytes(repeatElement(0, count: 65_536))), into: &writer)
        }
        #expect(throws: PayloadError(.payloadTooLarge, field: "payload")) {
            try cache.encode(Cache.Value(value: Bytes(repeatElement(0, count: 100_001))), into: &writer)
        }
        #expect(throws: PayloadError(.invalidCase, field: "code")) {
            try FrameEncoder(Topics.frameFormat).encode(Blob(data: "code 258"), into: &writer)
        }
        let hostile = FrameEncoder(Self.hostile)
        for count in [0, 5] {
            #expect(throws: PayloadError(.invalidLength, field: "header")) {
                try hostile.encode(Chunk(data: Bytes(repeatElement(0, count: count))), into: &writer)
            }
        }
        #expect(throws: PayloadError(.outOfBounds, field: "code")) {
            try hostile.encode(Chunk(data: "1234"), into: &writer)
        }
        #expect(writer.takeBytes() == "before")
        #expect(try hostile.encode(Chunk(data: "123")).count == 10)
    }
}

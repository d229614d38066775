import SwitchboardWire
import Testing

@Suite("Header bytes")
struct HeaderBytesTests {
    /// A header as the generator writes it, for `sender: uint16` at 3 and `time: int64` at 5.
    struct SampleHeader: FrameHeader {
        var sender: UInt16
        var time: Int64

        init(sender: UInt16 = 0, time: Int64 = 0) {
            self.sender = sender
            self.time = time
        }

        init(_ bytes: HeaderBytes) {
            sender = bytes.integer(at: 3, .little)
            time = bytes.integer(at: 5, .big)
        }

        func write(into bytes: inout HeaderBytes) {
            bytes.set(sender, at: 3, .little)
            bytes.set(time, at: 5, .big)
        }
    }

    @Test("hold integers of every width, sign and order where they were put")
    func integers() {
        for order in [ByteOrder.big, .little] {
            for offset in 0..<24 {
                check(0xA5 as UInt8, at: offset, order)
                check(-2 as Int8, at: offset, order)
                if offset <= 22 { check(-0x1234 as Int16, at: offset, order) }
                if offset <= 20 { check(0xDEAD_BEEF as UInt32, at: offset, order) }
                if offset <= 16 { check(Int64.min + 7, at: offset, order) }
                if offset <= 8 { check(UInt128.max / 3 - 5, at: offset, order) }
            }
        }
    }

    private func check<T: FixedWidthInteger>(_ value: T, at offset: Int, _ order: ByteOrder) {
        var bytes = HeaderBytes()
        bytes.set(~value, at: offset, order)
        bytes.set(value, at: offset, order)
        #expect(bytes.integer(at: offset, order) == value)
        bytes.set(0 as T, at: offset, order)
        #expect(bytes == HeaderBytes())
    }

    @Test("put the bytes of a number in its order, and leave those around it alone")
    func order() {
        var bytes = HeaderBytes()
        bytes.set(0xFF as UInt8, at: 0, .big)
        bytes.set(0x0102 as UInt16, at: 1, .big)
        bytes.set(0x0304 as UInt16, at: 3, .little)
        #expect((0..<6).map { bytes.integer(at: $0, .big, as: UInt8.self) } == [0xFF, 1, 2, 4, 3, 0])
    }

    @Test("read as 0, and keep nothing, where there are none")
    func outside() {
        for offset in [Int.min, -1, 24, Int.max] {
            var bytes = HeaderBytes()
            bytes.set(0xFF as UInt8, at: offset, .big)
            #expect(bytes == HeaderBytes())
            #expect(bytes.integer(at: offset, .big, as: UInt64.self) == 0)
            bytes.set(UInt128.max, at: offset, .big)
            #expect(bytes == HeaderBytes())
            #expect(bytes.integer(at: offset, .big, as: UInt128.self) == 0)
        }
        var bytes = HeaderBytes()
        bytes.set(0x0102 as UInt16, at: 23, .little)
        #expect(bytes.integer(at: 23, .little, as: UInt16.self) == 2)
    }

    @Test("hold bytes, with zeros for those that are missing")
    func bytes() {
        for offset in 0..<20 {
            var header = HeaderBytes()
            header.set(Bytes([1, 2, 3, 4, 5, 6]), at: offset, count: 5)
            #expect(header.bytes(at: offset, count: 5) == Bytes([1, 2, 3, 4, 5].prefix(24 - offset)))
            #expect(header.integer(at: offset + 1, .big, as: UInt16.self) == 0x0203)
            header.set(Bytes([9]), at: offset, count: 4)
            #expect(header.bytes(at: offset, count: 4) == [9, 0, 0, 0])
        }
        var header = HeaderBytes()
        header.set(Bytes(Array(1...30)), at: 0, count: .max)
        #expect(header.bytes(at: 0, count: .max) == Bytes(Array(1...24)))
        #expect(header.bytes(at: 22, count: 4) == [23, 24, 0, 0])
        #expect(header.bytes(at: 0, count: -1) == [])
        for offset in [Int.min, -30, 24, Int.max - 3] {
            let before = header
            header.set(Bytes([7, 7, 7, 7]), at: offset, count: 4)
            #expect(header == before)
            #expect(header.bytes(at: offset, count: 3) == [0, 0, 0])
        }
    }

    @Test("carry a header there and back")
    func roundTrip() {
        let header = SampleHeader(sender: 0x1234, time: -5)
        #expect(SampleHeader(HeaderBytes(of: header)) == header)
        #expect(HeaderBytes(of: NoHeader()) == HeaderBytes())
    }

    @Test("hold a correlation of any width", arguments: [FrameFormat.Width.one, .two, .four, .eight])
    func correlation(_ width: FrameFormat.Width) throws {
        for order in [ByteOrder.big, .little] {
            let format = FrameFormat(
                byteOrder: order,
                header: [.type(.one), .correlation(width), .length(.one)],
                checksum: nil,
                maximumPayload: 10
            )
            let correlation = try #require(format.correlation)
            #expect(correlation.largest == .max >> UInt64(64 - 8 * width.rawValue))
            var header = HeaderBytes()
            for number in [0, 1, 0x7F, correlation.largest] {
                correlation.set(number, in: &header)
                #expect(correlation.number(in: header) == number)
            }
        }
        #expect(FrameFormat.sample.correlation == nil)
    }
}

import SwitchboardBytes
import Testing

@Suite("A byte reader")
struct ByteReaderTests {
    @Test("reads integers of every width in both orders")
    func integers() {
        var reader = ByteReader([0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08])
        #expect(reader.peekInteger(at: 0, .big) == 0x0102_0304_0506_0708 as UInt64)
        #expect(reader.peekInteger(at: 0, .little) == 0x0807_0605_0403_0201 as UInt64)
        #expect(reader.readInteger(.big) == 0x01 as UInt8)
        #expect(reader.readInteger(.little) == 0x0302 as UInt16)
        #expect(reader.readInteger(.big) == 0x0405_0607 as Int32)
        #expect(reader.remaining == 1)
    }

    @Test("moves nothing when too few bytes are left")
    func tooShort() {
        var reader = ByteReader([1, 2, 3])
        #expect(reader.readInteger(.big, as: UInt32.self) == nil)
        #expect(reader.readBytes(4) == nil)
        #expect(reader.readBytes(-1) == nil)
        #expect(reader.peekInteger(at: 3, .big, as: UInt8.self) == nil)
        #expect(reader.peekInteger(at: .max, .big, as: UInt8.self) == nil)
        #expect(reader.remaining == 3)
        #expect(reader.readBytes(3) == [1, 2, 3])
        #expect(reader.readBytes(0) == Bytes())
        #expect(reader.readInteger(.big, as: UInt8.self) == nil)
    }

    @Test("skips to its end and no further")
    func skip() {
        var reader = ByteReader([1, 2, 3])
        reader.skip(2)
        #expect(reader.remaining == 1)
        reader.skip(.max)
        #expect(reader.remaining == 0)
        reader.skip(-5)
        #expect(reader.remaining == 0)
    }

    @Test("keeps within a window, and goes on behind it however much was read")
    func window() {
        var reader = ByteReader([1, 2, 3, 4, 5])
        let inside = reader.readWindow(3) { window in
            (window.remaining, window.readInteger(.big, as: UInt8.self), window.readBytes(3))
        }
        #expect(inside.0 == 3)
        #expect(inside.1 == 1)
        #expect(inside.2 == nil)
        #expect(reader.readBytes(2) == [4, 5])
        #expect(reader.readWindow(10) { $0.remaining } == 0)
    }

    @Test("keeps within a part of the bytes ahead, and goes on behind all of them")
    func partWindow() {
        var reader = ByteReader([1, 2, 3, 4, 5, 6])
        let inside = reader.readWindow(from: 1, to: 3, of: 5) { window in
            (window.remaining, window.readInteger(.big, as: UInt8.self))
        }
        #expect(inside.0 == 2)
        #expect(inside.1 == 2)
        #expect(reader.readBytes(1) == [6])
    }

    @Test("takes no bytes as well as some")
    func emptyBytes() {
        var reader = ByteReader([1])
        let none = reader.readBytes(0)
        #expect(none == [])
        #expect(none?.copied() == [])
        #expect(reader.remaining == 1)
    }
}

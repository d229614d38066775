import SwitchboardBytes
import Testing

@Suite("A byte writer")
struct ByteWriterTests {
    @Test("writes what a reader then reads")
    func roundTrip() {
        var writer = ByteWriter(capacity: 1)
        writer.append(0x0102 as UInt16, .big)
        writer.append(0x0304 as UInt16, .little)
        writer.append("text")
        writer.append(contentsOf: [9, 8, 7].lazy.map { UInt8($0) })
        #expect(writer.count == 11)
        #expect(writer.takeBytes() == Bytes([1, 2, 4, 3] + Array("text".utf8) + [9, 8, 7]))
    }

    @Test("grows without losing anything")
    func growth() {
        var writer = ByteWriter(capacity: 0)
        for number in 0..<10_000 { writer.append(UInt32(number), .big) }
        var reader = ByteReader(writer.takeBytes())
        for number in 0..<10_000 { #expect(reader.readInteger(.big) == UInt32(number)) }
    }

    @Test("overwrites, and forgets from the end")
    func change() {
        var writer = ByteWriter()
        writer.append(contentsOf: [1, 2, 3, 4, 5])
        writer.overwrite(at: 1, with: 0xAABB as UInt16, .big)
        writer.truncate(to: 4)
        writer.truncate(to: 99)
        #expect(writer.takeBytes() == [1, 0xAA, 0xBB, 4])
    }

    @Test("leaves alone the bytes that were taken from it")
    func taken() {
        var writer = ByteWriter()
        writer.append("first")
        let first = writer.takeBytes()
        writer.append("other")
        #expect(first == "first")
        #expect(writer.takeBytes() == "other")
        #expect(writer.takeBytes().isEmpty)
    }
}

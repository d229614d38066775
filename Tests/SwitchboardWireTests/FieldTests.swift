import SwitchboardWire
import Testing

@Suite("Fields")
struct FieldTests {
    private enum Colour: UInt16 {
        case red = 1
        case green = 2
    }

    @Test("are read as they were written, in all their forms")
    func roundTrip() throws {
        var writer = ByteWriter()
        writer.integer(-2 as Int16, .little)
        writer.boolean(true)
        writer.enumeration(Colour.green, .big)
        try writer.bytes("abc", count: 3, field: "fixed")
        try writer.bytes("de", length: UInt32.self, .little, field: "prefixed")
        try writer.string("ß", count: 2, field: "fixedText")
        try writer.string("né", length: UInt16.self, .big, field: "prefixedText")
        writer.string("rest")

        var reader = ByteReader(writer.takeBytes())
        #expect(try reader.integer(.little, field: "number") == -2 as Int16)
        #expect(try reader.boolean(field: "flag"))
        #expect(try reader.enumeration(.big, field: "colour") == Colour.green)
        #expect(try reader.bytes(count: 3, field: "fixed") == "abc")
        #expect(try reader.bytes(length: UInt32.self, .little, field: "prefixed") == "de")
        #expect(try reader.string(count: 2, field: "fixedText") == "ß")
        #expect(try reader.string(length: UInt16.self, .big, field: "prefixedText") == "né")
        #expect(try reader.string(field: "text") == "rest")
        try reader.finish()
    }

    @Test("that do not fit their layout are refused by name")
    func refusals() {
        func error(_ bytes: Bytes, _ read: (inout ByteReader) throws(PayloadError) -> Void) -> PayloadError? {
            var reader = ByteReader(bytes)
            do throws(PayloadError) { try read(&reader) } catch { return error }
            return nil
        }
        #expect(
            error([1]) { reader throws(PayloadError) in _ = try reader.integer(.big, field: "a") as UInt16 }
                == PayloadError(.truncated, field: "a")
        )
        #expect(
            error([2]) { reader throws(PayloadError) in _ = try reader.boolean(field: "b") }
                == PayloadError(.invalidBoolean, field: "b")
        )
        #expect(
            error([0, 3]) { reader throws(PayloadError) in _ = try reader.enumeration(.big, field: "c") as Colour }
                == PayloadError(.invalidCase, field: "c")
        )
        #expect(
            error([0xFF, 0xFF, 0xFF, 0xFF, 0]) { reader throws(PayloadError) in
                _ = try reader.bytes(length: UInt32.self, .big, field: "d")
            } == PayloadError(.truncated, field: "d")
        )
        #expect(
            error([0xFF]) { reader throws(PayloadError) in _ = try reader.string(field: "e") }
                == PayloadError(.invalidUTF8, field: "e")
        )
        #expect(
            error([0]) { reader throws(PayloadError) in try reader.finish() }
                == PayloadError(.trailingBytes, field: "payload")
        )
    }

    @Test("name themselves in the error's text")
    func errorText() {
        #expect("\(PayloadError(.invalidUTF8, field: "username"))" == "username: not valid UTF-8")
    }
}

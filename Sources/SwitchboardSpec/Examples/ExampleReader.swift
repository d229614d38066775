/// Reads the frame of an example: what it really says.
struct ExampleReader {
    /// Why a frame is none of the message's.
    struct Problem: Error {
        let message: String
    }

    private let layout: ExampleLayout
    private var rest: ArraySlice<UInt8>

    /// The values of the fields in `frame`, in order.
    static func read(_ frame: [UInt8], _ layout: ExampleLayout) throws(Problem) -> [ExampleLayout.Value] {
        var reader = ExampleReader(layout: layout, rest: frame[...])
        let payloadSize = try reader.readHeader()
        let trailerSize = layout.frame.checksum == nil ? 0 : 4
        guard reader.rest.count - trailerSize == payloadSize else {
            let found = max(0, reader.rest.count - trailerSize)
            throw Problem(
                message: "its length says \(Int(clamping: payloadSize).bytes) of payload, and there are \(found)"
            )
        }
        let covered = frame.dropLast(trailerSize)
        var payload = ExampleReader(layout: layout, rest: reader.rest.dropLast(trailerSize))
        let values = try payload.readFields()
        if trailerSize > 0 {
            reader.rest = frame.suffix(trailerSize)
            let checksum = try reader.number(.uint32, layout.byteOrder, "checksum")
            guard checksum == UInt64(CRC32.checksum(of: covered)) else {
                throw Problem(message: "its checksum is not that of the bytes before it")
            }
        }
        return values
    }

    private mutating func readHeader() throws(Problem) -> UInt64 {
        var payloadSize: UInt64 = 0
        for field in layout.frame.header.map(\.value) {
            switch field {
            case .magic(let value, let type): try expect(value, type, "magic")
            case .version(let type): try expect(layout.version, type, "version")
            case .type(let type): try expect(layout.message.code.value, type, "type")
            case .length(let type): payloadSize = try number(type, layout.byteOrder, "length")
            }
        }
        return payloadSize
    }

    private mutating func expect(_ value: UInt64, _ type: IntegerType, _ name: String) throws(Problem) {
        let found = try number(type, layout.byteOrder, name)
        guard found == value else {
            throw Problem(message: "its \(name) is \(found.hexadecimal), and must be \(value.hexadecimal)")
        }
    }

    private mutating func readFields() throws(Problem) -> [ExampleLayout.Value] {
        var values: [ExampleLayout.Value] = []
        for field in layout.message.fields { values.append(try value(of: field)) }
        guard rest.isEmpty else { throw Problem(message: "\(rest.count.bytes) too many follow the last field") }
        return values
    }

    private mutating func value(of field: FieldSpec) throws(Problem) -> ExampleLayout.Value {
        let (name, order) = ("`\(field.name.value)`", layout.byteOrder(of: field))
        if let type = layout.numberType(of: field) {
            let number = SpecInteger(bits: try number(type, order, name), of: type)
            guard isValue(number, of: field.type.value) else {
                throw Problem(message: "its \(name) is \(number), which means nothing")
            }
            return .number(number)
        }
        let bytes =
            switch field.type.value.extent {
            case .fixed(let count): try take(count, name)
            case .prefixed(let prefix): try take(Int(clamping: number(prefix, order, name)), name)
            case .toEnd, nil: try take(rest.count, name)
            }
        if case .string = field.type.value, String(validating: bytes, as: UTF8.self) == nil {
            throw Problem(message: "its \(name) is not UTF-8")
        }
        return .bytes(bytes)
    }

    private func isValue(_ number: SpecInteger, of type: FieldType) -> Bool {
        switch type {
        case .boolean: return number.magnitude < 2
        case .enumeration(let name):
            guard let enumeration = layout.enums[name], enumeration.isClosed else { return true }
            return enumeration.cases.contains { $0.value.value == number }
        case .integer, .string, .bytes: return true
        }
    }

    private mutating func number(
        _ type: IntegerType,
        _ order: ByteOrderSpec,
        _ name: String
    ) throws(Problem) -> UInt64 {
        let bytes = try take(type.size, name)
        return (order == .big ? bytes : bytes.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func take(_ count: Int, _ name: String) throws(Problem) -> [UInt8] {
        guard count <= rest.count else { throw Problem(message: "it ends within \(name)") }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}

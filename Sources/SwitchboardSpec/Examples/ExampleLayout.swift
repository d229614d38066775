/// A frame as the spec describes it: what its numbers are made of, for reading and writing examples.
struct ExampleLayout {
    let message: MessageSpec
    let frame: FrameSpec
    let byteOrder: ByteOrderSpec
    let version: UInt64
    let enums: [String: EnumSpec]

    /// The value of a field: a number for integers, booleans and enums, bytes for the others.
    enum Value: Hashable {
        case number(SpecInteger)
        case bytes([UInt8])
    }

    func byteOrder(of field: FieldSpec) -> ByteOrderSpec { field.byteOrder ?? byteOrder }

    /// The type of the number that `field` is, or `nil` when it holds bytes.
    func numberType(of field: FieldSpec) -> IntegerType? {
        switch field.type.value {
        case .integer(let type): type
        case .boolean: .uint8
        case .enumeration(let name): enums[name]?.type
        case .string, .bytes: nil
        }
    }
}

/// A frame as the spec describes it: for reading and writing examples.
package struct FrameLayout: Sendable {
    /// How a frame is delimited.
    package let frame: FrameSpec
    /// The number in the header's version.
    package let version: UInt64
    /// What payloads are made of.
    package let payloads: PayloadLayout

    var byteOrder: ByteOrder { payloads.byteOrder }

    /// The fields of the header that have values, as fields: those of the protocol's own, and the one that pairs replies
    /// with requests.
    package var headerFields: [FieldSpec] {
        frame.header.compactMap { field -> FieldSpec? in
            switch field.value {
            case .field(var field, _):
                if field.defaultValue == nil, isZeroable(field.type.value) {
                    field.defaultValue = Located(value: .text("0", isPlain: true), place: field.name.place)
                }
                return field
            case .correlation(let name, let type):
                return FieldSpec(
                    name: name,
                    type: Located(value: .integer(type), place: name.place),
                    defaultValue: Located(value: .text("0", isPlain: true), place: name.place)
                )
            case .magic, .version, .type, .length: return nil
            }
        }
    }

    /// Whether 0 is a value of a header's field of `type`, to stand for nothing.
    private func isZeroable(_ type: FieldType) -> Bool {
        guard case .named(let name) = type else { return true }
        if case .flags = payloads.table[name] { return true }
        return false
    }

    /// The bytes that the checksum is made of, in a frame without it.
    func covered(_ frame: [UInt8]) -> ArraySlice<UInt8> {
        switch self.frame.checksum?.coverage {
        case .payload: return frame.dropFirst(self.frame.headerSize)
        case .afterMagic:
            guard case .magic(_, let type)? = self.frame.header.first?.value else { return frame[...] }
            return frame.dropFirst(type.size)
        case .frame, nil: return frame[...]
        }
    }
}

/// The layout of a frame, by which the codec reads and writes examples.
package struct FrameLayout: Sendable {
    /// A number of the header.
    package struct Step: Sendable {
        /// The content of the number.
        package enum Role: Sendable {
            /// A number that is the same in every frame: the magic or the version.
            case constant(UInt64)
            /// The code of the message.
            case code
            /// The length, which follows from the size of the payload.
            case length
            /// The value of the next field of ``FrameLayout/header``.
            case value
        }

        /// The name of the number in diagnostics.
        package let name: String
        /// The content of the number.
        package let role: Role
        /// The type of the number.
        package let type: IntegerType
        /// The byte order of the number.
        package let order: ByteOrder
        /// The offset in the header, in bytes.
        package let offset: Int
    }

    /// The spec of the frame.
    package let frame: FrameSpec
    /// The numbers of the header, in wire order.
    package let steps: [Step]
    /// The layout of the header fields with values: the extra fields and the correlation.
    package let header: Layout
    /// The plan of the payloads.
    package let plan: LayoutPlan

    /// The layout of `frame`; `version` is the version in the header, if it has one.
    init(_ frame: FrameSpec, version: UInt64, _ plan: LayoutPlan) {
        self.frame = frame
        self.plan = plan
        var steps: [Step] = []
        var fields: [FieldSpec] = []
        var offset = 0
        for field in frame.header.map(\.value) {
            var order = plan.byteOrder
            let (name, role): (String, Step.Role)
            switch field {
            case .magic(let magic, _):
                // The magic has the same bytes in any byte order.
                (name, role, order) = ("magic", .constant(magic), .big)
            case .version: (name, role) = ("version", .constant(version))
            case .type: (name, role) = ("type", .code)
            case .length: (name, role) = ("length", .length)
            case .field(let own, _):
                (name, role) = ("`\(own.name.value)`", .value)
                fields.append(Self.withDefault(own, plan.table))
            case .correlation(let own, let type):
                (name, role) = ("`\(own.value)`", .value)
                let type = Located(value: FieldType.integer(type), place: own.place)
                fields.append(Self.withDefault(FieldSpec(name: own, type: type), plan.table))
            }
            steps.append(Step(name: name, role: role, type: field.type, order: order, offset: offset))
            offset += field.size
        }
        self.steps = steps
        header = plan.layout(of: fields)
    }

    /// The numbers with the values of the fields of ``header``, in the same order.
    package var valueSteps: [Step] {
        steps.filter { if case .value = $0.role { true } else { false } }
    }

    /// The extra fields, with the numbers that have their values.
    package var ownFields: [(plan: FieldPlan, step: Step)] {
        zip(header.fields, valueSteps).filter { $0.0.name != frame.correlation?.value }.map { ($0, $1) }
    }

    /// Returns `field` with the default 0, unless it has a default or is an enum, whose number 0 may have no name.
    private static func withDefault(_ field: FieldSpec, _ table: TypeTable) -> FieldSpec {
        if case .enumeration = table.step(of: field) { return field }
        var field = field
        let zero = Located(value: Literal.text("0", isPlain: true), place: field.name.place)
        field.defaultValue = field.defaultValue ?? zero
        return field
    }

    /// Returns the bytes that the checksum covers, in a frame without its checksum.
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

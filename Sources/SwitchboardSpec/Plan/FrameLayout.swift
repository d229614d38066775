/// A frame as the spec describes it: for reading and writing examples.
package struct FrameLayout: Sendable {
    /// A number of the header.
    package struct Step: Sendable {
        /// What the number says.
        package enum Role: Sendable {
            /// The same in every frame: the magic, the version.
            case constant(UInt64)
            /// The message's code.
            case code
            /// A number of bytes, derived from the payload.
            case length
            /// The value of the next field of ``FrameLayout/header``.
            case value
        }

        /// What diagnostics call it.
        package let name: String
        /// What it says.
        package let role: Role
        /// Its type.
        package let type: IntegerType
        /// The order of its bytes.
        package let order: ByteOrder
        /// How many bytes of the header stand before it.
        package let offset: Int
    }

    /// How a frame is delimited.
    package let frame: FrameSpec
    /// The numbers of the header, in wire order.
    package let steps: [Step]
    /// The fields of the header that have values: those of the protocol's own, and the one that pairs replies with requests.
    package let header: Layout
    /// What payloads are made of.
    package let plan: LayoutPlan

    /// The layout of `frame`, whose header has the number `version` if it has a version.
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
                // Bytes as they travel, whatever the order of numbers is.
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

    /// The numbers of the header that have the values of ``header``, each in the same place.
    package var valueSteps: [Step] {
        steps.filter { if case .value = $0.role { true } else { false } }
    }

    /// The header's fields of the protocol's own, with the numbers that have their values.
    package var ownFields: [(plan: FieldPlan, step: Step)] {
        zip(header.fields, valueSteps).filter { $0.0.name != frame.correlation?.value }.map { ($0, $1) }
    }

    /// `field` with the default 0, if it has no default and 0 is a value of it that stands for nothing.
    private static func withDefault(_ field: FieldSpec, _ table: TypeTable) -> FieldSpec {
        if case .enumeration = table.step(of: field) { return field }
        var field = field
        let zero = Located(value: Literal.text("0", isPlain: true), place: field.name.place)
        field.defaultValue = field.defaultValue ?? zero
        return field
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

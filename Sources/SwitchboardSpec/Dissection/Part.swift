/// A part of a frame: an item of the header or the trailer, a field, or what a field consists of.
///
/// The parts of a frame are a tree. The children of a part have together the bytes of the part, and follow one another.
package struct Part: Sendable {
    /// What a part is.
    package enum Role: Hashable, Sendable {
        /// A value: of a field, of an element, or of an item of the header or the trailer.
        case value
        /// Bytes that every frame has at this place.
        case magic
        /// The version of the protocol.
        case version
        /// The code of the message, or a part of it.
        case code
        /// A number that says where another part ends.
        case length
        /// A byte or a bit that says whether another part is there.
        case presence
        /// The number that says which case of a union follows.
        case tag
        /// Bytes that end the part before.
        case end
        /// Bytes that fill a part up.
        case padding
        /// Unused bytes or bits.
        case reserved
        /// A checksum.
        case checksum
        /// Bytes behind the last field, which receivers skip.
        case ignored
        /// Bytes behind a mistake, which have no meaning.
        case unread
    }

    /// The name: of the field or the item, or `[2]` for an element of a list.
    package var name: String
    /// The type as a spec writes it.
    package let type: String
    /// What the part is.
    package var role: Role
    /// The place in the frame.
    package internal(set) var bytes: Range<Int>
    /// The bits of ``bytes`` that belong to the part, in wire order; `nil` if all do.
    package internal(set) var mask: [UInt8]?
    /// The value; a derived field has the number that was received.
    package let value: Value
    /// The value for people: of a struct nothing, of a list the number of its elements, of a union the name of the case.
    package var text: String
    /// Whether the spec marks the value as secret; then ``text`` does not show it, unless the dissector shows secrets.
    package let isSecret: Bool
    /// Whether the value follows from other parts.
    package let isDerived: Bool
    /// The bytes that a wrong magic, version, checksum or end must be, as text; `nil` if the part is not wrong.
    package var expected: String?
    /// The parts that the part consists of, in wire order.
    package internal(set) var children: [Part]
    /// The name of the field in errors.
    let label: String

    init(
        _ name: String,
        _ role: Role,
        type: String,
        _ bytes: Range<Int>,
        value: Value = .nothing,
        text: String = "",
        isSecret: Bool = false,
        isDerived: Bool = false,
        children: [Part] = [],
        label: String = ""
    ) {
        self.name = name
        self.role = role
        self.type = type
        self.bytes = bytes
        self.value = value
        self.text = text
        self.isSecret = isSecret
        self.isDerived = isDerived
        self.children = children
        self.label = label
    }

    /// The parts without children, in wire order: each byte of the part, or each of its bits, belongs to one of them.
    package var leaves: [Part] { children.isEmpty ? [self] : children.flatMap(\.leaves) }

    /// The part itself and all parts in it, in wire order.
    var all: [Part] { [self] + children.flatMap(\.all) }
}

extension Step {
    /// The type as a spec writes it.
    package var spelling: String {
        switch self {
        case .integer(let type, _): type.rawValue
        case .float(let type, _): type.rawValue
        case .boolean: "bool"
        case .bit: "bit"
        case .enumeration(let type, _): type.name.value
        case .flags(let type, _): type.name.value
        case .text: "string"
        case .bytes(_, let notation): notation?.rawValue ?? "bytes"
        case .list(let element, _): "[\(element.spelling)]"
        case .optional(let step, _): "\(step.spelling)?"
        case .reserved(let count): count.bytes
        case .reservedBits(let count): count == 1 ? "bit" : "uint\(count)"
        case .structure(let type): type.name.value
        case .union(let type, _): type.name.value
        case .sized(let step, _): step.spelling
        }
    }
}

/// `checksum`: a checksum in the header or after the payload.
package struct ChecksumSpec: Sendable {
    /// `type`, with its parameters.
    package let algorithm: ChecksumAlgorithm
    /// `covers`.
    package var coverage = CoverageSpec<ChecksumCoverage>.word(.frame)
    /// `byte-order`; `nil` for the byte order of the protocol, and for a hash.
    package var byteOrder: ByteOrder?
    /// The place of `covers`; of the checksum, if it has none.
    let coveragePlace: Place
}

/// `frame`: the layout of a frame, which delimits a message on the stream.
package struct FrameSpec: Sendable {
    /// An item of `header`.
    package struct HeaderField: Sendable {
        /// The meaning of an item.
        package enum Role: Sendable {
            /// Bytes that are the same in every frame of an end of the connection.
            case magic(Magic)
            /// The version of the protocol.
            case version
            /// The code of the message, or a part of it.
            case code
            /// The number of bytes that the coverage selects.
            case length(CoverageSpec<LengthCoverage>)
            /// A checksum of bytes of the frame; for the layout of the header, bytes without a meaning.
            case checksum(ChecksumSpec)
            /// A bit that says whether later items are there.
            case presence
            /// The number that pairs a reply with its request.
            case correlation
            /// A field of the protocol's own.
            case field
        }

        /// The meaning of the item.
        package var role: Role
        /// The name, the type and the other keys of the item.
        package var field: FieldSpec
        /// The type of the number, of the enum or of the flags; `nil` for bits, bytes and text.
        package let number: IntegerType?
    }

    /// `magic`: bytes that are the same in every frame, in the order in which they are sent.
    package struct Magic: Sendable, Hashable {
        /// The bytes in the frames of clients.
        package let client: [UInt8]
        /// The bytes in the frames of servers, as many.
        package let server: [UInt8]
    }

    /// An item of `trailer`.
    package enum TrailerItem: Sendable {
        /// `checksum`.
        case checksum(ChecksumSpec)
        /// `end`: bytes that end every frame, in the order in which they are sent.
        case end([UInt8])
        /// Any other name: a field with a value of its own, or unused bytes.
        case field(Located<HeaderField>)
    }

    /// A part of the frame that has fields of the protocol's own; its description is its key in a spec.
    enum Part: String, CustomStringConvertible {
        case header, trailer

        var description: String { rawValue }
    }

    /// Items of the trailer that the runtime handles alone, or neighbouring fields, which generated code reads and writes.
    package enum TrailerPart: Sendable {
        /// A checksum or an end.
        case item(TrailerItem)
        /// The places of neighbouring fields among ``FrameSpec/trailerFields``.
        case fields(Range<Int>)
    }

    /// The messages whose codes must be different.
    package enum Codes: String, CaseIterable, Sendable {
        /// All messages.
        case unique
        /// The messages of each direction; a message of clients may have the code of a message of the server.
        case byDirection = "by-direction"
    }

    /// What is cut off at the end of payloads.
    package enum Truncation: String, CaseIterable, Sendable {
        /// Zeros, of which the first byte of a payload is none.
        case zeros
    }

    /// The name under `frame` and `then` of the frame under `frame`.
    package static let mainName = "main"

    /// The name under `frames`; `nil` for the frame under `frame`.
    package var name: Located<String>?
    /// `starts`: the end whose stream starts with such frames, or both.
    package var starts: Sender?
    /// Whether the spec has several frames.
    var hasSiblings = false
    /// The place of `header`.
    package var headerPlace = Place.start
    /// `header`: the items in wire order.
    package var header: [Located<HeaderField>] = []
    /// `type`: the names of the header's fields that together are the code; `nil` if the header's `type` is the code.
    package var codeNames: [Located<String>]?
    /// `trailer`: the items in wire order.
    package var trailer: [TrailerItem] = []
    /// Whether messages have a `checksum-seed`.
    package var hasChecksumSeeds = false
    /// Whether the header has no code: then each end has one message in such frames.
    package var hasNoCode = false
    /// Whether the frames have no code, and have replies of the server, of which a request names the one that answers it.
    package var isOfReplies = false
    /// The number of bytes of own values in memory before those of this header: those before the correlation under `frame`, which every
    /// form keeps at the same place.
    package var offsetInMemory = 0
    /// Whether the header or the trailer has a part that could not be read; the mistake was reported.
    var lacksParts = false
    /// `codes`: the messages whose codes must be different.
    package var codes = Codes.unique
    /// Whether `codes` could not be read.
    var lacksCodes = false
    /// `framing`: the delimiters and escapes around frames, which all forms have in common.
    package var framing: Framing?
    /// `truncate`: what the sender cuts off at the end of payloads, and the receiver adds.
    package var truncation: Located<Truncation>?
    /// `max-payload`: the largest payload, in bytes; `nil` if only the length field limits it.
    package var writtenMaximum: Located<UInt64>?
}

/// `then` of a message: the frames that follow it.
package struct NextFrame: Sendable {
    /// The name of the frame.
    package let frame: Located<String>
    /// The end that sends the frames; `nil` for the end that sends the message.
    package let end: Sender?
}

extension FrameSpec {
    /// The name under `frame` and `then` of messages.
    package var key: String { name?.value ?? Self.mainName }

    /// The header, for diagnostics.
    var headerText: String { text(of: .header) }

    /// `part` in diagnostics.
    func text(of part: Part) -> String { name.map { "`\(part)` of `\($0.value)`" } ?? "`\(part)`" }

    /// The items of the header that are the code.
    package var codeFields: [HeaderField] { header.map(\.value).filter { $0.role.isCode } }

    /// The type of the code, if it is one whole number; `nil` for text, several fields, or a type that could not be read.
    package var codeType: IntegerType? { codeNames == nil && codeFields.count == 1 ? codeFields[0].number : nil }

    /// Whether the code on the wire is the `MessageCode` of the message; otherwise messages are numbered.
    package var hasPlainCodes: Bool {
        if hasSiblings { return false }
        guard let type = codeType, codeFields[0].field.constant == nil else { return false }
        return !type.isSigned && !type.isVariable && type.bitWidth <= 16
    }

    /// Whether the header says the number of bytes that follow.
    package var hasLength: Bool { header.contains(where: \.value.role.isLength) }

    /// Whether the size of a payload follows from a length or a framing; otherwise a frame ends where its fields end.
    package var delimitsPayload: Bool { hasLength || framing != nil }

    /// The items with the number of bytes that follow: one, or two with `when`, the shorter first; none for frames without a length.
    var lengthItems: [Located<HeaderField>] {
        header.filter(\.value.role.isLength).sorted { $0.value.largestNumber < $1.value.largestNumber }
    }

    /// Whether items with values of their own say which of two lengths a frame has; otherwise it has the shorter one if that suffices.
    package var choosesLengthByItems: Bool {
        let presences = Set(header.filter(\.value.role.isPresence).map(\.value.field.name.value))
        let lengths = lengthItems
        return lengths.count > 1
            && !lengths.contains { $0.value.field.presenceBit.map { presences.contains($0.field) } ?? false }
    }

    /// The highest number of the shorter of two lengths, of which a frame has the longer one only if it needs it; otherwise `nil`.
    package var largestShortLength: UInt64? {
        let items = lengthItems
        return items.count > 1 && !choosesLengthByItems ? items[0].value.number?.largest : nil
    }

    /// The type of the longest length, and its coverage; 32 bits for frames without a length.
    package var length: (type: IntegerType, covers: CoverageSpec<LengthCoverage>) {
        guard let field = lengthItems.last?.value, case .length(let coverage) = field.role else {
            return (.uint32, .word(.payload))
        }
        return (field.number ?? .uint32, coverage)
    }

    /// Marks the header's fields whose values follow from the fields of messages.
    mutating func markDerived(by messages: [MessageSpec]) {
        let names = messages.reduce(into: Set<String>()) { $0.formUnion($1.fields.derivedInHeader) }
        header = header.map { item in
            var field = item.value
            field.field.isDerived = field.role.isOwn && names.contains(ReferenceSpec.header(field.field.name.value))
            return Located(value: field, place: item.place)
        }
    }

    /// The checksum in the header with its item, if there is one.
    package var headerChecksum: (spec: ChecksumSpec, item: Located<HeaderField>)? {
        header.lazy.compactMap { if case .checksum(let spec) = $0.value.role { (spec, $0) } else { nil } }.first
    }

    /// All checksums, in wire order.
    var checksums: [ChecksumSpec] {
        let trailer = trailer.compactMap { if case .checksum(let checksum) = $0 { checksum } else { nil } }
        return (headerChecksum.map { [$0.spec] } ?? []) + trailer
    }

    /// Returns the items before the first that `isThere` accepts.
    package func items(before isThere: (HeaderField) -> Bool) -> [HeaderField] {
        Array(header.map(\.value).prefix { !isThere($0) })
    }

    /// The number of bytes before the checksum in the header; `nil` if there is none, or if it depends on a number of variable length.
    package var headerChecksumOffset: Int? {
        guard headerChecksum != nil else { return nil }
        let bits = items { if case .checksum = $0.role { true } else { false } }.map(\.bits)
        return bits.contains(nil) ? nil : bits.compactMap(\.self).reduce(0, +) / 8
    }

    /// The fields of the trailer, in wire order.
    package var trailerFields: [Located<HeaderField>] {
        trailer.compactMap { if case .field(let field) = $0 { field } else { nil } }
    }

    /// The items of the header and the fields of the trailer, in wire order, each with its part of the frame.
    var itemsInParts: [(part: Part, item: Located<HeaderField>)] {
        header.map { (.header, $0) } + trailerFields.map { (.trailer, $0) }
    }

    /// The trailer with neighbouring fields as one part.
    package var trailerParts: [TrailerPart] {
        var parts: [TrailerPart] = []
        var count = 0
        for item in trailer {
            guard case .field = item else {
                parts.append(.item(item))
                continue
            }
            if case .fields(let range)? = parts.last {
                parts[parts.count - 1] = .fields(range.lowerBound..<count + 1)
            } else {
                parts.append(.fields(count..<count + 1))
            }
            count += 1
        }
        return parts
    }

    /// The first field of the trailer that some frames lack.
    var firstMissingInTrailer: FieldSpec? { trailerFields.lazy.map(\.value.field).first { $0.condition != nil } }

    /// The first checksum in the trailer.
    package var checksum: ChecksumSpec? {
        trailer.lazy.compactMap { if case .checksum(let checksum) = $0 { checksum } else { nil } }.first
    }

    /// The fields with values of the protocol, and the correlation, in wire order.
    package var ownFields: [HeaderField] { header.map(\.value).filter { $0.role.isOwn } }

    /// The item that pairs replies with requests, if the header has one.
    package var correlation: Located<HeaderField>? {
        header.first(where: \.value.role.isCorrelation)
    }

    /// The number of bytes of own values in memory before the correlation.
    var sizeBeforeCorrelation: Int {
        items(before: \.role.isCorrelation).filter(\.isKept).reduce(0) { $0 + $1.packedSize }
    }

    /// The size of every header, in bytes; `nil` when it depends on a number of variable length.
    package var fixedHeaderSize: Int? {
        let bits = header.map(\.value.bits)
        return bits.contains(nil) ? nil : (bits.compactMap(\.self).reduce(0, +) + 7) / 8
    }

    /// The size of the largest header, in bytes.
    package var maximumHeaderSize: Int { (header.reduce(0) { $0 + $1.value.maximumBits } + 7) / 8 }

    /// The size of the magic at the start of the header, in bytes; 0 if the header does not begin with one.
    package var magicSize: Int {
        if case .magic(let magic)? = header.first?.value.role { magic.client.count } else { 0 }
    }

    /// Whether the frames of clients have another magic than those of servers.
    package var hasMagicOfEnds: Bool {
        header.contains { if case .magic(let magic) = $0.value.role { magic.client != magic.server } else { false } }
    }

    /// The size of the largest trailer after the payload, in bytes.
    package var trailerSize: Int { trailer.reduce(0) { $0 + $1.size } }

    /// The largest payload that the length can express, in bytes; for frames without one, and with a framing, the
    /// largest that is searched for its end.
    package var largestPayload: UInt64 {
        let largestSearched = UInt64(SpecLimits.searchedPayload)
        // An item with a mistake may be the length.
        guard hasLength || lacksParts else { return largestSearched }
        let overhead = UInt64(clamping: coveredOverhead)
        let largest = min(length.type.largest, UInt64(UInt32.max))
        let expressible = largest - min(overhead, largest)
        return framing == nil ? expressible : min(expressible, largestSearched)
    }

    /// The largest number of bytes of a frame, without its delimiters and escapes.
    package var maximumSize: Int {
        maximumHeaderSize + Int(clamping: min(maximumPayload, UInt64(UInt32.max))) + trailerSize
    }

    /// The largest payload, in bytes.
    package var maximumPayload: UInt64 { writtenMaximum?.value ?? largestPayload }

    /// Whether frames have only whole numbers at fixed places, of the widths that the runtime reads as one word.
    ///
    /// Other frames are read and written by generated code.
    package var isPlain: Bool {
        guard hasLength, framing == nil, !hasNoCode, !hasSiblings, codeNames == nil, trailer.count < 2,
            maximumHeaderSize <= HeaderLimits.maximumBytes
        else {
            return false
        }
        if hasChecksumSeeds || trailerSize > 4 || !trailerFields.isEmpty { return false }
        let coverages = checksums.map(\.coverage)
        if coverages.contains(where: { $0.word == .header || $0.part?.lastItem != nil }) { return false }
        if case .end? = trailer.first { return false }
        let magics = header.filter { if case .magic = $0.value.role { true } else { false } }
        return magics.count < 2 && header.allSatisfy(\.value.isPlain)
    }
}

extension FrameSpec.HeaderField.Role {
    /// Whether the item is the code, or a part of it.
    package var isCode: Bool {
        if case .code = self { true } else { false }
    }

    /// Whether the item has a value of the protocol, or is the correlation.
    package var isOwn: Bool {
        switch self {
        case .correlation, .field: true
        case .magic, .version, .code, .length, .checksum, .presence: false
        }
    }

    /// Whether the item pairs replies with requests.
    package var isCorrelation: Bool {
        if case .correlation = self { true } else { false }
    }

    /// Whether the item is a bit that says whether later items are there.
    var isPresence: Bool {
        if case .presence = self { true } else { false }
    }

    /// Whether later items can have `when` with the name of the item.
    var canBeTested: Bool { isOwn || isCode || isPresence }

    /// Whether the item is the number of bytes that follow.
    package var isLength: Bool {
        if case .length = self { true } else { false }
    }
}

extension FrameSpec.HeaderField {
    /// The highest number of the item; 0 for an item that is no number.
    package var largestNumber: UInt64 { number?.largest ?? 0 }

    /// The number of bits of the item in every frame; `nil` when it depends on the number, or on a condition.
    package var bits: Int? { field.condition == nil ? width : nil }

    /// The number of bits of the item where it is there; `nil` when it depends on the number.
    private var width: Int? {
        if let number { return number.isVariable ? nil : number.bitWidth }
        return switch field.type.value {
        case .bit: 1
        case .reservedBits(let count): count
        case .reserved(let count), .bytes(.fixed(let count)), .string(.fixed(let count), _),
            .bytes(.padded(let count, _)), .string(.padded(let count, _), _):
            8 * min(count, 8 * HeaderLimits.maximumCodecBytes)
        case .bytes(.counted), .string(.counted, _): nil
        default: 0
        }
    }

    /// Whether the item is a number of whole bytes where it is there.
    var hasWholeBytes: Bool { width.map { $0 > 0 && $0 % 8 == 0 } ?? false }

    /// The number of bits of the smallest value, or 0 where the item may be missing.
    var minimumBits: Int {
        if field.condition != nil { return 0 }
        if let width { return width }
        switch field.type.value {
        case .bytes(.counted(let count)), .string(.counted(let count), _):
            if case .prefix(let type) = count.source { return 8 * type.size }
            return 0
        default: return 8
        }
    }

    /// The number of bytes of the item of the trailer where it is there.
    package var wireSize: Int { maximumBits / 8 }

    /// The number of bits of the largest value.
    var maximumBits: Int {
        if case .variable(let length)? = number?.encoding { return 8 * length.maximumBytes }
        switch field.type.value {
        case .bytes(.counted(let count)), .string(.counted(let count), _):
            guard case .prefix(let type) = count.source else { break }
            let size = if case .variable(let length) = type.encoding { length.maximumBytes } else { type.size }
            return 8 * (size + SpecLimits.codeBytes)
        default: break
        }
        return width ?? 0
    }

    /// Whether the value is kept in memory: programs read and set it, it is the correlation, or it is derived.
    package var isKept: Bool { role.isOwn && !field.isReserved && field.constant == nil }

    /// The number of bytes that the value has among the header's own values in memory, after the byte that says whether the item is
    /// there, if the item has `when`.
    package var valueSize: Int {
        if let number { return number.storageWidth / 8 }
        return ((width ?? 0) + 7) / 8
    }

    /// The number of bytes of the value, and of the byte before it.
    package var packedSize: Int { valueSize + (field.condition == nil ? 0 : 1) }

    /// Whether the runtime can read the item without generated code.
    fileprivate var isPlain: Bool {
        if field.byteOrder != nil || field.bitOrder != nil || field.constant != nil || field.isReserved { return false }
        if field.condition != nil { return false }
        if case .magic(let magic) = role {
            return magic.client == magic.server && [1, 2, 4].contains(magic.client.count)
        }
        guard let number else { return false }
        return switch role {
        case .magic, .checksum, .presence: true
        case .length(.part): false
        case .version, .length: number.has(.headerNumber)
        case .code: number.has(.code)
        case .correlation, .field: number.has(.header)
        }
    }
}

extension FrameSpec.TrailerItem {
    /// The size of the item where it is there, in bytes.
    package var size: Int {
        switch self {
        case .checksum(let checksum): checksum.algorithm.size
        case .end(let bytes): bytes.count
        case .field(let field): field.value.wireSize
        }
    }
}

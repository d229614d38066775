/// `covers`: the bytes that a length counts, or that a checksum covers.
package enum CoverageSpec<Word: RawRepresentable<String> & Equatable & Sendable>: Sendable {
    /// A word for them.
    case word(Word)
    /// The frame from an item of the header on.
    case part(FramePart)
}

/// `covers` as a mapping: the frame from an item of the header on.
package struct FramePart: Sendable {
    /// The name of the item.
    package let item: Located<String>
    /// Whether the item itself is a part of it: `from`, not `after`.
    package let includesItem: Bool
    /// `to`: where the part ends.
    package let end: CoverageEnd
}

/// `to` of `covers`.
package enum CoverageEnd: Sendable {
    /// The last byte of the frame.
    case frame
    /// `payload`: the last byte of the payload.
    case payload
    /// The last byte of the item of the header with this name.
    case item(Located<String>)

    /// The word for the payload.
    static let payloadWord = "payload"
}

extension CoverageSpec {
    /// The word; `nil` for a mapping.
    package var word: Word? {
        if case .word(let word) = self { word } else { nil }
    }

    /// The mapping; `nil` for a word.
    package var part: FramePart? {
        if case .part(let part) = self { part } else { nil }
    }

    /// The value as a spec writes it.
    package var text: String {
        switch self {
        case .word(let word): word.rawValue
        case .part(let part):
            "{ \(part.key): \(part.item.value)\(part.end.word.map { ", to: \($0)" } ?? "") }"
        }
    }
}

extension CoverageEnd {
    /// The value of `to`; `nil` without `to`.
    fileprivate var word: String? {
        switch self {
        case .frame: nil
        case .payload: Self.payloadWord
        case .item(let name): name.value
        }
    }
}

extension FramePart {
    /// The name of the item of the header with which the part ends; `nil` if it ends behind the header.
    package var lastItem: Located<String>? {
        if case .item(let name) = end { name } else { nil }
    }

    /// The key that names the item.
    var key: String { includesItem ? "from" : "after" }
}

extension FrameSpec {
    /// Returns the items of the header before `part` and those in it; `nil` unless one item has its name.
    package func split(at part: FramePart) -> (before: [HeaderField], inside: [HeaderField])? {
        let items = header.map(\.value)
        let named = items.indices.filter { items[$0].field.name.value == part.item.value }
        guard let index = named.first, named.count == 1 else { return nil }
        let start = part.includesItem ? index : index + 1
        return (Array(items[..<start]), Array(items[start...]))
    }

    /// Returns the number of bytes before `part`; 0 if it depends on a number of variable length.
    package func offset(of part: FramePart) -> Int {
        (split(at: part)?.before ?? []).reduce(0) { $0 + ($1.bits ?? 0) } / 8
    }

    /// Returns the number of bytes up to the end of the item of the header with which `part` ends; `nil` if it ends behind the header,
    /// or if the number differs from frame to frame.
    package func end(of part: FramePart) -> Int? {
        let items = header.map(\.value)
        guard
            let last = part.lastItem?.value, let index = items.lastIndex(where: { $0.field.name.value == last }),
            !items[...index].contains(where: { $0.bits == nil })
        else { return nil }
        return items[...index].reduce(0) { $0 + ($1.bits ?? 0) } / 8
    }

    /// The number of items of the header that the length does not count; all items before the others.
    package var uncoveredItems: Int {
        let items = header.map(\.value)
        switch length.covers {
        case .word(.payload): return items.count
        case .word(.headerAndPayload), .word(.frame): return 0
        case .word(let word):
            if word == .rest { return items.lastIndex(where: \.role.isLength).map { $0 + 1 } ?? items.count }
            return items.firstIndex(where: \.role.isLength) ?? items.count
        case .part(let part): return split(at: part)?.before.count ?? items.count
        }
    }

    /// The items of the header that the length counts.
    package var coveredItems: [HeaderField] { header.map(\.value).suffix(max(0, header.count - uncoveredItems)) }

    /// Whether the length counts items of the header whose size differs from frame to frame.
    package var coversVariableItems: Bool { coveredItems.contains { $0.bits == nil } }

    /// The number of bytes of the trailer that the length counts.
    package var coveredTrailer: Int {
        switch length.covers {
        case .word(.payload), .word(.headerAndPayload): 0
        case .word(.frame), .word(.rest), .word(.lengthAndRest): trailerSize
        case .part(let part): if case .frame = part.end { trailerSize } else { 0 }
        }
    }

    /// The smallest number of bytes that the length counts in addition to the payload.
    package var coveredOverhead: Int { (coveredItems.reduce(0) { $0 + $1.minimumBits } + 7) / 8 + coveredTrailer }
}

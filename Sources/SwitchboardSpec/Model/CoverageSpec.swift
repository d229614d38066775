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
    /// Whether the trailer is no part of it: `to: payload`.
    package let endsWithPayload: Bool
}

/// `to` of `covers`.
enum CoverageEnd: String, CaseIterable {
    /// The last byte of the payload.
    case payload
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
            "{ \(part.key): \(part.item.value)\(part.endsWithPayload ? ", to: \(CoverageEnd.payload.rawValue)" : "") }"
        }
    }
}

extension FramePart {
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

    /// The number of bytes that the length counts in addition to the payload.
    package var coveredOverhead: Int {
        func size(_ items: [HeaderField]) -> Int { (items.reduce(0) { $0 + $1.maximumBits } + 7) / 8 }
        switch length.covers {
        case .word(.payload): return 0
        case .word(.headerAndPayload): return maximumHeaderSize
        case .word(.frame): return maximumHeaderSize + trailerSize
        case .word(let word):
            let rest = header.map(\.value).drop { if case .length = $0.role { false } else { true } }
            return size(Array(word == .rest ? rest.dropFirst() : rest)) + trailerSize
        case .part(let part):
            return size(split(at: part)?.inside ?? []) + (part.endsWithPayload ? 0 : trailerSize)
        }
    }
}

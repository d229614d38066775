/// Edits a line, one typed byte at a time.
struct LineEditor {
    /// The effect of a byte.
    enum Input: Equatable {
        case nothing
        case line(String)
        case end
    }

    /// The maximum length of a line, in bytes.
    static let limit = 1000

    /// Whether the terminal shows the line during typing.
    var isShown: Bool
    private var bytes: [UInt8] = []

    init(isShown: Bool) {
        self.isShown = isShown
    }

    /// The visible text of the line.
    var prompt: String {
        isShown ? "\r\u{1B}[K> " + String(decoding: bytes, as: UTF8.self) : ""
    }

    mutating func type(_ byte: UInt8) -> Input {
        switch byte {
        case 0x03: return .end
        case 0x04: return bytes.isEmpty ? .end : .nothing
        case 0x0A, 0x0D:
            defer { bytes = [] }
            return .line(String(decoding: bytes, as: UTF8.self))
        case 0x08, 0x7F: eraseCharacter()
        case 0x15: bytes = []
        case 0x00...0x1F: break
        default: if bytes.count < Self.limit { bytes.append(byte) }
        }
        return .nothing
    }

    private mutating func eraseCharacter() {
        // All bytes of a character except the first begin with the bits 10.
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
    }
}

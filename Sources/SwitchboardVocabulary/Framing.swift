/// How a stream shows where a frame begins and ends, apart from lengths: with delimiters, and escapes in place of the delimiters that a
/// frame contains.
public enum Framing: Sendable, Hashable {
    /// SLIP, of RFC 1055: 0xC0 follows each frame.
    case slip
    /// KISS: SLIP with 0xC0 before each frame, too.
    case kiss
    /// The asynchronous form of HDLC, of RFC 1662: 0x7E is before and after each frame.
    case hdlc
    /// Consistent Overhead Byte Stuffing: a zero follows each frame, which has no other zeros.
    case cobs
    /// Two hexadecimal digits for each byte, between the bytes `begins` and the bytes `ends`.
    case hex(begins: [UInt8], ends: [UInt8])
}

extension Framing {
    /// The kinds without parameters, with the names that specs use.
    package enum Kind: String, CaseIterable, Sendable {
        case slip
        case kiss
        case hdlc
        case cobs
    }

    /// The framing of a kind without parameters.
    package init(_ kind: Kind) {
        self =
            switch kind {
            case .slip: .slip
            case .kiss: .kiss
            case .hdlc: .hdlc
            case .cobs: .cobs
            }
    }

    /// The bytes that follow each frame.
    package var delimiter: [UInt8] {
        switch self {
        case .slip, .kiss: [Escapes.slip.delimiter]
        case .hdlc: [Escapes.hdlc.delimiter]
        case .cobs: [0]
        case .hex(_, let ends): ends
        }
    }

    /// The number of bytes that a frame with `size` bytes has at most on the stream, without the delimiter after it.
    package func largestSize(of size: Int) -> Int {
        let size = min(max(size, 0), .max / 4)
        return switch self {
        case .slip, .kiss, .hdlc: 2 * size
        case .cobs: size + size / Self.cobsBlock + 1
        case .hex(let begins, _): begins.count + 2 * size
        }
    }

    /// The number of bytes that a frame has at least if it has `size` bytes or more on the stream.
    package func leastSize(of size: Int) -> Int {
        switch self {
        case .slip, .kiss, .hdlc: size / 2
        case .cobs: max(0, size - size / (Self.cobsBlock + 1) - 1)
        case .hex(let begins, _): max(0, size - begins.count) / 2
        }
    }

    /// The largest number of bytes in a block of COBS.
    private static let cobsBlock = 254
}

// MARK: - Frames of a stream

extension Framing {
    /// What is at the start of a stream.
    package enum Piece: Sendable, Hashable {
        /// A frame without delimiters and escapes, and the number of bytes that it has on the stream with all delimiters around it.
        case frame([UInt8], size: Int)
        /// A frame with a wrong escape or digit, and its number of bytes.
        case malformed(size: Int)
        /// The beginning of a frame, after `skipped` bytes of delimiters; it has at least `size` bytes on the stream without those.
        case incomplete(skipped: Int, size: Int)
        /// The beginning of a frame that has more than the allowed number of bytes.
        case tooLarge
    }

    /// Returns what is at the start of `stream`; `limit` is the largest number of bytes of a frame.
    package func piece(of stream: UnsafeRawBufferPointer, limit: Int) -> Piece {
        let delimiter = delimiter
        let largest = largestSize(of: limit)
        var start = 0
        while true {
            // The frame, if its delimiter does not come too late, with that delimiter.
            let end = min(stream.count, start + largest + delimiter.count)
            guard let size = unsafe UnsafeRawBufferPointer(rebasing: stream[start..<end]).offset(of: delimiter) else {
                let size = stream.count - start
                guard size < largest + delimiter.count else { return .tooLarge }
                return .incomplete(skipped: start, size: leastSize(of: size - (delimiter.count - 1)))
            }
            let whole = start + size + delimiter.count
            let frame = unsafe decoded(Array(stream[start..<start + size]))
            guard let frame else { return .malformed(size: whole) }
            if !frame.isEmpty { return .frame(frame, size: whole) }
            // Senders fill pauses with delimiters: an empty frame has no meaning.
            start = whole
        }
    }

    /// Returns what is at the start of `stream`; `limit` is the largest number of bytes of a frame.
    package func piece(of stream: [UInt8], limit: Int) -> Piece {
        unsafe stream.withUnsafeBytes { unsafe piece(of: $0, limit: limit) }
    }

    /// Returns `frame` with delimiters and escapes.
    package func encoded(_ frame: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = []
        stream.reserveCapacity(largestSize(of: frame.count) + 2)
        switch self {
        case .slip: Escapes.slip.append(frame, to: &stream)
        case .kiss:
            stream.append(Escapes.slip.delimiter)
            Escapes.slip.append(frame, to: &stream)
        case .hdlc:
            stream.append(Escapes.hdlc.delimiter)
            Escapes.hdlc.append(frame, to: &stream)
        case .cobs: Self.appendCOBS(frame, to: &stream)
        case .hex(let begins, _):
            stream += begins
            for byte in frame {
                stream.append(Self.digit(byte >> 4))
                stream.append(Self.digit(byte & 0xF))
            }
        }
        return stream + delimiter
    }

    /// Returns a frame without its escapes; `nil` if it is malformed.
    private func decoded(_ frame: [UInt8]) -> [UInt8]? {
        switch self {
        case .slip, .kiss: Escapes.slip.decoded(frame)
        case .hdlc: Escapes.hdlc.decoded(frame)
        case .cobs: Self.decodedCOBS(frame)
        case .hex(let begins, _): Self.decodedHex(frame, begins)
        }
    }
}

// MARK: - Escapes

/// The bytes that stand for others in a frame with escapes.
private struct Escapes {
    let delimiter: UInt8
    let escape: UInt8
    /// What follows `escape` in place of the delimiter, and in place of the escape.
    let escapedDelimiter: UInt8
    let escapedEscape: UInt8
    /// The bits in which every escaped byte differs from the original; 0 if only two bytes have escapes.
    let changed: UInt8

    static let slip = Escapes(
        delimiter: 0xC0,
        escape: 0xDB,
        escapedDelimiter: 0xDC,
        escapedEscape: 0xDD,
        changed: 0
    )
    static let hdlc = Escapes(
        delimiter: 0x7E,
        escape: 0x7D,
        escapedDelimiter: 0x5E,
        escapedEscape: 0x5D,
        changed: 0x20
    )

    func append(_ frame: [UInt8], to stream: inout [UInt8]) {
        for byte in frame {
            switch byte {
            case delimiter: stream += [escape, escapedDelimiter]
            case escape: stream += [escape, escapedEscape]
            default: stream.append(byte)
            }
        }
    }

    func decoded(_ frame: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(frame.count)
        var isEscaped = false
        for byte in frame {
            guard isEscaped else {
                isEscaped = byte == escape
                if !isEscaped { bytes.append(byte) }
                continue
            }
            guard let original = original(of: byte) else { return nil }
            bytes.append(original)
            isEscaped = false
        }
        return isEscaped ? nil : bytes
    }

    /// Returns the byte for which `escape` and `byte` stand.
    private func original(of byte: UInt8) -> UInt8? {
        // A sender of HDLC may escape any byte: control characters, for example.
        if changed != 0 { return byte ^ changed }
        return byte == escapedDelimiter ? delimiter : byte == escapedEscape ? escape : nil
    }
}

// MARK: - COBS

extension Framing {
    /// Appends `frame` without zeros.
    ///
    /// Each block is a number and the bytes up to the next zero, which it stands for; the number is 1 more than that of the bytes. A block
    /// of 254 bytes stands for no zero.
    private static func appendCOBS(_ frame: [UInt8], to stream: inout [UInt8]) {
        var block = 0
        func begin() {
            block = stream.count
            stream.append(1)
        }
        begin()
        for byte in frame {
            // Only another byte begins a block after a full one, so that none begins at the end of the frame.
            if Int(stream[block]) == cobsBlock + 1 { begin() }
            if byte == 0 {
                begin()
            } else {
                stream.append(byte)
                stream[block] += 1
            }
        }
    }

    private static func decodedCOBS(_ frame: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(frame.count)
        var rest = frame[...]
        while let number = rest.popFirst() {
            let count = Int(number) - 1
            guard count >= 0, count <= rest.count else { return nil }
            bytes.append(contentsOf: rest.prefix(count))
            rest = rest.dropFirst(count)
            if count < cobsBlock, !rest.isEmpty { bytes.append(0) }
        }
        return bytes
    }
}

// MARK: - Hexadecimal digits

extension Framing {
    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// Returns the bytes of the digits after the last `begins`: before it are the rest of a frame whose end was lost, or noise.
    private static func decodedHex(_ frame: [UInt8], _ begins: [UInt8]) -> [UInt8]? {
        if frame.isEmpty { return [] }
        let last = begins.isEmpty ? 0 : frame.indices.last { frame[$0...].starts(with: begins) }
        guard let last else { return nil }
        let digits = frame[(last + begins.count)...]
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(frame.count / 2)
        for index in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
            guard let high = value(ofDigit: frame[index]), let low = value(ofDigit: frame[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}

extension UnsafeRawBufferPointer {
    /// Returns whether the bytes from `offset` on begin with `bytes`.
    fileprivate func has(_ bytes: [UInt8], at offset: Int) -> Bool {
        guard bytes.count <= count - offset else { return false }
        return bytes.indices.allSatisfy { unsafe self[offset + $0] == bytes[$0] }
    }

    /// Returns the offset at which `bytes`, at least one, first occur.
    fileprivate func offset(of bytes: [UInt8]) -> Int? {
        var offset = 0
        while offset < count, let next = unsafe self[offset...].firstIndex(of: bytes[0]) {
            if unsafe has(bytes, at: next) { return next }
            offset = next + 1
        }
        return nil
    }
}

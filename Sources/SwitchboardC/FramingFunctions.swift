internal import SwitchboardSpec
internal import SwitchboardVocabulary

/// Writes the C functions that put a frame between the delimiters of a framing, and take it out.
struct FramingFunctions {
    private let names: CNames
    private let framing: Framing

    init(_ framing: Framing, _ names: CNames) {
        self.framing = framing
        self.names = names
    }

    private func status(_ name: String) -> String { names.constant(name) }

    private var delimiter: [UInt8] { framing.delimiter }

    /// Adds all functions.
    func add(_ text: inout CText) {
        addDigit(&text)
        addUnwrap(&text)
        addWrap(&text)
    }

    // MARK: Decoding

    /// Adds the functions that find a frame in received bytes.
    private func addUnwrap(_ text: inout CText) {
        text.documentation([comment + " Removes the escapes of a frame in place; `size` becomes that of the frame."])
        text.function("static bool unescape(uint8_t *frame, size_t *size)") { text in
            switch framing {
            case .slip, .kiss:
                unescapeBytes("0xDB", &text) { text in
                    text.line("if (byte == 0xDC) byte = 0xC0;")
                    text.line("else if (byte == 0xDD) byte = 0xDB;")
                    text.line("else return false;")
                }
            case .hdlc: unescapeBytes("0x7D", &text) { text in text.line("byte ^= 0x20;") }
            case .cobs: unescapeBlocks(&text)
            case .hex(let begins, _): unescapeDigits(begins, &text)
            }
            text.line("*size = count;")
            text.line("return true;")
        }
        text.documentation([
            "Finds the first frame of at most `limit` bytes in `data`, and has `r` read it. `used` is the number of bytes up to its end."
        ])
        text.function("static bool unwrap(struct reader *r, uint8_t *data, size_t size, size_t limit, size_t *used)") {
            text in
            text.line("size_t start = 0;")
            text.line("size_t end = 0;")
            text.line("*used = 0;")
            text.block(delimiter.count == 1 ? "while (end < size)" : "while (size - end >= \(delimiter.count))") {
                text in
                let test =
                    delimiter.count == 1
                    ? "data[end] != \(delimiter[0].inC)"
                    : "memcmp(data + end, \(delimiter.bytesInC), \(delimiter.count)) != 0"
                text.block("if (\(test))") { text in
                    text.block("if (end - start >= \(largestSize("limit")))") { text in
                        text.line("*used = size;")
                        text.line("return fail(r, \(status("too_large")));")
                    }
                    text.line("end++;")
                    text.line("continue;")
                }
                text.line("size_t count = end - start;")
                text.line("*used = end + \(delimiter.count);")
                text.line("if (!unescape(data + start, &count)) return fail(r, \(status("malformed_frame")));")
                text.block("if (count > 0)") { text in
                    text.line("r->at = data + start;")
                    text.line("r->end = r->at + count;")
                    text.line("return true;")
                }
                text.line("/* An empty frame fills a pause. */")
                text.line("start = end = *used;")
            }
            text.line("return fail(r, \(status("incomplete")));")
        }
    }

    private var comment: String {
        switch framing {
        case .slip: "SLIP."
        case .kiss: "KISS."
        case .hdlc: "HDLC."
        case .cobs: "COBS."
        case .hex: "Hexadecimal digits."
        }
    }

    private func largestSize(_ size: String) -> String {
        switch framing {
        case .slip, .kiss, .hdlc: "2 * \(size)"
        case .cobs: "\(size) + \(size) / 254 + 1"
        case .hex(let begins, _): begins.isEmpty ? "2 * \(size)" : "\(begins.count) + 2 * \(size)"
        }
    }

    private func unescapeBytes(_ escape: String, _ text: inout CText, _ original: (inout CText) -> Void) {
        text.line("size_t count = 0;")
        text.block("for (size_t i = 0; i < *size; i++)") { text in
            text.line("uint8_t byte = frame[i];")
            text.block("if (byte == \(escape))") { text in
                text.line("if (++i == *size) return false;")
                text.line("byte = frame[i];")
                original(&text)
            }
            text.line("frame[count++] = byte;")
        }
    }

    private func unescapeBlocks(_ text: inout CText) {
        text.line("size_t count = 0;")
        text.block("for (size_t i = 0; i < *size;)") { text in
            text.line("uint8_t length = frame[i];")
            text.line("size_t end = i + length;")
            text.line("if (end > *size) return false;")
            text.line("for (i++; i < end; i++) frame[count++] = frame[i];")
            text.line("if (length < 0xFF && end < *size) frame[count++] = 0;")
        }
    }

    private func unescapeDigits(_ begins: [UInt8], _ text: inout CText) {
        text.line("size_t count = 0;")
        text.line("size_t i = \(begins.isEmpty ? "0" : "*size");")
        if !begins.isEmpty {
            text.line("if (*size == 0) return true;")
            text.line("/* What comes before the last start is the rest of a frame whose end was lost. */")
            let test =
                begins.count == 1
                ? "frame[i - 1] != \(begins[0].inC)"
                : "i + \(begins.count - 1) > *size || memcmp(frame + i - 1, \(begins.bytesInC), \(begins.count)) != 0"
            let condition = begins.count == 1 ? test : "(\(test))"
            text.line("while (i > 0 && \(condition)) i--;")
            text.line("if (i == 0) return false;")
            if begins.count > 1 { text.line("i += \(begins.count - 1);") }
        }
        text.line("if ((*size - i) % 2 != 0) return false;")
        text.block("for (; i < *size; i += 2)") { text in
            text.line("int high = digit(frame[i]);")
            text.line("int low = digit(frame[i + 1]);")
            text.line("if (high < 0 || low < 0) return false;")
            text.line("frame[count++] = (uint8_t)(high << 4 | low);")
        }
    }

    /// Adds the function that reads a hexadecimal digit.
    private func addDigit(_ text: inout CText) {
        guard case .hex = framing else { return }
        text.function("static int digit(uint8_t byte)") { text in
            text.line("if (byte >= '0' && byte <= '9') return byte - '0';")
            text.line("if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;")
            text.line("if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;")
            text.line("return -1;")
        }
    }

    // MARK: Encoding

    /// Adds the functions that put a frame between delimiters.
    private func addWrap(_ text: inout CText) {
        text.documentation(["Returns the largest number of bytes that a frame has with delimiters and escapes."])
        text.function("static size_t wrapped_size(size_t size)") { text in
            let ends = delimiter.count + (framing.hasStart ? 1 : 0)
            text.line("return \(largestSize("size")) + \(ends);")
        }
        text.documentation(["Appends a byte to the `count` bytes of `buffer`, if that stays before `limit`."])
        text.function("static bool append(uint8_t *buffer, size_t *count, size_t limit, uint8_t byte)") { text in
            text.line("if (*count >= limit) return false;")
            text.line("buffer[(*count)++] = byte;")
            text.line("return true;")
        }
        text.documentation([
            "Moves the frame at the end of `buffer` to its start, with delimiters and escapes; fails if they do not fit."
        ])
        text.function("static bool wrap(uint8_t *buffer, size_t capacity, size_t frame_size, size_t *size)") { text in
            text.line("size_t start = capacity - frame_size;")
            text.line("size_t count = 0;")
            switch framing {
            case .slip: escapeBytes("0xC0", "0xDB", "0xDC", "0xDD", &text)
            case .kiss, .hdlc:
                text.require("append(buffer, &count, start, \(delimiter[0].inC))")
                if case .hdlc = framing {
                    escapeBytes("0x7E", "0x7D", "0x5E", "0x5D", &text)
                } else {
                    escapeBytes("0xC0", "0xDB", "0xDC", "0xDD", &text)
                }
            case .cobs: escapeBlocks(&text)
            case .hex(let begins, _):
                for byte in begins { text.require("append(buffer, &count, start, \(byte.inC))") }
                text.block("for (size_t i = start; i < capacity; i++)") { text in
                    text.line("uint8_t byte = buffer[i];")
                    text.require("append(buffer, &count, i + 1, (uint8_t)\"0123456789ABCDEF\"[byte >> 4])")
                    text.require("append(buffer, &count, i + 1, (uint8_t)\"0123456789ABCDEF\"[byte & 0xF])")
                }
            }
            for byte in delimiter { text.require("append(buffer, &count, capacity, \(byte.inC))") }
            text.line("*size = count;")
            text.line("return true;")
        }
    }

    private func escapeBytes(
        _ delimiter: String,
        _ escape: String,
        _ escapedDelimiter: String,
        _ escapedEscape: String,
        _ text: inout CText
    ) {
        text.block("for (size_t i = start; i < capacity; i++)") { text in
            text.line("uint8_t byte = buffer[i];")
            text.block("if (byte == \(delimiter) || byte == \(escape))") { text in
                text.require("append(buffer, &count, i + 1, \(escape))")
                text.line("byte = byte == \(delimiter) ? \(escapedDelimiter) : \(escapedEscape);")
            }
            text.require("append(buffer, &count, i + 1, byte)")
        }
    }

    private func escapeBlocks(_ text: inout CText) {
        text.line("size_t block = 0;")
        text.require("append(buffer, &count, start, 1)")
        text.block("for (size_t i = start; i < capacity; i++)") { text in
            text.line("uint8_t byte = buffer[i];")
            text.block("if (buffer[block] == 0xFF)") { text in
                text.line("block = count;")
                text.require("append(buffer, &count, i + 1, 1)")
            }
            text.block("if (byte == 0)") { text in
                text.line("block = count;")
                text.require("append(buffer, &count, i + 1, 1)")
                text.line("continue;")
            }
            text.require("append(buffer, &count, i + 1, byte)")
            text.line("buffer[block]++;")
        }
    }
}

extension Framing {
    /// Whether a delimiter of one byte precedes each frame.
    fileprivate var hasStart: Bool {
        switch self {
        case .kiss, .hdlc: true
        case .slip, .cobs, .hex: false
        }
    }
}

extension UInt8 {
    /// The byte as a literal of C: a character if that is readable.
    fileprivate var inC: String {
        switch self {
        case UInt8(ascii: "'"), UInt8(ascii: "\\"): "'\\\(UnicodeScalar(self))'"
        case 0x21..<0x7F: "'\(UnicodeScalar(self))'"
        case UInt8(ascii: "\r"): "'\\r'"
        case UInt8(ascii: "\n"): "'\\n'"
        default: "0x" + (self < 0x10 ? "0" : "") + String(self, radix: 16, uppercase: true)
        }
    }
}

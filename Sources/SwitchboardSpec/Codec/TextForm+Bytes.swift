// A value of text is in UTF-8. Its bytes in a payload are in the encoding of the field.

extension TextForm {
    /// Returns the text whose encoding is `bytes`, in UTF-8; `nil` when they are not text in the encoding.
    func content(of bytes: [UInt8]) -> [UInt8]? {
        switch encoding {
        case .utf8: return String(validating: bytes, as: UTF8.self) == nil ? nil : bytes
        case .ascii: return bytes.allSatisfy { $0 < 0x80 } ? bytes : nil
        case .latin1: return bytes.flatMap { Array(String(Unicode.Scalar($0)).utf8) }
        case .utf16:
            guard bytes.count % 2 == 0 else { return nil }
            let units = stride(from: 0, to: bytes.count, by: 2).map { start in
                UInt16(truncatingIfNeeded: order.number([bytes[start], bytes[start + 1]]))
            }
            return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
        }
    }

    /// Returns the encoding of the text `content`, which is in UTF-8; `nil` when the encoding lacks one of its characters.
    package func bytes(of content: [UInt8]) -> [UInt8]? {
        let text = String(decoding: content, as: UTF8.self)
        switch encoding {
        case .utf8: return content
        case .ascii: return content.allSatisfy { $0 < 0x80 } ? content : nil
        case .latin1:
            let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
            return bytes.count == text.unicodeScalars.count ? bytes : nil
        case .utf16: return text.utf16.flatMap { order.bytes(UInt64($0), count: 2) }
        }
    }
}

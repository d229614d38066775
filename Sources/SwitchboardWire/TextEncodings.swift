/// An encoding of text other than UTF-8.
///
/// Generated code uses this type for fields with `encoding`.
@_documentation(visibility: internal)
public enum TextEncoding: Sendable {
    /// ASCII: a byte for each character, 0 to 127.
    case ascii
    /// ISO 8859-1: a byte for each character, which is its number in Unicode.
    case latin1
    /// UTF-16, whose code units have this byte order.
    case utf16(ByteOrder)
}

@_documentation(visibility: internal)
extension TextEncoding {
    /// Returns the text whose encoding is `bytes`; other bytes throw `PayloadErrorCode.invalidText`.
    public func text(_ bytes: Bytes, field: StaticString) throws(PayloadError) -> String {
        let text: String? = unsafe bytes.withUnsafeBytes { bytes in
            switch self {
            case .ascii: return unsafe String(validating: bytes, as: Unicode.ASCII.self)
            case .latin1:
                var text = ""
                text.unicodeScalars.append(contentsOf: unsafe bytes.map { Unicode.Scalar($0) })
                return text
            case .utf16(let order):
                guard bytes.count % 2 == 0 else { return nil }
                let units = stride(from: 0, to: bytes.count, by: 2).map { offset in
                    unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self).ordered(order)
                }
                return String(validating: units, as: UTF16.self)
            }
        }
        guard let text else { throw PayloadError(.invalidText, field: field) }
        return text
    }

    /// Returns the encoding of `text`; a character that the encoding lacks throws `PayloadErrorCode.invalidText`.
    public func bytes(_ text: String, field: StaticString) throws(PayloadError) -> Bytes {
        var writer = ByteWriter(capacity: text.utf8.count)
        switch self {
        case .ascii, .latin1:
            let highest: UInt32 = if case .ascii = self { 0x7F } else { 0xFF }
            for scalar in text.unicodeScalars {
                guard scalar.value <= highest else { throw PayloadError(.invalidText, field: field) }
                writer.append(UInt8(truncatingIfNeeded: scalar.value), .big)
            }
        case .utf16(let order):
            for unit in text.utf16 { writer.append(unit, order) }
        }
        return writer.takeBytes()
    }
}

extension String {
    /// Returns whether both texts have the same bytes in UTF-8.
    ///
    /// Texts of different bytes can be equal: `é` is one character or `e` with an accent.
    @_documentation(visibility: internal)
    public func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

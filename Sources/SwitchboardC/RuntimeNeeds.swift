internal import SwitchboardSpec
internal import SwitchboardVocabulary

/// Collects which functions of ``Runtime`` a codec needs.
final class RuntimeNeeds {
    /// A function or a type of the runtime.
    enum Part: CaseIterable {
        case skipBytes, window, windowAllBut, boolean, view, array, until, startsWith, allocate, scale,
            skip, room, signed
        case counts, depth
        case zeros, pad, patch, contains, beginsWith, fill
    }

    private let names: CNames
    private(set) var parts: Set<Part> = []
    /// The functions that read or write a number, by their names.
    private(set) var numbers: [String: NumberFunction] = [:]
    /// The functions that read or write floating-point numbers, by their names.
    private(set) var floats: [String: FloatFunction] = [:]
    /// The functions that check or measure text.
    private(set) var texts: Set<TextFunction> = []
    /// The enums whose numbers are checked.
    var enums: Set<String> = []
    /// The unions whose tag an earlier field has.
    var tags: Set<String> = []
    /// The unions whose tag is written before their fields.
    var ownTags: Set<String> = []
    /// The heads of the functions that are declared before all functions, because they call each other.
    var prototypes: [String] = []
    /// The checksums, in the order of their numbers.
    private(set) var checksums: [ChecksumAlgorithm] = []

    init(_ names: CNames) {
        self.names = names
    }

    /// A function for a number of a type.
    struct NumberFunction {
        let type: IntegerType
        let order: ByteOrder
        let reads: Bool
    }

    /// A function for a floating-point number.
    struct FloatFunction {
        let type: FloatType
        let order: ByteOrder
        let reads: Bool
    }

    /// A function for text.
    enum TextFunction: String, CaseIterable {
        // swift-format-ignore: OneCasePerLine
        case isUTF8 = "is_utf8", isASCII = "is_ascii", isUTF16 = "is_utf16", isUTF16LE = "is_utf16_le"
        // swift-format-ignore: OneCasePerLine
        case sizeOfLatin1 = "utf8_size_of_latin1", sizeOfUTF16 = "utf8_size_of_utf16", sizeOfUTF16LE =
            "utf8_size_of_utf16_le"
    }

    func use(_ part: Part) { parts.insert(part) }

    /// Returns the name of the function that reads a number.
    func read(_ type: IntegerType, _ order: ByteOrder) -> String { number(type, order, reads: true) }

    /// Returns the name of the function that writes a number.
    func write(_ type: IntegerType, _ order: ByteOrder) -> String { number(type, order, reads: false) }

    private func number(_ type: IntegerType, _ order: ByteOrder, reads: Bool) -> String {
        let order = type.bitWidth == 8 || type.isVariable ? .big : order
        let keyword = type.rawValue.map { $0 == "-" ? "_" : String($0) }.joined()
        let name = "\(reads ? "read" : "put")_\(keyword)\(order == .little ? "_le" : "")"
        numbers[name] = NumberFunction(type: type, order: order, reads: reads)
        return name
    }

    func float(_ type: FloatType, _ order: ByteOrder, reads: Bool) {
        let name = "\(reads ? "read" : "put")_float\(8 * type.size)\(order == .little ? "_le" : "")"
        floats[name] = FloatFunction(type: type, order: order, reads: reads)
        let integer: IntegerType = type == .float32 ? .uint32 : .uint64
        _ = number(integer, order, reads: reads)
    }

    /// Returns the name of the function that checks whether bytes are text; `nil` if all are.
    func isText(_ form: TextForm) -> String? {
        let function: TextFunction
        switch form.encoding {
        case .utf8: function = .isUTF8
        case .ascii: function = .isASCII
        case .latin1: return nil
        case .utf16: function = form.order == .big ? .isUTF16 : .isUTF16LE
        }
        texts.insert(function)
        return function.rawValue
    }

    /// Returns the name of the function that computes the size of text in UTF-8; `nil` if it is the size of the bytes.
    func characters(_ form: TextForm) -> String? {
        let function: TextFunction
        switch form.encoding {
        case .utf8, .ascii: return nil
        case .latin1: function = .sizeOfLatin1
        case .utf16: function = form.order == .big ? .sizeOfUTF16 : .sizeOfUTF16LE
        }
        texts.insert(function)
        return function.rawValue
    }

    /// Returns the name of the function that computes a checksum.
    func checksum(_ algorithm: ChecksumAlgorithm) -> String {
        if !checksums.contains(algorithm) { checksums.append(algorithm) }
        let index = checksums.firstIndex(of: algorithm) ?? 0
        return index == 0 ? "checksum" : "checksum_\(index + 1)"
    }
}

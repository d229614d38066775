extension SpecParser {
    /// Reads the `fields` of a message.
    mutating func fields(_ node: Node) -> [FieldSpec] {
        guard let items = list(node, "`fields`", limit: SpecLimits.fields) else { return [] }
        var fields: [FieldSpec] = []
        for item in items where !diagnostics.isFull {
            if let field = field(item) { fields.append(field) }
        }
        return fields
    }

    private mutating func field(_ node: Node) -> FieldSpec? {
        guard let values = keys(of: node, "a field", at: node.place, .field) else { return nil }
        let name = values["name"].flatMap { identifier($0, "the name of a field") }
        let type = values["type"].flatMap { fieldType($0, length: values["length"]) }
        let byteOrder: ByteOrderSpec? = values["byte-order"].flatMap { choice($0, "`byte-order`") }
        let doc = values["doc"].flatMap { text($0, "`doc`") }
        let isSecret = values["secret"].flatMap { boolean($0, "`secret`") } ?? false
        guard let name, let type, let typeNode = values["type"] else { return nil }
        if let node = values["byte-order"], !hasByteOrder(type) {
            diagnostics.warning("`byte-order` changes nothing here: the field has no number", at: node.place)
        }
        return FieldSpec(
            name: name,
            type: Located(value: type, place: typeNode.place),
            byteOrder: byteOrder,
            doc: doc,
            isSecret: isSecret
        )
    }

    private func hasByteOrder(_ type: FieldType) -> Bool {
        switch type {
        case .integer, .enumeration, .string(.prefixed), .bytes(.prefixed): true
        case .boolean, .string, .bytes: false
        }
    }

    private mutating func fieldType(_ node: Node, length: Node?) -> FieldType? {
        if case .list = node.content {
            diagnostics.error("arrays (`[T]`) are not supported yet", at: node.place)
            return nil
        }
        guard let name = name(node, "`type`")?.value else { return nil }
        switch name {
        case "string": return extent(length).map { .string($0) }
        case "bytes": return extent(length).map { .bytes($0) }
        default:
            if let length {
                let problem = "`length` belongs to `string` and `bytes`"
                diagnostics.error("\(problem): remove it from a field of type `\(name.visible)`", at: length.place)
            }
        }
        if name == "bool" { return .boolean }
        if let type = IntegerType(rawValue: name) { return .integer(type) }
        if enumNames.contains(name) { return .enumeration(name) }
        diagnostics.error(unknownType(name), at: node.place)
        return nil
    }

    private func unknownType(_ name: String) -> String {
        switch name {
        case "float32", "float64": return "`\(name)` is not supported yet"
        case _ where name.hasSuffix("?"): return "optional fields (`\(name.visible)`) are not supported yet"
        default:
            let builtIn = IntegerType.allCases.map(\.rawValue) + ["bool", "string", "bytes"]
            let advice = nearMiss(of: name, among: builtIn + enumNames).map { "did you mean `\($0)`?" }
            let types = builtIn.map { "`\($0)`" }.joined(separator: ", ")
            return "unknown type `\(name.visible)`; \(advice ?? "the types are \(types) and the names under `enums`")"
        }
    }

    /// Reads `length`: the type of a prefix, or a number of bytes.
    private mutating func extent(_ node: Node?) -> Extent? {
        guard let node else { return .toEnd }
        let prefixes: [IntegerType] = [.uint8, .uint16, .uint32]
        if let prefix = prefixes.first(where: { $0.rawValue == node.scalar?.text }) { return .prefixed(prefix) }
        guard let scalar = node.scalar, scalar.isPlain, IntegerLiteral(scalar.text) != .invalid else {
            let advice = node.scalar.map { didYouMean($0.text, among: prefixes.map(\.rawValue)) } ?? ""
            let forms = "`uint8`, `uint16` or `uint32` (a prefix that counts the bytes) or a number of bytes"
            diagnostics.error("`length` must be \(forms), not \(node.kind)\(advice)", at: node.place)
            return nil
        }
        guard let count = unsigned(node, "`length`")?.value else { return nil }
        guard count > 0, count <= UInt32.max else {
            diagnostics.error("`length` is \(count): use 1 to \(UInt32.max) bytes", at: node.place)
            return nil
        }
        return .fixed(Int(clamping: count))
    }
}

extension SpecChecker {
    /// What `literal` means as a value of `field`, or `nil`, after a diagnostic, when it is none.
    mutating func value(_ literal: Located<ExampleSpec.Literal>, of field: FieldSpec) -> ExampleLayout.Value? {
        switch field.type.value {
        case .integer(let type): number(literal, type, field).map { .number($0) }
        case .boolean: boolean(literal, field)
        case .enumeration(let name): enums[name].flatMap { enumeration(literal, $0, field) }
        case .string(let extent): string(literal, field).flatMap { sized($0, extent, literal.place, field) }
        case .bytes(let extent): bytes(literal).flatMap { sized($0, extent, literal.place, field) }
        }
    }

    private mutating func number(
        _ literal: Located<ExampleSpec.Literal>,
        _ type: IntegerType,
        _ field: FieldSpec
    ) -> SpecInteger? {
        guard case .text(let text, isPlain: true) = literal.value else {
            diagnostics.error("`\(field.name.value)` must be a number, without quotes", at: literal.place)
            return nil
        }
        switch IntegerLiteral(text) {
        case .value(let value, _) where value.bits(of: type) != nil: return value
        case .value, .tooLarge:
            let message = "`\(field.name.value)` is \(text), and does not fit in \(type.rawValue): use \(type.range)"
            diagnostics.error(message, at: literal.place)
        case .invalid:
            diagnostics.error("`\(field.name.value)` must be a number, not `\(text.visible)`", at: literal.place)
        }
        return nil
    }

    private mutating func boolean(
        _ literal: Located<ExampleSpec.Literal>,
        _ field: FieldSpec
    ) -> ExampleLayout.Value? {
        if case .text(let text, isPlain: true) = literal.value, text == "true" || text == "false" {
            return .number(SpecInteger(magnitude: text == "true" ? 1 : 0))
        }
        diagnostics.error("`\(field.name.value)` must be true or false", at: literal.place)
        return nil
    }

    private mutating func enumeration(
        _ literal: Located<ExampleSpec.Literal>,
        _ enumeration: EnumSpec,
        _ field: FieldSpec
    ) -> ExampleLayout.Value? {
        guard case .text(let text, let isPlain) = literal.value else {
            diagnostics.error("`\(field.name.value)` must be a case of `\(enumeration.name.value)`", at: literal.place)
            return nil
        }
        if let value = enumeration.cases.first(where: { $0.name.value == text })?.value.value { return .number(value) }
        if isPlain, !enumeration.isClosed, case .value(let value, _) = IntegerLiteral(text),
            value.bits(of: enumeration.type) != nil
        {
            return .number(value)
        }
        let advice = didYouMean(text, among: enumeration.cases.map(\.name.value))
        let problem = "`\(field.name.value)` must be a case of `\(enumeration.name.value)`, not `\(text.visible)`"
        diagnostics.error(problem + advice, at: literal.place)
        return nil
    }

    private mutating func string(_ literal: Located<ExampleSpec.Literal>, _ field: FieldSpec) -> [UInt8]? {
        if case .text(let text, _) = literal.value { return Array(text.utf8) }
        diagnostics.error("`\(field.name.value)` must be text: `hex` is for fields of type `bytes`", at: literal.place)
        return nil
    }

    private func bytes(_ literal: Located<ExampleSpec.Literal>) -> [UInt8]? {
        switch literal.value {
        case .text(let text, _): Array(text.utf8)
        case .bytes(let bytes): bytes
        }
    }

    private mutating func sized(
        _ bytes: [UInt8],
        _ extent: Extent,
        _ place: Place,
        _ field: FieldSpec
    ) -> ExampleLayout.Value? {
        switch extent {
        case .fixed(let count) where bytes.count != count:
            let message = "`\(field.name.value)` has \(bytes.count.bytes), and its `length` is \(count)"
            diagnostics.error("\(message): give as many", at: place)
            return nil
        case .prefixed(let prefix) where UInt64(clamping: bytes.count) > prefix.largest:
            let message = "`\(field.name.value)` has \(bytes.count) bytes, and a \(prefix.rawValue) counts them"
            diagnostics.error("\(message): give at most \(prefix.largest)", at: place)
            return nil
        case .fixed, .prefixed, .toEnd: return .bytes(bytes)
        }
    }
}

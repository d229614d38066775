internal import SwitchboardSpec

/// What a spec has that the C output does not support.
struct Refusals {
    private(set) var diagnostics: [Diagnostic] = []

    init(_ spec: CheckedSpec) {
        let types = spec.allImports.flatMap(\.spec.types) + spec.types
        for message in spec.allImports.flatMap(\.spec.messages) + spec.messages {
            check(spec.layout(of: message), spec)
        }
        for type in types {
            switch type {
            case .structure(let type): check(spec.plan.layout(of: type), spec)
            case .union(let type): for layout in spec.plan.layouts(of: type) { check(layout, spec) }
            case .enumeration, .flags: break
            }
        }
        for frame in spec.allFrames { check(spec.layout(of: frame).ends, spec) }
        checkNames(of: spec, types)
    }

    /// Refuses names that are different in the spec, and the same in C.
    private mutating func checkNames(of spec: CheckedSpec, _ types: [TypeSpec]) {
        let messages = spec.allImports.flatMap(\.spec.messages) + spec.messages
        checkNames(types.map(\.name) + messages.map(\.name))
        for type in types {
            switch type {
            case .enumeration(let type): checkNames(type.cases.map(\.name))
            case .flags(let type): checkNames(type.bits.map(\.name))
            case .structure(let type): checkNames(type.fields.filter(\.isVariable).map(\.name))
            case .union(let type):
                checkNames(type.cases.map(\.name))
                for item in type.cases { checkNames(item.fields.filter(\.isVariable).map(\.name)) }
            }
        }
        for message in messages { checkNames(message.fields.filter(\.isVariable).map(\.name)) }
        for frame in spec.allFrames {
            checkNames(spec.layout(of: frame).ownItems.filter(\.isSettableOrCorrelation).map(\.plan.field.name))
        }
    }

    private mutating func checkNames(_ names: [Located<String>]) {
        var first: [String: String] = [:]
        for name in names {
            let snake = CNames.snake(name.value)
            if let other = first[snake], other != name.value {
                refuse("`\(other)` and `\(name.value)` are both `\(snake)` in C: rename one of them", at: name.place)
            }
            if first[snake] == nil { first[snake] = name.value }
        }
    }

    private mutating func check(_ layout: Layout, _ spec: CheckedSpec) {
        for field in layout.fields {
            let place = field.field.name.place
            if case .when(let condition) = field.presence, !condition.terms.allSatisfy(\.isOfNumber) {
                refuse(
                    "`when` of `\(field.label)` tests a value that is no number, and C tests only numbers",
                    at: place
                )
            }
            if case .unlessEnded(let value) = field.presence, !value.isSimple {
                refuse(
                    "the default of `\(field.label)` is an array or has fields, and C has no such default",
                    at: place
                )
            }
            if let constant = field.constant, !constant.isSimple {
                refuse(
                    "`equals` of `\(field.label)` is an array or has fields, and C compares only simple values",
                    at: place
                )
            }
            if case .list(.optional, _) = field.step.unwrapped, let name = field.field.type.value.namedType,
                spec.plan.table.isRecursive(name)
            {
                refuse("`\(field.label)` has elements with `?`, and `\(name)` can contain itself", at: place)
            }
            if case .list(.list, _) = field.step.unwrapped {
                refuse("`\(field.label)` is an array of arrays, which C does not support", at: place)
            }
        }
    }

    private mutating func refuse(_ reason: String, at place: Place) {
        let message = "C output: \(reason)"
        guard !diagnostics.contains(where: { $0.message == message }) else { return }
        diagnostics.append(Diagnostic(severity: .error, message: message, place: place, notes: []))
    }
}

extension Condition.Term {
    fileprivate var isOfNumber: Bool {
        switch step {
        case .integer, .boolean, .bit, .enumeration, .flags: true
        case .float, .text, .bytes, .list, .optional, .reserved, .reservedBits, .structure, .union, .sized: false
        }
    }
}

extension Step {
    /// Whether the value is a text or bytes.
    var isTextOrBytes: Bool {
        switch self {
        case .text, .bytes: true
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .list, .optional, .reserved, .reservedBits,
            .structure,
            .union, .sized:
            false
        }
    }
}

extension Value {
    /// Whether the value is a number, a text, bytes, or none of them.
    var isSimple: Bool {
        switch self {
        case .number, .float, .bytes, .nothing: true
        case .list(let elements): elements.isEmpty
        case .record, .choice, .unrecognized: false
        }
    }
}

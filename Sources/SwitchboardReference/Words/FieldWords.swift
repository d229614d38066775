internal import SwitchboardSpec

/// Says in words what a field means, which values it may have, and which payloads have it.
struct FieldWords {
    let type: TypeWords
    /// The field.
    let field: FieldPlan
    /// Whether the words say the default; that of a header may be the zero of its type, which says nothing.
    var showsDefault = true

    /// All sentences: the documentation, then the rules.
    var words: Words {
        var sentences: [Words] = []
        if let doc = field.field.doc { sentences.append(doc.paragraphs.joined()) }
        sentences += content + presence + values + remarks
        return sentences.joined()
    }

    /// Where the value comes from, if a sender has no choice.
    private var content: [Words] {
        var sentences: [Words] = []
        switch field.derivation {
        case .count(let names)?:
            sentences.append("Says where " + names.listed() + (names.count == 1 ? " ends." : " end."))
        case .presence(let names)?:
            sentences.append(Words(.text("1 if the \(type.subject.rawValue) has ")) + names.listed() + ", else 0.")
        case .tag(let names)?: sentences.append("The tag of " + names.listed("or") + ".")
        case .size(let coverage)?: sentences.append(Self.covered(coverage, type.subject.rawValue))
        case .caseTag(let number)?: sentences.append("The tag: always " + Words(.code("\(number)")) + ".")
        case nil: break
        }
        for (bit, names) in field.presenceBits {
            sentences.append(
                Words(.code(bit.name.value)) + Words(.text(" is set if the \(type.subject.rawValue) has "))
                    + names.listed() + "."
            )
        }
        if let constant = field.field.constant { sentences.append("Always " + Words(.code(constant.value.text)) + ".") }
        return sentences
    }

    private static func covered(_ coverage: FieldCoverage, _ whole: String) -> Words {
        switch coverage {
        case .all: Words(.text("The number of bytes of the \(whole)."))
        case .rest: Words(.text("The number of bytes of the \(whole) after this field."))
        case .lengthAndRest: Words(.text("The number of bytes of the \(whole) from this field on."))
        }
    }

    /// Which payloads have the field.
    private var presence: [Words] {
        var sentences: [Words] = []
        if let condition = field.field.condition?.value { sentences.append("Only if " + condition.words + ".") }
        if let alignment = field.alignment {
            sentences.append(Words(.text("Begins at a multiple of \(alignment) bytes, after zeros.")))
        }
        if let since = field.field.since {
            let missing: Words =
                field.field.defaultValue.map { ", and it is " + Words(.code($0.value.text)) } ?? ", and it has no value"
            sentences.append(Words(.text("Since version \(since.value): older peers leave it out")) + missing + ".")
        } else if field.field.isTrailing {
            sentences.append("The payload may end before it.")
        }
        return sentences
    }

    /// Which values the field may have.
    private var values: [Words] {
        var sentences: [Words] = []
        let (low, high) = (field.field.minimum?.value.text, field.field.maximum?.value.text)
        let noun = boundNoun
        switch (low, high) {
        case (let low?, let high?): sentences.append(Words(.text("From \(low) to \(high)\(noun).")))
        case (let low?, nil): sentences.append(Words(.text("At least \(low)\(noun).")))
        case (nil, let high?): sentences.append(Words(.text("At most \(high)\(noun).")))
        case (nil, nil): break
        }
        if let note = field.field.measure?.note, !note.isEmpty { sentences.append(Words(.text(note))) }
        if showsDefault, field.field.since == nil, let value = field.field.defaultValue {
            sentences.append("Default: " + Words(.code(value.value.text)) + ".")
        }
        return sentences
    }

    /// What the bounds count.
    private var boundNoun: String {
        switch field.step.unwrapped {
        case .text, .bytes: " bytes"
        case .list: " elements"
        case .integer, .float, .boolean, .bit, .enumeration, .flags, .optional, .reserved, .reservedBits, .structure,
            .union, .sized:
            ""
        }
    }

    private var remarks: [Words] {
        var sentences: [Words] = []
        if field.field.isSecret { sentences.append(Words(.badge("secret")) + " Logs do not show the value.") }
        if let trace = field.field.trace {
            sentences.append("Carries " + Words(.code(trace.value)) + " of the trace to which the message belongs.")
        }
        if let reason = field.field.deprecated {
            sentences.append(Words(.badge("deprecated")) + Words(.text(" ")) + reason.paragraphs.joined())
        }
        return sentences
    }
}

extension ConditionSpec {
    /// The condition in words, without `if`.
    var words: Words { terms.map(\.words).joined(" and ") }
}

extension ConditionSpec.Term {
    fileprivate var words: Words {
        let name = Words(.code(reference.value.text))
        switch test {
        case .isSet: return name + " is set"
        case .oneOf(let literals): return name + " is " + literals.map(\.value.text).listed("or")
        case .noneOf(let literals): return name + " is not " + literals.map(\.value.text).listed("or")
        case .range(let low?, let high?): return name + Words(.text(" is from \(low.value.text) to \(high.value.text)"))
        case .range(let low?, nil): return name + Words(.text(" is at least \(low.value.text)"))
        case .range(nil, let high?): return name + Words(.text(" is at most \(high.value.text)"))
        case .range(nil, nil): return name + " has any value"
        }
    }
}

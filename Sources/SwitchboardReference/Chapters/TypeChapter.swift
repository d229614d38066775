internal import SwitchboardSpec

/// The description of a type.
struct TypeChapter {
    let spec: CheckedSpec
    let type: TypeSpec

    private var name: String { type.name.value }
    private var anchor: Anchor { .type(name) }
    private var words: TypeWords { TypeWords(spec: spec, subject: .value) }

    /// The chapter.
    var chapter: Chapter {
        var chapter = Chapter(anchor: anchor, title: name)
        switch type {
        case .enumeration(let type):
            chapter.kind = "enum"
            chapter.blocks = paragraphs(type.doc) + enumeration(type)
        case .flags(let type):
            chapter.kind = "flags"
            chapter.blocks = paragraphs(type.doc) + flags(type)
        case .structure(let type):
            chapter.kind = "struct"
            chapter.blocks = paragraphs(type.doc) + structure(type)
        case .union(let type):
            chapter.kind = "union"
            chapter.blocks = paragraphs(type.doc) + union(type)
            chapter.parts = cases(type)
        }
        chapter.remarks = chapter.kind.map { Words(.text($0)) } ?? []
        return chapter
    }

    private func paragraphs(_ doc: String?) -> [Block] {
        (doc?.paragraphs ?? []).map { .paragraph($0) } + (users.isEmpty ? [] : [.paragraph("Used by " + users + ".")])
    }

    /// The messages and types with a field of the type.
    private var users: Words {
        let messages = spec.allMessages.filter { $0.fields.contains { $0.type.value.namedType == name } }
        let types = (spec.types + spec.allImports.flatMap(\.spec.types)).filter {
            $0.fields.contains { $0.type.value.namedType == name }
        }
        let links =
            messages.map { Words(.link($0.name.value, .message($0.name.value))) }
            + types.map { words.link($0.name.value) }
        return links.joined(", ")
    }

    // MARK: Enums and flags

    private func enumeration(_ type: EnumSpec) -> [Block] {
        let rule = type.isClosed ? "A number without a name is malformed." : "A receiver keeps a number without a name."
        var table = Table(head: ["Number", "Name"], codeColumns: [0])
        for item in type.cases {
            table.rows.append(
                Table.Row(
                    anchor: anchor.part(item.name.value),
                    name: item.name.value,
                    kind: name,
                    cells: [Words(.code(item.value.value.text(of: type.type))), Words(.code(item.name.value))]
                )
            )
        }
        var blocks: [Block] = [
            .paragraph("A " + Words(.code(type.type.rawValue)) + Words(.text(". \(rule)"))), .table(table),
        ]
        let former = type.reserved.numbers.keys.sorted().map(\.description) + type.reserved.names.keys.sorted()
        if !former.isEmpty {
            blocks.append(.paragraph("Former numbers and names, which are not used again: " + former.listed() + "."))
        }
        return blocks
    }

    private func flags(_ type: FlagsSpec) -> [Block] {
        let rule = type.isClosed ? "A bit without a name is malformed." : "A receiver keeps bits without a name."
        var table = Table(head: ["Bit", "Value", "Name"], codeColumns: [1])
        for bit in type.bits {
            let value = SpecInteger(magnitude: 1 << bit.position.value)
            table.rows.append(
                Table.Row(
                    anchor: anchor.part(bit.name.value),
                    name: bit.name.value,
                    kind: name,
                    cells: [
                        Words(.text("\(bit.position.value)")), Words(.code(value.text(of: type.type))),
                        Words(.code(bit.name.value)),
                    ]
                )
            )
        }
        return [
            .paragraph(
                "Bits of a " + Words(.code(type.type.rawValue)) + Words(.text("; bit 0 is the lowest. \(rule)"))
            ), .table(table),
        ]
    }

    // MARK: Structs and unions

    private func structure(_ type: StructSpec) -> [Block] {
        let filled: [Block] =
            type.alignment.map { [.paragraph(Words(.text("Zeros fill each value up to a multiple of \($0) bytes.")))] }
            ?? []
        return filled + fields(spec.plan.layout(of: type), title: "The bytes of \(name)")
    }

    private func fields(_ layout: Layout, title: String, prefix: String = "") -> [Block] {
        let items = Places(plan: spec.plan).items(of: layout)
        guard !items.isEmpty else { return [.paragraph("It has no fields.")] }
        let owner = Anchor(id: anchor.id, chapter: anchor.id)
        var builder = DiagramBuilder(plan: spec.plan, owner: owner)
        builder.prefix = prefix
        let table = FieldTable(
            spec: spec,
            owner: owner,
            title: prefix.isEmpty ? name : "\(name).\(prefix.dropLast())",
            prefix: prefix
        )
        return [.bytes(ByteDiagram(title: title, builder.cells(items))), .table(table.table(items))]
    }

    private func union(_ type: UnionSpec) -> [Block] {
        var facts: [Words] = []
        if type.isTagText {
            facts.append(Words(.text("The tag is a text of \(type.tag.bitWidth / 8) bytes.")))
        } else {
            facts.append("The tag is a " + Words(.code(type.tag.rawValue)) + ".")
        }
        if type.isTagOfBits {
            let bits = spec.byteOrder == .big ? "highest" : "lowest"
            facts.append(
                Words(
                    .text("It has the \(bits) bits of the first byte, which the fields of its case fill.")
                )
            )
        } else {
            facts.append("It comes before the fields of its case, unless an earlier field has it.")
        }
        if let length = type.length {
            let count = spec.plan.table.count(length)
            facts.append("Then come the fields, " + words.count(count, "byte") + ".")
        }
        if let alignment = type.alignment {
            facts.append(Words(.text("Zeros fill each value up to a multiple of \(alignment) bytes.")))
        }
        facts.append(
            type.keepsUnknown
                ? "A receiver keeps a value with another tag, and its bytes." : "A value with another tag is malformed."
        )
        var table = Table(head: ["Tag", "Case", "Meaning"], codeColumns: [0])
        for item in type.cases {
            let link = Words(.link(item.name.value, caseAnchor(item)))
            table.rows.append(
                Table.Row(
                    name: item.name.value,
                    kind: name,
                    cells: [tag(item, type), link, Words(marked: (item.doc ?? "").summary)]
                )
            )
        }
        return [.list(facts)] + (table.rows.isEmpty ? [] : [.table(table)])
    }

    private func caseAnchor(_ item: UnionSpec.Case) -> Anchor { .chapter("type-\(name).\(item.name.value)") }

    private func tag(_ item: UnionSpec.Case, _ type: UnionSpec) -> Words {
        let number = item.tag.value
        guard type.isTagText else { return Words(.code(number.text(of: type.tag))) }
        let count = type.tag.bitWidth / 8
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: number.magnitude >> UInt64(8 * (count - 1 - $0))) }
        return bytes.named
    }

    private func cases(_ type: UnionSpec) -> [Chapter] {
        zip(type.cases, spec.plan.layouts(of: type)).map { item, layout in
            var chapter = Chapter(anchor: caseAnchor(item), title: "\(name).\(item.name.value)")
            chapter.remarks = tag(item, type)
            chapter.blocks = (item.doc?.paragraphs ?? []).map { .paragraph($0) }
            chapter.blocks += fields(
                layout,
                title: "The bytes of \(name).\(item.name.value)",
                prefix: item.name.value + "."
            )
            return chapter
        }
    }
}

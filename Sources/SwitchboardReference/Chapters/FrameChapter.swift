internal import SwitchboardSpec

/// The description of a form of frames.
struct FrameChapter {
    let spec: CheckedSpec
    let layout: FrameLayout

    private var frame: FrameSpec { layout.frame }
    private var anchor: Anchor { .frame(frame.key) }
    private var words: FrameWords { FrameWords(spec: spec, layout: layout) }

    /// The chapter.
    var chapter: Chapter {
        let title = spec.frames.isEmpty ? "Frame" : frame.name == nil ? "Frames" : "Frames of the form \(frame.key)"
        var chapter = Chapter(anchor: anchor, title: title)
        chapter.blocks = [.list(facts)]
        let (header, payload, trailer) = (headerItems, self.payload, trailerCells)
        chapter.blocks.append(.bytes(ByteDiagram(title: "The bytes of a frame", cells(header) + [payload] + trailer)))
        var table = FieldTable(
            spec: spec,
            owner: anchor,
            title: spec.frames.isEmpty ? "header" : "header of \(frame.key)",
            subject: .frame,
            meaning: { field in
                let item = self.item(of: field)
                return item.map(words.meaning) ?? []
            },
            name: name
        ).table(header)
        table.rows.append(
            Table.Row(
                cells: [
                    header.last.map { Places(plan: spec.plan).end(of: $0).words } ?? "0", Words(.text(payloadSize)),
                    "payload", [],
                    "The fields of the message.",
                ]
            )
        )
        table.rows += trailerRows
        chapter.blocks.append(.table(table))
        return chapter
    }

    // MARK: Facts

    private var facts: [Words] {
        var facts: [Words] = []
        if !spec.frames.isEmpty {
            let start: Words =
                switch frame.starts {
                case .client?: "The client starts with frames of this form."
                case .server?: "The server starts with frames of this form."
                case .both?: "Both ends start with frames of this form."
                case nil: frame.name == nil ? "The form " + Words(.code(FrameSpec.mainName)) + "." : []
                }
            facts.append(start)
            let messages = spec.messages(in: frame).map { Words(.link($0.name.value, .message($0.name.value))) }
            if frame.name != nil, !messages.isEmpty {
                facts.append("Messages of this form: " + messages.joined(", ") + ".")
            }
        }
        if let framing = frame.framing { facts.append(framing.words) }
        facts.append(ending)
        if frame.codes == .byDirection {
            facts.append("A message of clients and one of servers may have the same code.")
        }
        if frame.isOfReplies { facts.append("A frame has no code: the request says which message its reply is.") }
        if frame.truncation != nil {
            facts.append(
                "The sender cuts zeros off at the end of a payload, but never its first byte. The receiver adds them again."
            )
        }
        facts.append(Words(.text("A payload has at most \(frame.maximumPayload.counted("byte")).")))
        return facts.filter { !$0.isEmpty }
    }

    /// Where a frame ends.
    private var ending: Words {
        if frame.hasLength {
            guard case .length(let coverage)? = frame.header.map(\.value.role).first(where: \.isLength) else {
                return []
            }
            return Words(.code("length")) + " is the number of bytes " + words.length(coverage) + "."
        }
        return frame.framing == nil
            ? "A frame ends where the fields of its message end." : "A frame ends at its delimiter."
    }

    // MARK: Header

    private var headerItems: [PlacedItem] { Places(plan: spec.plan).items(of: layout.whole) }

    /// Returns the item that is `field` in the layout of the header; several may be unused, and have one name.
    private func item(of field: FieldPlan) -> FrameLayout.Item? {
        layout.items.first { $0.plan.name == field.name && $0.plan.field.name.place == field.field.name.place }
    }

    private func name(_ field: FieldPlan) -> String {
        let item = self.item(of: field)
        guard let item else { return field.name }
        return item.spec.role.isLength ? item.spec.field.name.value : item.plan.name
    }

    private func cells(_ items: [PlacedItem]) -> [ByteDiagram.Cell] {
        DiagramBuilder(
            plan: spec.plan,
            owner: anchor,
            kind: { field in
                let item = self.item(of: field)
                switch item?.spec.role {
                case .magic?, .version?: return .constant
                case .length?, .checksum?, .presence?: return .derived
                case .code?, .correlation?, .field?, nil: return nil
                }
            },
            name: { $0.field.isReserved && !isNamed($0) ? "" : name($0) }
        ).cells(items)
    }

    /// Whether an item that is unused bytes for the layout of the header has a meaning.
    private func isNamed(_ field: FieldPlan) -> Bool {
        let item = self.item(of: field)
        if case .checksum? = item?.spec.role { return true }
        return false
    }

    // MARK: Payload and trailer

    private var payloadSize: String {
        let sizes = spec.messages(in: frame).map { message in
            Places(plan: spec.plan).items(of: spec.layout(of: message)).reduce(ByteCount(low: 0, high: 0)) {
                sum,
                placed in
                sum + (placed.item.isConditional ? ByteCount(low: 0, high: placed.size.high) : placed.size)
            }
        }
        guard let first = sizes.first else { return "" }
        let low = sizes.reduce(first.low) { min($0, $1.low) }
        let high = sizes.reduce(first.high) { high, size in high.flatMap { high in size.high.map { max(high, $0) } } }
        return ByteCount(low: min(low, frame.maximumPayload), high: min(high ?? .max, frame.maximumPayload)).text
    }

    private var payload: ByteDiagram.Cell {
        var cell = ByteDiagram.Cell(label: "payload", detail: payloadSize, kind: .payload)
        cell.offset = headerItems.last.map { Places(plan: spec.plan).end(of: $0) } ?? Offset()
        return cell
    }

    /// The items of the trailer with their places.
    private var trailer: [(item: FrameSpec.TrailerItem, field: FrameLayout.Item?, offset: Offset)] {
        var fields = layout.trailerItems[...]
        let items = frame.trailer.map { item in
            if case .field = item { (item, fields.popFirst()) } else { (item, FrameLayout.Item?.none) }
        }
        var offset = Offset(base: "payload")
        return items.enumerated().map { index, part in
            let (item, field) = part
            let (start, condition) = (offset, field?.plan.condition)
            let next = items.dropFirst(index + 1).first?.1?.plan.condition
            let isKnown = condition == nil || condition == next
            offset = isKnown ? offset.advanced(by: UInt64(item.size)) : Offset(base: field?.plan.name)
            return (item, field, start)
        }
    }

    private var trailerCells: [ByteDiagram.Cell] {
        var condition: Condition?
        return trailer.map { item, field, offset in
            var cell = ByteDiagram.Cell(label: "checksum", detail: "", kind: .derived)
            cell.offset = offset
            // Values with one condition are in rows of their own.
            cell.startsRow = field?.plan.condition != condition
            condition = field?.plan.condition
            cell.bits = 8 * item.size
            switch item {
            case .checksum(let checksum):
                cell.detail = item.size.counted("byte")
                if let name = ChecksumAlgorithm.allCases.first(where: { $0 == checksum.algorithm }) {
                    cell.detail = name.rawValue
                }
                cell.anchor = anchor.part("checksum")
            case .end(let bytes): (cell.label, cell.detail, cell.kind) = ("end", bytes.spaced, .constant)
            case .field:
                guard let field else { return cell }
                cell.label = field.spec.field.isReserved ? "" : field.plan.name
                cell.kind = field.spec.field.isReserved ? .unused : .value
                cell.isConditional = field.plan.field.condition != nil
                cell.detail = item.size.counted("byte")
                cell.anchor = field.spec.field.isReserved ? nil : anchor.part(field.plan.name)
            }
            return cell
        }
    }

    private var trailerRows: [Table.Row] {
        trailer.map { item, field, offset in
            let size = Words(.text(item.size.counted("byte")))
            switch item {
            case .checksum(let checksum):
                return Table.Row(
                    anchor: anchor.part("checksum"),
                    name: "checksum",
                    kind: "trailer",
                    cells: [offset.words, size, Words(.code("checksum")), [], words.checksum(checksum)]
                )
            case .end(let bytes):
                return Table.Row(cells: [offset.words, size, "end", [], "Always " + bytes.named + "."])
            case .field:
                guard let field else { return Table.Row(cells: [offset.words, size, [], [], []]) }
                let isNamed = !field.spec.field.isReserved
                let type = TypeWords(spec: spec, subject: .frame)
                let isConditional = field.plan.field.condition != nil
                return Table.Row(
                    anchor: isNamed ? anchor.part(field.plan.name) : nil,
                    name: isNamed ? field.plan.name : nil,
                    kind: "trailer",
                    cells: [
                        offset.words, Words(.text("\(item.size.counted("byte"))\(isConditional ? ", or none" : "")")),
                        isNamed ? Words(.code(field.plan.name)) : "unused", isNamed ? type.words(of: field.plan) : [],
                        words.meaning(of: field),
                    ]
                )
            }
        }
    }
}

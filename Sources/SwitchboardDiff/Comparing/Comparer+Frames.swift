internal import SwitchboardSpec

extension Comparer {
    mutating func compareFrames() {
        // A form is no part of a frame: messages of a form that is new or removed are reported themselves.
        let names =
            old.allFrames.map(\.key) + new.frames.map(\.key).filter { name in !old.frames.contains { $0.key == name } }
        for name in names {
            let (left, right) = (old.allFrames.first { $0.key == name }, new.allFrames.first { $0.key == name })
            if let left, let right { compare(left, right) }
            if left?.starts != right?.starts {
                report(.startsChanged, in: .all, "the form `\(name)` has another `starts`", scope(left, right))
            }
        }
    }

    private func scope(_ left: FrameSpec?, _ right: FrameSpec?) -> Scope {
        let name = left?.key ?? right?.key ?? FrameSpec.mainName
        return Scope(
            kind: .frame,
            name: name == FrameSpec.mainName ? "header" : "\(name).header",
            oldSender: left.flatMap { old.sender(of: $0) },
            newSender: right.flatMap { new.sender(of: $0) },
            oldPlace: left.map(\.startPlace) ?? old.locatedName.place,
            newPlace: right.map(\.startPlace) ?? new.locatedName.place
        )
    }

    private mutating func compare(_ left: FrameSpec, _ right: FrameSpec) {
        let scope = scope(left, right)
        let name = left.name == nil ? "the frame" : "the form `\(left.key)`"
        if left.framing != right.framing { report(.framingChanged, .both, "\(name) has another `framing`", scope) }
        if left.truncation?.value != right.truncation?.value {
            report(.truncationChanged, .both, "\(name) has another `truncate`", scope)
        }
        if left.codes != right.codes {
            report(.codesChanged, .compatible, "\(name) has `codes: \(right.codes.rawValue)`", scope)
        }
        let headerFindings = findings.count
        let names = compareHeaders(left, right, scope)
        compareTrailers(left, right, name, scope, names)
        // A limit that follows from the header is reported with its cause.
        let isWritten = left.writtenMaximum != nil || right.writtenMaximum != nil
        if isWritten || headerFindings == findings.count {
            let places = (left.writtenMaximum?.place, right.writtenMaximum?.place)
            reportLimits(left.maximumPayload, right.maximumPayload, name, scope, places.0, places.1)
        }
    }

    // MARK: Header

    /// Returns the new names of the header's fields, by old name.
    private mutating func compareHeaders(
        _ left: FrameSpec,
        _ right: FrameSpec,
        _ scope: Scope
    ) -> [String: String] {
        let (before, after) = (old.layout(of: left), new.layout(of: right))
        let names = compare(before.whole, after.whole, scope)
        // Messages refer to the fields with names of their own.
        let references = names.filter { $0.key != $0.value }.map { ("header.\($0.key)", "header.\($0.value)") }
        headerNames[left.key] = Dictionary(references) { first, _ in first }
        for item in before.items {
            let name = names[item.plan.name]
            guard let other = after.items.first(where: { $0.plan.name == name }) else { continue }
            compareRoles(item, other, scope)
        }
        return names
    }

    private mutating func compareRoles(_ left: FrameLayout.Item, _ right: FrameLayout.Item, _ scope: Scope) {
        let places = (left.plan.field.name.place, right.plan.field.name.place)
        let name = scope.text(of: left.plan)
        switch left.spec.role {
        case .magic(let before):
            guard case .magic(let after) = right.spec.role else { break }
            for end in Sender.ends where before.bytes(from: end) != after.bytes(from: end) {
                let isSent = (scope.oldSender?.includes(end) == true, scope.newSender?.includes(end) == true)
                var flows: Flows = isSent.0 ? .oldToNew : []
                if isSent.1 { flows.insert(.newToOld) }
                let text = "\(name) of frames from the \(end.rawValue) has other bytes"
                report(.magicChanged, in: Directions(flows, from: end), text, scope, places.0, places.1)
            }
            return
        case .length(let before):
            guard case .length(let after) = right.spec.role else { break }
            guard before.text != after.text else { return }
            let text = "\(name) covers `\(after.text)`, and covered `\(before.text)`"
            return report(.lengthCoverageChanged, .both, text, scope, places.0, places.1)
        case .checksum(let before):
            guard case .checksum(let after) = right.spec.role else { break }
            return compareChecksums(before, after, name, scope, places.0, places.1)
        case .version: if case .version = right.spec.role { return }
        case .code: if case .code = right.spec.role { return }
        case .presence: if case .presence = right.spec.role { return }
        case .correlation: if case .correlation = right.spec.role { return }
        case .field: if case .field = right.spec.role { return }
        }
        report(.headerRoleChanged, .both, "\(name) has another meaning", scope, places.0, places.1)
    }

    private mutating func compareChecksums(
        _ left: ChecksumSpec,
        _ right: ChecksumSpec,
        _ name: String,
        _ scope: Scope,
        _ oldPlace: Place?,
        _ newPlace: Place?
    ) {
        let orders = (left.byteOrder ?? old.byteOrder, right.byteOrder ?? new.byteOrder)
        let isReported = orders.0 == old.byteOrder && orders.1 == new.byteOrder
        let isSameOrder = orders.0 == orders.1 || isReported || left.algorithm.size == 1 || left.algorithm.isHash
        if left.algorithm != right.algorithm || left.coverage.text != right.coverage.text || !isSameOrder {
            let text = "\(name) is \(right.algorithm.rawValue) of `\(right.coverage.text)`, and was "
            let before = "\(left.algorithm.rawValue) of `\(left.coverage.text)`"
            report(.checksumChanged, .both, text + before, scope, oldPlace, newPlace)
        }
    }

    // MARK: Trailer

    private mutating func compareTrailers(
        _ left: FrameSpec,
        _ right: FrameSpec,
        _ name: String,
        _ scope: Scope,
        _ names: [String: String]
    ) {
        let (before, after) = (left.trailer, right.trailer)
        guard before.map(\.kind) == after.map(\.kind) else {
            return report(.trailerChanged, .both, "\(name) has other items in its trailer", scope)
        }
        var fields: [(FieldPlan, FieldPlan)] = []
        let layouts = (old.layout(of: left), new.layout(of: right))
        for (old, new) in zip(layouts.0.trailerItems, layouts.1.trailerItems) { fields.append((old.plan, new.plan)) }
        for (old, new) in zip(before, after) {
            switch (old, new) {
            case (.checksum(let old), .checksum(let new)):
                compareChecksums(old, new, "the checksum of \(name)", scope, nil, nil)
            case (.end(let old), .end(let new)):
                if old != new { report(.trailerChanged, .both, "\(name) has another `end`", scope) }
            case (.field, .field), (.checksum, _), (.end, _), (.field, _): break
            }
        }
        var trailer = scope
        trailer.names = names
        for (old, new) in fields { compare(old, new, &trailer) }
    }
}

extension FrameSpec {
    /// The place of the frame in the file: its name under `frames`, or its header.
    fileprivate var startPlace: Place { name?.place ?? headerPlace }
}

extension FrameSpec.Magic {
    /// Returns the bytes in frames from `end`.
    fileprivate func bytes(from end: Sender) -> [UInt8] { end == .server ? server : client }
}

extension FrameSpec.TrailerItem {
    /// The kind of the item.
    fileprivate var kind: String {
        switch self {
        case .checksum: "checksum"
        case .end(let bytes): "end \(bytes.count)"
        case .field(let field): field.value.field.isReserved ? "reserved \(size)" : "field"
        }
    }
}

extension SpecChecker {
    /// Checks that the parts of the frame fit together, as far as they could be read.
    ///
    /// - Returns: Whether the frame is complete and has no mistakes.
    mutating func checkFrame() -> Bool {
        let errors = diagnostics.errorCount
        guard let frame = spec.frame else { return self.frame != nil }
        let all = [frame] + spec.frames
        checkVersion(all)
        for frame in all { check(frame) }
        checkCodecNames(spec.frames)
        return diagnostics.errorCount == errors && !all.contains(where: \.lacksParts) && !spec.lacksFrames
    }

    private mutating func check(_ frame: FrameSpec) {
        if !frame.lacksParts, frame.maximumHeaderSize == 0, frame.framing == nil {
            let text = "\(frame.headerText) has no bytes"
            diagnostics.error(
                "\(text): put the first field of the messages there, for example a `magic`",
                at: frame.headerPlace
            )
        }
        let fields = frame.header.map(\.value.field)
        checkBits(in: fields)
        let size = frame.maximumHeaderSize
        if size > SpecLimits.headerBytes {
            let text = "`header` has \(size.bytes): at most \(SpecLimits.headerBytes) are allowed"
            diagnostics.error(text, at: frame.header.last?.place ?? .start)
        }
        checkConditions(in: frame)
        checkLength(frame)
        checkChecksums(frame)
        checkTruncation(of: frame)
        checkOwnFields(frame)
        checkOwnSize(frame)
        if frame.name != nil {
            checkNoOwnFields(frame)
            checkCorrelation(frame)
        }
    }

    /// Checks that the generated types of forms have different names.
    private mutating func checkCodecNames(_ frames: [FrameSpec]) {
        var seen: [String: Located<String>] = [:]
        for case let (name?, type) in frames.map({ ($0.name, GeneratedNames.headerCodec(of: $0)) }) {
            if let first = seen[type] {
                let text = "`\(name.value)` and `\(first.value)` differ only in their first letter: rename one"
                diagnostics.error(text, at: name.place, first: first.place, "`\(first.value)` is here")
            }
            seen[type] = seen[type] ?? name
        }
    }

    /// Checks that a frame of another form has no fields of the protocol's own, which all headers of a protocol have in common.
    private mutating func checkNoOwnFields(_ frame: FrameSpec) {
        guard !frame.lacksParts else { return }
        for (part, item) in frame.itemsInParts where item.value.isKept {
            let field = item.value.field
            if case .correlation = item.value.role { continue }
            let text = "`\(field.name.value)` is a field of the protocol's own, and \(frame.text(of: part)) has none"
            diagnostics.error("\(text): make it a field of the messages", at: item.place)
        }
    }

    /// Checks that the correlation of another form is the one under `frame`.
    private mutating func checkCorrelation(_ frame: FrameSpec) {
        guard let item = frame.correlation, let main = spec.frame, !main.lacksParts else { return }
        guard let first = main.correlation else {
            let text = "`\(item.value.field.name.value)` pairs replies with requests, and `header` of `frame` lacks it"
            diagnostics.error("\(text): add it there, or remove `correlate`", at: item.place)
            return
        }
        guard first.value.field.type.value != item.value.field.type.value else { return }
        let text = "`\(item.value.field.name.value)` has another type than `\(first.value.field.name.value)` of `frame`"
        diagnostics.error("\(text): give both the same type", at: item.place, first: first.place, "it is here")
    }

    private mutating func checkLength(_ frame: FrameSpec) {
        guard let place = frame.lengthItems.last?.place else {
            if !frame.lacksParts { checkMissingLength(frame) }
            return
        }
        let length = frame.length
        guard checkChoice(of: frame.lengthItems, in: frame) else { return }
        guard checkLengthCoverage(frame, at: place) else { return }
        if checkSearchedPayload(frame) { return }
        if let maximum = frame.writtenMaximum, maximum.value > frame.largestPayload {
            let counts = length.covers.word == .payload ? "" : ", which counts \(frame.coveredOverhead.bytes) more"
            let text = "`max-payload` is \(maximum.value), but `length` is a \(length.type.rawValue)\(counts)"
            diagnostics.error("\(text): use at most \(frame.largestPayload)", at: maximum.place)
        }
        if UInt64(clamping: frame.coveredOverhead) > length.type.largest {
            let text =
                "`length` is a \(length.type.rawValue), and counts \(frame.coveredOverhead.bytes) and the payload"
            diagnostics.error("\(text): give it a wider type", at: place)
        }
    }

    /// Checks a frame without a length.
    private mutating func checkMissingLength(_ frame: FrameSpec) {
        if checkSearchedPayload(frame) { return }
        let others = frame.header.filter { !$0.value.field.isDerived }
        if frame.framing == nil, let slip = HeaderWords.slip(for: "length", among: others) {
            let text = "`\(slip.value.visible)` is read as a field of the protocol's own; did you mean `length`?"
            diagnostics.warning(text, at: slip.place)
        }
        let largest = frame.largestPayload
        guard let maximum = frame.writtenMaximum, maximum.value > largest else { return }
        let text = "`max-payload` is \(maximum.value), but frames without a `length` have at most \(largest) bytes"
        diagnostics.error("\(text): lower it, or add `length` to `header`", at: maximum.place)
    }

    /// Checks that the payloads of a frame with a framing are not too large; returns whether they are.
    private mutating func checkSearchedPayload(_ frame: FrameSpec) -> Bool {
        let largest = UInt64(SpecLimits.searchedPayload)
        guard frame.framing != nil, let maximum = frame.writtenMaximum, maximum.value > largest else { return false }
        let text = "`max-payload` is \(maximum.value), but frames with a `framing` have at most \(largest) bytes"
        diagnostics.error("\(text): lower it", at: maximum.place)
        return true
    }

    private mutating func checkVersion(_ frames: [FrameSpec]) {
        var hasVersion = false
        for field in frames.flatMap(\.header) {
            guard case .version = field.value.role, let type = field.value.number else { continue }
            hasVersion = true
            guard let version = spec.wireVersion ?? spec.version else {
                if spec.saysVersion { continue }
                let message = "`header` has a version, but the spec does not say which: add `version: 1` at the top"
                diagnostics.error(message, at: field.place)
                continue
            }
            if version.value > type.largest {
                let name = spec.wireVersion == nil ? "version" : "wire-version"
                let message =
                    "`\(name)` is \(version.value), which does not fit in a \(type.rawValue): use \(type.range)"
                let note = "the width of `version` in the header is defined here"
                diagnostics.error(message, at: version.place, first: field.place, note)
            }
        }
        if let wireVersion = spec.wireVersion, !hasVersion, !frames.contains(where: \.lacksParts) {
            diagnostics.error(
                "`wire-version` is the number of `version` in `header`, which has none: remove `wire-version`",
                at: wireVersion.place
            )
        }
    }

    /// Checks that the values of header and trailer that programs read and set are not too large.
    private mutating func checkOwnSize(_ frame: FrameSpec) {
        guard !frame.isPlain else { return }
        guard frame.maximumHeaderSize <= SpecLimits.headerBytes else { return }
        let kept = frame.itemsInParts.map(\.item).filter(\.value.isKept)
        let size = kept.reduce(frame.offsetInMemory) { $0 + $1.value.packedSize }
        guard size > SpecLimits.ownHeaderBytes, let last = kept.last else { return }
        let values = frame.trailerFields.isEmpty ? "the header's own values" : "the values of `header` and `trailer`"
        let text = "\(values) have \(size.bytes) in memory: at most \(SpecLimits.ownHeaderBytes) are allowed"
        let advice = "give items smaller types, or `reserved` in place of those that no program needs"
        diagnostics.error("\(text); \(advice)", at: last.place)
    }

    /// Checks that the fields of `message` say where a frame without a length ends.
    mutating func checkEnd(of message: MessageSpec) {
        guard let frame = frame(of: message), !frame.delimitsPayload, !frame.lacksParts else { return }
        let reason = "frames have no `length`"
        let advice = "or add `length` to `header`"
        if let trailing = message.trailing ?? spec.trailing, trailing.value == .ignore {
            let text = "\(reason), so that bytes after the last field would be the next frame"
            diagnostics.error("\(text): remove `trailing`, \(advice)", at: trailing.place)
        }
        for field in message.fields where !field.lacksParts {
            let name = field.name.value
            // A field with `covers` says where all others end, and which are there.
            if !message.fields.coveringFields.isEmpty { continue }
            if table.runsToEnd(table.step(of: field)) {
                let text = "\(reason), so that nothing says where `\(name)` ends"
                diagnostics.error("\(text): give it a `length` or a `count`, \(advice)", at: field.name.place)
            } else if let key = field.isTrailing ? "optional" : field.since == nil ? nil : "since" {
                let text = "\(reason), so that nothing says whether `\(name)` is there"
                let other = key == "optional" ? "use `when`, or a type with `?`" : "remove `since`"
                diagnostics.error("\(text): \(other), \(advice)", at: field.name.place)
            }
        }
    }

    /// Checks that `frame` with `truncate` says the number of bytes that a payload has without the zeros.
    private mutating func checkTruncation(of frame: FrameSpec) {
        guard let truncation = frame.truncation, !frame.delimitsPayload, !frame.lacksParts else { return }
        let text = "frames have no `length`, so that nothing says how many zeros `truncate` has cut off"
        diagnostics.error("\(text): remove `truncate`, or add `length` to `header`", at: truncation.place)
    }

    /// Checks that all payloads of `message` have the same size, if zeros are cut off at their ends.
    mutating func checkTruncation(of message: MessageSpec) {
        guard let frame = frame(of: message), let truncation = frame.truncation, !frame.lacksParts else { return }
        let note = "`truncate` is here"
        let layout = plan.layout(of: message, frame)
        for field in layout.fields where !field.field.lacksParts && field.step.bitWidth == nil {
            guard plan.fixedSize(of: field) == nil, isSound(field.field)
            else {
                continue
            }
            var text = "the size of `\(field.name)` differs, so that nothing says how many zeros `truncate` has cut off"
            var advice = "give it a fixed size"
            if case .unlessEnded = field.presence {
                text =
                    "with `truncate`, bytes that are missing at the end of a payload are zeros, and belong to all fields"
                advice = "remove `\(field.field.isTrailing ? "optional" : "since")` from `\(field.name)`"
            }
            diagnostics.error(
                "\(text): \(advice), or remove `truncate`",
                at: field.field.name.place,
                first: truncation.place,
                note
            )
        }
        let limit = SpecLimits.truncatedPayload
        guard let size = plan.fixedSize(of: layout), size > limit else { return }
        let text =
            "the payload of `\(message.name.value)` has \(size) bytes: with `truncate`, at most \(limit) are allowed"
        diagnostics.error(text, at: message.name.place, first: truncation.place, note)
    }

    /// Checks that the fields of `message` refer to the frame's header in a way that both ends understand.
    mutating func checkHeaderReferences(of message: MessageSpec) {
        let names = message.fields.headerReferences
        guard !names.isEmpty else { return }
        if spec.frame == nil, let base = spec.imports.first, let frame {
            let derived = Set(
                frame.ownFields.map(\.field).filter(\.isDerived).map { ReferenceSpec.header($0.name.value) }
            )
            for name in message.fields.derivedInHeader.sorted() where !derived.contains(name) {
                let text = "the value of `\(name)` would follow from `\(message.name.value)`"
                let advice = "programs set it in `\(base.module.value)`: refer to another field"
                diagnostics.error("\(text), but \(advice)", at: message.name.place)
            }
        }
        let references = References(message.fields)
        for name in message.fields.derivedInHeader.sorted() {
            let conflict = references.conflict(at: name)
            let users = message.fields.map(\.name).filter { conflict.contains($0.value) }
            guard let last = users.last else { continue }
            let text =
                "the value of `\(name)` would follow from \(users.map { "`\($0.value)`" }.joined(separator: " and "))"
            diagnostics.error("\(text): use another field for `\(last.value)`", at: last.place)
        }
        for name in names.sorted() {
            let local = GeneratedNames.local(ofHeader: name)
            for field in message.fields where field.name.value == local {
                let text = "field `\(field.name.value)` has a name that the generated Swift uses for `\(name)`"
                diagnostics.error("\(text): rename it", at: field.name.place)
            }
        }
    }

    private mutating func checkOwnFields(_ frame: FrameSpec) {
        var correlation: Place?
        for (part, item) in frame.itemsInParts {
            let field = item.value.field
            if case .correlation = item.value.role {
                if let first = correlation {
                    let text = "`\(field.name.value)` is the second field with `correlate`"
                    diagnostics.error(
                        "\(text): remove `correlate` from one of them",
                        at: item.place,
                        first: first,
                        "the first field with `correlate` is here"
                    )
                }
                correlation = item.place
            }
            guard item.value.role.isOwn || item.value.role.isCode, !field.isReserved else { continue }
            if case .field = item.value.role { checkOwnField(field, in: part) }
            checkName(of: field, in: part, of: frame, isCode: item.value.role.isCode)
        }
    }

    private mutating func checkOwnField(_ field: FieldSpec, in part: FrameSpec.Part) {
        if let name = field.type.value.namedType, let type = table[name], type.isClosed {
            let text = "`\(name)` is closed, and in a \(part) a number without a name cannot be refused"
            diagnostics.error(
                "\(text): remove `closed`, or give the field an integer type",
                at: field.type.place
            )
        }
        if field.isDerived, let place = field.defaultValue?.place ?? field.constant?.place {
            let text = "the value of `\(field.name.value)` follows from fields of messages"
            diagnostics.error("\(text): remove `\(field.constant == nil ? "default" : "equals")`", at: place)
        } else if let constant = field.constant {
            _ = value(constant, of: table.step(of: field), "`equals`")
            if let literal = field.defaultValue {
                diagnostics.error("a field with `equals` has only one value: remove `default`", at: literal.place)
            }
        } else if let literal = field.defaultValue {
            _ = value(literal, of: table.step(of: field), "`default`")
        }
    }

    private mutating func checkName(
        of field: FieldSpec,
        in part: FrameSpec.Part,
        of frame: FrameSpec,
        isCode: Bool
    ) {
        let name = field.name.value
        let fields = frame.itemsInParts.map(\.item.value.field)
        guard !isCode || name != "type" else { return }
        let members = GeneratedNames.inFields.union(GeneratedNames.inHeader)
            .union(frame.isPlain ? [] : GeneratedNames.inHeaderCodec)
            .union(frame.lengthItems.count > 1 ? GeneratedNames.besidesTwoLengths : [])
            .union(frame.coversVariableItems ? GeneratedNames.besidesCountedItems : [])
            .union(frame.trailerFields.isEmpty ? [] : GeneratedNames.besidesTrailer)
        if members.union(GeneratedNames.usedTypes).contains(name) {
            let problem = "has a name that the generated Swift uses itself"
            let list = GeneratedNames.list(members, for: name)
            diagnostics.error("`\(name)` in `\(part)` \(problem): rename it; \(list)", at: field.name.place)
        } else if let other = fields.first(where: { $0.type.value.namedType == name }) {
            let owner = other.name.value == name ? "its own type" : "the type of `\(other.name.value)`"
            diagnostics.error("`\(name)` in `\(part)` has the name of \(owner): rename it", at: field.name.place)
        }
    }
}

/// Takes frames apart by a spec, without knowing which messages they have.
package struct FrameDissector: Sendable {
    /// A form of frames, with the messages that are sent in such frames.
    private final class Form: Sendable {
        let key: String
        let layout: FrameLayout
        /// The messages by the values of their codes: one, unless the header has no code.
        let messages: [[Value]: [MessageSpec]]

        init(_ frame: FrameSpec, _ spec: CheckedSpec) {
            key = frame.key
            layout = spec.layout(of: frame)
            messages = Dictionary(grouping: spec.messages(in: frame), by: \.codeValues)
        }
    }

    /// The spec.
    package let spec: CheckedSpec
    private let showsSecrets: Bool
    private let notesAllParts: Bool
    /// Whether the spec has a field with `secret`.
    private let hasSecrets: Bool
    /// The messages whose parts may be secret.
    private let secretMessages: Set<String>
    private let forms: [String: Form]
    /// The messages whose frames have no code, because requests name them.
    private let repliesWithoutCode: Set<String>

    /// A dissector of frames of `spec`.
    ///
    /// - Parameters:
    ///   - showsSecrets: Whether the texts of parts show the values of fields with `secret`.
    ///   - notesAllParts: Whether all frames have parts. Otherwise only those have parts that are not whole frames of the protocol, or
    ///     may have secrets that are not shown; other frames have only values.
    package init(_ spec: CheckedSpec, showsSecrets: Bool = false, notesAllParts: Bool = true) {
        self.spec = spec
        self.showsSecrets = showsSecrets
        self.notesAllParts = notesAllParts
        let typesHaveSecrets = spec.plan.table.all.map(\.fields).joined().contains(where: \.isSecret)
        let messages = spec.allMessages.filter { typesHaveSecrets || $0.fields.contains(where: \.isSecret) }
        hasSecrets = typesHaveSecrets || !messages.isEmpty
        secretMessages = showsSecrets ? [] : Set(messages.map(\.name.value))
        let forms = spec.allFrames.map { ($0.key, Form($0, spec)) }
        self.forms = Dictionary(forms, uniquingKeysWith: { first, _ in first })
        let replies = spec.allFrames.filter(\.isOfReplies).flatMap { spec.messages(in: $0) }
        repliesWithoutCode = Set(replies.map(\.name.value))
    }

    /// Returns whether the bytes of `part` must not be shown, because they have, or may have, the value of a field with `secret`.
    package func hides(_ part: Part) -> Bool {
        !showsSecrets && (part.isSecret || part.role == .unread && hasSecrets)
    }

    /// Returns whether the frames of the form with the name `form` have no code, and are replies to requests that name them.
    func isOfReplies(_ form: String) -> Bool { forms[form]?.layout.frame.isOfReplies ?? false }

    /// Returns whether the message with the name `message` is sent in such frames.
    func isReplyWithoutCode(_ message: String) -> Bool { repliesWithoutCode.contains(message) }

    /// Takes apart the frame at the start of `stream`.
    ///
    /// - Parameters:
    ///   - form: The name of the frame's form.
    ///   - sender: The end that sent the frame, `client` or `server`.
    ///   - message: The message; `nil` to find it by its code.
    package func dissect(
        _ stream: [UInt8],
        in form: String = FrameSpec.mainName,
        from sender: Sender,
        as message: MessageSpec? = nil
    ) -> Dissection {
        guard let known = forms[form] else {
            let empty = Dissection(form: form, sender: sender, bytes: stream)
            return empty.malformed("its form is unknown", at: 0, size: nil)
        }
        if !notesAllParts {
            let found = dissect(stream, known, from: sender, as: message, notesParts: false)
            if found.isWhole, let name = found.message?.name.value, !secretMessages.contains(name) { return found }
        }
        return dissect(stream, known, from: sender, as: message, notesParts: true)
    }

    private func dissect(
        _ stream: [UInt8],
        _ form: Form,
        from sender: Sender,
        as message: MessageSpec?,
        notesParts: Bool
    ) -> Dissection {
        var found = Dissection(form: form.key, sender: sender, bytes: stream)
        guard let framing = form.layout.frame.framing else {
            return content(found, form, message, isDelimited: false, notesParts: notesParts)
        }
        switch framing.piece(of: stream, limit: form.layout.frame.maximumSize) {
        case .frame(let bytes, let size):
            found.bytes = bytes
            found = content(found, form, message, isDelimited: true, notesParts: notesParts)
            found.size = size
            return found
        case .malformed(let size):
            found.bytes = Array(stream.prefix(size))
            return found.malformed("it has a wrong escape or digit", at: 0, size: size)
        case .incomplete: return found.incomplete()
        case .tooLarge:
            return found.malformed("it has more than \(form.layout.frame.maximumSize) bytes", at: 0, size: nil)
        }
    }

    private func recorder(at start: Int = 0, if notesParts: Bool) -> PartRecorder? {
        notesParts ? PartRecorder(spec.plan.table, at: start, showsSecrets: showsSecrets) : nil
    }

    /// Takes apart a payload of `message` without a frame.
    ///
    /// - Parameter header: The values of the header's own fields, by name, to which fields of the message may refer.
    package func dissect(
        payload: [UInt8],
        of message: MessageSpec,
        header: [(name: String, value: Value)] = []
    ) -> Dissection {
        var found = Dissection(form: spec.frame(of: message).key, sender: message.sender, bytes: payload)
        found.message = message
        found.size = payload.count
        let layout = spec.layout(of: spec.frame(of: message))
        read(payload[...], of: message, layout, header, into: &found, notesParts: true)
        found.noteUnread()
        return found
    }

    // MARK: Header

    /// Takes apart a frame without delimiters and escapes.
    ///
    /// - Parameter isDelimited: Whether the bytes are the whole frame; otherwise those of the stream follow.
    private func content(
        _ stream: Dissection,
        _ form: Form,
        _ known: MessageSpec?,
        isDelimited: Bool,
        notesParts: Bool
    ) -> Dissection {
        let layout = form.layout
        var found = stream
        let recorder = recorder(if: notesParts)
        let values: [Value]
        let ends: [Int]
        do throws(PayloadProblem) {
            (values, ends, _) = try PayloadReader.readStart(
                of: stream.bytes[...],
                layout.whole,
                spec.plan,
                header: [],
                recorder: recorder
            )
        } catch {
            found.header = layout.named(recorder?.parts() ?? [])
            if error.code == .truncated, !isDelimited { return found.incomplete() }
            let message = FrameReader.Problem(error, layout).message
            return found.malformed(message, at: recorder?.offset(of: error) ?? 0, size: nil)
        }
        found.header = layout.named(recorder?.parts() ?? [])
        found.headerValues = zip(layout.items, values).filter { $0.0.spec.role.isOwn }.map { ($0.plan, $1) }
        found.correlation = zip(layout.items, values).first { $0.0.spec.role.isCorrelation }?.1
        for (item, value) in zip(layout.items, values) {
            let problem = FrameReader.problem(with: value, item, layout, from: stream.sender)
            guard let problem else { continue }
            let index = found.header.firstIndex { $0.label == item.plan.label && $0.role != .length }
            if let index { found.header[index].expected = problem.expected }
            let offset = index.map { found.header[$0].bytes.lowerBound } ?? 0
            return found.malformed(problem.message, at: offset, size: nil)
        }
        let head = Head(values: values, ends: ends)
        let candidates = known.map { [$0] } ?? messages(form, from: stream.sender, head)
        let frames = candidates.map {
            message(found, $0, form, head, isDelimited: isDelimited, notesParts: notesParts)
        }
        guard let first = frames.first else { return unknown(found, form, head, isDelimited: isDelimited) }
        // Only its request, which is unknown, says what a reply without a code is.
        var best = frames.first { $0.problem == nil && $0.isComplete } ?? first
        best.isGuess = frames.count > 1
        return best
    }

    /// The header of a frame.
    private struct Head {
        /// The values of the items.
        let values: [Value]
        /// The offsets of their ends.
        let ends: [Int]

        var size: Int { ends.last ?? 0 }
    }

    /// Returns the messages that `sender` may have sent in such a frame: one, unless the header has no code.
    private func messages(_ form: Form, from sender: Sender, _ head: Head) -> [MessageSpec] {
        let codes = zip(form.layout.items, head.values).filter { $0.0.spec.role.isCode }.map(\.1)
        return form.messages[codes]?.filter { $0.sender.includes(sender) } ?? []
    }

    /// Returns the frame of a message that the spec does not have.
    private func unknown(_ found: Dissection, _ form: Form, _ head: Head, isDelimited: Bool) -> Dissection {
        let layout = form.layout
        let text = ValueText(table: spec.plan.table)
        let codes = zip(layout.items, head.values).filter { $0.0.spec.role.isCode }.map { item, value in
            (item.plan.name, text.text(of: value, item.spec.field))
        }
        let code =
            layout.frame.codeNames == nil
            ? codes.map(\.1).joined() : "{ \(codes.map { "\($0): \($1)" }.joined(separator: ", ")) }"
        let what = codes.isEmpty ? "messages in such frames" : "message with the code \(code)"
        let offset = found.header.first { $0.role == .code }?.bytes.lowerBound ?? 0
        let size: Int?
        switch extent(found, form, head, isDelimited: isDelimited) {
        case .payload(let payload, let trailer): size = head.size + payload + trailer
        case .malformed, .endsWithFields: size = nil
        }
        if let size, size > found.bytes.count { return found.incomplete(announced: size) }
        var found = found
        if let size { found.bytes = Array(found.bytes.prefix(size)) }
        return found.malformed("the \(found.sender) has no \(what)", at: offset, size: size)
    }

    // MARK: Payload and trailer

    /// Where the payload of a frame ends.
    private enum Extent {
        /// After these numbers of bytes of payload and trailer.
        case payload(Int, trailer: Int)
        /// Where its fields end.
        case endsWithFields(trailer: Int)
        /// Nowhere: the header contradicts itself.
        case malformed(Dissection.Problem)
    }

    private func extent(_ found: Dissection, _ form: Form, _ head: Head, isDelimited: Bool) -> Extent {
        let (layout, bytes) = (form.layout, found.bytes)
        let trailer = layout.trailerSize(behind: Array(bytes.prefix(head.size)))
        if isDelimited {
            let size = bytes.count - head.size - trailer
            guard size < 0 else { return .payload(size, trailer: trailer) }
            return .malformed(Dissection.Problem(message: "it ends within its trailer", offset: bytes.count))
        }
        guard layout.hasLength else { return .endsWithFields(trailer: trailer) }
        let offset = found.header.first { $0.role == .length }?.bytes.lowerBound ?? 0
        let lengths = zip(layout.items, head.values).filter { $0.0.spec.role.isLength && $0.1 != .nothing }
        let counted = lengths.last?.1.number.magnitude ?? 0
        let overhead = UInt64(clamping: layout.coveredOverhead(head.ends))
        guard counted >= overhead else {
            let text = "less than the \(overhead) bytes that the length counts besides the payload"
            return .malformed(Dissection.Problem(message: "its length is \(counted), \(text)", offset: offset))
        }
        guard counted - overhead <= layout.maximumPayload else {
            let text = "its payload has \(counted - overhead) bytes, and may have \(layout.maximumPayload)"
            return .malformed(Dissection.Problem(message: text, offset: offset))
        }
        return .payload(Int(clamping: counted - overhead), trailer: trailer)
    }

    /// Takes apart the payload and the trailer of a frame with `message`.
    private func message(
        _ found: Dissection,
        _ message: MessageSpec,
        _ form: Form,
        _ head: Head,
        isDelimited: Bool,
        notesParts: Bool
    ) -> Dissection {
        var found = found
        found.message = message
        let header = found.headerValues.map { (name: $0.field.name, value: $0.value) }
        let rest = found.bytes.dropFirst(head.size)
        let (size, trailerSize): (Int, Int)
        switch extent(found, form, head, isDelimited: isDelimited) {
        case .malformed(let problem): return found.malformed(problem.message, at: problem.offset, size: nil)
        case .payload(let payload, let trailer): (size, trailerSize) = (payload, trailer)
        case .endsWithFields(let trailer):
            let largest = Int(clamping: form.layout.maximumPayload)
            let recorder = recorder(at: head.size, if: notesParts)
            do throws(PayloadProblem) {
                size = try PayloadReader.readStart(
                    of: rest.prefix(largest),
                    spec.layout(of: message),
                    spec.plan,
                    header: header,
                    recorder: recorder
                ).size
                trailerSize = trailer
            } catch {
                found.payload = recorder?.parts() ?? []
                if error.code == .truncated, rest.count < largest { return found.incomplete() }
                return found.malformed("\(error)", at: recorder?.offset(of: error) ?? 0, size: nil)
            }
        }
        let whole = head.size + size + trailerSize
        let payload = rest.prefix(size)
        guard found.bytes.count >= whole else {
            read(payload, of: message, form.layout, header, into: &found, notesParts: notesParts)
            (found.problem, found.values) = (nil, nil)
            return found.incomplete(announced: isDelimited ? nil : whole)
        }
        if found.bytes.count > whole { found.bytes = Array(found.bytes.prefix(whole)) }
        found.size = whole
        read(payload, of: message, form.layout, header, into: &found, notesParts: notesParts)
        let correct = noteTrailer(
            of: message,
            form.layout,
            headerSize: head.size,
            payloadSize: size,
            in: &found,
            notesParts: notesParts
        )
        do throws(FrameReader.Problem) {
            if isDelimited {
                // The length may contradict the delimiters.
                _ = try FrameReader.content(found.bytes, message, form.layout, trailing: .reject)
            } else {
                let own = try FrameReader.header(head.values, message, form.layout).own
                _ = try FrameReader.content(
                    found.bytes,
                    message,
                    own,
                    head.size,
                    size,
                    trailerSize,
                    form.layout,
                    correct: correct
                )
            }
        } catch {
            let parts = found.parts
            let wrong = parts.first { $0.expected != nil } ?? parts.first { $0.role == .length }
            found.problem = Dissection.Problem(message: error.message, offset: wrong?.bytes.lowerBound ?? 0)
        }
        if notesParts { found.noteUnread() }
        return found
    }

    /// Takes apart the payload, whose indices are places in the frame.
    private func read(
        _ payload: ArraySlice<UInt8>,
        of message: MessageSpec,
        _ layout: FrameLayout,
        _ header: [(name: String, value: Value)],
        into found: inout Dissection,
        notesParts: Bool
    ) {
        let (offset, end) = (payload.startIndex, payload.endIndex)
        let maximum = message.maximumPayload?.value ?? layout.maximumPayload
        let recorder = recorder(at: offset, if: notesParts)
        // Zeros that the sender cut off have no place in the frame.
        func parts() -> [Part] { recorder?.parts().compactMap { $0.clamped(to: end) } ?? [] }
        do throws(PayloadProblem) {
            let (values, _, size) = try PayloadReader.readStart(
                of: payload,
                spec.layout(of: message),
                spec.plan,
                header: header,
                recorder: recorder
            )
            found.payload = parts()
            if size < payload.count {
                let rest = offset + size..<end
                guard spec.trailing(of: message) == .ignore else { throw PayloadProblem(.trailingBytes, "payload") }
                if notesParts {
                    let text = payload[rest].shownInHexadecimal
                    found.payload.append(Part("later fields", .ignored, type: rest.count.bytes, rest, text: text))
                }
            }
            found.values = values
        } catch {
            found.payload = parts()
            found.problem = Dissection.Problem(message: "\(error)", offset: min(recorder?.offset(of: error) ?? 0, end))
        }
        if UInt64(payload.count) > maximum {
            found.problem = Dissection.Problem(message: "its payload has more than \(maximum) bytes", offset: offset)
        }
    }

    /// Notes the values and the parts of the trailer, and which checksums and ends are wrong; returns the frame with correct ones.
    private func noteTrailer(
        of message: MessageSpec,
        _ layout: FrameLayout,
        headerSize: Int,
        payloadSize: Int,
        in found: inout Dissection,
        notesParts: Bool
    ) -> [UInt8] {
        let covered = Array(found.bytes.prefix(headerSize + payloadSize))
        var pieces: [[UInt8]] = []
        var values: [Value] = []
        if !layout.trailerItems.isEmpty {
            let ends = Array(covered.prefix(headerSize) + found.bytes.dropFirst(covered.count))
            if let read = try? PayloadReader.readStart(of: ends, layout.sizes, spec.plan) {
                pieces = layout.trailer(ends, read.ends)
            }
            if let read = try? PayloadReader.readStart(of: ends, layout.ends, spec.plan) {
                values = Array(read.values.dropFirst(layout.items.count))
                for (field, value) in zip(layout.ends.fields, read.values).dropFirst(layout.items.count) {
                    guard layout.header[field.name] != nil else { continue }
                    found.headerValues.append((field, value))
                }
            }
        }
        let correct = layout.sealed(covered, headerSize: headerSize, message, trailer: pieces)
        guard notesParts else { return correct }
        for index in found.header.indices where found.header[index].role == .checksum {
            found.header[index].compare(found.bytes, correct)
            found.header[index].text = found.bytes[found.header[index].bytes].shownInHexadecimal
        }
        let text = ValueText(table: spec.plan.table)
        var start = covered.count
        for (index, item) in layout.frame.trailer.enumerated() {
            let size = index < pieces.count ? pieces[index].count : item.size
            let place = start..<start + size
            start += size
            guard size > 0, place.upperBound <= found.bytes.count else { continue }
            let shown = found.bytes[place].shownInHexadecimal
            var part: Part
            switch item {
            case .checksum(let checksum):
                let type = checksum.algorithm.rawValue
                part = Part("checksum", .checksum, type: type, place, text: shown, isDerived: true)
                part.compare(found.bytes, correct)
            case .end:
                part = Part("end", .end, type: size.bytes, place, text: shown, isDerived: true)
                part.compare(found.bytes, correct)
            case .field(let located):
                let field = located.value.field
                let value = index < values.count ? values[index] : .nothing
                let step = spec.plan.table.step(of: field)
                part = Part(
                    field.name.value,
                    field.isReserved ? .reserved : .value,
                    type: step.spelling,
                    place,
                    value: value,
                    text: field.isReserved ? "" : text.text(of: value, field)
                )
            }
            found.trailer.append(part)
        }
        return correct
    }
}

extension Dissection {
    /// Returns the frame with a mistake at `offset`, behind which nothing was read.
    fileprivate func malformed(_ message: String, at offset: Int, size: Int?) -> Dissection {
        var found = self
        found.problem = Problem(message: message, offset: offset)
        found.size = size
        found.noteUnread()
        return found
    }

    /// Returns the frame as the beginning of one of which the stream does not have the rest.
    fileprivate func incomplete(announced: Int? = nil) -> Dissection {
        var found = self
        (found.isComplete, found.size, found.announcedSize) = (false, nil, announced)
        found.noteUnread()
        return found
    }

    /// Adds the bytes between the last part that was read and the trailer, or the end.
    fileprivate mutating func noteUnread() {
        let start = (header + payload).last?.bytes.upperBound ?? 0
        let end = trailer.first?.bytes.lowerBound ?? bytes.count
        guard start < end else { return }
        let text = bytes[start..<end].shownInHexadecimal
        payload.append(Part("not decoded", .unread, type: (end - start).bytes, start..<end, text: text))
    }
}

extension Part {
    /// Notes what the part must be, if `bytes` differ there from those of `correct`.
    fileprivate mutating func compare(_ frame: [UInt8], _ correct: [UInt8]) {
        let must = Array(correct.prefix(bytes.upperBound).dropFirst(bytes.lowerBound))
        if must != Array(frame[bytes]) { expected = must.shownInHexadecimal }
    }

    /// Returns the part without what is behind `end`; `nil` if nothing remains of bytes that it had.
    fileprivate func clamped(to end: Int) -> Part? {
        guard bytes.upperBound > end else { return self }
        guard bytes.lowerBound < end else { return nil }
        var part = self
        part.bytes = bytes.lowerBound..<end
        part.mask = mask.map { Array($0.prefix(end - bytes.lowerBound)) }
        part.children = children.compactMap { $0.clamped(to: end) }
        return part
    }
}

extension FrameLayout {
    /// Returns the parts of the header with the roles and the names of its items.
    fileprivate func named(_ parts: [Part]) -> [Part] {
        parts.map { part in
            guard let item = items.first(where: { $0.plan.label == part.label }) else { return part }
            var part = part
            switch item.spec.role {
            case .magic: (part.name, part.role) = ("magic", .magic)
            case .version: part.role = .version
            case .code: part.role = .code
            case .length: (part.name, part.role) = ("length", .length)
            case .checksum: part.role = .checksum
            case .presence: part.role = .presence
            case .correlation, .field: break
            }
            return part
        }
    }
}

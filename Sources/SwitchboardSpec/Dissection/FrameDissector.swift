/// Takes frames apart by a spec, without knowing which messages they have.
package struct FrameDissector: Sendable {
    /// A form of frames, with the messages that are sent in such frames.
    private struct Form {
        let layout: FrameLayout
        let messages: [MessageSpec]
    }

    /// The spec.
    package let spec: CheckedSpec
    private let showsSecrets: Bool
    /// Whether the spec has a field with `secret`.
    private let hasSecrets: Bool
    private let forms: [String: Form]

    /// A dissector of frames of `spec`.
    ///
    /// - Parameter showsSecrets: Whether the texts of parts show the values of fields with `secret`.
    package init(_ spec: CheckedSpec, showsSecrets: Bool = false) {
        self.spec = spec
        self.showsSecrets = showsSecrets
        let fields = spec.allMessages.map(\.fields) + spec.plan.table.all.map(\.fields)
        hasSecrets = fields.joined().contains(where: \.isSecret)
        let forms = spec.allFrames.map { ($0.key, Form(layout: spec.layout(of: $0), messages: spec.messages(in: $0))) }
        self.forms = Dictionary(forms, uniquingKeysWith: { first, _ in first })
    }

    /// Returns whether the bytes of `part` must not be shown, because they have, or may have, the value of a field with `secret`.
    package func hides(_ part: Part) -> Bool {
        !showsSecrets && (part.isSecret || part.role == .unread && hasSecrets)
    }

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
        let empty = Dissection(form: form, sender: sender, bytes: stream)
        guard let form = forms[form] else { return empty.malformed("its form is unknown", at: 0, size: nil) }
        guard let framing = form.layout.frame.framing else {
            return content(empty, form, message, isDelimited: false)
        }
        switch framing.piece(of: stream, limit: form.layout.frame.maximumSize) {
        case .frame(let bytes, let size):
            var found = empty
            found.bytes = bytes
            found = content(found, form, message, isDelimited: true)
            found.size = size
            return found
        case .malformed(let size):
            var found = empty
            found.bytes = Array(stream.prefix(size))
            return found.malformed("it has a wrong escape or digit", at: 0, size: size)
        case .incomplete: return empty.incomplete()
        case .tooLarge:
            return empty.malformed("it has more than \(form.layout.frame.maximumSize) bytes", at: 0, size: nil)
        }
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
        read(payload, at: 0, of: message, header, into: &found)
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
        isDelimited: Bool
    ) -> Dissection {
        let (layout, bytes) = (form.layout, stream.bytes)
        var found = stream
        let recorder = PartRecorder(spec.plan.table, showsSecrets: showsSecrets)
        let values: [Value]
        let ends: [Int]
        do throws(PayloadProblem) {
            (values, ends, _) = try PayloadReader.readStart(
                of: bytes,
                layout.whole,
                spec.plan,
                header: [],
                recorder: recorder
            )
        } catch {
            found.header = layout.named(recorder.parts())
            if error.code == .truncated, !isDelimited { return found.incomplete() }
            let message = FrameReader.Problem(error, layout).message
            return found.malformed(message, at: recorder.offset(of: error), size: nil)
        }
        found.header = layout.named(recorder.parts())
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
        let frames = candidates.map { message(found, $0, form, head, isDelimited: isDelimited) }
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
        return form.messages.filter { $0.sender.includes(sender) && $0.codeValues == codes }
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
        guard layout.frame.hasLength else { return .endsWithFields(trailer: trailer) }
        let offset = found.header.first { $0.role == .length }?.bytes.lowerBound ?? 0
        let lengths = zip(layout.items, head.values).filter { $0.0.spec.role.isLength && $0.1 != .nothing }
        let counted = lengths.last?.1.number.magnitude ?? 0
        let overhead = UInt64(clamping: layout.coveredOverhead(head.ends))
        guard counted >= overhead else {
            let text = "less than the \(overhead) bytes that the length counts besides the payload"
            return .malformed(Dissection.Problem(message: "its length is \(counted), \(text)", offset: offset))
        }
        guard counted - overhead <= layout.frame.maximumPayload else {
            let text = "its payload has \(counted - overhead) bytes, and may have \(layout.frame.maximumPayload)"
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
        isDelimited: Bool
    ) -> Dissection {
        var found = found
        found.message = message
        let header = found.headerValues.map { (name: $0.field.name, value: $0.value) }
        let rest = Array(found.bytes.dropFirst(head.size))
        let (size, trailerSize): (Int, Int)
        switch extent(found, form, head, isDelimited: isDelimited) {
        case .malformed(let problem): return found.malformed(problem.message, at: problem.offset, size: nil)
        case .payload(let payload, let trailer): (size, trailerSize) = (payload, trailer)
        case .endsWithFields(let trailer):
            let largest = Int(clamping: form.layout.frame.maximumPayload)
            let recorder = PartRecorder(spec.plan.table, at: head.size, showsSecrets: showsSecrets)
            do throws(PayloadProblem) {
                size = try PayloadReader.readStart(
                    of: Array(rest.prefix(largest)),
                    spec.layout(of: message),
                    spec.plan,
                    header: header,
                    recorder: recorder
                ).size
                trailerSize = trailer
            } catch {
                found.payload = recorder.parts()
                if error.code == .truncated, rest.count < largest { return found.incomplete() }
                return found.malformed("\(error)", at: recorder.offset(of: error), size: nil)
            }
        }
        let whole = head.size + size + trailerSize
        let payload = Array(rest.prefix(size))
        guard found.bytes.count >= whole else {
            read(payload, at: head.size, of: message, header, into: &found)
            (found.problem, found.values) = (nil, nil)
            return found.incomplete(announced: isDelimited ? nil : whole)
        }
        found.bytes = Array(found.bytes.prefix(whole))
        found.size = whole
        read(payload, at: head.size, of: message, header, into: &found)
        noteTrailer(of: message, form.layout, headerSize: head.size, payloadSize: size, in: &found)
        do throws(FrameReader.Problem) {
            _ = try FrameReader.content(found.bytes, message, form.layout, trailing: .reject)
        } catch {
            let parts = found.parts
            let wrong = parts.first { $0.expected != nil } ?? parts.first { $0.role == .length }
            found.problem = Dissection.Problem(message: error.message, offset: wrong?.bytes.lowerBound ?? 0)
        }
        found.noteUnread()
        return found
    }

    /// Takes apart the payload, which is at `offset` in the frame.
    private func read(
        _ payload: [UInt8],
        at offset: Int,
        of message: MessageSpec,
        _ header: [(name: String, value: Value)],
        into found: inout Dissection
    ) {
        let end = offset + payload.count
        let maximum = message.maximumPayload?.value ?? spec.frame(of: message).maximumPayload
        let recorder = PartRecorder(spec.plan.table, at: offset, showsSecrets: showsSecrets)
        do throws(PayloadProblem) {
            let (values, _, size) = try PayloadReader.readStart(
                of: payload,
                spec.layout(of: message),
                spec.plan,
                header: header,
                recorder: recorder
            )
            // Zeros that the sender cut off have no place in the frame.
            found.payload = recorder.parts().compactMap { $0.clamped(to: end) }
            if size < payload.count {
                let rest = offset + size..<end
                guard spec.trailing(of: message) == .ignore else { throw PayloadProblem(.trailingBytes, "payload") }
                let type = rest.count.bytes
                let text = Array(payload.suffix(rest.count)).shownInHexadecimal
                found.payload.append(Part("later fields", .ignored, type: type, rest, text: text))
            }
            found.values = values
        } catch {
            found.payload = recorder.parts().compactMap { $0.clamped(to: end) }
            found.problem = Dissection.Problem(message: "\(error)", offset: min(recorder.offset(of: error), end))
        }
        if UInt64(payload.count) > maximum {
            found.problem = Dissection.Problem(message: "its payload has more than \(maximum) bytes", offset: offset)
        }
    }

    /// Notes the parts of the trailer, and which checksums and ends are wrong.
    private func noteTrailer(
        of message: MessageSpec,
        _ layout: FrameLayout,
        headerSize: Int,
        payloadSize: Int,
        in found: inout Dissection
    ) {
        let covered = Array(found.bytes.prefix(headerSize + payloadSize))
        let trailer = Array(found.bytes.dropFirst(covered.count))
        var pieces: [[UInt8]] = []
        var values: [Value] = []
        let ends = Array(covered.prefix(headerSize)) + trailer
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
        let correct = layout.sealed(covered, headerSize: headerSize, message, trailer: pieces)
        for index in found.header.indices where found.header[index].role == .checksum {
            found.header[index].compare(found.bytes, correct)
            found.header[index].text = Array(found.bytes[found.header[index].bytes]).shownInHexadecimal
        }
        let text = ValueText(table: spec.plan.table)
        var start = covered.count
        for (index, item) in layout.frame.trailer.enumerated() {
            let size = index < pieces.count ? pieces[index].count : item.size
            let place = start..<start + size
            start += size
            guard size > 0, place.upperBound <= found.bytes.count else { continue }
            let shown = Array(found.bytes[place]).shownInHexadecimal
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
        let text = Array(bytes[start..<end]).shownInHexadecimal
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

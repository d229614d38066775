/// Decodes a frame by its spec.
package struct FrameReader {
    /// The reason why bytes are not a frame of a message.
    package struct Problem: Error {
        /// The problem in words.
        package let message: String
    }

    /// What a frame has besides its length.
    package struct Content {
        /// The values of the header's own fields and of the correlation, in order.
        package let header: [Value]
        /// The payload.
        package let payload: [UInt8]
        /// The number of bytes that are not payload.
        package let overhead: Int
    }

    /// Returns the content of a frame of `message`.
    ///
    /// - Parameter trailing: How to treat bytes after the frame; on a stream, the next frame begins there.
    package static func read(
        _ bytes: [UInt8],
        _ message: MessageSpec,
        _ layout: FrameLayout,
        trailing: TrailingBytes
    ) throws(Problem) -> Content {
        guard let framing = layout.frame.framing else {
            return try content(bytes, message, layout, trailing: trailing)
        }
        switch framing.piece(of: bytes, limit: layout.frame.maximumSize) {
        case .frame(let content, let size):
            guard size == bytes.count || trailing == .ignore else {
                throw Problem(message: "it ends after \(size) of \(bytes.count.bytes)")
            }
            let found = try self.content(content, message, layout, trailing: .reject)
            return Content(header: found.header, payload: found.payload, overhead: size - found.payload.count)
        case .malformed: throw Problem(message: "it has a wrong escape or digit")
        case .incomplete: throw Problem(message: "it has no delimiter at its end")
        case .tooLarge: throw Problem(message: "it has more than \(layout.frame.maximumSize) bytes")
        }
    }

    /// Returns the content of a frame without delimiters and escapes.
    static func content(
        _ bytes: [UInt8],
        _ message: MessageSpec,
        _ layout: FrameLayout,
        trailing: TrailingBytes
    ) throws(Problem) -> Content {
        let (values, ends) = try self.values(bytes, layout.whole, layout)
        let headerSize = ends.last ?? 0
        let trailerSize = layout.trailerSize(behind: Array(bytes.prefix(headerSize)))
        let (header, counted) = try header(values, message, layout)
        guard layout.hasLength else {
            if layout.frame.framing != nil {
                let size = bytes.count - headerSize - trailerSize
                guard size >= 0 else { throw Problem(message: "it ends within its trailer") }
                return try content(bytes, message, header, headerSize, size, trailerSize, layout)
            }
            return try content(bytes, message, layout, header, headerSize, trailerSize, trailing: trailing)
        }
        let overhead = UInt64(clamping: layout.coveredOverhead(ends))
        guard counted >= overhead else {
            let text = "less than the \(overhead) bytes that the length counts besides the payload"
            throw Problem(message: "its length is \(counted), \(text)")
        }
        let size = Int(clamping: counted - overhead)
        let found = bytes.count - headerSize - trailerSize
        guard size == found || size < found && trailing == .ignore else {
            throw Problem(message: "its length announces \(size.bytes) of payload, and the frame has \(max(0, found))")
        }
        return try content(bytes, message, header, headerSize, size, trailerSize, layout)
    }

    /// Returns the header's own values and its length, from the `values` of its items; the length is 0 if it has none.
    static func header(
        _ values: [Value],
        _ message: MessageSpec,
        _ layout: FrameLayout
    ) throws(Problem) -> (own: [Value], length: UInt64) {
        var length: UInt64 = 0
        var own: [Value] = []
        var codes = message.codeValues[...]
        for (item, value) in zip(layout.items, values) {
            switch item.spec.role {
            case .magic, .version:
                if let problem = problem(with: value, item, layout, from: message.sender) {
                    throw Problem(message: problem.message)
                }
            case .code: try expect(codes.popFirst() ?? .nothing, value, item, layout)
            case .length where value == .nothing: break
            case .length:
                length = value.number.magnitude
                if let largest = layout.largestShortLength, item.spec.number == layout.longestLength, length <= largest
                {
                    throw Problem(message: "its length is \(length), and the shorter `length` can say that")
                }
            case .correlation, .field: own.append(value)
            case .checksum, .presence: break
            }
        }
        return (own, length)
    }

    /// Returns the content of a frame without a length, whose payload ends where its fields end.
    private static func content(
        _ bytes: [UInt8],
        _ message: MessageSpec,
        _ layout: FrameLayout,
        _ header: [Value],
        _ headerSize: Int,
        _ trailerSize: Int,
        trailing: TrailingBytes
    ) throws(Problem) -> Content {
        let size: Int
        do throws(PayloadProblem) {
            let payload = layout.plan.layout(of: message, layout.frame)
            let rest = Array(bytes.dropFirst(headerSize))
            size = try PayloadReader.readStart(of: rest, payload, layout.plan, header: layout.named(header)).size
        } catch {
            throw Problem(message: error.code == .truncated ? "it ends within its `\(error.field)`" : "\(error)")
        }
        let found = bytes.count - headerSize - trailerSize
        guard size == found || size < found && trailing == .ignore else {
            throw Problem(message: "its fields have \(size.bytes), and the frame has \(max(0, found)) for them")
        }
        return try content(bytes, message, header, headerSize, size, trailerSize, layout)
    }

    /// Returns the content of a frame whose payload has `size` bytes, and checks its checksums and its trailer.
    ///
    /// - Parameters:
    ///   - header: The header's own values.
    ///   - correct: The frame with correct checksums and ends; `nil` if the caller does not know it.
    static func content(
        _ bytes: [UInt8],
        _ message: MessageSpec,
        _ header: [Value],
        _ headerSize: Int,
        _ size: Int,
        _ trailerSize: Int,
        _ layout: FrameLayout,
        correct: [UInt8]? = nil
    ) throws(Problem) -> Content {
        let covered = Array(bytes.prefix(headerSize + size))
        let frame = Array(bytes.prefix(covered.count + trailerSize))
        var trailer: [[UInt8]] = []
        var header = header
        if !layout.trailerItems.isEmpty {
            let bytesOfEnds = Array(frame.prefix(headerSize) + frame.dropFirst(covered.count))
            let (values, ends) = try self.values(bytesOfEnds, layout.ends, layout)
            trailer = layout.trailer(bytesOfEnds, ends)
            for case (.field, let value) in zip(layout.frame.trailer, values.dropFirst(layout.items.count)) {
                header.append(value)
            }
        }
        let sealed = correct ?? layout.sealed(covered, headerSize: headerSize, message, trailer: trailer)
        try check(frame, sealed, behind: covered.count, layout, sizes: trailer.map(\.count))
        return Content(
            header: header,
            payload: Array(covered.dropFirst(headerSize)),
            overhead: headerSize + trailerSize
        )
    }

    /// Returns the values of the items of `fields`, which are the header, or the header and the trailer, and the offsets of their ends.
    private static func values(
        _ bytes: [UInt8],
        _ fields: Layout,
        _ layout: FrameLayout
    ) throws(Problem) -> ([Value], ends: [Int]) {
        do throws(PayloadProblem) {
            let (values, ends, _) = try PayloadReader.readStart(of: bytes, fields, layout.plan)
            return (values, ends)
        } catch {
            throw Problem(error, layout)
        }
    }

    /// Returns the reason why `value` is wrong in every frame of `sender`, and what it must be; `nil` if it may be right.
    static func problem(
        with value: Value,
        _ item: FrameLayout.Item,
        _ layout: FrameLayout,
        from sender: Sender
    ) -> (message: String, expected: String)? {
        let (found, expected): (String, String)
        switch item.spec.role {
        case .magic(let magic):
            let allowed: [[UInt8]] =
                switch sender {
                case .client: [magic.client]
                case .server: [magic.server]
                case .both: [magic.client, magic.server]
                }
            if allowed.contains(value.content) { return nil }
            (found, expected) = (text(of: value.content), text(of: allowed[0]))
        case .version:
            if value.number.magnitude == layout.version { return nil }
            (found, expected) = (value.number.magnitude.hexadecimal, layout.version.hexadecimal)
        case .code, .length, .checksum, .presence, .correlation, .field: return nil
        }
        return ("its \(item.name) is \(found), and must be \(expected)", expected)
    }

    /// Returns the bytes of a magic as text: as a number if there are at most 8.
    private static func text(of bytes: [UInt8]) -> String {
        bytes.count <= 8 ? ByteOrder.big.number(bytes).hexadecimal : bytes.shownInHexadecimal
    }

    private static func expect(
        _ value: Value,
        _ found: Value,
        _ item: FrameLayout.Item,
        _ layout: FrameLayout
    ) throws(Problem) {
        guard case .integer = item.plan.step, found != .nothing, value != .nothing else {
            guard found != value else { return }
            let text = ValueText(table: layout.plan.table)
            let (found, expected) = (text.text(of: found, item.spec.field), text.text(of: value, item.spec.field))
            throw Problem(message: "its \(item.name) is \(found), and must be \(expected)")
        }
        try expect(value.number.magnitude, found.number.magnitude, item.name)
    }

    private static func expect(_ value: UInt64, _ found: UInt64, _ name: String) throws(Problem) {
        guard found == value else {
            throw Problem(message: "its \(name) is \(found.hexadecimal), and must be \(value.hexadecimal)")
        }
    }

    /// Compares the checksum in the header, and the trailer after the first `end` bytes, with those of `sealed`.
    ///
    /// - Parameter sizes: The sizes of the items of a trailer with fields.
    private static func check(
        _ frame: [UInt8],
        _ sealed: [UInt8],
        behind end: Int,
        _ layout: FrameLayout,
        sizes: [Int]
    ) throws(Problem) {
        guard frame != sealed else { return }
        let wrongChecksum = Problem(message: "its checksum does not match the bytes that it covers")
        guard frame.prefix(end) == sealed.prefix(end) else { throw wrongChecksum }
        var (found, expected) = (frame.dropFirst(end), sealed.dropFirst(end))
        for (index, item) in layout.frame.trailer.enumerated() {
            let size = index < sizes.count ? sizes[index] : item.size
            defer { (expected, found) = (expected.dropFirst(size), found.dropFirst(size)) }
            guard expected.prefix(size) != found.prefix(size) else { continue }
            switch item {
            case .checksum, .field: throw wrongChecksum
            case .end(let bytes):
                let (found, expected) = (text(of: Array(found.prefix(item.size))), text(of: bytes))
                throw Problem(message: "its end is \(found), and must be \(expected)")
            }
        }
    }
}

extension FrameReader.Problem {
    /// The problem `error` of a header or a trailer.
    init(_ error: PayloadProblem, _ layout: FrameLayout) {
        let items = layout.items + layout.trailerItems
        let name = items.first { $0.plan.label == error.field }?.name ?? "`\(error.field)`"
        message = error.code == .truncated ? "it ends within its \(name)" : error.description
    }
}

/// Encodes a message as a frame by its spec.
package struct FrameWriter {
    /// The frame.
    package private(set) var bytes: [UInt8] = []
    /// The parts of the frame with the offsets of their ends, in order.
    private(set) var parts: [(name: String, end: Int)] = []
    /// The payload.
    package private(set) var payload: [UInt8] = []
    /// The number of bytes that are not payload.
    private(set) var overhead = 0

    /// Encodes a message.
    ///
    /// The message has the layout `payload` and the field values `values`. The values of the header fields are in
    /// `header`, in order. `sender` is the end that sends a message which either end may send; `both` stands for the client.
    package init(
        _ message: MessageSpec,
        _ payload: Layout,
        _ values: [Value],
        header: [Value],
        _ layout: FrameLayout,
        from sender: Sender = .both
    ) throws(PayloadProblem) {
        let payload = try PayloadWriter(values, payload, layout.plan, header: layout.named(header))
        let isOfServer = (message.sender == .both ? sender : message.sender) == .server
        func encodedHeader(overhead: Int) throws(PayloadProblem) -> PayloadWriter {
            let length = UInt64(clamping: payload.bytes.count + overhead)
            var (header, codes) = (header[...], message.codeValues[...])
            var items: [Value] = []
            for item in layout.items {
                switch item.spec.role {
                case .magic(let magic): items.append(.bytes(isOfServer ? magic.server : magic.client))
                case .version: items.append(.number(SpecInteger(magnitude: layout.version)))
                case .code: items.append(codes.popFirst() ?? .nothing)
                case .length:
                    let isShort = layout.largestShortLength.map { length <= $0 }
                    var isSent = isShort.map { $0 == (item.spec.number != layout.longestLength) } ?? true
                    if layout.frame.choosesLengthByItems, case .when(let condition) = item.plan.presence {
                        let earlier = zip(layout.items, items)
                        isSent = condition.holds { reference in
                            earlier.first { $0.0.plan.name == reference.field }?.1 ?? .nothing
                        }
                    }
                    items.append(isSent ? .number(SpecInteger(magnitude: length)) : .nothing)
                case .correlation, .field:
                    var given = header.popFirst() ?? .nothing
                    if item.spec.field.isDerived { given = try payload.headerValue(of: item.plan.name) }
                    let earlier = zip(layout.items, items)
                    let holds = item.codeCondition?.holds { reference in
                        earlier.first { $0.0.plan.name == reference.field }?.1 ?? .nothing
                    }
                    items.append(holds == false ? .nothing : given)
                case .checksum, .presence: items.append(.nothing)
                }
            }
            for item in layout.frame.trailer {
                if case .field = item { items.append(header.popFirst() ?? .nothing) } else { items.append(.nothing) }
            }
            return try PayloadWriter(items, layout.ends, layout.plan)
        }
        // The size of the header does not depend on the length, because such a length has a fixed size.
        var head = try encodedHeader(overhead: layout.frame.coveredOverhead)
        if layout.frame.coversVariableItems {
            head = try encodedHeader(overhead: layout.coveredOverhead(Array(head.ends.prefix(layout.items.count))))
        }
        let headerSize = layout.headerSize(head.ends)
        let trailer = layout.trailer(head.bytes, head.ends)
        bytes = Array(head.bytes.prefix(headerSize))
        let names = Dictionary(
            layout.items.map { ("`\($0.plan.name)`", $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        parts = head.parts.filter { $0.end <= headerSize }.map { (names[$0.name] ?? $0.name, $0.end) }
        parts += payload.parts.map { ($0.name, $0.end + headerSize) }
        bytes = layout.sealed(bytes + payload.bytes, headerSize: headerSize, message, trailer: trailer)
        var end = headerSize + payload.bytes.count
        for (item, content) in zip(layout.frame.trailer, trailer) {
            end += content.count
            switch item {
            case .checksum: parts.append(("checksum", end))
            case .end: parts.append(("end", end))
            case .field(let field): parts.append(("`\(field.value.field.name.value)`", end))
            }
        }
        self.payload = payload.bytes
        if let framing = layout.frame.framing {
            guard !bytes.isEmpty else { throw PayloadProblem(.invalidLength, "payload") }
            let content = bytes
            parts = parts.map { part in
                let start = framing.encoded(Array(content.prefix(part.end)))
                return (part.name, start.count - framing.delimiter.count)
            }
            bytes = framing.encoded(content)
            let start = framing.encoded([]).count - framing.delimiter.count
            if start > 0 { parts.insert(("framing", start), at: 0) }
            parts.append(("framing", bytes.count))
        }
        overhead = bytes.count - payload.bytes.count
    }
}

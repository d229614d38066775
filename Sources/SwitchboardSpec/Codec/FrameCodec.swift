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
    private static func content(
        _ bytes: [UInt8],
        _ message: MessageSpec,
        _ layout: FrameLayout,
        trailing: TrailingBytes
    ) throws(Problem) -> Content {
        let (values, ends) = try header(bytes, layout)
        let headerSize = ends.last ?? 0
        var counted: UInt64 = 0
        let longest = layout.frame.length.type
        var header: [Value] = []
        var codes = message.codeValues[...]
        for (item, value) in zip(layout.items, values) {
            switch item.spec.role {
            case .magic(let magic): try check(value, magic, message.sender)
            case .version: try expect(layout.version, value.number.magnitude, item.name)
            case .code: try expect(codes.popFirst() ?? .nothing, value, item, layout)
            case .length where value == .nothing: break
            case .length:
                counted = value.number.magnitude
                if let largest = layout.frame.largestShortLength, item.spec.number == longest, counted <= largest {
                    throw Problem(message: "its length is \(counted), and the shorter `length` can say that")
                }
            case .correlation, .field: header.append(value)
            case .checksum, .presence: break
            }
        }
        guard layout.frame.hasLength else {
            if layout.frame.framing != nil {
                let size = bytes.count - headerSize - layout.frame.trailerSize
                guard size >= 0 else { throw Problem(message: "it ends within its trailer") }
                return try content(bytes, message, header, headerSize, size, layout)
            }
            return try content(bytes, message, layout, header, headerSize, trailing: trailing)
        }
        let overhead = UInt64(clamping: layout.coveredOverhead(ends))
        guard counted >= overhead else {
            let text = "less than the \(overhead) bytes that the length counts besides the payload"
            throw Problem(message: "its length is \(counted), \(text)")
        }
        let size = Int(clamping: counted - overhead)
        let trailerSize = layout.frame.trailerSize
        let found = bytes.count - headerSize - trailerSize
        guard size == found || size < found && trailing == .ignore else {
            throw Problem(message: "its length announces \(size.bytes) of payload, and the frame has \(max(0, found))")
        }
        return try content(bytes, message, header, headerSize, size, layout)
    }

    /// Returns the content of a frame without a length, whose payload ends where its fields end.
    private static func content(
        _ bytes: [UInt8],
        _ message: MessageSpec,
        _ layout: FrameLayout,
        _ header: [Value],
        _ headerSize: Int,
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
        let found = bytes.count - headerSize - layout.frame.trailerSize
        guard size == found || size < found && trailing == .ignore else {
            throw Problem(message: "its fields have \(size.bytes), and the frame has \(max(0, found)) for them")
        }
        return try content(bytes, message, header, headerSize, size, layout)
    }

    /// Returns the content of a frame whose payload has `size` bytes, and checks its checksums and its trailer.
    private static func content(
        _ bytes: [UInt8],
        _ message: MessageSpec,
        _ header: [Value],
        _ headerSize: Int,
        _ size: Int,
        _ layout: FrameLayout
    ) throws(Problem) -> Content {
        let trailerSize = layout.frame.trailerSize
        let covered = Array(bytes.prefix(headerSize + size))
        let sealed = layout.sealed(covered, headerSize: headerSize, message)
        try check(Array(bytes.prefix(covered.count + trailerSize)), sealed, behind: covered.count, layout)
        return Content(
            header: header,
            payload: Array(covered.dropFirst(headerSize)),
            overhead: headerSize + trailerSize
        )
    }

    /// Returns the values of the items of the header, and the offsets of their ends.
    private static func header(_ bytes: [UInt8], _ layout: FrameLayout) throws(Problem) -> ([Value], ends: [Int]) {
        do throws(PayloadProblem) {
            let (values, ends, _) = try PayloadReader.readStart(of: bytes, layout.whole, layout.plan)
            return (values, ends)
        } catch {
            let name = layout.items.first { $0.plan.label == error.field }?.name ?? "`\(error.field)`"
            if error.code == .truncated { throw Problem(message: "it ends within its \(name)") }
            throw Problem(message: error.description)
        }
    }

    private static func check(_ value: Value, _ magic: FrameSpec.Magic, _ sender: Sender) throws(Problem) {
        let allowed: [[UInt8]] =
            switch sender {
            case .client: [magic.client]
            case .server: [magic.server]
            case .both: [magic.client, magic.server]
            }
        guard !allowed.contains(value.content) else { return }
        let (found, expected) = (text(of: value.content), text(of: allowed[0]))
        throw Problem(message: "its magic is \(found), and must be \(expected)")
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
    private static func check(
        _ frame: [UInt8],
        _ sealed: [UInt8],
        behind end: Int,
        _ layout: FrameLayout
    ) throws(Problem) {
        let wrongChecksum = Problem(message: "its checksum does not match the bytes that it covers")
        guard frame.prefix(end) == sealed.prefix(end) else { throw wrongChecksum }
        var (found, expected) = (frame.dropFirst(end), sealed.dropFirst(end))
        for item in layout.frame.trailer {
            defer { (expected, found) = (expected.dropFirst(item.size), found.dropFirst(item.size)) }
            guard expected.prefix(item.size) != found.prefix(item.size) else { continue }
            switch item {
            case .checksum: throw wrongChecksum
            case .end(let bytes):
                let (found, expected) = (text(of: Array(found.prefix(item.size))), text(of: bytes))
                throw Problem(message: "its end is \(found), and must be \(expected)")
            }
        }
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
    /// `header`, in order.
    package init(
        _ message: MessageSpec,
        _ payload: Layout,
        _ values: [Value],
        header: [Value],
        _ layout: FrameLayout
    ) throws(PayloadProblem) {
        let payload = try PayloadWriter(values, payload, layout.plan, header: layout.named(header))
        func encodedHeader(overhead: Int) throws(PayloadProblem) -> PayloadWriter {
            let length = UInt64(clamping: payload.bytes.count + overhead)
            var (header, codes) = (header[...], message.codeValues[...])
            var items: [Value] = []
            for item in layout.items {
                switch item.spec.role {
                case .magic(let magic): items.append(.bytes(message.sender == .server ? magic.server : magic.client))
                case .version: items.append(.number(SpecInteger(magnitude: layout.version)))
                case .code: items.append(codes.popFirst() ?? .nothing)
                case .length:
                    let isShort = layout.frame.largestShortLength.map { length <= $0 }
                    let isSent = isShort.map { $0 == (item.spec.number != layout.frame.length.type) } ?? true
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
            return try PayloadWriter(items, layout.whole, layout.plan)
        }
        // The size of the header does not depend on the length, because such a length has a fixed size.
        var head = try encodedHeader(overhead: layout.frame.coveredOverhead)
        if layout.frame.coversVariableItems {
            head = try encodedHeader(overhead: layout.coveredOverhead(head.ends))
        }
        bytes = head.bytes
        let names = Dictionary(
            layout.items.map { ("`\($0.plan.name)`", $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        parts = head.parts.map { (names[$0.name] ?? $0.name, $0.end) }
        parts += payload.parts.map { ($0.name, $0.end + head.bytes.count) }
        bytes = layout.sealed(bytes + payload.bytes, headerSize: head.bytes.count, message)
        for item in layout.frame.trailer {
            let name = if case .checksum = item { "checksum" } else { "end" }
            parts.append((name, (parts.last?.end ?? 0) + item.size))
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

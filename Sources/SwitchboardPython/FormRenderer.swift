internal import SwitchboardSpec
internal import SwitchboardVocabulary

/// Writes the forms of frames.
struct FormRenderer {
    private let spec: CheckedSpec
    private let steps: StepRenderer

    init(_ spec: CheckedSpec) {
        self.spec = spec
        steps = StepRenderer(spec)
    }

    /// Returns the name of the constant with the form of `frame`.
    static func name(of frame: FrameSpec) -> String { PythonNames.constant(frame.key) + "_FORM" }

    /// Returns the form of `frame`.
    func expression(_ frame: FrameSpec, _ uses: inout Uses) -> Expression {
        let layout = spec.layout(of: frame)
        var roles = headerRoles(frame, layout, &uses)
        let header = steps.items(layout.whole, &uses) { _ in roles.removeFirst() }
        var trailerRoles = trailerRoles(frame, &uses)
        let trailer = Layout(fields: Array(layout.ends.fields.dropFirst(layout.items.count)))
        let trailerItems = steps.items(trailer, &uses) { _ in trailerRoles.removeFirst() }
        var arguments: [Expression] = [
            .argument("header", .call("wire.Layout", [.text("None")] + header)),
            .argument("trailer", .call("wire.Layout", [.text("None")] + trailerItems)),
            .argument("max_payload", "\(frame.maximumPayload)"),
            .argument("max_header", "\(frame.maximumHeaderSize)"),
        ]
        if frame.hasLength {
            arguments.append(.argument("uncovered", "\(frame.uncoveredItems)"))
            if frame.coveredTrailer > 0 { arguments.append(.argument("covered_trailer", "\(frame.coveredTrailer)")) }
            if let largest = frame.largestShortLength { arguments.append(.argument("largest_short", "\(largest)")) }
            if frame.choosesLengthByItems { arguments.append(.argument("chooses_length", "True")) }
        }
        if !layout.settableItems.isEmpty { arguments.append(.argument("own", "messages.Header")) }
        if let framing = frame.framing { arguments.append(.argument("framing", self.framing(framing, &uses))) }
        if frame.isOfReplies { arguments.append(.argument("is_of_replies", "True")) }
        return .call("wire.Form", arguments)
    }

    private func headerRoles(_ frame: FrameSpec, _ layout: FrameLayout, _ uses: inout Uses) -> [[Expression]] {
        var roles: [[Expression]] = []
        for item in layout.items {
            let role: Expression?
            switch item.spec.role {
            case .magic(let magic):
                role = .call("wire.Magic", [magic.client, magic.server].map { .text(PythonLiteral.bytes($0)) })
            case .version: role = .text("wire.Version(\(layout.version))")
            case .code: role = .text("wire.Code()")
            case .length:
                let isLong = item.spec.number == frame.length.type
                role = .text("wire.Length(\(isLong ? "" : "is_long=False"))")
            case .checksum(let checksum): role = self.checksum(checksum, frame, &uses)
            case .presence: role = .text("wire.Presence()")
            case .correlation, .field: role = own(item, &uses)
            }
            roles.append(role.map { [.argument("role", $0)] } ?? [])
        }
        return roles
    }

    private func own(_ item: FrameLayout.Item, _ uses: inout Uses) -> Expression? {
        if item.spec.field.isReserved { return nil }
        if !item.spec.role.isCorrelation, !item.isSettable { return .text("wire.Derived()") }
        let name = item.spec.role.isCorrelation ? "wire.Correlation" : "wire.Own"
        return .call(name, item.codeCondition.map { [steps.tests($0, &uses)] } ?? [])
    }

    private func trailerRoles(_ frame: FrameSpec, _ uses: inout Uses) -> [[Expression]] {
        var roles: [[Expression]] = []
        for item in frame.trailer {
            switch item {
            case .checksum(let checksum): roles.append([.argument("role", self.checksum(checksum, frame, &uses))])
            case .end(let bytes):
                roles.append([.argument("role", .call("wire.End", [.text(PythonLiteral.bytes(bytes))]))])
            case .field(let field):
                let isReserved = field.value.field.isReserved
                let isVariable = field.value.field.isVariable
                roles.append(isReserved ? [] : [.argument("role", isVariable ? "wire.Own()" : "wire.Derived()")])
            }
        }
        return roles
    }

    // MARK: Checksums

    private func checksum(_ checksum: ChecksumSpec, _ frame: FrameSpec, _ uses: inout Uses) -> Expression {
        uses.note("Checksum")
        var arguments = [algorithm(checksum.algorithm, &uses)]
        let order = checksum.byteOrder ?? spec.byteOrder
        if order == .little, checksum.algorithm.size > 1, !checksum.algorithm.isHash {
            arguments.append(.text("\"little\""))
        }
        switch checksum.coverage {
        case .word(.frame): break
        case .word(.payload): arguments.append(.argument("start", "\"payload\""))
        case .word(.afterMagic): arguments.append(.argument("start", "\(frame.magicSize)"))
        case .word(.header): arguments.append(.argument("stop", "\"header\""))
        case .part(let part):
            arguments.append(.argument("start", "\(frame.offset(of: part))"))
            if let end = frame.end(of: part) { arguments.append(.argument("stop", "\(end)")) }
        }
        return .call("wire.Checksum", arguments)
    }

    private func algorithm(_ algorithm: ChecksumAlgorithm, _ uses: inout Uses) -> Expression {
        switch algorithm.form {
        case .crc where algorithm == .crc32:
            uses.note("CRC32", "zlib")
            return .text("wire.CRC32()")
        case .crc(let parameters):
            uses.note("CRC")
            var arguments: [Expression] = [
                .text("\(parameters.width)"), .text(PythonLiteral.hexadecimal(UInt64(parameters.polynomial))),
            ]
            if parameters.initial != 0 {
                arguments.append(.argument("init", PythonLiteral.hexadecimal(UInt64(parameters.initial))))
            }
            if parameters.isReflected { arguments.append(.argument("reflect", "True")) }
            if parameters.finalXOR != 0 {
                arguments.append(.argument("xor", PythonLiteral.hexadecimal(UInt64(parameters.finalXOR))))
            }
            return .call("wire.CRC", arguments)
        case .sum(let parameters):
            uses.note("Sum")
            var arguments: [Expression] = [.text("\(parameters.width)")]
            if parameters.isNegated { arguments.append(.argument("negate", "True")) }
            if parameters.finalXOR != 0 {
                arguments.append(.argument("xor", PythonLiteral.hexadecimal(UInt64(parameters.finalXOR))))
            }
            return .call("wire.Sum", arguments)
        case .xor8:
            uses.note("Xor")
            return .text("wire.Xor()")
        case .fletcher8:
            uses.note("Fletcher")
            return .text("wire.Fletcher(256, is_first_high=True)")
        case .fletcher16:
            uses.note("Fletcher")
            return .text("wire.Fletcher(255, is_first_high=False)")
        case .adler32:
            uses.note("Adler32", "zlib")
            return .text("wire.Adler32()")
        case .hash(let parameters):
            uses.note("SHA256", "hashlib")
            let isDouble = parameters.function == .sha256d ? ", is_double=True" : ""
            return .text("wire.SHA256(\(parameters.size)\(isDouble))")
        }
    }

    // MARK: Framings

    private func framing(_ framing: Framing, _ uses: inout Uses) -> Expression {
        uses.note("framing")
        let slip = "{0xC0: 0xDC, 0xDB: 0xDD}"
        switch framing {
        case .slip, .kiss:
            uses.note("Escapes")
            let begins = PythonLiteral.boolean(framing == .kiss)
            return .call("wire.Escapes", [.text("0xC0"), .text(slip), .argument("begins", begins)])
        case .hdlc:
            uses.note("Escapes")
            let escapes = "{0x7E: 0x5E, 0x7D: 0x5D}"
            return .call(
                "wire.Escapes",
                [.text("0x7E"), .text(escapes), .argument("begins", "True"), .argument("changed", "0x20")]
            )
        case .cobs:
            uses.note("COBS")
            return .text("wire.COBS()")
        case .hex(let begins, let ends):
            uses.note("HexDigits")
            return .call("wire.HexDigits", [begins, ends].map { .text(PythonLiteral.bytes($0)) })
        }
    }
}

internal import SwitchboardSpec
internal import SwitchboardVocabulary

extension FrameFunctions {
    func readTrailer(_ frame: FrameSpec, _ layout: FrameLayout, _ text: inout CText) {
        let fields = layout.trailerItems.map(\.plan)
        for part in frame.trailerParts {
            switch part {
            case .fields(let range):
                // Conditions may test items of the header.
                let trailer = Layout(fields: Array(fields[range]))
                var places = places(layout, layout.ends)
                for item in layout.items where !item.plan.presenceBits.isEmpty {
                    places.replace(item.plan.name, by: "\(CNames.snake(item.plan.name))_bits")
                }
                reader.read(trailer, places, &text)
            case .item(.end(let bytes)):
                text.block("") { text in
                    text.line("const uint8_t *end;")
                    text.require("take(r, \(bytes.count), &end)")
                    text.line(
                        "if (memcmp(end, \(bytes.bytesInC), \(bytes.count)) != 0) \(self.fail("malformed_frame"))"
                    )
                }
            case .item(.checksum(let checksum)):
                text.block("") { text in
                    text.line("const uint8_t *sent;")
                    text.require("take(r, \(checksum.algorithm.size), &sent)")
                    check(checksum, frame, layout, at: "sent", offset: nil, &text)
                }
            case .item(.field): break
            }
        }
    }

    /// Adds the statements that compare a checksum with the bytes at `place`.
    func check(
        _ checksum: ChecksumSpec,
        _ frame: FrameSpec,
        _ layout: FrameLayout,
        at place: String,
        offset: Int?,
        _ text: inout CText
    ) {
        text.block("") { text in
            compute(
                checksum,
                frame,
                layout,
                offset: offset,
                start: "frame",
                header: "payload",
                end: "payload_end",
                &text
            )
            text.line(
                "if (memcmp(\(place), expected, \(checksum.algorithm.size)) != 0) \(self.fail("malformed_frame"))"
            )
        }
    }

    /// Adds the statements that compute a checksum into the array `expected`.
    func compute(
        _ checksum: ChecksumSpec,
        _ frame: FrameSpec,
        _ layout: FrameLayout,
        offset: Int?,
        start: String,
        header: String,
        end: String,
        _ text: inout CText
    ) {
        let size = checksum.algorithm.size
        var (from, to) = (start, end)
        switch checksum.coverage {
        case .word(.payload): from = header
        case .word(.afterMagic): from = plus(start, frame.magicSize)
        case .word(.frame): break
        case .word(.header): to = offset.map { plus(start, $0) } ?? header
        case .part(let part):
            from = plus(start, frame.offset(of: part))
            if let last = frame.end(of: part) { to = plus(start, last) }
        }
        let seeds = codec.messages.filter { spec.frame(of: $0).key == frame.key && $0.checksumSeed != nil }
        if !seeds.isEmpty {
            text.line("const char *seed = \"\";")
            text.line("size_t seed_size = 0;")
            text.line("switch ((int)message->kind) {")
            for message in seeds {
                let seed = message.checksumSeed?.value ?? []
                text.line("case \(kind(message)):")
                text.line("    seed = \(seed.bytesInC);")
                text.line("    seed_size = \(seed.count);")
                text.line("    break;")
            }
            text.line("default:")
            text.line("    break;")
            text.line("}")
        }
        var parts: [String] = []
        func part(_ from: String, _ to: String) { parts.append("{ \(from), (size_t)(\(to) - (\(from))) }") }
        let isInside = offset.map { _ in checksum.coverage.covers(offset ?? 0, frame) } ?? false
        if let offset, isInside {
            // The bytes of the checksum itself count as zeros.
            text.line("static const uint8_t zeros[\(size)] = { 0 };")
            part(from, plus(start, offset))
            parts.append("{ zeros, sizeof zeros }")
            part(plus(start, offset + size), to)
        } else {
            part(from, to)
        }
        if !seeds.isEmpty { parts.append("{ (const uint8_t *)seed, seed_size }") }
        text.block("const struct part parts[] =", ";") { text in for part in parts { text.line(part + ",") } }
        let function = needs.checksum(checksum.algorithm)
        guard !checksum.algorithm.isHash else {
            text.line("uint8_t expected[32];")
            return text.line("\(function)(parts, sizeof parts / sizeof *parts, expected);")
        }
        text.line("uint32_t sum = \(function)(parts, sizeof parts / sizeof *parts);")
        let order = checksum.byteOrder ?? codec.plan.byteOrder
        let bytes = (0..<size).map { index in
            let shift = 8 * (order == .big ? size - 1 - index : index)
            return shift == 0 ? "(uint8_t)sum" : "(uint8_t)(sum >> \(shift))"
        }
        text.line("const uint8_t expected[] = { \(bytes.joined(separator: ", ")) };")
    }

    private func plus(_ start: String, _ offset: Int) -> String { offset == 0 ? start : "\(start) + \(offset)" }
}

extension CoverageSpec<ChecksumCoverage> {
    /// Whether the bytes at `offset` of the header are covered.
    fileprivate func covers(_ offset: Int, _ frame: FrameSpec) -> Bool {
        switch self {
        case .word(.payload), .word(.header): false
        case .word(.afterMagic): offset >= frame.magicSize
        case .word(.frame): true
        case .part(let part): offset >= frame.offset(of: part) && offset < frame.end(of: part) ?? .max
        }
    }
}

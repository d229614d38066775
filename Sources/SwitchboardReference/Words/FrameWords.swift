internal import SwitchboardSpec

/// Says in words what the items of a frame are.
struct FrameWords {
    let spec: CheckedSpec
    let layout: FrameLayout

    private var frame: FrameSpec { layout.frame }

    /// Returns the meaning of an item of the header, or a field of the trailer.
    func meaning(of item: FrameLayout.Item) -> Words {
        let type = TypeWords(spec: spec, subject: .frame)
        let rest = FieldWords(type: type, field: item.plan, showsDefault: item.spec.field.defaultValue != nil)
        var sentences: [Words] = []
        switch item.spec.role {
        case .magic(let magic): sentences.append(self.magic(magic))
        case .version:
            sentences.append("The version of the protocol: always " + Words(.code("\(layout.version)")) + ".")
        case .code:
            let whole = frame.codeNames == nil || frame.codeNames?.count == 1
            sentences.append(whole ? "The code of the message." : "A part of the code of the message.")
        case .length(let coverage): sentences.append("The number of bytes " + self.length(coverage) + ".")
        case .checksum(let checksum): sentences.append(self.checksum(checksum, item.plan))
        case .presence: if item.plan.derivation == nil { sentences.append(self.presence(of: item)) }
        case .correlation: sentences.append("Pairs a reply with its request: the reply has the same value.")
        case .field: break
        }
        return (sentences + [rest.words]).joined()
    }

    private func magic(_ magic: FrameSpec.Magic) -> Words {
        guard magic.client != magic.server else { return "Always " + magic.client.named + "." }
        return magic.client.named + " from clients, " + magic.server.named + " from servers."
    }

    private func presence(of item: FrameLayout.Item) -> Words {
        let names = (layout.items + layout.trailerItems).filter { other in
            other.spec.field.condition?.value.terms.contains { $0.reference.value.field == item.plan.name } ?? false
        }
        return "Says which of these the frame has: " + names.map(\.spec.field.name.value).unique.listed() + "."
    }

    /// Returns the bytes that a length counts, after "the number of bytes".
    func length(_ coverage: CoverageSpec<LengthCoverage>) -> Words {
        switch coverage {
        case .word(.payload): return "in the payload"
        case .word(.headerAndPayload): return "in the header and the payload"
        case .word(.frame): return "in the whole frame"
        case .word(.rest): return "after it"
        case .word(.lengthAndRest): return "from itself to the end of the frame"
        case .part(let part): return self.part(part, end: "the frame")
        }
    }

    /// Returns a part of a frame that, without another end, ends with `end`.
    private func part(_ part: FramePart, end: String) -> Words {
        let start = Words(.text(part.includesItem ? "from " : "after ")) + Words(.code(part.item.value))
        let end: Words =
            switch part.end {
            case .frame: Words(.text(" to the end of \(end)"))
            case .payload: " to the end of the payload"
            case .item(let name): " to " + Words(.code(name.value))
            }
        return start + end
    }

    /// Returns the algorithm of a checksum, and the bytes that it covers.
    func checksum(_ checksum: ChecksumSpec, _ item: FieldPlan? = nil) -> Words {
        let covered: Words =
            switch checksum.coverage {
            case .word(.frame):
                item == nil ? "the header and the payload" : "the frame, in which its own bytes count as zeros"
            case .word(.payload): "the payload"
            case .word(.afterMagic): "the header without the magic, and the payload"
            case .word(.header): item == nil ? "the header" : "the header before it"
            case .part(let part): "the bytes " + self.part(part, end: "the payload")
            }
        var words = checksum.algorithm.words + " of " + covered + "."
        if checksum.algorithm.size > 1, !checksum.algorithm.isHash, let order = checksum.byteOrder,
            order != spec.byteOrder
        {
            words += Words(.text(order == .big ? " Big-endian." : " Little-endian."))
        }
        if frame.hasChecksumSeeds { words += " The seed of the message follows the covered bytes." }
        return words
    }
}

extension Framing {
    /// The delimiters and escapes in words.
    var words: Words {
        switch self {
        case .slip:
            "SLIP (RFC 1055): `C0` follows each frame. `DB DC` stands for `C0` in a frame, and `DB DD` for `DB`."
        case .kiss:
            """
            KISS: `C0` is before and after each frame. `DB DC` stands for `C0` in a frame, and `DB DD` for `DB`.
            """
        case .hdlc:
            """
            HDLC (RFC 1662): `7E` is before and after each frame. `7D 5E` stands for `7E` in a frame, and `7D 5D` for `7D`.
            """
        case .cobs: "COBS (Consistent Overhead Byte Stuffing): `00` follows each frame, which has no other zeros."
        case .hex(let begins, let ends):
            "Two hexadecimal digits stand for each byte" + (begins.isEmpty ? "" : ", after " + begins.named)
                + (ends.isEmpty ? "." : ". " + ends.named + " follows each frame.")
        }
    }
}

extension ChecksumAlgorithm {
    /// The algorithm with its parameters.
    var words: Words {
        switch self {
        case .crc(let crc):
            let digits = crc.width / 4
            func hex(_ number: UInt32) -> String {
                let text = String(number, radix: 16, uppercase: true)
                return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
            }
            return Words(
                .text(
                    "CRC of \(crc.width) bits (polynomial \(hex(crc.polynomial)), initial value \(hex(crc.initial)), "
                        + "\(crc.isReflected ? "reflected" : "not reflected"), final exclusive or \(hex(crc.finalXOR)))"
                )
            )
        case .sum(let sum):
            let negated = sum.isNegated ? "Two's complement of the sum" : "Sum"
            let xor = sum.finalXOR == 0 ? "" : ", exclusive or 0x\(String(sum.finalXOR, radix: 16, uppercase: true)),"
            return Words(.text("\(negated) of the bytes, modulo 2^\(sum.width)\(xor)"))
        case .hash(let hash):
            return "The first " + Words(.text(hash.size.counted("byte") + " of "))
                + Words(.code(hash.function.rawValue))
        case .crc32, .crc32c, .crc32BZIP2, .crc32JAMCRC, .crc32MPEG2, .crc32POSIX, .crc24OpenPGP, .crc24LTEA, .crc16ARC,
            .crc16DNP,
            .crc16EN13757, .crc16GENIBUS, .crc16IBM3740, .crc16Kermit, .crc16MCRF4XX, .crc16Modbus, .crc16SPIFujitsu,
            .crc16UMTS,
            .crc16USB, .crc16X25, .crc16XMODEM, .crc8, .crc8DVBS2, .crc8Maxim, .crc8ROHC, .crc8SAEJ1850, .sum8, .sum16,
            .sum32, .xor8,
            .fletcher8, .fletcher16, .adler32, .sha256, .sha256d:
            return "Checksum " + Words(.code(rawValue))
        }
    }
}

extension [String] {
    /// The texts without those that occur before.
    var unique: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}

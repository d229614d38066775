internal import SwitchboardFiles
internal import SwitchboardSpec

/// Reads the packets of a capture in the format pcapng.
struct PcapngReader {
    /// The largest number of bytes of a block.
    static let maximumBlockBytes = 16 << 20
    /// The largest number of interfaces of a section.
    static let maximumInterfaces = 4096
    private static let sectionBlock: UInt64 = 0x0A0D_0D0A
    /// The bytes of a block that are not its content: type, length, and the length again.
    private static let blockOverhead = 12

    /// An interface on which packets were captured.
    private struct Interface {
        let link: UInt64
        /// The largest number of bytes of a packet; 0 for no limit.
        let snapLength: UInt64
        /// The number of units of its times in a second.
        var unitsPerSecond = Int128(1_000_000)
        /// The seconds that are added to its times.
        var offset: Int64 = 0

        /// Returns the time that is `units` after the start of the clock.
        func time(_ units: UInt64) -> Timestamp {
            let (seconds, rest) = Int128(units).quotientAndRemainder(dividingBy: unitsPerSecond)
            let second = Timestamp.nanosecondsPerSecond
            return Timestamp(nanoseconds: (seconds + Int128(offset)) * second + rest * second / unitsPerSecond)
        }
    }

    let input: CaptureInput
    private var order = ByteOrder.big
    private var interfaces: [Interface] = []

    /// Returns whether `bytes` are the first ones of such a file.
    static func recognizes(_ bytes: [UInt8]) -> Bool { bytes.count >= 4 && bytes.number(4, at: 0) == sectionBlock }

    init(_ input: CaptureInput) {
        self.input = input
    }

    mutating func next() throws(FileError) -> Packet? {
        while true {
            let start = input.offset
            let head = try input.read(8)
            guard !head.isEmpty else { return nil }
            guard head.count == 8 else { throw input.problem("it ends within the head of a block", at: start) }
            let isSection = head.number(4, at: 0) == Self.sectionBlock
            var content: [UInt8] = []
            if isSection {
                // Only what follows says in which order the length is written.
                content = try input.read(4, of: "the head of a section")
                switch content.number(4, at: 0) {
                case 0x1A2B_3C4D: order = .big
                case 0x4D3C_2B1A: order = .little
                default: throw input.problem("a section has no byte-order magic", at: start)
                }
            }
            let size = head.number(4, at: 4, order)
            guard size % 4 == 0, size >= UInt64(Self.blockOverhead + content.count) else {
                throw input.problem("a block has the wrong length \(size)", at: start)
            }
            guard size <= Self.maximumBlockBytes else {
                throw input.problem("a block has \(size) bytes, and may have \(Self.maximumBlockBytes)", at: start)
            }
            content += try input.read(Int(size) - Self.blockOverhead - content.count, of: "a block")
            guard try input.read(4, of: "a block").number(4, at: 0, order) == size else {
                throw input.problem("the two lengths of a block differ", at: start)
            }
            if let packet = try packet(head.number(4, at: 0, order), content, start) { return packet }
        }
    }

    /// Returns the packet in a block; `nil` for a block of another type.
    private mutating func packet(_ type: UInt64, _ content: [UInt8], _ start: Int) throws(FileError) -> Packet? {
        switch type {
        case Self.sectionBlock:
            guard content.count >= 16 else { throw input.problem("the head of a section is too short", at: start) }
            let version = content.number(2, at: 4, order)
            guard version == 1 else {
                throw input.problem("a section has the version \(version), and may have 1", at: start)
            }
            interfaces = []
        case 1: try addInterface(content, start)
        case 2, 6:
            guard content.count >= 20 else { throw input.problem("the block of a packet is too short", at: start) }
            let interface = try interface(content.number(type == 2 ? 2 : 4, at: 0, order), start)
            let size = content.number(4, at: 12, order)
            guard size <= UInt64(content.count - 20) else {
                throw input.problem(
                    "a packet has \(size) bytes, and its block has \(content.count - 20) for it",
                    at: start
                )
            }
            let units = content.number(4, at: 4, order) << 32 | content.number(4, at: 8, order)
            let bytes = Array(content[20..<20 + Int(size)])
            return Packet(
                time: interface.time(units),
                link: try LinkType(interface.link, in: input, at: start),
                bytes: bytes
            )
        case 3:
            guard content.count >= 4 else { throw input.problem("the block of a packet is too short", at: start) }
            let interface = try interface(0, start)
            var size = min(content.number(4, at: 0, order), UInt64(content.count - 4))
            if interface.snapLength > 0 { size = min(size, interface.snapLength) }
            let bytes = Array(content[4..<4 + Int(size)])
            return Packet(time: nil, link: try LinkType(interface.link, in: input, at: start), bytes: bytes)
        default: break
        }
        return nil
    }

    private func interface(_ number: UInt64, _ start: Int) throws(FileError) -> Interface {
        guard number < UInt64(interfaces.count) else {
            throw input.problem(
                "a packet is of the interface \(number), and the section has \(interfaces.count)",
                at: start
            )
        }
        return interfaces[Int(number)]
    }

    private mutating func addInterface(_ content: [UInt8], _ start: Int) throws(FileError) {
        guard content.count >= 8 else { throw input.problem("the block of an interface is too short", at: start) }
        guard interfaces.count < Self.maximumInterfaces else {
            throw input.problem("a section has more than \(Self.maximumInterfaces) interfaces", at: start)
        }
        var interface = Interface(link: content.number(2, at: 0, order), snapLength: content.number(4, at: 4, order))
        var place = 8
        while place + 4 <= content.count {
            let (option, size) = (content.number(2, at: place, order), Int(content.number(2, at: place + 2, order)))
            guard option != 0 else { break }
            guard place + 4 + size <= content.count else {
                throw input.problem("an option of an interface is too long", at: start)
            }
            if option == 9, size == 1 {
                let (base, exponent) =
                    content[place + 4] < 0x80 ? (Int128(10), content[place + 4]) : (2, content[place + 4] & 0x7F)
                let largest = base == 10 ? 18 : 62
                guard exponent <= largest else {
                    throw input.problem("the times of an interface have the resolution \(base)^-\(exponent)", at: start)
                }
                interface.unitsPerSecond = (0..<exponent).reduce(1) { number, _ in number * base }
            }
            if option == 14, size == 8 {
                interface.offset = Int64(bitPattern: content.number(8, at: place + 4, order))
            }
            place += 4 + (size + 3) / 4 * 4
        }
        interfaces.append(interface)
    }
}

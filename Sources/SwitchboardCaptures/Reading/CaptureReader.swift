package import SwitchboardFiles

/// Reads the packets of a capture, a file in the format pcap or pcapng.
package struct CaptureReader {
    private enum Format {
        case pcap(PcapReader)
        case pcapng(PcapngReader)
    }

    private var format: Format

    /// The number of bytes at the start of a file that tell whether it is a capture.
    package static let magicBytes = 4

    /// Returns whether `bytes`, at least ``magicBytes``, are the first ones of a capture.
    package static func recognizes(_ bytes: [UInt8]) -> Bool {
        PcapReader.recognizes(bytes) || PcapngReader.recognizes(bytes)
    }

    /// A reader of the packets in `file`, whose first bytes, `first`, were already read.
    ///
    /// - Throws: A `FileError` when the file is no capture, or its head is wrong.
    package init(_ file: FileInput, first: [UInt8]) throws(FileError) {
        let input = CaptureInput(file, first)
        if PcapReader.recognizes(first) {
            format = .pcap(try PcapReader(input))
        } else if PcapngReader.recognizes(first) {
            format = .pcapng(PcapngReader(input))
        } else {
            throw input.problem("it begins neither as pcap nor as pcapng")
        }
    }

    /// The number of bytes of the file that were read.
    package var offset: Int {
        switch format {
        case .pcap(let reader): reader.input.offset
        case .pcapng(let reader): reader.input.offset
        }
    }

    /// Returns the next packet; `nil` at the end of the file.
    ///
    /// - Throws: A `FileError` when the capture is wrong, or cannot be read.
    package mutating func next() throws(FileError) -> Packet? {
        switch format {
        case .pcap(let reader): return try reader.next()
        case .pcapng(var reader):
            defer { format = .pcapng(reader) }
            return try reader.next()
        }
    }
}

extension LinkType {
    /// The link type with a number in a capture.
    ///
    /// - Throws: A `FileError` when packets of this type cannot be read.
    init(_ number: UInt64, in input: CaptureInput, at offset: Int? = nil) throws(FileError) {
        guard let type = LinkType(rawValue: UInt32(clamping: number)) else {
            let known = LinkType.allCases.map { "\($0.rawValue)" }.joined(separator: ", ")
            throw input.problem("its packets have the link type \(number), and may have \(known)", at: offset)
        }
        self = type
    }
}

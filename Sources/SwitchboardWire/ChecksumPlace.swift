/// A frame's checksum in the form in which it is computed and compared.
struct ChecksumPlace: Sendable, Hashable {
    private let algorithm: ChecksumAlgorithm
    /// Its size, in bytes.
    private let size: Int
    private let order: ByteOrder
    /// How many of a frame's first bytes it does not cover.
    private let start: Int

    init(_ checksum: FrameFormat.Checksum, _ order: ByteOrder, headerSize: Int, magicSize: Int) {
        algorithm = checksum.algorithm
        size = checksum.algorithm.size
        self.order = order
        start =
            switch checksum.coverage {
            case .frame: 0
            case .payload: headerSize
            case .afterMagic: magicSize
            }
    }

    /// Whether the checksum behind the first `end` bytes of `frame`, header and payload, is theirs.
    func isRight(in frame: UnsafeRawPointer, behind end: Int) -> Bool {
        let checksum = unsafe algorithm.checksum(of: frame + start, count: end &- start)
        switch size {
        case 4: return unsafe frame.loadUnaligned(fromByteOffset: end, as: UInt32.self).ordered(order) == checksum
        case 2:
            return unsafe UInt32(frame.loadUnaligned(fromByteOffset: end, as: UInt16.self).ordered(order)) == checksum
        default: return unsafe UInt32(frame.load(fromByteOffset: end, as: UInt8.self)) == checksum
        }
    }

    /// Appends the checksum of the frame that starts at `frame` in `writer`.
    func append(of frame: Int, to writer: inout ByteWriter) {
        let checksum = unsafe writer.withUnsafeBytes { bytes in
            let covered = unsafe UnsafeRawBufferPointer(rebasing: bytes[(frame &+ start)...])
            return unsafe algorithm.checksum(of: covered.baseAddress, count: covered.count)
        }
        switch size {
        case 4: writer.append(checksum, order)
        case 2: writer.append(UInt16(truncatingIfNeeded: checksum), order)
        default: writer.append(UInt8(truncatingIfNeeded: checksum), order)
        }
    }
}

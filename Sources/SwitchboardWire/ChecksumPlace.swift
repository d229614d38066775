/// A frame's checksum in the form in which it is computed and compared.
struct ChecksumPlace: Sendable, Hashable {
    private let algorithm: FrameFormat.Checksum.Algorithm
    private let order: ByteOrder
    /// How many of a frame's first bytes it does not cover.
    private let start: Int

    init(_ checksum: FrameFormat.Checksum, _ order: ByteOrder, headerSize: Int, magicSize: Int) {
        algorithm = checksum.algorithm
        self.order = order
        start =
            switch checksum.coverage {
            case .frame: 0
            case .payload: headerSize
            case .afterMagic: magicSize
            }
    }

    /// Whether the checksum behind the first `size` bytes of `frame`, header and payload, is theirs.
    func isRight(in frame: UnsafeRawPointer, behind size: Int) -> Bool {
        let checksum = unsafe algorithm.checksum(of: frame + start, count: size &- start)
        if algorithm.size == MemoryLayout<UInt32>.size {
            return unsafe frame.loadUnaligned(fromByteOffset: size, as: UInt32.self).ordered(order) == checksum
        }
        return unsafe UInt32(frame.loadUnaligned(fromByteOffset: size, as: UInt16.self).ordered(order)) == checksum
    }

    /// Appends the checksum of the frame that starts at `frame` in `writer`.
    func append(of frame: Int, to writer: inout ByteWriter) {
        let checksum = unsafe writer.withUnsafeBytes { bytes in
            let covered = unsafe UnsafeRawBufferPointer(rebasing: bytes[(frame &+ start)...])
            return unsafe algorithm.checksum(of: covered.baseAddress, count: covered.count)
        }
        if algorithm.size == MemoryLayout<UInt32>.size {
            writer.append(checksum, order)
        } else {
            writer.append(UInt16(truncatingIfNeeded: checksum), order)
        }
    }
}

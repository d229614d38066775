/// Bytes that a message has beyond those of its frame that a checksum covers, as MAVLink's CRC_EXTRA.
public struct ChecksumSeed: Sendable, Hashable {
    let number: UInt64
    let size: Int

    /// The lowest `bytes` bytes (0 to 8) of `number`, the most significant byte first.
    public init(_ number: UInt64, bytes: Int) {
        self.number = number
        size = min(max(bytes, 0), 8)
    }

    /// No bytes.
    public static let none = ChecksumSeed(0, bytes: 0)

    fileprivate func byte(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: number &>> UInt64(truncatingIfNeeded: 8 &* (size &- 1 &- index)))
    }
}

/// A checksum of a frame with a codec: the bytes that it covers, and its bytes as they are sent.
struct CodecChecksum: Sendable {
    /// The size of the checksum, in bytes.
    let size: Int
    /// The offset of a checksum in the header; `nil` for one in the trailer.
    let offset: Int?

    private let calculator: ChecksumCalculator
    private let order: ByteOrder
    /// The number of bytes at the start of a frame that the checksum does not cover; `nil` for the header.
    private let start: Int?
    /// The number of bytes at the start of a frame behind which it covers none.
    private let end: End

    private enum End: Sendable {
        case header
        case payload
        case at(Int)
    }

    /// - Parameters:
    ///   - checksum: The algorithm and the covered bytes.
    ///   - order: The byte order of the protocol.
    ///   - magicSize: The number of bytes at the start of a frame that `after-magic` leaves out.
    ///   - offset: The offset of a checksum in the header; `nil` for one in the trailer.
    init(_ checksum: FrameFormat.Checksum, _ order: ByteOrder, magicSize: Int, at offset: Int? = nil) {
        size = checksum.algorithm.size
        self.offset = offset
        calculator = ChecksumCalculator(checksum.algorithm)
        self.order = checksum.order(in: order)
        start =
            switch checksum.coverage {
            case .frame: checksum.skipped
            case .payload: nil
            case .afterMagic: magicSize
            case .header: 0
            }
        end =
            switch (checksum.coverage, offset) {
            case (.header, let offset?): .at(offset)
            case (.header, nil): .header
            case (.frame, _): checksum.end.map { .at($0) } ?? .payload
            case (.payload, _), (.afterMagic, _): .payload
            }
    }

    /// Returns the places of the covered bytes in a frame of `count` bytes without its trailer.
    private func covered(of count: Int, headerSize: Int) -> Range<Int> {
        let end =
            switch end {
            case .header: headerSize
            case .payload: count
            case .at(let end): end
            }
        let last = min(max(end, 0), count)
        return min(start ?? headerSize, last)..<last
    }

    /// Returns the checksum as it is sent, with its first byte as the element 0.
    ///
    /// - Parameters:
    ///   - frame: The header and the payload.
    ///   - headerSize: The size of the header, in bytes.
    ///   - seed: What the message adds to the covered bytes.
    func sent(of frame: UnsafeRawBufferPointer, headerSize: Int, seed: ChecksumSeed) -> SIMD32<UInt8> {
        let range = covered(of: frame.count, headerSize: headerSize)
        let covered = unsafe UnsafeRawBufferPointer(rebasing: frame[range])
        // A checksum that covers itself is computed with zeros in its place.
        let own = place(headerSize: headerSize)
        guard !own.isEmpty || seed.size > 0 else { return unsafe calculator.sent(of: covered, size: size, order) }
        return unsafe withUnsafeTemporaryAllocation(byteCount: covered.count + seed.size, alignment: 1) { copy in
            unsafe copy.copyMemory(from: covered)
            for index in own where index < covered.count { unsafe copy[index] = 0 }
            for index in 0..<seed.size { unsafe copy[covered.count + index] = seed.byte(index) }
            return unsafe calculator.sent(of: UnsafeRawBufferPointer(copy), size: size, order)
        }
    }

    /// Returns the place of the checksum among the bytes that it covers; an empty range if it covers other bytes only.
    private func place(headerSize: Int) -> Range<Int> {
        guard let offset else { return 0..<0 }
        let first = offset &- (start ?? headerSize)
        return max(first, 0)..<max(first &+ size, 0)
    }
}

extension ChecksumCalculator {
    /// Returns the checksum of `bytes` as it is sent in `size` bytes, with its first byte as the element 0.
    fileprivate func sent(of bytes: UnsafeRawBufferPointer, size: Int, _ order: ByteOrder) -> SIMD32<UInt8> {
        if case .hash(let parameters) = self { return unsafe parameters.hash(of: bytes) }
        let number = unsafe checksum(of: bytes.baseAddress, count: bytes.count)
        var sent = SIMD32<UInt8>()
        for index in 0..<min(size, 4) {
            let place = order == .little ? index : size &- 1 &- index
            sent[index] = UInt8(truncatingIfNeeded: number &>> UInt32(truncatingIfNeeded: 8 &* place))
        }
        return sent
    }
}

extension FrameFormat.Checksum {
    /// The byte order of the checksum in a frame with the byte order `order`; a hash has its own order.
    func order(in order: ByteOrder) -> ByteOrder { algorithm.isHash ? .big : byteOrder ?? order }
}

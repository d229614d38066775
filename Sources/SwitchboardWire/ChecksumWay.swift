/// How the checksum of a frame is computed and compared: the most usual one takes the shortest way.
enum ChecksumWay: Sendable, Hashable {
    case none
    /// CRC-32 of header and payload.
    case usual
    case other(ChecksumPlace)

    init(_ checksum: FrameFormat.Checksum?, _ order: ByteOrder, headerSize: Int, magicSize: Int) {
        self =
            switch checksum {
            case nil: .none
            case FrameFormat.Checksum.crc32: .usual
            case let checksum?:
                .other(ChecksumPlace(checksum, order, headerSize: headerSize, magicSize: magicSize))
            }
    }
}

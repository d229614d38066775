extension FrameFormat {
    /// What follows the payload: a checksum, in the frame's byte order.
    public struct Checksum: Sendable, Hashable {
        /// How it is computed.
        public let algorithm: Algorithm

        /// What it is computed of.
        public let coverage: Coverage

        /// A checksum by `algorithm` of what `coverage` says.
        public init(_ algorithm: Algorithm, covers coverage: Coverage) {
            self.algorithm = algorithm
            self.coverage = coverage
        }

        /// CRC-32 of every byte of the frame before it.
        public static let crc32 = Checksum(.crc32, covers: .frame)

        /// How a checksum is computed, by the names of the catalogue of parametrised CRC algorithms (reveng).
        public enum Algorithm: Sendable, Hashable, CaseIterable {
            /// CRC-32/ISO-HDLC, as in IEEE 802.3 and zlib: four bytes.
            case crc32
            /// CRC-32/ISCSI, by Castagnoli: four bytes.
            case crc32c
            /// CRC-16/ARC: two bytes.
            case crc16ARC
            /// CRC-16/MODBUS: two bytes.
            case crc16Modbus
            /// CRC-16/XMODEM: two bytes.
            case crc16XMODEM
            /// CRC-16/IBM-3740, also known as CRC-16/CCITT-FALSE: two bytes.
            case crc16IBM3740
            /// CRC-16/MCRF4XX: two bytes.
            case crc16MCRF4XX
        }

        /// What a checksum is computed of.
        public enum Coverage: Sendable, Hashable {
            /// Every byte of the frame before it: header and payload.
            case frame
            /// The payload alone.
            case payload
            /// Header and payload without the magic, where that is the first field; otherwise as ``frame``.
            case afterMagic
        }
    }
}

/// `checksum`: what follows the payload.
package struct ChecksumSpec: Sendable {
    /// How it is calculated: the parameters are those of Greg Cook's catalogue of CRC algorithms.
    package enum Algorithm: String, CaseIterable, Sendable {
        /// CRC-32/ISO-HDLC, of IEEE 802.3 and zlib.
        case crc32
        /// CRC-32/ISCSI, also called Castagnoli.
        case crc32c
        /// CRC-16/ARC, the oldest and plainest.
        case crc16
        /// CRC-16/MODBUS.
        case crc16Modbus = "crc16-modbus"
        /// CRC-16/XMODEM.
        case crc16XMODEM = "crc16-xmodem"
        /// CRC-16/IBM-3740, also called CCITT-FALSE.
        case crc16IBM3740 = "crc16-ibm-3740"
        /// CRC-16/MCRF4XX.
        case crc16MCRF4XX = "crc16-mcrf4xx"
    }

    /// What it is calculated of.
    package enum Coverage: String, CaseIterable, Sendable {
        /// Every byte of the frame before it.
        case frame
        /// The payload.
        case payload
        /// Every byte of the frame before it but the magic at the start.
        case afterMagic = "after-magic"
    }

    /// `type`.
    package let algorithm: Algorithm
    /// `covers`.
    package var coverage = Coverage.frame
}

extension ChecksumSpec.Algorithm {
    /// Its size, in bytes.
    package var size: Int {
        switch self {
        case .crc32, .crc32c: 4
        case .crc16, .crc16Modbus, .crc16XMODEM, .crc16IBM3740, .crc16MCRF4XX: 2
        }
    }
}

import SwitchboardBackplane
import SwitchboardBytes

/// A block with one frame of `size` bytes, which all are `byte`.
func block(_ byte: UInt8 = 1, size: Int = 10, for target: BackplaneBlock.Target = .all) -> BackplaneBlock {
    let frames = Bytes([UInt8](repeating: byte, count: size))
    return BackplaneBlock(for: target, frames, tallies: [.init(code: 7, messages: 1, bytes: UInt32(size))])
}

let fingerprint = ProtocolFingerprint(rawValue: 0x1234_5678_9ABC_DEF0)
let server = ServerIncarnation(rawValue: 42)

/// The bytes of the entry that a log sends for these blocks.
func entry(_ blocks: [BackplaneBlock], from incarnation: ServerIncarnation = server) throws -> Bytes {
    var log = PendingLog()
    for block in blocks { log.append(block) }
    let outgoing = log.takeEntry(at: 0)
    return outgoing?.encoded(fingerprint, incarnation) ?? Bytes()
}

import SwitchboardBytes
import SwitchboardTransport

/// Reads frames: a length of two bytes, then that number of bytes.
final class FrameParser: @unchecked Sendable {
    let frames = Watched<[Bytes]>([])

    static func frame(_ payload: Bytes) -> Bytes {
        var writer = ByteWriter()
        writer.append(UInt16(payload.count), .big)
        writer.append(payload)
        return writer.takeBytes()
    }

    func receive(_ input: inout ByteReader, _ stream: any ByteStream) -> Int {
        while true {
            if let size = readFrame(&input) { return size }
        }
    }

    /// Reads one frame; if it is incomplete, returns the number of bytes that are needed.
    func readFrame(_ input: inout ByteReader) -> Int? {
        guard let length = input.peekInteger(at: 0, .big, as: UInt16.self) else { return 2 }
        let size = 2 + Int(length)
        guard input.remaining >= size else { return size }
        input.skip(2)
        if let payload = input.readBytes(Int(length)) { frames.update { $0.append(payload) } }
        return nil
    }
}

extension FrameLayout {
    /// Returns a frame with its checksum in the header and its trailer.
    ///
    /// - Parameters:
    ///   - frame: The header and the payload; the bytes at the place of the header's checksum do not matter.
    ///   - message: The message, which may have a seed for checksums.
    package func sealed(_ frame: [UInt8], headerSize: Int, _ message: MessageSpec) -> [UInt8] {
        var frame = frame
        let seed = message.checksumSeed?.value ?? []
        if let checksum = self.frame.headerChecksum?.spec, let offset = self.frame.headerChecksumOffset {
            let place = offset..<offset + checksum.algorithm.size
            frame.replaceSubrange(place, with: place.map { _ in 0 })
            frame.replaceSubrange(
                place,
                with: sent(checksum, of: covered(frame, checksum, headerSize: headerSize) + seed)
            )
        }
        return frame
            + self.frame.trailer.flatMap { item in
                switch item {
                case .end(let bytes): bytes
                case .checksum(let checksum):
                    sent(checksum, of: covered(frame, checksum, headerSize: headerSize) + seed)
                }
            }
    }

    /// Returns the bytes that `checksum` covers, in a frame without its trailer whose header has `headerSize` bytes.
    private func covered(_ frame: [UInt8], _ checksum: ChecksumSpec, headerSize: Int) -> ArraySlice<UInt8> {
        switch checksum.coverage {
        case .word(.payload): frame.dropFirst(headerSize)
        case .word(.afterMagic): frame.dropFirst(self.frame.magicSize)
        case .word(.frame): frame[...]
        case .part(let part): frame.dropFirst(self.frame.offset(of: part))
        }
    }

    /// Returns the checksum of `bytes` as it is sent.
    private func sent(_ checksum: ChecksumSpec, of bytes: ArraySlice<UInt8>) -> [UInt8] {
        checksum.algorithm.definition.sentChecksum(of: bytes, in: checksum.byteOrder ?? plan.byteOrder)
    }
}

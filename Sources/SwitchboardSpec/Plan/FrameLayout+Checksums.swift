extension FrameLayout {
    /// Returns a frame with its checksum in the header and its trailer.
    ///
    /// - Parameters:
    ///   - frame: The header and the payload; the bytes at the place of the header's checksum do not matter.
    ///   - message: The message, which may have a seed for checksums.
    ///   - trailer: The bytes of each item of the trailer, in order; those of checksums and ends do not matter.
    package func sealed(
        _ frame: [UInt8],
        headerSize: Int,
        _ message: MessageSpec,
        trailer: [[UInt8]] = []
    ) -> [UInt8] {
        var frame = frame
        let seed = message.checksumSeed?.value ?? []
        if let (checksum, offset) = headerChecksum {
            let place = offset..<offset + checksum.algorithm.size
            frame.replaceSubrange(place, with: place.map { _ in 0 })
            frame.replaceSubrange(
                place,
                with: sent(checksum, of: covered(frame, checksum, headerSize: headerSize, at: offset), seed)
            )
        }
        return frame
            + self.frame.trailer.enumerated().flatMap { index, item in
                switch item {
                case .field: index < trailer.count ? trailer[index] : []
                case .end(let bytes): bytes
                case .checksum(let checksum):
                    sent(checksum, of: covered(frame, checksum, headerSize: headerSize), seed)
                }
            }
    }

    /// Returns the bytes of each item of the trailer.
    ///
    /// - Parameters:
    ///   - bytes: The header and the trailer.
    ///   - ends: The offsets of the ends of all items of the header and the trailer.
    package func trailer(_ bytes: [UInt8], _ ends: [Int]) -> [[UInt8]] {
        var start = headerSize(ends)
        return ends.dropFirst(items.count).map { end in
            defer { start = end }
            return Array(bytes.prefix(end).dropFirst(start))
        }
    }

    /// Returns the size of the header; `ends` has the offsets of the ends of its items, and may have those of the trailer.
    package func headerSize(_ ends: [Int]) -> Int { ends.prefix(items.count).last ?? 0 }

    /// Returns the bytes that `checksum` covers, in a frame without its trailer whose header has `headerSize` bytes.
    ///
    /// - Parameter place: The offset of a checksum in the header; `nil` for one in the trailer.
    private func covered(
        _ frame: [UInt8],
        _ checksum: ChecksumSpec,
        headerSize: Int,
        at place: Int? = nil
    ) -> ArraySlice<UInt8> {
        switch checksum.coverage {
        case .word(.payload): frame.dropFirst(headerSize)
        case .word(.afterMagic): frame.dropFirst(self.frame.magicSize)
        case .word(.frame): frame[...]
        // A checksum in the header covers what comes before it.
        case .word(.header): frame.prefix(place ?? headerSize)
        case .part(let part):
            frame.prefix(self.frame.end(of: part) ?? frame.count).dropFirst(self.frame.offset(of: part))
        }
    }

    /// Returns the checksum of `bytes` and `seed` as it is sent.
    private func sent(_ checksum: ChecksumSpec, of bytes: ArraySlice<UInt8>, _ seed: [UInt8]) -> [UInt8] {
        definition(of: checksum.algorithm)
            .sentChecksum(of: seed.isEmpty ? bytes : bytes + seed, in: checksum.byteOrder ?? plan.byteOrder)
    }
}

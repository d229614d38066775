// Numbers of the header, whose width is known only from the format.

extension ByteWriter {
    /// Appends the low bytes of `value`, as many as `width` says.
    mutating func append(_ value: UInt32, _ width: FrameFormat.Width, _ order: ByteOrder) {
        switch width {
        case .one: append(UInt8(truncatingIfNeeded: value), order)
        case .two: append(UInt16(truncatingIfNeeded: value), order)
        case .four: append(value, order)
        }
    }

    /// Replaces the number at `offset` by the low bytes of `value`.
    @inline(__always)
    mutating func overwrite(at offset: Int, with value: UInt32, _ width: FrameFormat.Width, _ order: ByteOrder) {
        switch width {
        case .one: overwrite(at: offset, with: UInt8(truncatingIfNeeded: value), order)
        case .two: overwrite(at: offset, with: UInt16(truncatingIfNeeded: value), order)
        case .four: overwrite(at: offset, with: value, order)
        }
    }
}

extension ByteReader {
    /// The number at `place`, counted from the next byte, or `nil` when the bytes end before it does.
    @inline(__always)
    func peek(_ place: FrameFormat.Number, _ order: ByteOrder) -> UInt32? {
        switch place.width {
        case .one: peekInteger(at: place.offset, order, as: UInt8.self).map { UInt32($0) }
        case .two: peekInteger(at: place.offset, order, as: UInt16.self).map { UInt32($0) }
        case .four: peekInteger(at: place.offset, order, as: UInt32.self)
        }
    }
}

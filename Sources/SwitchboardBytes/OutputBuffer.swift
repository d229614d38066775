/// Memory that output is written to, until whoever owns the buffer takes it.
///
/// It is for those who write in turns, on one thread: the way of a message ends here, straight from its route.
@safe @usableFromInline
package final class OutputBuffer {
    // Not stored properties, to which Swift would check exclusive access at run time: a tenth of what a message costs.
    @usableFromInline let pointer: UnsafeMutablePointer<ByteWriter>
    @usableFromInline let marks: UnsafeMutablePointer<Marks>

    /// Where whoever writes has to stop.
    @usableFromInline
    struct Marks {
        @usableFromInline var limit = Int.max
        @usableFromInline var isInterrupted = false
    }

    /// An empty buffer.
    package init(capacity: Int = 256) {
        unsafe pointer = .allocate(capacity: 1)
        unsafe pointer.initialize(to: ByteWriter(capacity: capacity))
        unsafe marks = .allocate(capacity: 1)
        unsafe marks.initialize(to: Marks())
    }

    deinit {
        unsafe pointer.deinitialize(count: 1)
        unsafe pointer.deallocate()
        unsafe marks.deallocate()
    }

    /// Where to write.
    ///
    /// Nothing else may be done with the buffer during a call that writes.
    @inlinable
    package var writer: ByteWriter {
        @inline(__always) _read { yield unsafe pointer.pointee }
        @inline(__always) _modify { yield unsafe &pointer.pointee }
    }

    /// The count of the writer at which its owner wants to see to what has been written.
    @inlinable
    package var limit: Int {
        @inline(__always) get { unsafe marks.pointee.limit }
        @inline(__always) set { unsafe marks.pointee.limit = newValue }
    }

    /// Whether more may be written before the owner has seen to it.
    @inlinable @inline(__always)
    package var hasRoom: Bool { writer.count < limit }

    /// Whether a message may be handled whose reply is to be written, without asking the owner first.
    @inlinable @inline(__always)
    package var mayGoOn: Bool { !isInterrupted && hasRoom }

    /// Whether its owner wants to look before anything else is handled whose reply is to be written.
    @inlinable
    package var isInterrupted: Bool {
        @inline(__always) get { unsafe marks.pointee.isInterrupted }
        @inline(__always) set { unsafe marks.pointee.isInterrupted = newValue }
    }
}

/// Memory that output is written to, until whoever owns the buffer takes it.
///
/// It is for those who write in turns, on one thread: the way of a message ends here, straight from its route.
///
/// It only refers to the memory, so that nobody on that way counts references. The memory lives until whoever made the
/// buffer deallocates it.
@safe @usableFromInline
package struct OutputBuffer {
    // Not an object, to whose properties Swift would check exclusive access at run time: a tenth of what a message costs.
    @usableFromInline let contents: UnsafeMutablePointer<Contents>

    @usableFromInline
    struct Contents: ~Copyable {
        @usableFromInline var writer: ByteWriter
        // Where whoever writes has to stop.
        @usableFromInline var limit = Int.max

        init(writer: consuming ByteWriter) {
            self.writer = writer
        }
    }

    /// An empty buffer.
    package init(capacity: Int = 256) {
        unsafe contents = .allocate(capacity: 1)
        unsafe contents.initialize(to: Contents(writer: ByteWriter(capacity: capacity)))
    }

    /// Gives the memory back.
    ///
    /// Nothing else may be done with the buffer afterwards.
    package func deallocate() {
        unsafe contents.deinitialize(count: 1)
        unsafe contents.deallocate()
    }

    /// Where to write.
    ///
    /// Nothing else may be done with the buffer during a call that writes.
    @inlinable
    package var writer: ByteWriter {
        @inline(__always) _read { yield unsafe contents.pointee.writer }
        @inline(__always) nonmutating _modify { yield unsafe &contents.pointee.writer }
    }

    /// The count of the writer at which its owner wants to see to what has been written.
    @inlinable
    package var limit: Int {
        @inline(__always) get { unsafe contents.pointee.limit }
        @inline(__always) nonmutating set { unsafe contents.pointee.limit = newValue }
    }

    /// Whether more may be written before the owner has seen to it.
    @inlinable @inline(__always)
    package var hasRoom: Bool { writer.count < limit }
}

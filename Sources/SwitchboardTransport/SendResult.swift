/// How much of what was offered to a socket it took, and what kept it from taking all.
struct SendResult {
    /// Why a socket did not take all.
    enum Obstacle {
        /// Its buffer is full. There will be an event when there is room.
        case full
        /// The system has no memory to spare. There will be no event when it has.
        case noMemory
        /// The connection is broken.
        case broken(errno: Int32)
    }

    /// The number of bytes that the socket took.
    var byteCount: Int

    /// Why it did not take all, or `nil` when it did.
    var obstacle: Obstacle?
}

/// What came of receiving.
enum ReceiveResult {
    /// This many bytes: at least one.
    case bytes(Int)
    /// The peer will send no more.
    case end
    /// Nothing has arrived. There will be an event when something has.
    case nothing
    /// The system has no memory to spare. There will be no event when it has.
    case noMemory
    /// The connection is broken.
    case broken(errno: Int32)
}

/// A handler that waits to be put in the table: only then is it known what middleware surrounds it.
@usableFromInline
struct Registration: Sendable {
    let message: any Message.Type
    /// Whether the handler returns a reply.
    let returnsReply: Bool
    let makeRoute: @Sendable ([any Middleware], FrameEncoder) -> Route

    @usableFromInline
    init(
        _ message: any Message.Type,
        returnsReply: Bool,
        makeRoute: @escaping @Sendable ([any Middleware], FrameEncoder) -> Route
    ) {
        self.message = message
        self.returnsReply = returnsReply
        self.makeRoute = makeRoute
    }
}

/// Thrown by the synchronous `handle` of a handler that has only an `async` one: the router awaits that instead.
public struct HandlerIsAsync: Error, CustomStringConvertible {
    /// Says what to do.
    public var description: String { "this handler is async: call it with await" }
}

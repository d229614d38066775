public import SwitchboardRouter

/// Answers ECHO with the same bytes.
public struct EchoResponder: NET001.EchoHandler {
    /// A handler of ECHO.
    public init() {}

    /// Returns the bytes.
    public func handle(_ message: NET001.Echo, context: Context) -> NET001.EchoReply {
        NET001.EchoReply(data: message.data)
    }
}

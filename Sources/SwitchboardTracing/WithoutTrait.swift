#if !Tracing
public import SwitchboardClient
public import SwitchboardRouter

extension Middleware where Self == LoggingMiddleware {
    /// Tells the compiler to name the package trait that tracing needs.
    @available(*, unavailable, message: "depend on Switchboard with `traits: [\"Tracing\"]`")
    public static func tracing(serverAddress: String? = nil, serverPort: Int? = nil) -> LoggingMiddleware {
        LoggingMiddleware()
    }
}

extension ClientConfiguration {
    /// Tells the compiler to name the package trait that tracing needs.
    @available(*, unavailable, message: "depend on Switchboard with `traits: [\"Tracing\"]`")
    public mutating func useTracing() {}
}
#endif

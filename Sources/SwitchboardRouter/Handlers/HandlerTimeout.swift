/// The time limit of an `async` handler, and what the peer gets when it has passed.
package struct HandlerTimeout: Sendable {
    /// The time that a handler may be suspended.
    package let duration: Duration

    /// The error message to the peer; `nil` for the same as for a handler that throws another error.
    package let error: (any ErrorMessage)?
}

/// The error of a handler whose timeout has passed, for the log.
package struct HandlerTimedOut: Error, CustomStringConvertible {
    private let duration: Duration

    package init(after duration: Duration) {
        self.duration = duration
    }

    /// The error in one line.
    package var description: String { "the handler did not finish within \(duration)" }
}

extension Router {
    /// Limits the time of the `async` handlers of some messages, such as those of a service.
    ///
    /// When the time has passed, the server cancels the task of the handler and sends the peer an error message. It drops what the
    /// handler returns or throws later. The suspended handler counts as such until it ends, so handlers that ignore the cancellation do
    /// not accumulate: see `ServerConfiguration.maximumConcurrentHandlers`.
    ///
    /// The time begins when the handler is suspended for the first time, and includes middleware. A handler that is not suspended,
    /// such as every handler without `async`, has no timeout, because nothing can interrupt it.
    ///
    /// - Parameters:
    ///   - timeout: The time, more than zero.
    ///   - error: The protocol's error message to send to the peer. By default the server sends `Fault.internal`, without details, and
    ///     logs the timeout, as for a handler that throws.
    ///   - types: The messages, each of which has a handler. A later call for a message replaces an earlier one.
    public mutating func setTimeout(
        _ timeout: Duration,
        error: (any ErrorMessage)? = nil,
        for types: any Message.Type...
    ) {
        for type in types { timeouts.append((type, HandlerTimeout(duration: timeout, error: error))) }
    }

    /// Registers the `async` handler of a request, with a timeout: see ``setTimeout(_:error:for:)``.
    @inlinable
    public mutating func register<Handler: RequestHandler>(
        _ handler: Handler,
        timeout: Duration,
        timeoutError: (any ErrorMessage)? = nil
    ) {
        register(handler)
        setTimeout(timeout, error: timeoutError, for: Handler.Input.self)
    }

    /// Registers the `async` handler of a one-way message, with a timeout: see ``setTimeout(_:error:for:)``.
    @inlinable
    public mutating func register<Handler: OneWayHandler>(
        _ handler: Handler,
        timeout: Duration,
        timeoutError: (any ErrorMessage)? = nil
    ) {
        register(handler)
        setTimeout(timeout, error: timeoutError, for: Handler.Input.self)
    }

    /// Registers an `async` closure that handles requests of type `type`, with a timeout: see ``setTimeout(_:error:for:)``.
    public mutating func on<Input: Request>(
        _ type: Input.Type,
        timeout: Duration,
        timeoutError: (any ErrorMessage)? = nil,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Input.Reply
    ) {
        register(AsyncRequestClosure(body: handler), timeout: timeout, timeoutError: timeoutError)
    }

    /// Registers an `async` closure that handles one-way messages of type `type`, with a timeout: see ``setTimeout(_:error:for:)``.
    @_disfavoredOverload
    public mutating func on<Input: Message>(
        _ type: Input.Type,
        timeout: Duration,
        timeoutError: (any ErrorMessage)? = nil,
        _ handler: @escaping @Sendable (Input, Context) async throws -> Void
    ) {
        register(AsyncOneWayClosure(body: handler), timeout: timeout, timeoutError: timeoutError)
    }
}

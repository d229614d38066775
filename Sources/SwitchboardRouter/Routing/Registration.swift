/// A handler that waits to be put in the table: only then is it known what middleware surrounds it.
protocol Registration: Sendable {
    var message: any Message.Type { get }
    var repliesToRequests: Bool { get }
    func makeRoute(middleware: [any Middleware], encoder: FrameEncoder) -> Route
}

struct RequestRegistration<Handler: RequestHandler>: Registration {
    let handler: Handler
    var message: any Message.Type { Handler.Input.self }
    var repliesToRequests: Bool { true }

    func makeRoute(middleware: [any Middleware], encoder: FrameEncoder) -> Route {
        RequestRoute(handler, middleware: middleware, encoder: encoder)
    }
}

struct OneWayRegistration<Handler: OneWayHandler>: Registration {
    let handler: Handler
    var message: any Message.Type { Handler.Input.self }
    var repliesToRequests: Bool { false }

    func makeRoute(middleware: [any Middleware], encoder: FrameEncoder) -> Route {
        OneWayRoute(handler, middleware: middleware)
    }
}

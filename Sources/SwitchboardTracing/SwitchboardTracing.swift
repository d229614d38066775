// Spans of requests and messages, with swift-distributed-tracing.
//
// - TracingMiddleware.swift: a span for each message that a handler gets, and for each request of the server
// - ClientConfiguration+Tracing.swift: a span for each message that a client sends, and for each message that its handlers get
// - MessageSpan.swift: a span, its attributes and its errors
// - TraceCarrier.swift: the trace context in the fields of messages
// - WithoutTrait.swift: all that the module contains without the package trait `Tracing`

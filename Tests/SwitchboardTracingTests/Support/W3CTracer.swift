#if Tracing
import InMemoryTracing
import Synchronization
import Tracing

/// A tracer that keeps spans in memory, and carries contexts as W3C Trace Context says.
struct W3CTracer: Tracer {
    private let memory: InMemoryTracer

    init() {
        let last = Atomic<UInt64>(0)
        let number: @Sendable (Int) -> String = { digits in
            let text = String(last.wrappingAdd(1, ordering: .relaxed).newValue, radix: 16)
            return String(repeating: "0", count: digits - text.count) + text
        }
        memory = InMemoryTracer(idGenerator: .init(nextTraceID: { number(32) }, nextSpanID: { number(16) }))
    }

    /// The spans that have ended, in the order of their ends.
    var spans: [FinishedInMemorySpan] { memory.finishedSpans }

    /// The spans with the name `name`, which have the kind `kind`; waits until there are `count`.
    func spans(_ name: String, _ kind: SpanKind, count: Int = 1) async -> [FinishedInMemorySpan] {
        while true {
            let found = spans.filter { $0.operationName == name && $0.kind == kind }
            if found.count >= count { return found }
            await Task.yield()
        }
    }

    /// The only span with the name `name` and the kind `kind`; waits until there is one.
    func span(_ name: String, _ kind: SpanKind) async -> FinishedInMemorySpan {
        await spans(name, kind)[0]
    }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> InMemorySpan {
        memory.startSpan(
            operationName,
            context: context(),
            ofKind: kind,
            at: instant(),
            function: function,
            file: fileID,
            line: line
        )
    }

    func activeSpan(identifiedBy context: ServiceContext) -> InMemorySpan? {
        memory.activeSpan(identifiedBy: context)
    }

    func forceFlush() {}

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let span = context.inMemorySpanContext else { return }
        injector.inject("00-\(span.traceID)-\(span.spanID)-01", forKey: "traceparent", into: &carrier)
        injector.inject("memory=\(span.spanID)", forKey: "tracestate", into: &carrier)
    }

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        let parts = extractor.extract(key: "traceparent", from: carrier)?.split(separator: "-") ?? []
        guard parts.map(\.count) == [2, 32, 16, 2] else { return }
        context.inMemorySpanContext = InMemorySpanContext(
            traceID: String(parts[1]),
            spanID: String(parts[2]),
            parentSpanID: nil
        )
    }
}

extension FinishedInMemorySpan {
    /// The attributes, each as `name=value`, in the order of their names.
    var facts: [String] {
        var facts: [String] = []
        attributes.forEach { name, value in
            switch value {
            case .string(let text): facts.append("\(name)=\(text)")
            case .int64(let number): facts.append("\(name)=\(number)")
            case .int32(let number): facts.append("\(name)=\(number)")
            default: facts.append("\(name)=\(value)")
            }
        }
        return facts.sorted()
    }

    /// The attribute `error.type`.
    var errorType: String? {
        if case .string(let type)? = attributes.get("error.type") { type } else { nil }
    }

    /// The message of the status, if the status is an error.
    var problem: String? { status?.code == .error ? status?.message : nil }
}
#endif

import SwitchboardRouter
import Testing

@Suite("Fields that carry a trace context")
struct TraceTests {
    @Test("are read and set by the names of their values")
    func values() {
        var order = Traces.Order(item: "tea", parent: nil, baggage: nil)
        #expect(Traces.Order.traceKeys == ["traceparent", "tracestate", "b3", "baggage"])
        #expect(Traces.Order.traceKeys.map { order[trace: $0] } == [nil, "", "", nil])
        for key in Traces.Order.traceKeys { order[trace: key] = "of \(key)" }
        #expect(Traces.Order.traceKeys.map { order[trace: $0] } == Traces.Order.traceKeys.map { "of \($0)" })
        #expect(order.parent == "of traceparent")
        #expect(order.key == "of tracestate")
        #expect(order.baggage == "of baggage")
        for key in Traces.Order.traceKeys { order[trace: key] = nil }
        #expect(order == Traces.Order(item: "tea", parent: nil, baggage: nil))
    }

    @Test("have no other names, and messages without such fields have none")
    func otherNames() {
        var note = Traces.Note(text: "x", trace: "")
        note[trace: "tracestate"] = "y"
        #expect(note == Traces.Note(text: "x", trace: ""))
        #expect(note[trace: "tracestate"] == nil)
        var ordered = Traces.Ordered()
        ordered[trace: "traceparent"] = "z"
        #expect(ordered[trace: "traceparent"] == nil)
        #expect(Traces.Ordered.traceKeys.isEmpty)
    }
}

#if Tracing
internal import SwitchboardWire
internal import Tracing

/// Writes a trace context into the fields of a message; values without a field are left out.
struct TraceInjector<Carrier: Message>: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout Carrier) {
        carrier[trace: key] = value
    }
}

/// Reads a trace context from the fields of a message; empty texts are no values.
struct TraceExtractor<Carrier: Message>: Extractor {
    func extract(key: String, from carrier: Carrier) -> String? {
        let value = carrier[trace: key]
        return value?.isEmpty == true ? nil : value
    }
}
#endif

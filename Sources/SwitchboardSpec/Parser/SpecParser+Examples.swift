extension SpecParser {
    /// Reads `examples`.
    mutating func examples(_ node: Node) -> [ExampleSpec] {
        guard
            let items = list(
                node,
                "`examples`",
                limit: SpecLimits.examples,
                example: "[ { payload: 01ff, fields: { count: 511 } } ]"
            )
        else { return [] }
        var examples: [ExampleSpec] = []
        for item in items where !diagnostics.isFull {
            let errors = diagnostics.errorCount
            guard
                let values = keys(of: item, "an example", at: item.place, .example),
                let (bytes, isPayload) = exampleBytes(values, "an example", at: item.place)
            else { continue }
            if isPayload, let header = values["header"] {
                diagnostics.error("`header` requires `frame`: replace `payload` by the whole frame", at: header.place)
            }
            let header = values["header"].map { entries($0, "`header`") } ?? []
            let fields = values["fields"].map { entries($0, "`fields`") } ?? []
            // Skip an example with a mistake: without the wrong value, its bytes and fields would
            // not match.
            guard diagnostics.errorCount == errors else { continue }
            examples.append(ExampleSpec(bytes: bytes, isPayload: isPayload, header: header, fields: fields))
        }
        return examples
    }

    /// Reads `malformed`: payloads in hexadecimal, or mappings with a payload or a frame.
    mutating func malformed(_ node: Node) -> [MalformedSpec] {
        guard let items = list(node, "`malformed`", limit: SpecLimits.examples, example: "[ 01ff ]") else { return [] }
        var malformed: [MalformedSpec] = []
        for item in items where !diagnostics.isFull {
            if item.scalar != nil {
                guard let bytes = hexadecimal(item, "a malformed payload") else { continue }
                malformed.append(MalformedSpec(bytes: bytes, isPayload: true, doc: nil))
            } else if let values = keys(of: item, "a malformed example", at: item.place, .malformed),
                let (bytes, isPayload) = exampleBytes(values, "a malformed example", at: item.place)
            {
                let doc = values["doc"].flatMap { text($0, "`doc`") }
                malformed.append(MalformedSpec(bytes: bytes, isPayload: isPayload, doc: doc))
            }
        }
        return malformed
    }

    private mutating func exampleBytes(
        _ values: KeyedNodes,
        _ what: String,
        at place: Place
    ) -> (bytes: Located<[UInt8]>, isPayload: Bool)? {
        switch (values["frame"], values["payload"]) {
        case (let frame?, nil): return hexadecimal(frame, "`frame`").map { ($0, false) }
        case (nil, let payload?): return hexadecimal(payload, "`payload`").map { ($0, true) }
        case (_?, let payload?):
            diagnostics.error("\(what) has `frame` and `payload`: remove one", at: payload.place)
        case (nil, nil):
            guard !values.hasUnknown else { return nil }
            diagnostics.error("\(what) needs `frame` or `payload`: add one", at: place)
        }
        return nil
    }
}

// Generated from Traces.yaml. Edit that file: the next build overwrites this one.

import SwitchboardRouter

/// Traces, version 1.
nonisolated enum Traces: WireProtocol {
    /// The protocol's name.
    static var name: String { "Traces" }

    /// How messages are delimited on the stream.
    static let frameFormat = FrameFormat(
        byteOrder: .big,
        header: [
            .type(.one),
            .length(.two),
        ],
        checksum: nil,
        maximumPayload: 65_535
    )

    /// The messages, in the order of their codes.
    static var messages: [any Message.Type] {
        [
            Order.self,
            Ordered.self,
            Note.self,
        ]
    }

    /// A number that differs between protocols whose messages have different fields.
    static var layoutHash: UInt64? { 0x75AC_887C_D2DB_78AB }
}

nonisolated extension Traces {
    /// Orders an item.
    struct Order: Request, Hashable {
        /// The reply.
        typealias Reply = Ordered

        /// The code of the message in a frame.
        static var code: MessageCode { 0x01 }
        /// The name of the message in the spec.
        static var name: String { "Order" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .client }

        /// The field `item`.
        ///
        /// At most 255 bytes in UTF-8.
        var item: String

        /// The field `parent`.
        ///
        /// At most 255 bytes in UTF-8.
        var parent: String?

        /// The field `key`.
        ///
        /// At most 255 bytes in UTF-8.
        var key: String

        private var _newValue: String

        /// The field `newValue`.
        ///
        /// At most 255 bytes in UTF-8.
        @available(*, deprecated, message: "Use `parent`.")
        var newValue: String {
            get { _newValue }
            set { _newValue = newValue }
        }

        /// The field `baggage`.
        ///
        /// At most 65_535 bytes in UTF-8.
        var baggage: String?

        /// An `Order` with these fields.
        init(item: String, parent: String? = nil, key: String = "", newValue: String = "", baggage: String? = nil) {
            self.item = item
            self.parent = parent
            self.key = key
            _newValue = newValue
            self.baggage = baggage
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            item = try reader.string(length: UInt8.self, .big, field: "item")
            parent =
                try reader.isPresent(field: "parent")
                ? reader.string(length: UInt8.self, .big, field: "parent")
                : nil
            key = try reader.string(length: UInt8.self, .big, field: "key")
            _newValue = try reader.string(length: UInt8.self, .big, field: "newValue")
            let hasBaggage: Bool = try reader.boolean(field: "hasBaggage")
            baggage = try hasBaggage ? reader.string(length: UInt16.self, .big, field: "baggage") : nil
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(item, length: UInt8.self, .big, field: "item")
            writer.presence(parent != nil)
            if let parent {
                try writer.string(parent, length: UInt8.self, .big, field: "parent")
            }
            try writer.string(key, length: UInt8.self, .big, field: "key")
            try writer.string(_newValue, length: UInt8.self, .big, field: "newValue")
            let hasBaggage = baggage != nil
            writer.boolean(hasBaggage)
            if let baggage {
                try writer.string(baggage, length: UInt16.self, .big, field: "baggage")
            }
        }

        /// The names of the values of a trace context that the message carries.
        static var traceKeys: [String] { ["traceparent", "tracestate", "b3", "baggage"] }

        /// A value of the trace context that the message carries; `nil` if it carries none.
        subscript(trace key: String) -> String? {
            get {
                switch key {
                case "traceparent": parent
                case "tracestate": self.key
                case "b3": _newValue
                case "baggage": baggage
                default: nil
                }
            }
            set {
                switch key {
                case "traceparent": parent = newValue
                case "tracestate": self.key = newValue ?? ""
                case "b3": _newValue = newValue ?? ""
                case "baggage": baggage = newValue
                default: break
                }
            }
        }
    }

    /// Handles ``Order`` and answers with ``Ordered``.
    ///
    /// Write `func handle(_ message: Traces.Order, context: Context) async throws -> Traces.Ordered`, or the same
    /// without `async` if the handler does not suspend.
    protocol OrderHandler: RequestHandler where Input == Order {}
}

nonisolated extension Traces {
    /// The message `Ordered`.
    struct Ordered: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x02 }
        /// The name of the message in the spec.
        static var name: String { "Ordered" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .server }

        /// An `Ordered`.
        init() {}

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {}

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {}
    }
}

nonisolated extension Traces {
    /// The message `Note`.
    struct Note: Message, Hashable {
        /// The code of the message in a frame.
        static var code: MessageCode { 0x03 }
        /// The name of the message in the spec.
        static var name: String { "Note" }
        /// The end of a connection that may send the message.
        static var sender: Sender { .both }

        /// The field `text`.
        ///
        /// At most 255 bytes in UTF-8.
        var text: String

        /// The field `trace`.
        var trace: String

        /// A `Note` with these fields.
        init(text: String, trace: String) {
            self.text = text
            self.trace = trace
        }

        /// Reads the fields in the order of the layout.
        init(from reader: inout ByteReader) throws(PayloadError) {
            text = try reader.string(length: UInt8.self, .big, field: "text")
            trace = try reader.string(field: "trace")
        }

        /// Writes the fields in the order of the layout.
        func encode(into writer: inout ByteWriter) throws(PayloadError) {
            try writer.string(text, length: UInt8.self, .big, field: "text")
            writer.string(trace)
        }

        /// The names of the values of a trace context that the message carries.
        static var traceKeys: [String] { ["traceparent"] }

        /// A value of the trace context that the message carries; `nil` if it carries none.
        subscript(trace key: String) -> String? {
            get {
                switch key {
                case "traceparent": trace
                default: nil
                }
            }
            set {
                switch key {
                case "traceparent": trace = newValue ?? ""
                default: break
                }
            }
        }
    }

    /// Handles ``Note``, which has no reply.
    ///
    /// Write `func handle(_ message: Traces.Note, context: Context) async throws`, or the same without `async` if the
    /// handler does not suspend.
    protocol NoteHandler: OneWayHandler where Input == Note {}
}

nonisolated extension Traces.Note: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The fields, without the values of secret ones.
    var description: String {
        "Note(text: \(String(reflecting: text)), trace: <secret>)"
    }

    /// The same as ``description``.
    var debugDescription: String { description }

    /// The fields, without the values of secret ones.
    var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "text": text,
                "trace": "<secret>",
            ],
            displayStyle: .struct
        )
    }
}

nonisolated extension Traces {
    /// Handles every message that clients send, with one method for each.
    ///
    /// A type without one of the methods does not compile. Register the service with `router.register(_:)`.
    protocol Service: Sendable {
        /// Answers ``Order`` with ``Ordered``.
        func order(_ message: Order, context: Context) async throws -> Ordered

        /// Handles ``Note``, which has no reply.
        func note(_ message: Note, context: Context) async throws
    }
}

nonisolated extension Router {
    /// Registers the methods of `service` for every message that clients send.
    mutating func register(_ service: some Traces.Service) {
        on(Traces.Order.self) { message, context in
            try await service.order(message, context: context)
        }
        on(Traces.Note.self) { message, context in
            try await service.note(message, context: context)
        }
    }
}

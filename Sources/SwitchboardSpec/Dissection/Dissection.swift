/// A frame of a stream, or its beginning, taken apart by a spec.
package struct Dissection: Sendable {
    /// Why bytes are not a frame of the protocol, and where.
    package struct Problem: Error, Hashable, Sendable {
        /// The problem in words, about "it", the frame.
        package let message: String
        /// The offset in ``Dissection/bytes`` of the part with the mistake.
        package let offset: Int
    }

    /// The name of the frame's form: `main`, or one under `frames`.
    package let form: String
    /// The end that sent the frame; `both` if that is not known.
    package internal(set) var sender: Sender
    /// The message; `nil` if the spec has none with the frame's code.
    package internal(set) var message: MessageSpec?
    /// Whether ``message`` is only one of several that the frame may be, because its request is unknown.
    package internal(set) var isGuess = false
    /// The frame, without the delimiters and escapes of a framing; the places of the parts are places in these bytes.
    package internal(set) var bytes: [UInt8]
    /// The parts of the header.
    package internal(set) var header: [Part] = []
    /// The parts of the payload.
    package internal(set) var payload: [Part] = []
    /// The parts of the trailer.
    package internal(set) var trailer: [Part] = []
    /// The values of the header's own fields, with their names in the spec; empty if the header could not be read.
    package internal(set) var headerValues: [(field: FieldPlan, value: Value)] = []
    /// The number that pairs a reply with its request; `nil` without a field with `correlate`.
    package internal(set) var correlation: Value?
    /// The values of the message's fields, in the order of the spec; `nil` if the payload could not be read.
    package internal(set) var values: [Value]?
    /// The number of bytes of the frame on the stream, with all delimiters; `nil` if its end is unknown.
    package internal(set) var size: Int?
    /// The number of bytes of an incomplete frame on the stream, if its header says so.
    package internal(set) var announcedSize: Int?
    /// Whether the stream has the whole frame; otherwise the parts are those that it has.
    package internal(set) var isComplete = true
    /// Why the bytes are not a frame of the protocol; `nil` if they are one, or may become one.
    package internal(set) var problem: Problem?

    /// All parts, in wire order.
    package var parts: [Part] { header + payload + trailer }
}

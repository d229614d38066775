import InProcess
import SwiftProtobuf
import Switchboard

/// A message that both codecs have.
protocol ComparedMessage: Switchboard.Message, Equatable {
    associatedtype Protobuf: SwiftProtobuf.Message, Equatable

    /// A message with the next numbers.
    static func sample(_ numbers: inout Numbers) -> Self

    /// The same message for Protocol Buffers.
    var protobuf: Protobuf { get }

    /// The same message as that for Protocol Buffers.
    init(_ protobuf: Protobuf)
}

/// Checks that each codec keeps all values of `messages`.
func checkRoundTrips<Value: ComparedMessage>(of messages: [Value]) throws {
    for message in messages {
        let isKept = try switchboardRoundTrip(message) == message
        let protobuf = try protobufRoundTrip(message.protobuf)
        guard isKept, protobuf == message.protobuf, Value(protobuf) == message else {
            throw BenchmarkFailure("a round trip has changed \(message)")
        }
    }
}

internal import SwitchboardFiles

/// What a replay has done, in numbers.
struct ReplayCounts {
    /// The connections that were opened.
    var connections = 0
    /// The messages that were sent.
    var sent = 0
    /// The messages of the server that are as in the capture.
    var equal = 0
    /// The messages of the server that differ from those in the capture.
    var different = 0
    /// The messages of the capture that the server did not send, and ends of connections that did not come, or came too early.
    var missing = 0
    /// The messages of the server that the capture does not have.
    var unexpected = 0
    /// The messages of the capture behind a place where the replay of their connection ended.
    var notReplayed = 0
    /// The places of the capture at which the replay of a connection ended, because the capture lacks bytes or has others.
    var gaps = 0
    /// The connections that were not replayed, because the capture begins within them.
    var cutConnections = 0

    /// Whether the server did what the capture has, and all of it was compared.
    var isEqual: Bool { different + missing + unexpected + notReplayed + gaps == 0 }

    /// The numbers on one line for people.
    var text: String {
        var text = "sent \(Self.counted(sent, "message")) on \(Self.counted(connections, "connection")); "
        text +=
            "messages of the server: \(equal) equal, \(different) different, \(missing) missing, \(unexpected) unexpected"
        if notReplayed > 0 { text += "; \(Self.counted(notReplayed, "message")) not replayed" }
        if cutConnections > 0 { text += "; \(Self.counted(cutConnections, "connection")) without a beginning" }
        return text
    }

    /// The numbers for programs.
    var object: JSON {
        .object(
            [
                ("connections", connections), ("sent", sent), ("equal", equal), ("different", different),
                ("missing", missing), ("unexpected", unexpected), ("notReplayed", notReplayed),
                ("cutConnections", cutConnections),
            ].map { ($0.0, .number("\($0.1)")) }
        )
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

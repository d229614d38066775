internal import SwitchboardSpec

/// Messages between a client and a server, in order.
struct SequenceDiagram {
    /// A step of a conversation.
    enum Step {
        /// A message.
        case message(String, from: Sender, isReply: Bool)
        /// A remark, such as the frame that follows.
        case note(String)
    }

    /// The steps.
    let steps: [Step]

    /// The text of the diagram, 60 columns wide.
    var text: String {
        let columns = 46
        var lines = ["client" + String(repeating: " ", count: columns - 6) + "server"]
        for step in steps {
            switch step {
            case .note(let text): lines.append("  ·  \(text)")
            case .message(let name, let sender, _):
                let room = max(1, columns - name.count - 6)
                let line = String(repeating: "─", count: room)
                switch sender {
                case .client: lines.append("  │─ \(name) \(line)▶│")
                case .server: lines.append("  │◀\(line) \(name) ─│")
                case .both: lines.append("  │◀─ \(name) \(String(line.dropLast()))▶│")
                }
            }
        }
        return lines.joined(separator: "\n")
    }
}

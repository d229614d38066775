package import SwitchboardBytes

/// A command with its arguments.
package struct RedisCommand: Sendable, Equatable, ExpressibleByArrayLiteral {
    /// The name of the command and its arguments.
    package let arguments: [Bytes]

    /// A command.
    package init(_ arguments: [Bytes]) {
        self.arguments = arguments
    }

    /// A command.
    package init(arrayLiteral arguments: Bytes...) {
        self.arguments = arguments
    }

    /// Appends the command as Redis reads it: an array of strings.
    package func encode(into writer: inout ByteWriter) {
        appendLine("*", arguments.count, to: &writer)
        for argument in arguments {
            appendLine("$", argument.count, to: &writer)
            writer.append(argument)
            writer.append(contentsOf: "\r\n".utf8)
        }
    }

    private func appendLine(_ type: StaticString, _ number: Int, to writer: inout ByteWriter) {
        writer.append(contentsOf: "\(type)\(number)\r\n".utf8)
    }
}

internal import SwitchboardFiles
package import SwitchboardSpec

/// The messages that the words of a command line name.
package enum MessageWords {
    /// A message with values, such as `colour=red`, of its fields and of the header.
    case message(String, fields: [String], header: [String])
    /// The messages in a file with JSON objects, `-` for standard input; `message` is the name for objects without one.
    case file(String, message: String?)

    /// The largest number of bytes of a file with messages, or that a value names: 64 MiB.
    private static let maximumFile = MessageInput.maximumJSON

    /// Returns the messages with all their values.
    ///
    /// - Throws: A `VerbFailure` when the spec does not have such messages; a `FileError` when a file cannot be read.
    package func messages(for spec: CheckedSpec) throws -> [MessageInput.Message] {
        let input = Self.input(for: spec)
        do throws(MessageInput.Problem) {
            switch self {
            case .message(let name, let fields, let header):
                return [try input.message(name, fields: fields, header: header)]
            case .file(let path, let name):
                return try input.messages(json: try Self.read(path, for: nil), named: name)
            }
        } catch {
            if error.isOfFile { throw FileError(error.message) }
            throw VerbFailure(error.message)
        }
    }

    /// Returns the input for messages of `spec`, whose values may name files.
    package static func input(for spec: CheckedSpec) -> MessageInput {
        MessageInput(spec) { field, path throws(MessageInput.Problem) in try read(path, for: field) }
    }

    /// Returns the content of a file.
    ///
    /// - Parameter field: The name of the field whose value the content is; `nil` for the file with all messages.
    private static func read(_ path: String, for field: String?) throws(MessageInput.Problem) -> [UInt8] {
        do throws(FileError) {
            let file = try FileInput(path)
            var bytes: [UInt8] = []
            while case let piece = try file.next(), !piece.isEmpty {
                bytes += piece
                guard bytes.count <= maximumFile else {
                    throw FileError("cannot read \(file.name): it has more than \(maximumFile) bytes")
                }
            }
            return bytes
        } catch {
            let text = field.map { "`\($0)`: \(error)" } ?? "\(error)"
            throw MessageInput.Problem(message: text, isOfFile: true)
        }
    }
}

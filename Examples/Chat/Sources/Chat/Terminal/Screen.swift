import Foundation
import Switchboard
import Synchronization

/// Prints messages above the line that the user is typing.
///
/// If standard input or output is not a terminal, it reads and prints whole lines.
final class Screen: Sendable {
    /// The typed lines, until the end of the input.
    let lines: AsyncStream<String>

    private let editor: Mutex<LineEditor>
    private let terminal: RawTerminal?

    init() {
        let terminal = RawTerminal()
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        self.lines = lines
        self.terminal = terminal
        editor = Mutex(LineEditor(isShown: terminal != nil))
        let thread = Thread { [self] in
            if terminal == nil {
                while let line = readLine() { continuation.yield(line) }
            } else {
                while let byte = RawTerminal.readByte(), let input = type(byte) {
                    if case .line(let line) = input { continuation.yield(line) }
                }
            }
            continuation.finish()
        }
        thread.start()
    }

    /// Restores the previous mode of the terminal.
    func close() {
        editor.withLock { $0.isShown = false }
        if terminal != nil { write("\r\u{1B}[K") }
        terminal?.restore()
    }

    /// Handles a typed byte; `nil` is the end of the input.
    private func type(_ byte: UInt8) -> LineEditor.Input? {
        editor.withLock { editor in
            let input = editor.type(byte)
            if case .end = input { return nil }
            write(editor.prompt)
            return input
        }
    }

    /// Prints a line.
    func print(_ text: String) {
        editor.withLock { editor in
            write((editor.isShown ? "\r\u{1B}[K" : "") + text.visible + "\n" + editor.prompt)
        }
    }

    private func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}

extension Screen {
    /// Prints the name of the room that was entered, its members and its last lines.
    func show(_ joined: Chat.Joined, in room: String) {
        for line in joined.history { show(line) }
        print("You are in \(room), with \(joined.members.joined(separator: ", ")).")
    }

    /// Prints who has entered or left the room.
    func show(_ moved: Chat.Moved) {
        print("\(painted(moved.name)) has \(moved.hasCome ? "entered" : "left").")
    }

    /// Prints a change of the connection.
    func show(_ event: ConnectionEvent) {
        switch event {
        case .disconnected(let reason, retryingIn: let delay):
            print(delay == nil ? "\(reason)" : "The connection is lost. Reconnecting.")
        case .droppingMessages: print("Some messages are lost: they arrive too fast.")
        case .connected: break
        }
    }

    /// Prints a line of a member.
    func show(_ line: Chat.Line) {
        let time = Date(timeIntervalSince1970: Double(line.time) / 1000)
        let clock = time.formatted(.dateTime.hour(.twoDigits(amPM: .omitted)).minute(.twoDigits))
        print("\(clock) \(painted(line.name)): \(line.text)")
    }

    /// Returns a name in its own colour.
    private func painted(_ name: String) -> String {
        guard terminal != nil else { return name }
        let colour = name.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % 6 + 31
        return "\u{1B}[1;\(colour)m\(name.visible)\u{1B}[0m"
    }
}

extension String {
    /// Returns the text without control characters, which could change the terminal of the reader.
    ///
    /// The colour sequences of names remain.
    fileprivate var visible: String {
        var result = ""
        var rest = self[...]
        while let character = rest.first {
            if let paint = rest.prefixMatch(of: /\u{1B}\[[0-9;]*m/) {
                result += paint.output
                rest = rest[paint.range.upperBound...]
            } else {
                let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
                result.append(isControl ? "\u{FFFD}" : character)
                rest.removeFirst()
            }
        }
        return result
    }
}

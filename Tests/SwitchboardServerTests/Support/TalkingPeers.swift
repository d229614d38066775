import Switchboard
import SwitchboardTesting

extension Router {
    /// The handlers of Workshop, and notes that tell the server what to do: `join ROOM`, `leave ROOM`, `room ROOM TEXT`,
    /// `to-room ROOM TEXT`, `user USER TEXT`, `connection NUMBER TEXT`, `session ID TEXT`, `self TEXT`, `all TEXT`, `kick USER`.
    static func talking() -> Router {
        var router = Router(Workshop.self)
        router.on(Workshop.Add.self) { message, _ in Workshop.Sum(value: message.left &+ message.right) }
        router.on(Workshop.Door.self) { message, context in
            context.session.identity = message.user.isEmpty ? nil : Session.Identity(user: message.user)
            return Workshop.Sum(value: UInt32(truncatingIfNeeded: context.connection.id))
        }
        router.on(Workshop.Note.self) { note, context in try context.obey(note.text) }
        return router
    }
}

extension Context {
    /// Does what a note says.
    func obey(_ text: String) throws {
        let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        let (verb, name) = (words[0], words.count > 1 ? words[1] : "")
        let note = Workshop.Note(text: words.last ?? "")
        switch verb {
        case "join": try join(name)
        case "leave": leave(name)
        case "room": try broadcast(note, to: .room(name))
        case "to-room": try send(note, to: .room(name))
        case "user": try send(note, to: .user(name))
        case "connection": try send(note, to: .connection(ConnectionID(name) ?? 0))
        case "session": try SessionID(name).map { try send(note, to: .session($0)) }
        case "self": try send(Workshop.Note(text: name))
        case "all": try broadcast(Workshop.Note(text: name))
        case "kick": try disconnect(.user(name), because: Workshop.Problem(code: .outOfPaint, text: "kicked"))
        default: throw Workshop.Problem(code: .malformedPayload, text: "unknown: \(text)")
        }
    }
}

extension TestPeer {
    /// Sends a note with `text`.
    func note(_ text: String) throws {
        try send(Workshop.Note(text: text))
    }

    /// The texts of the notes that have arrived.
    func takeNotes() throws -> [String] {
        try takeMessages().map { try $0.decoded(as: Workshop.Note.self).text }
    }
}

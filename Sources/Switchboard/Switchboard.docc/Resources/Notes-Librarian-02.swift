import Switchboard

struct Librarian: Notes.Service {
    let book: Book

    func enter(_ message: Notes.Enter, context: Context) async throws -> Notes.Entered {
        Notes.Entered(count: await UInt32(book.count))
    }

    func write(_ message: Notes.Write, context: Context) async throws {
        await book.add(Notes.Note(author: "unknown", text: message.text))
    }

    func read(_ message: Notes.Read, context: Context) async throws -> Notes.Note {
        try await book.note(message.number)
    }
}

import Switchboard

/// The notes. Handlers of many connections read and write them at the same time.
actor Book {
    private var notes: [Notes.Note] = []

    var count: Int { notes.count }

    func add(_ note: Notes.Note) {
        notes.append(note)
    }

    func note(_ number: UInt32) throws -> Notes.Note {
        guard notes.indices.contains(Int(number)) else {
            throw Notes.Problem(code: .noSuchNote, text: "there are \(notes.count) notes")
        }
        return notes[Int(number)]
    }
}

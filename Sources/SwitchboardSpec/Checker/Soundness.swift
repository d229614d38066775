/// The messages and types with mistakes.
struct Soundness {
    /// The messages and types with mistakes of their own.
    private var mistaken: Set<String> = []
    /// These, and the types in which they are nested.
    private var unsound = EnclosingTypes()

    /// - Parameters:
    ///   - types: All types.
    ///   - names: The messages and types with mistakes.
    init(_ types: [TypeSpec], mistaken names: Set<String>) {
        for type in types {
            for held in Set(type.fields.compactMap(\.type.value.namedType)) {
                unsound.note(held, in: type.name.value)
            }
        }
        for name in names { insert(name) }
    }

    /// Notes that the message or type called `name` has a mistake.
    mutating func insert(_ name: String) {
        mistaken.insert(name)
        unsound.insert(name)
    }

    /// Returns whether the message or type called `name` has a mistake of its own.
    func isMistaken(_ name: String) -> Bool { mistaken.contains(name) }

    /// Returns whether neither the type called `name` nor a type nested in it has a mistake.
    func isSound(_ name: String) -> Bool { !unsound.contains(name) }
}

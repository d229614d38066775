/// What the fuzzer has come up with, taken bit by bit.
struct Input {
    private var rest: ArraySlice<UInt8>

    init(_ data: UnsafeBufferPointer<UInt8>) {
        rest = unsafe ArraySlice(data)
    }

    var isEmpty: Bool { rest.isEmpty }

    /// The next byte; 0 when there is none.
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// The next `count` bytes, or as many as there are.
    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// All that is left.
    mutating func remainder() -> [UInt8] { bytes(rest.count) }

    /// One of `choices`.
    mutating func choice<T>(of choices: [T]) -> T { choices[Int(byte()) % choices.count] }
}

/// A promise that does not hold stops the program, in release mode, too.
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { fatalError("broken promise: \(what())") }
}

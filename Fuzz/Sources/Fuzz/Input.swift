/// Takes values from the input of the fuzzer.
struct Input {
    private var rest: ArraySlice<UInt8>

    init(_ data: UnsafeBufferPointer<UInt8>) {
        rest = unsafe ArraySlice(data)
    }

    var isEmpty: Bool { rest.isEmpty }

    /// Returns the next byte, or 0 at the end of the input.
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// Returns the next `count` bytes, or fewer at the end of the input.
    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// Returns the rest of the input.
    mutating func remainder() -> [UInt8] { bytes(rest.count) }

    /// Returns one of `choices`.
    mutating func choice<T>(of choices: [T]) -> T { choices[Int(byte()) % choices.count] }
}

/// Stops the program, in release mode too, if `condition` is false.
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { fatalError("violated: \(what())") }
}

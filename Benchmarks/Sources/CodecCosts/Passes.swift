/// What is measured of a codec: one pass over all messages in each direction.
struct Passes {
    /// The size of all messages, in bytes.
    let byteCount: Int
    let serialise: () throws -> Void
    let parse: () throws -> Void
}

/// Keeps the compiler from removing the code that computes `value`.
@inline(never) @_optimize(none)
func keep<Value: ~Copyable>(_ value: borrowing Value) {}

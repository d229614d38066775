/// A value as a spec writes it, in examples, defaults and bounds.
///
/// What it means depends on the type of its field.
package indirect enum Literal: Sendable {
    /// A scalar, and whether it was written without quotes.
    case text(String, isPlain: Bool)
    /// `null`, `~`, or nothing at all.
    case nothing
    /// A list.
    case list([Located<Literal>])
    /// A mapping of names to values.
    case mapping([Entry])

    /// A name and its value.
    package struct Entry: Sendable {
        /// The name.
        package let name: Located<String>
        /// What was written behind it.
        package let literal: Located<Literal>
    }
}

/// A type that is one of several things, and says which.
package struct UnionSpec: Sendable {
    /// One of the things.
    package struct Case: Sendable {
        /// Its name.
        package let name: Located<String>
        /// `tag`: the number that says it is this one.
        package let tag: Located<SpecInteger>
        /// `doc`: what it is.
        package var doc: String?
        /// `fields`, in wire order, behind the tag.
        package var fields: [FieldSpec] = []
    }

    /// Its name.
    package let name: Located<String>
    /// `tag`: the type of the numbers.
    package let tag: IntegerType
    /// `doc`: what it is for.
    package var doc: String?
    /// `cases`, as they stand in the file.
    package var cases: [Case] = []
}

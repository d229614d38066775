/// Fields that belong together.
package struct StructSpec: Sendable {
    /// Its name.
    package let name: Located<String>
    /// `doc`: what it is for.
    package var doc: String?
    /// `fields`, in wire order.
    package var fields: [FieldSpec] = []
}

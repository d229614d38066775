/// A spec that another one builds on, and the module that has what was generated from it.
package struct ImportedSpec: Sendable {
    /// The module's name, as written under `imports`.
    package let module: Located<String>
    /// What is in it.
    package let spec: CheckedSpec
    /// The path of its file, for diagnostics.
    package let path: String
}

/// `reserved`: numbers and names that were used once, and may not come back with another meaning.
package struct ReservedSpec: Sendable {
    /// The numbers, and where each was written.
    package var numbers: [SpecInteger: Place] = [:]
    /// The names, and where each was written.
    package var names: [String: Place] = [:]
}

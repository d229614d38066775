import Foundation

extension Telemetry.Refusal: LocalizedError {
    /// The text that a command prints when the server refuses its request.
    var errorDescription: String? { text }
}

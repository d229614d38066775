/// Why a session or a statement has failed.
struct DatabaseError: Error, Equatable, CustomStringConvertible {
    /// The code of the error, such as `42P01`; `nil` for an error of this client.
    let sqlState: String?
    let description: String

    /// An error of this client.
    init(_ text: String) {
        sqlState = nil
        description = text
    }

    /// The error with the fields that the server has sent.
    init(_ fields: [PostgreSQL.ErrorField]) {
        func text(_ kind: PostgreSQL.ErrorFieldKind) -> String? { fields.first { $0.kind == kind }?.text }
        sqlState = text(.sqlState)
        let state = sqlState.map { " (\($0))" } ?? ""
        description = "\(text(.severity) ?? "ERROR"): \(text(.message) ?? "no reason given")\(state)"
    }
}

import Switchboard

/// Who opens a session: the first messages of a connection.
struct Login: Sendable {
    let user: String
    let database: String
    /// The password, which is sent in clear text if the server asks for it so.
    let password: String?

    /// Sends the first messages, and returns when the server waits for a query.
    ///
    /// - Throws: A ``DatabaseError`` when the server refuses the user or asks for a password in another form.
    func run(_ client: Client) async throws {
        let parameters = [
            PostgreSQL.Parameter(name: "user", value: user), PostgreSQL.Parameter(name: "database", value: database),
        ]
        try await client.send(PostgreSQL.Startup(parameters: parameters))
        for try await message in client.incoming {
            switch message {
            case let step as PostgreSQL.Authentication: try await answer(step, client)
            case let error as PostgreSQL.ErrorResponse: throw DatabaseError(error.fields)
            case is PostgreSQL.ReadyForQuery: return
            default: break
            }
        }
        throw DatabaseError("the server has ended the session")
    }

    private func answer(_ step: PostgreSQL.Authentication, _ client: Client) async throws {
        switch (step.method, password) {
        case (0, _): break
        case (3, let password?): try await client.send(PostgreSQL.Password(data: Bytes(Array(password.utf8) + [0])))
        case (3, nil): throw DatabaseError("the server asks for a password")
        default: throw DatabaseError("the server asks for a way to authenticate (\(step.method)) that is not supported")
        }
    }
}

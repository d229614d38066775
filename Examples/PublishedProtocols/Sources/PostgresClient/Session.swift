import Switchboard

/// A session with a PostgreSQL server, which runs queries one after the other.
struct Session {
    /// The number of rows and other messages of one query that are kept until they are read.
    static let maximumUnread = 1_000_000

    private let client: Client

    /// Opens a session.
    ///
    /// - Parameters:
    ///   - host: The address or host name of the server.
    ///   - port: The port of the server, 1 to 65,535.
    ///   - login: Who opens the session.
    /// - Throws: A ``DatabaseError`` when the server refuses the session; a `ClientError` when there is no connection.
    init(host: String, port: Int, _ login: Login) async throws {
        var configuration = ClientConfiguration()
        configuration.incomingLimit = Self.maximumUnread
        client = try await Client.connect(
            host: host,
            port: port,
            speaking: PostgreSQL.self,
            configuration: configuration
        )
        do { try await login.run(client) } catch {
            await client.close()
            throw error
        }
    }

    /// Runs the statements in `sql`, and calls `show` with each part of their results.
    ///
    /// - Throws: A ``DatabaseError`` when a statement fails: the others are not run; a `ClientError` when the connection is lost.
    func query(_ sql: String, _ show: (Output) -> Void) async throws {
        try await client.send(PostgreSQL.Query(sql: sql))
        var failure: DatabaseError?
        for try await message in client.incoming {
            switch message {
            case let rows as PostgreSQL.RowDescription: show(.columns(rows.columns.map(\.name)))
            case let row as PostgreSQL.DataRow:
                show(.row(row.values.map { $0.map { String(decoding: $0, as: UTF8.self) } }))
            case let part as PostgreSQL.CopyData: show(.text(String(decoding: part.data, as: UTF8.self)))
            case let end as PostgreSQL.CommandComplete: show(.completed(end.tag))
            case let error as PostgreSQL.ErrorResponse: failure = DatabaseError(error.fields)
            case is PostgreSQL.CopyInResponse:
                try await client.send(PostgreSQL.CopyFail(reason: "there is no data to copy"))
            case is PostgreSQL.ReadyForQuery:
                if client.incoming.droppedCount > 0 { throw DatabaseError("the result is too large to be kept") }
                if let failure { throw failure }
                return
            default: break
            }
        }
        throw DatabaseError("the server has ended the session")
    }

    /// Ends the session.
    func close() async {
        try? await client.send(PostgreSQL.Terminate())
        await client.close()
    }
}

/// A part of the result of a query.
enum Output: Equatable {
    /// The names of the columns of the rows that follow.
    case columns([String])
    /// The values of a row as text; `nil` for NULL.
    case row([String?])
    /// Lines of `COPY … TO STDOUT`.
    case text(String)
    /// The end of a statement, such as `SELECT 1`.
    case completed(String)
}

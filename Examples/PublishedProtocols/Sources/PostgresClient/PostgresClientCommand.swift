import ArgumentParser

/// Runs a query on a PostgreSQL server, and prints the result.
@main
struct PostgresClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "PostgresClient",
        abstract: "Run a query on a PostgreSQL server.",
        discussion: "Values of a row are separated by tabs; NULL is \\N."
    )

    @Argument(help: "One or more statements in SQL, separated by semicolons.")
    var sql: String

    @Option(help: "Address or host name of the server.")
    var host = "127.0.0.1"

    @Option(help: "Port of the server, 1 to 65535.")
    var port = 5432

    @Option(help: "User.")
    var user = "postgres"

    @Option(help: "Database; that with the name of the user by default.")
    var database: String?

    @Option(help: "Password, which is sent in clear text if the server asks for it so.")
    var password: String?

    func validate() throws {
        guard (1...65_535).contains(port) else { throw ValidationError("--port must be 1 to 65535") }
    }

    func run() async throws {
        let login = Login(user: user, database: database ?? user, password: password)
        let session = try await Session(host: host, port: port, login)
        do {
            try await session.query(sql) { output in
                switch output {
                case .columns(let names): print(names.joined(separator: "\t"))
                case .row(let values): print(values.map { $0 ?? "\\N" }.joined(separator: "\t"))
                case .text(let text): print(text, terminator: "")
                case .completed(let tag): print("-- \(tag)")
                }
            }
        } catch {
            await session.close()
            throw error
        }
        await session.close()
    }
}

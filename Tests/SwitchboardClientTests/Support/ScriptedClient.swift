import NET001
import Switchboard
import TestSupport

/// The size of the frame of a PING, in bytes.
let pingSize = 20

/// The size of the frame of a DATA with two bytes.
let dataSize = 14

/// Connects to a server that runs `script`.
func connect(
    speaking wireProtocol: any WireProtocol.Type = NET001.self,
    _ configure: (inout ClientConfiguration) -> Void = { _ in },
    to script: @escaping @Sendable (RawPeer) throws -> Void
) async throws -> Client {
    let server = try FakeServer()
    server.accept(script)
    var configuration = ClientConfiguration()
    configuration.requestTimeout = .seconds(Patience.seconds)
    configure(&configuration)
    return try await Client.connect(
        host: "127.0.0.1",
        port: server.port,
        speaking: wireProtocol,
        configuration: configuration
    )
}

/// Connects to a server that runs `script`, and runs `body` with the client.
func withClient(
    speaking wireProtocol: any WireProtocol.Type = NET001.self,
    _ configure: (inout ClientConfiguration) -> Void = { _ in },
    of script: @escaping @Sendable (RawPeer) throws -> Void,
    _ body: (Client) async throws -> Void
) async throws {
    let client = try await connect(speaking: wireProtocol, configure, to: script)
    do {
        try await body(client)
        await client.close()
    } catch {
        await client.close()
        throw error
    }
}

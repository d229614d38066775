import Switchboard
import SwitchboardTesting
import Testing

/// The messages of the articles: requests that the server sends to its peers.
private enum Jobs {
    typealias Submit = DialogueProtocol.Begin
    typealias Submitted = DialogueProtocol.Result
    typealias Ask = DialogueProtocol.Ask
    typealias Answer = DialogueProtocol.Answer
}

private actor Queue {
    func enter(_ number: UInt32) -> UInt32 { number + 1 }
}

extension Router {
    /// A router that asks the peer before it accepts a job.
    fileprivate static func jobs() -> Router {
        var router = Router(DialogueProtocol.self)
        router.on(Jobs.Submit.self) { message, context in
            let answer = try await context.request(Jobs.Ask(number: message.number), timeout: .seconds(5))
            return Jobs.Submitted(number: answer.number)
        }
        return router
    }
}

private func answerAsks(_ client: Client, _ queue: Queue) throws {
    try client.on(Jobs.Ask.self) { ask in
        Jobs.Answer(number: await queue.enter(ask.number))
    }
}

@Suite("The requests of the server that the articles show")
struct ReadmeRequests {
    @Test("are answered by a client")
    func client() async throws {
        let client = try TestServer(.jobs()).makeClient()
        try answerAsks(client, Queue())
        #expect(try await client.request(Jobs.Submit(number: 41)).number == 42)
        await client.close()
    }

    @Test("are answered by the test of a handler")
    func recording() async throws {
        let connection = RecordingConnection()
        connection.onRequest(Jobs.Ask.self) { ask in Jobs.Answer(number: ask.number) }
        let context = Context(connection: connection)
        #expect(try await context.request(Jobs.Ask(number: 7), timeout: .seconds(1)).number == 7)
    }
}

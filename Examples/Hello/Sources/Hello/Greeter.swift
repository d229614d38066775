import Switchboard

/// Replies to Greet.
struct Greeter: Hello.GreetHandler {
    func handle(_ message: Hello.Greet, context: Context) throws -> Hello.Greeting {
        guard !message.name.isEmpty else {
            throw Hello.Problem(code: .namelessPeer, text: "the name is empty")
        }
        let text = "Hello, \(message.name)!"
        return Hello.Greeting(text: message.shouting ? text.uppercased() : text)
    }
}

import Switchboard

struct Doorkeeper: Notes.EnterHandler {
    func handle(_ message: Notes.Enter, context: Context) throws -> Notes.Entered {
        context.logger.info("entered", metadata: ["name": "\(message.name)"])
        return Notes.Entered(count: 0)
    }
}

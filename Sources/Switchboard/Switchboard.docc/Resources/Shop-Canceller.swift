import Switchboard

struct Canceller: Shop.CancelHandler {
    func handle(_ message: Shop.Cancel, context: Context) throws -> Shop.Cancelled {
        guard (1...1000).contains(message.order) else {
            throw Shop.Problem(code: .unknownOrder, text: "there is no order \(message.order)")
        }
        context.logger.info("cancelled", metadata: ["reason": "\(message.reason)"])
        return Shop.Cancelled()
    }
}

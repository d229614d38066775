import Serving

/// The limits of the message centre.
///
/// The limits of frames and texts are in `protocol.yaml`.
struct Limits: Sendable {
    /// The number of messages that the centre keeps, with those that are delivered or have failed.
    ///
    /// At the limit, the centre forgets the message that has ended first. If no message has ended, it refuses the new message.
    var messages = 10_000

    /// The number of bytes of a text, in the message or in its option `payload`.
    var textBytes = 4096

    /// The number of options of a message.
    var options = 20

    /// The number of receipts that wait until an account can receive them; further receipts are dropped.
    var waitingReceipts = 1000

    /// The number of sessions that an account may have at once.
    var sessionsPerAccount = 10

    /// The number of messages that a client has received and not answered; further messages to it wait.
    var window = 10

    /// The time after which a message expires, in milliseconds, if its sender does not set an earlier one.
    var validity: Moment = 24 * 3600 * 1000
}

internal import SwitchboardSpec
internal import SwitchboardTransport

/// What both ends of a connection through a proxy share.
///
/// Only the event loop of the connection uses it.
final class ProxyTraffic {
    let number: Int
    let rules: ProxyRules
    let printer: TrafficPrinter
    var conversation: ConversationDissector
    var capture: CapturedConnection?
    /// The ends that have not closed.
    private var openEnds = 2
    private let whenClosed: () -> Void

    init(
        _ number: Int,
        _ dissector: FrameDissector,
        _ rules: ProxyRules,
        _ printer: TrafficPrinter,
        _ capture: CapturedConnection?,
        whenClosed: @escaping () -> Void
    ) {
        self.number = number
        self.rules = rules
        self.printer = printer
        self.capture = capture
        self.whenClosed = whenClosed
        conversation = ConversationDissector(dissector)
    }

    /// Notes that an end has closed.
    func endClosed() {
        openEnds -= 1
        if openEnds == 0 { whenClosed() }
    }
}

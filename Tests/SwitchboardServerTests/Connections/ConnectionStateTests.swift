import SwitchboardRouter
import Testing

@testable import SwitchboardServer

/// The state of a connection, without the connection: every sequence of events, and the sequences that matter by name.
@Suite("The state of a connection")
struct ConnectionStateTests {
    typealias Rules = ConnectionState.Rules
    typealias Action = ConnectionState.Action

    enum Event: CaseIterable {
        case burstBegan, burstEnded, messageBegan, messageFinished, handlerSuspended, handlerFinished
        case partOfFrameRead, frameRead, expired
        case peerEnded, inputEnded, closeRequested, disconnected, failed, streamClosed
        case drainRequested, inputReleased, drainCheck, drainCheckWithInputHeldBack
    }

    /// A state, and what a connection that performed its actions knows of its past.
    struct History: Hashable {
        var state = ConnectionState()
        var suspended = 0
        var scheduledChecks = 0
        var closings = 0
        var slotsGivenBack = 0
        var isReading = true
        var isHandling = false
        var isInFrame = false
        var closeWasRequested = false
        var drainWasRequested = false
        var peerHasEnded = false
        var inputHasEnded = false
        var streamHasClosed = false

        /// Reports `event`, and keeps what follows from it.
        mutating func report(_ event: Event, _ rules: Rules) -> Action {
            let action = ConnectionStateTests.report(event, to: &state, rules)
            switch event {
            case .burstBegan, .burstEnded, .expired, .inputReleased, .disconnected, .failed: break
            case .messageBegan: isHandling = true
            case .messageFinished: isHandling = false
            case .handlerSuspended: (isHandling, suspended) = (false, suspended + 1)
            case .handlerFinished: suspended = max(suspended - 1, 0)
            case .partOfFrameRead: isInFrame = true
            case .frameRead: isInFrame = false
            case .peerEnded: peerHasEnded = true
            case .inputEnded: (peerHasEnded, inputHasEnded) = (true, true)
            case .closeRequested: closeWasRequested = true
            case .streamClosed: streamHasClosed = true
            case .drainRequested: drainWasRequested = true
            case .drainCheck, .drainCheckWithInputHeldBack: scheduledChecks = max(scheduledChecks - 1, 0)
            }
            switch action {
            case .pauseReading: isReading = false
            case .resumeReading: isReading = true
            case .close: closings += 1
            case .giveBackSlot: slotsGivenBack += 1
            case .scheduleDrainCheck: scheduledChecks += 1
            default: break
            }
            return action
        }

        /// Whether a connection can report `event` now; ``ConnectionState`` bears the others, too.
        func allows(_ event: Event) -> Bool {
            let isInBurst = state.isReceiving
            return switch event {
            case .burstBegan: !isInBurst && isReading && state.isOpen && !inputHasEnded
            case .burstEnded: isInBurst && !isHandling
            case .messageBegan: isInBurst && state.mayBeginMessage
            case .messageFinished: isInBurst && isHandling
            case .handlerSuspended: isInBurst && isHandling && !state.rejectsRequests
            case .handlerFinished: !isInBurst && suspended > 0
            case .partOfFrameRead, .frameRead: !isInBurst && state.isOpen
            case .expired, .inputReleased: !isInBurst && !streamHasClosed
            case .peerEnded: !isInBurst && !peerHasEnded && !streamHasClosed
            case .inputEnded: !isInBurst && !inputHasEnded && isReading && state.isOpen
            case .closeRequested: true
            case .disconnected: !isInBurst
            case .failed: !isHandling
            case .streamClosed: !isInBurst && !streamHasClosed
            case .drainRequested: !isInBurst && !drainWasRequested
            case .drainCheck, .drainCheckWithInputHeldBack: !isInBurst && scheduledChecks > 0
            }
        }
    }

    static func report(_ event: Event, to state: inout ConnectionState, _ rules: Rules) -> Action {
        switch event {
        case .burstBegan: state.burstBegan()
        case .burstEnded: state.burstEnded()
        case .messageBegan: state.messageBegan()
        case .messageFinished: return state.messageFinished()
        case .handlerSuspended: return state.handlerSuspended(rules)
        case .handlerFinished: return state.handlerFinished(rules)
        case .partOfFrameRead: _ = state.inputRead(completesFrame: false, isInFrame: true)
        case .frameRead: _ = state.inputRead(completesFrame: true, isInFrame: false)
        case .expired: return state.expired()
        case .peerEnded: return state.peerEnded(rules)
        case .inputEnded: return state.inputEnded(rules)
        case .closeRequested: return state.closeRequested()
        case .disconnected: return state.disconnected()
        case .failed: return state.failed(.malformedPayload)
        case .streamClosed: return state.streamClosed()
        case .drainRequested: return state.drainRequested()
        case .inputReleased: return state.inputReleased()
        case .drainCheck: return state.drainCheck(isInputHeldBack: false, rules)
        case .drainCheckWithInputHeldBack: return state.drainCheck(isInputHeldBack: true, rules)
        }
        return .nothing
    }

    static let rules = [1, 2].flatMap { count in
        [(false, false), (true, false), (false, true), (true, true)].map {
            Rules(maximumSuspendedHandlers: count, closesWhenPeerEnds: $0.0, takesReplies: $0.1)
        }
    }

    private static let depth = 9

    /// Reports every sequence of up to ``depth`` events that `allows` lets through, and hands each step to `check`.
    ///
    /// Sequences that lead to the same state and the same record continue as one, because everything that follows is
    /// the same. The shortest of them is continued.
    private func forEachStep(
        _ rules: Rules,
        where allows: (History, Event) -> Bool,
        check: (_ before: History, Event, Action, _ after: History) -> Void
    ) -> Int {
        var seen: Set<History> = [History()]
        var reached = [History()]
        var steps = 0
        for _ in 0..<Self.depth {
            var next: [History] = []
            for before in reached {
                for event in Event.allCases where allows(before, event) {
                    var after = before
                    let action = after.report(event, rules)
                    check(before, event, action, after)
                    steps += 1
                    if seen.insert(after).inserted { next.append(after) }
                }
            }
            reached = next
        }
        return steps
    }

    // MARK: Every sequence

    @Test(
        "closes at most once, and then only gives its slot back, whatever events come in whatever order",
        arguments: rules
    )
    func anySequence(rules: Rules) {
        let steps = forEachStep(rules, where: { _, _ in true }) { before, event, action, after in
            let isClosing = if case .close = action { true } else { false }
            let isRight =
                after.closings <= 1
                && after.slotsGivenBack <= 1
                // After the end.
                && (before.state.isOpen || !after.state.isOpen)
                && (after.state.isOpen || !after.state.mayBeginMessage)
                && (before.state.isOpen || action == .nothing || action == .giveBackSlot)
                && (isClosing ? before.state.isOpen && !after.state.isOpen : true)
                && (before.state.isOpen && !after.state.isOpen ? isClosing || event == .streamClosed : true)
                // The slot is given back when the stream has closed and no handler is suspended.
                && (after.slotsGivenBack == 1) == (after.streamHasClosed && slotWasFree(before, after))
                // A flag of the state is what was reported last.
                && after.state.awaitsRestOfFrame == after.isInFrame
            if !isRight { Issue.record("\(event) led to \(action): \(before) → \(after)") }
        }
        #expect(steps > 1000)
    }

    /// Whether no handler was suspended at a moment after the stream had closed.
    private func slotWasFree(_ before: History, _ after: History) -> Bool {
        before.slotsGivenBack == 1 || after.suspended == 0
    }

    @Test("keeps what a connection promises its peer, in every sequence that a connection can report", arguments: rules)
    func possibleSequences(rules: Rules) {
        let steps = forEachStep(rules, where: { $0.allows($1) }) { before, event, action, after in
            let violated = violations(of: rules, before, event, action, after)
            if !violated.isEmpty { Issue.record("\(violated): \(event) led to \(action): \(before) → \(after)") }
        }
        #expect(steps > 1000)
    }

    private func violations(
        of rules: Rules,
        _ before: History,
        _ event: Event,
        _ action: Action,
        _ after: History
    ) -> [String] {
        var violated: [String] = []
        func require(_ isKept: Bool, _ promise: String) {
            if !isKept { violated.append(promise) }
        }
        let isOpen = after.state.isOpen
        let isEmpty = after.suspended == 0
        require(after.suspended <= rules.maximumSuspendedHandlers, "no more handlers are suspended than may be")
        require(
            !after.state.mayBeginMessage || after.state.rejectsRequests
                || after.suspended < rules.maximumSuspendedHandlers,
            "no message begins while as many handlers are suspended as may be"
        )
        require(
            !after.state.mayBeginMessage || !after.closeWasRequested,
            "no message begins after a handler has asked to close"
        )
        require(
            !isOpen || after.isHandling || after.isReading == after.state.mayBeginMessage,
            "the stream is read exactly while a message may begin"
        )
        require(after.isReading || !isOpen || !isEmpty, "a stream that is not read has a handler to wait for")
        require(
            !isOpen || !isEmpty || after.isHandling || !after.closeWasRequested,
            "a connection that is to close does so when nothing is in flight"
        )
        require(
            !isOpen || !isEmpty || !after.inputHasEnded || after.drainWasRequested,
            "a peer that has ended and has all replies is closed"
        )
        if rules.closesWhenPeerEnds {
            require(!isOpen || isEmpty || !after.peerHasEnded, "a peer that has ended does not keep handlers suspended")
        }
        switch action {
        case .close(.endOfStream):
            require(after.peerHasEnded, "only a peer's end is called one")
            require(isEmpty || rules.closesWhenPeerEnds, "replies go first when a peer ends its side")
        case .close(.requested):
            require(
                after.closeWasRequested && isEmpty && !after.isHandling,
                "what has begun is answered before a close"
            )
        case .close(.shutdown):
            require(
                after.drainWasRequested && isEmpty && !after.isHandling,
                "what has begun is answered before a drain"
            )
            require(
                event == .drainCheck && after.scheduledChecks == 0
                    || event == .handlerFinished && before.state.rejectsRequests,
                "only the last check ends a drain, or the last handler that waited for replies"
            )
        case .close(.disconnected): require(event == .disconnected, "only the program disconnects a peer")
        case .close(.fault): require(event == .failed, "only a fault is called one")
        case .timeOut:
            require(isEmpty || after.isInFrame, "handlers that are suspended do not count as silence of the peer")
        case .resumeReading: require(!before.isReading, "reading resumes only when it was paused")
        case .nothing, .interruptBatch, .handleNext, .pauseReading, .renewTimeout, .postponeTimeout,
            .scheduleDrainCheck,
            .giveBackSlot:
            break
        }
        if event == .drainCheck, before.scheduledChecks == 1, before.state.mayBeginMessage {
            require(isOpen == !isEmpty, "a drain ends at once when nothing is in flight, and else waits")
        }
        require(
            !after.state.rejectsRequests || rules.takesReplies && after.drainWasRequested && !isEmpty,
            "only a drain refuses messages, while handlers may wait for replies"
        )
        if event == .failed { require(!isOpen, "a fault ends the connection") }
        if event == .disconnected { require(!isOpen, "a peer that is disconnected is closed at once") }
        if event == .expired { require(isOpen == before.state.isOpen, "the connection decides what a timeout means") }
        return violated
    }

    // MARK: Sequences by name

    private static let oneAtATime = Rules(maximumSuspendedHandlers: 1, closesWhenPeerEnds: false, takesReplies: false)
    private static let twoAtATime = Rules(maximumSuspendedHandlers: 2, closesWhenPeerEnds: false, takesReplies: false)
    private static let asking = Rules(maximumSuspendedHandlers: 2, closesWhenPeerEnds: false, takesReplies: true)

    struct Sequence: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var rules = oneAtATime
        let steps: [(Event, Action)]
    }

    private static let suspension: [(Event, Action)] = [
        (.burstBegan, .nothing), (.messageBegan, .nothing), (.handlerSuspended, .pauseReading), (.burstEnded, .nothing),
    ]
    private static let suspensionOfFirst: [(Event, Action)] = [
        (.burstBegan, .nothing), (.messageBegan, .nothing), (.handlerSuspended, .handleNext), (.burstEnded, .nothing),
    ]

    static let sequences: [Sequence] = [
        Sequence(
            testDescription: "a message that is answered at once asks for nothing",
            steps: [
                (.burstBegan, .nothing), (.messageBegan, .nothing), (.messageFinished, .nothing),
                (.burstEnded, .nothing),
            ]
        ),
        Sequence(
            testDescription: "a suspended handler pauses reading until it finishes",
            steps: suspension + [(.handlerFinished, .resumeReading)]
        ),
        Sequence(
            testDescription: "a second handler may be suspended where replies name their requests",
            rules: twoAtATime,
            steps: suspensionOfFirst + suspension + [
                (.handlerFinished, .resumeReading), (.handlerFinished, .renewTimeout),
            ]
        ),
        Sequence(
            testDescription: "a reply does not lengthen the time for the rest of a frame",
            rules: twoAtATime,
            steps: suspensionOfFirst + [(.partOfFrameRead, .nothing), (.handlerFinished, .nothing)]
        ),
        Sequence(
            testDescription: "a close from a handler interrupts its batch and follows its reply",
            steps: [
                (.burstBegan, .nothing), (.messageBegan, .nothing), (.closeRequested, .interruptBatch),
                (.messageFinished, .close(.requested)), (.burstEnded, .nothing), (.streamClosed, .giveBackSlot),
            ]
        ),
        Sequence(
            testDescription: "a close waits for every suspended handler",
            rules: twoAtATime,
            steps: suspensionOfFirst + suspension + [
                (.closeRequested, .nothing), (.handlerFinished, .nothing), (.handlerFinished, .close(.requested)),
            ]
        ),
        Sequence(
            testDescription: "a peer that ends its side gets the reply of a suspended handler first",
            rules: twoAtATime,
            steps: suspensionOfFirst + [(.inputEnded, .nothing), (.handlerFinished, .close(.endOfStream))]
        ),
        Sequence(
            testDescription: "a peer that ends its side is closed at once where that counts as having gone",
            rules: Rules(maximumSuspendedHandlers: 1, closesWhenPeerEnds: true, takesReplies: false),
            steps: suspension + [
                (.peerEnded, .close(.endOfStream)), (.streamClosed, .nothing), (.handlerFinished, .giveBackSlot),
            ]
        ),
        Sequence(
            testDescription: "a handler that is suspended after the peer has gone closes at once",
            rules: Rules(maximumSuspendedHandlers: 1, closesWhenPeerEnds: true, takesReplies: false),
            steps: [
                (.peerEnded, .nothing), (.burstBegan, .nothing), (.messageBegan, .nothing),
                (.handlerSuspended, .close(.endOfStream)),
            ]
        ),
        Sequence(
            testDescription: "a drain with nothing in flight closes at its check",
            steps: [(.drainRequested, .scheduleDrainCheck), (.drainCheck, .close(.shutdown))]
        ),
        Sequence(
            testDescription: "a drain waits for a suspended handler and for the input behind it",
            steps: suspension + [
                (.drainRequested, .scheduleDrainCheck), (.drainCheck, .nothing), (.handlerFinished, .resumeReading),
                (.inputReleased, .scheduleDrainCheck), (.drainCheck, .close(.shutdown)),
            ]
        ),
        Sequence(
            testDescription: "a drain begins nothing more where another message could begin",
            rules: twoAtATime,
            steps: suspensionOfFirst + [
                (.drainRequested, .scheduleDrainCheck), (.drainCheck, .pauseReading),
                (.handlerFinished, .resumeReading),
            ]
        ),
        Sequence(
            testDescription: "a drain reads while handlers may wait for replies, and closes after the last handler",
            rules: asking,
            steps: suspensionOfFirst + suspension + [
                (.handlerFinished, .resumeReading), (.drainRequested, .scheduleDrainCheck), (.drainCheck, .nothing),
                (.burstBegan, .nothing), (.messageBegan, .nothing), (.messageFinished, .nothing),
                (.burstEnded, .nothing), (.expired, .postponeTimeout), (.partOfFrameRead, .nothing),
                (.expired, .timeOut),
                (.handlerFinished, .close(.shutdown)),
            ]
        ),
        Sequence(
            testDescription: "a drain waits for handlers whose peer has ended its side, without reading",
            rules: asking,
            steps: suspensionOfFirst + [
                (.inputEnded, .nothing), (.drainRequested, .scheduleDrainCheck), (.drainCheck, .pauseReading),
            ]
        ),
        Sequence(
            testDescription: "a close from a handler ends the wait for replies in a drain",
            rules: asking,
            steps: suspensionOfFirst + [
                (.drainRequested, .scheduleDrainCheck), (.drainCheck, .nothing), (.closeRequested, .pauseReading),
                (.handlerFinished, .close(.requested)),
            ]
        ),
        Sequence(
            testDescription: "a drain waits until the peer has read what holds its input back",
            steps: [
                (.drainRequested, .scheduleDrainCheck), (.drainCheckWithInputHeldBack, .nothing),
                (.inputReleased, .scheduleDrainCheck), (.inputReleased, .scheduleDrainCheck), (.drainCheck, .nothing),
                (.drainCheck, .close(.shutdown)),
            ]
        ),
        Sequence(
            testDescription: "a timeout passes for a silent peer, and not while its handler is suspended",
            steps: [(.expired, .timeOut)] + suspension + [(.expired, .postponeTimeout)]
        ),
        Sequence(
            testDescription:
                "the rest of a frame is due while a handler is suspended, where another message could begin",
            rules: twoAtATime,
            steps: suspensionOfFirst + [(.partOfFrameRead, .nothing), (.expired, .timeOut)]
        ),
        Sequence(
            testDescription: "a closed connection keeps its slot for its suspended handlers",
            rules: twoAtATime,
            steps: suspensionOfFirst + suspension + [
                (.streamClosed, .nothing), (.closeRequested, .nothing), (.expired, .nothing),
                (.handlerFinished, .nothing),
                (.handlerFinished, .giveBackSlot), (.handlerFinished, .nothing),
            ]
        ),
        Sequence(
            testDescription: "a fault ends a connection once",
            steps: [(.failed, .close(.fault(.malformedPayload))), (.failed, .nothing), (.inputEnded, .nothing)]
        ),
    ]

    @Test("returns exactly these actions", arguments: sequences)
    func named(sequence: Sequence) {
        var state = ConnectionState()
        for (index, (event, action)) in sequence.steps.enumerated() {
            let returned = Self.report(event, to: &state, sequence.rules)
            #expect(returned == action, "event \(index), \(event)")
        }
    }

    @Test("starts the time for the rest of a frame once, and again after every whole frame")
    func timeouts() {
        var state = ConnectionState()
        #expect(state.inputRead(completesFrame: true, isInFrame: false) == .nextMessage)
        #expect(state.inputRead(completesFrame: false, isInFrame: true) == .restOfFrame)
        #expect(state.inputRead(completesFrame: false, isInFrame: true) == .unchanged)
        #expect(state.inputRead(completesFrame: true, isInFrame: true) == .restOfFrame)
        #expect(state.inputRead(completesFrame: true, isInFrame: false) == .nextMessage)
    }

    @Test("takes at most 12 bytes of a connection's memory")
    func size() {
        #expect(MemoryLayout<ConnectionState>.size <= 12)
    }
}

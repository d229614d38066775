import Testing

@testable import SwitchboardTransport

/// The state of a socket stream, without a socket: every sequence of events, and important sequences by name.
@Suite("The state of a socket's stream")
struct SocketStreamStateTests {
    typealias Action = SocketStreamState.Action

    enum Event: CaseIterable {
        case started, becameReadable, becameReadableUntilEmpty, peerEnded
        case receivedAllThereWasRoomFor, receivedLess, discardedSome, discardedTooMuch, receivedNothing, receivedEnd
        case paused, resumed, takesInputAgain
        case pendingTooMuch, pendingMuch, pendingLittle, flushed, shutDown, shutDownBroken
        case finishRequested, closeRequested, failed, expiredWithOutput, expired, outputDropped, release
    }

    static let limits = {
        var limits = StreamLimits()
        limits.lowWaterBytes = 10
        limits.highWaterBytes = 20
        limits.maximumPendingBytes = 30
        limits.lingerBytes = 100
        limits.maximumUnreadBytes = 50
        return limits
    }()

    static func report(_ event: Event, to state: inout SocketStreamState) -> Action {
        switch event {
        case .started: return state.started()
        case .becameReadable: state.becameReadable(readsUntilEmpty: false)
        case .becameReadableUntilEmpty: state.becameReadable(readsUntilEmpty: true)
        case .peerEnded: return state.peerEnded()
        case .receivedAllThereWasRoomFor: state.received(8, of: 8)
        case .receivedLess: state.received(7, of: 8)
        case .discardedSome: return state.discarded(1, limits)
        case .discardedTooMuch: return state.discarded(limits.lingerBytes, limits)
        case .receivedNothing: state.receivedNothing()
        case .receivedEnd: return state.receivedEnd()
        case .paused: state.readingPaused()
        case .resumed: return state.readingResumed()
        case .takesInputAgain: _ = state.takesInputAgain()
        case .pendingTooMuch: return state.pendingOutputChanged(to: 31, limits)
        case .pendingMuch: return state.pendingOutputChanged(to: 21, limits)
        case .pendingLittle: return state.pendingOutputChanged(to: 10, limits)
        case .flushed: return state.outputFlushed()
        case .shutDown: return state.outputWasShutDown(isConnected: true, limits)
        case .shutDownBroken: return state.outputWasShutDown(isConnected: false, limits)
        case .finishRequested: return state.finishRequested(.endOfStream)
        case .closeRequested: return state.closeRequested(.requested)
        case .failed: return state.failed(errno: 104)
        case .expiredWithOutput: return state.expired(hasPendingOutput: true)
        case .expired: return state.expired(hasPendingOutput: false)
        case .outputDropped: state.outputDropped(1)
        case .release: return state.release()
        }
        return .nothing
    }

    /// A state, and what a stream that performed its actions knows of its past.
    struct History: Hashable {
        var state: SocketStreamState
        var watches = 0
        var closings = 0
        var releases = 0
        var shutdowns = 0
        var endReports = 0
        var isAbandoned = false
        var wasStarted = false
        var finishWasRequested = false
        var isPaused = false
        var peerHasEnded = false
        var outputWasShutDown = false
        var outputWasDropped = false

        init(stopsReadingWhileCongested: Bool) {
            state = SocketStreamState(stopsReadingWhileCongested: stopsReadingWhileCongested)
        }

        var reading: SocketStreamState.Reading { state.reading(unread: 0, wanted: 0, limits) }

        /// Reports `event`, and keeps what follows from it.
        mutating func report(_ event: Event) -> Action {
            let before = state
            let action = SocketStreamStateTests.report(event, to: &state)
            switch event {
            case .started: wasStarted = true
            case .paused: isPaused = true
            case .resumed: isPaused = false
            case .receivedEnd: peerHasEnded = true
            case .finishRequested: finishWasRequested = finishWasRequested || before.isOpen
            case .shutDown, .shutDownBroken: outputWasShutDown = outputWasShutDown || before.isFinishing
            case .outputDropped: outputWasDropped = true
            default: break
            }
            switch action {
            case .watch: watches += 1
            case .close: closings += 1
            case .release:
                releases += 1
                isAbandoned = before.isUnstarted
            case .shutDownOutput: shutdowns += 1
            case .reportEnd: endReports += 1
            default: break
            }
            return action
        }

        /// Returns whether a stream can report `event` now; ``SocketStreamState`` accepts all other events, too.
        func allows(_ event: Event) -> Bool {
            let awaitsShutdown = shutdowns == 1 && !outputWasShutDown
            // The stream reports the result of a shutdown, and the dropped output, before any other event.
            if awaitsShutdown, !state.isClosed { return event == .shutDown || event == .shutDownBroken }
            return switch event {
            case .started: state.isUnstarted
            case .becameReadable, .becameReadableUntilEmpty, .peerEnded, .failed: wasStarted && !state.isClosed
            case .receivedAllThereWasRoomFor, .receivedLess: reading == .receive
            case .receivedNothing, .receivedEnd: reading != .nothing
            case .discardedSome, .discardedTooMuch: reading == .discard
            case .pendingTooMuch, .pendingMuch: wasStarted && !state.isClosed && !outputWasShutDown
            case .pendingLittle, .flushed: wasStarted && !state.isClosed
            case .shutDown, .shutDownBroken: false
            case .expiredWithOutput: wasStarted && !outputWasShutDown
            case .expired: state.isFinishing
            case .outputDropped: state.isClosed && closings == 1 && releases == 0
            case .paused, .resumed, .takesInputAgain, .finishRequested, .closeRequested, .release: true
            }
        }
    }

    private static let depth = 6

    /// Reports every sequence of up to ``depth`` events that `allows` accepts, and passes each step to `check`.
    ///
    /// Sequences that lead to the same state and the same record continue as one, because everything that follows is
    /// the same. The shortest of them is continued.
    private func forEachStep(
        stopsReadingWhileCongested: Bool,
        where allows: (History, Event) -> Bool,
        check: (_ before: History, Event, Action, _ after: History) -> Void
    ) -> Int {
        let first = History(stopsReadingWhileCongested: stopsReadingWhileCongested)
        var seen: Set<History> = [first]
        var reached = [first]
        var steps = 0
        for _ in 0..<Self.depth {
            var next: [History] = []
            for before in reached {
                for event in Event.allCases where allows(before, event) {
                    var after = before
                    let action = after.report(event)
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
        "closes once, and is released once after that, whatever events come in whatever order",
        arguments: [true, false]
    )
    func anySequence(stopsReadingWhileCongested: Bool) {
        let steps = forEachStep(
            stopsReadingWhileCongested: stopsReadingWhileCongested,
            where: { _, _ in true },
            check: { before, event, action, after in
                let violated = violations(before, event, action, after)
                if !violated.isEmpty { Issue.record("\(violated): \(event) led to \(action): \(before) → \(after)") }
            }
        )
        #expect(steps > 10_000)
    }

    /// Returns the invariants that the step violates; they apply to all sequences, even to impossible ones.
    private func violations(_ before: History, _ event: Event, _ action: Action, _ after: History) -> [String] {
        var violated: [String] = []
        func require(_ isKept: Bool, _ promise: String) {
            if !isKept { violated.append(promise) }
        }
        let state = after.state
        require(after.closings <= 1, "a stream closes at most once")
        require(after.releases <= 1, "a stream is released at most once")
        require(after.watches <= 1, "a socket is watched at most once")
        require(after.shutdowns <= 1, "output is shut down at most once")
        require(after.endReports <= 1, "the end is reported at most once")
        require(!before.state.isClosed || state.isClosed, "a closed stream stays closed")
        require(
            !before.state.isClosed || action == .nothing || event == .release,
            "a closed stream asks for nothing but its release"
        )
        require(
            state.isClosed == (after.closings == 1 || after.isAbandoned),
            "a stream is closed exactly when it has asked to close, or was never started"
        )
        require(
            after.releases == 0 || after.closings == 1 || after.isAbandoned,
            "no stream is released before it closes"
        )
        require(!state.isClosed || after.reading == .nothing, "a closed stream is not read")
        require(!state.isClosed || !state.mayPresent && !state.isCongested, "a closed stream presents nothing")
        require(after.reading != .receive || state.isOpen && !after.isPaused, "a paused stream receives nothing")
        require(after.reading != .receive || !state.holdsBackInput, "a congested stream receives nothing")
        require(after.reading != .discard || state.isFinishing, "only a finishing stream throws input away")
        require(action != .shutDownOutput || before.state.isFinishing, "only a finishing stream shuts output down")
        require(action != .reportEnd || before.state.isOpen, "only an open stream reports the end")
        require(action != .reportFlushed || before.state.isCongested, "only a congested stream reports a flush")
        // Every sequence ends with one close and one release.
        var end = after
        _ = end.report(.closeRequested)
        _ = end.report(.release)
        require(end.closings == (end.isAbandoned ? 0 : 1), "a stream can always be closed")
        require(end.releases == 1, "a closed stream is released")
        return violated
    }

    @Test("keeps what a stream promises, in every sequence that a socket can report", arguments: [true, false])
    func possibleSequences(stopsReadingWhileCongested: Bool) {
        let steps = forEachStep(
            stopsReadingWhileCongested: stopsReadingWhileCongested,
            where: { $0.allows($1) },
            check: { before, event, action, after in
                var violated = violations(before, event, action, after)
                func require(_ isKept: Bool, _ promise: String) {
                    if !isKept { violated.append(promise) }
                }
                require(
                    !after.state.isFinishing || !after.outputWasShutDown || !after.peerHasEnded,
                    "a stream whose both sides have ended closes"
                )
                if case .release(let withReset) = action {
                    require(withReset == after.outputWasDropped, "a peer that lacks output gets a reset, no other does")
                }
                if case .close = action {
                    let isAsked = event == .closeRequested || after.finishWasRequested
                    require(
                        isAsked || after.state.reason != .endOfStream && after.state.reason != .requested,
                        "a stream that was not asked to close says what broke"
                    )
                }
                if event == .failed { require(after.state.isClosed, "a broken connection closes") }
                if event == .expiredWithOutput, before.state.isOpen {
                    require(after.state.reason == .slowConsumer, "a peer that takes no output is a slow consumer")
                }
                if !violated.isEmpty { Issue.record("\(violated): \(event) led to \(action): \(before) → \(after)") }
            }
        )
        #expect(steps > 4000)
    }

    // MARK: Sequences by name

    struct Sequence: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var stopsReadingWhileCongested = true
        let steps: [(Event, Action)]
        /// The treatment of the input at the end.
        var reading = SocketStreamState.Reading.nothing
        var reason = CloseReason.requested
    }

    private static let start: [(Event, Action)] = [(.started, .watch)]
    private static let finish: [(Event, Action)] = start + [(.finishRequested, .beginFinishing)]

    static let sequences: [Sequence] = [
        Sequence(
            testDescription: "a read that fills its room is followed by another",
            steps: start + [(.becameReadable, .nothing), (.receivedAllThereWasRoomFor, .nothing)],
            reading: .receive
        ),
        Sequence(
            testDescription: "a short read is the last until the next event",
            steps: start + [(.becameReadable, .nothing), (.receivedLess, .nothing)]
        ),
        Sequence(
            testDescription: "a short read is not the last when the peer's end lies behind it",
            steps: start + [(.becameReadableUntilEmpty, .nothing), (.receivedLess, .nothing)],
            reading: .receive
        ),
        Sequence(
            testDescription: "a paused stream leaves its input to the system, and reads it when it resumes",
            steps: start + [
                (.becameReadable, .nothing), (.paused, .nothing), (.peerEnded, .reportPeerEnded),
                (.resumed, .continueInput),
            ],
            reading: .receive
        ),
        Sequence(
            testDescription: "a congested stream is not read until its output is flushed below the low-water mark",
            steps: start + [(.becameReadable, .nothing), (.pendingMuch, .nothing)]
        ),
        Sequence(
            testDescription: "a flush reports once, and lets reading go on",
            steps: start + [
                (.becameReadable, .nothing), (.pendingMuch, .nothing), (.pendingLittle, .reportFlushed),
                (.pendingLittle, .nothing),
            ],
            reading: .receive
        ),
        Sequence(
            testDescription: "a client is read while it is congested",
            stopsReadingWhileCongested: false,
            steps: start + [(.becameReadable, .nothing), (.pendingMuch, .nothing)],
            reading: .receive
        ),
        Sequence(
            testDescription: "a peer with too much pending output is closed, with a reset",
            steps: start + [
                (.pendingTooMuch, .close), (.outputDropped, .nothing), (.release, .release(withReset: true)),
                (.release, .nothing),
            ],
            reason: .slowConsumer
        ),
        Sequence(
            testDescription: "the end is reported once, and nothing is read after it",
            steps: start + [
                (.becameReadableUntilEmpty, .nothing), (.receivedEnd, .reportEnd), (.peerEnded, .nothing),
                (.becameReadable, .nothing), (.receivedEnd, .nothing),
            ]
        ),
        Sequence(
            testDescription: "a finish flushes, shuts output down, and closes at the peer's end",
            steps: finish + [
                (.flushed, .shutDownOutput), (.shutDown, .awaitPeerEnd), (.becameReadable, .nothing),
                (.receivedEnd, .close), (.release, .release(withReset: false)),
            ],
            reason: .endOfStream
        ),
        Sequence(
            testDescription: "a finish after the peer's end closes as soon as the output is flushed",
            steps: start + [
                (.becameReadable, .nothing), (.receivedEnd, .reportEnd), (.finishRequested, .beginFinishing),
                (.flushed, .shutDownOutput), (.shutDown, .close),
            ],
            reason: .endOfStream
        ),
        Sequence(
            testDescription: "a finish waits for the peer's end only so long, and reads only so much",
            steps: finish + [(.flushed, .shutDownOutput), (.shutDown, .awaitPeerEnd), (.expired, .close)],
            reason: .endOfStream
        ),
        Sequence(
            testDescription: "a finishing stream throws input away, up to a limit",
            steps: finish + [(.becameReadable, .nothing), (.discardedTooMuch, .nothing)],
            reason: .endOfStream
        ),
        Sequence(
            testDescription: "a peer that sends on and on is closed once the output is shut down",
            steps: finish + [
                (.flushed, .shutDownOutput), (.shutDown, .awaitPeerEnd), (.discardedSome, .nothing),
                (.discardedTooMuch, .close),
            ],
            reason: .endOfStream
        ),
        Sequence(
            testDescription: "a peer that does not take the last output is a slow consumer",
            steps: finish + [(.expiredWithOutput, .close)],
            reason: .slowConsumer
        ),
        Sequence(
            testDescription: "a connection that breaks while finishing closes for the reason of the finish",
            steps: finish + [(.failed, .close)],
            reason: .endOfStream
        ),
        Sequence(
            testDescription: "a connection that breaks says how",
            steps: start + [(.failed, .close), (.failed, .nothing), (.closeRequested, .nothing)],
            reason: .reset(104)
        ),
        Sequence(
            testDescription: "a stream that was never started is released without a close",
            steps: [(.finishRequested, .release(withReset: false)), (.closeRequested, .nothing), (.started, .nothing)]
        ),
    ]

    @Test("returns exactly these actions", arguments: sequences)
    func named(sequence: Sequence) {
        var state = SocketStreamState(stopsReadingWhileCongested: sequence.stopsReadingWhileCongested)
        for (index, (event, action)) in sequence.steps.enumerated() {
            let returned = Self.report(event, to: &state)
            #expect(returned == action, "event \(index), \(event)")
        }
        #expect(state.reading(unread: 0, wanted: 0, Self.limits) == sequence.reading)
        #expect(state.reason == sequence.reason)
    }

    @Test("presents the input that was left once for each resumption, and not while it is paused")
    func presentsAgain() {
        var state = SocketStreamState(stopsReadingWhileCongested: true)
        _ = state.started()
        var answers = [state.takesInputAgain()]
        _ = state.readingResumed()
        state.readingPaused()
        answers.append(state.takesInputAgain())
        _ = state.readingResumed()
        answers += [state.takesInputAgain(), state.takesInputAgain()]
        #expect(answers == [false, false, true, false])
    }

    @Test("receives no more while the delegate leaves much, unless it needs more at once")
    func maximumUnread() {
        var state = SocketStreamState(stopsReadingWhileCongested: true)
        _ = state.started()
        state.becameReadable(readsUntilEmpty: false)
        #expect(state.reading(unread: 49, wanted: 0, Self.limits) == .receive)
        #expect(state.reading(unread: 50, wanted: 0, Self.limits) == .nothing)
        #expect(state.reading(unread: 50, wanted: 51, Self.limits) == .receive)
    }

    @Test("takes at most 48 bytes of a stream's memory")
    func size() {
        #expect(MemoryLayout<SocketStreamState>.size <= 48)
    }
}

import SwitchboardTransport
import Testing

@testable import SwitchboardTLS

/// The state of a TLS stream, without a session: every sequence of events, and important sequences by name.
@Suite("The state of a TLS stream")
struct TLSStreamStateTests {
    typealias Action = TLSStreamState.Action

    enum Event: CaseIterable {
        case handshakeNeedsInput, handshakeDone, secured
        case burstBegan, burstEnded, wholeRecordsTaken, partOfRecordTaken, recordRead, emptyRecordRead
        case inputEnded, baseEnded, peerEnded, paused, resumed
        case congested, flushed, encryptedSome, encryptedAll
        case outputEndRequested, finishRequested, finishRequestedWithOutput, abortRequested
        case failed, expired, expiredWithOutput
        case baseClosed, baseBroken
    }

    static func report(_ event: Event, to state: inout TLSStreamState) -> Action {
        switch event {
        case .handshakeNeedsInput: return state.handshakeNeedsInput()
        case .handshakeDone: return state.handshakeDone()
        case .secured: return state.secured()
        case .burstBegan: state.burstBegan()
        case .burstEnded: return state.burstEnded()
        case .wholeRecordsTaken: state.recordsTaken(isInRecord: false)
        case .partOfRecordTaken: state.recordsTaken(isInRecord: true)
        case .recordRead: return state.recordRead(hasData: true)
        case .emptyRecordRead: return state.recordRead(hasData: false)
        case .inputEnded: return state.inputEnded()
        case .baseEnded: return state.baseEnded()
        case .peerEnded: return state.peerEnded()
        case .paused: return state.readingPaused()
        case .resumed: return state.readingResumed()
        case .congested: return state.outputCongested()
        case .flushed: return state.outputFlushed()
        case .encryptedSome: return state.encrypted(isAll: false)
        case .encryptedAll: return state.encrypted(isAll: true)
        case .outputEndRequested: return state.outputEndRequested()
        case .finishRequested: return state.finishRequested(.endOfStream, hasOutput: false)
        case .finishRequestedWithOutput: return state.finishRequested(.endOfStream, hasOutput: true)
        case .abortRequested: return state.abortRequested(.requested)
        case .failed: return state.failed("bad record")
        case .expired: return state.expired(hasPendingOutput: false, timeout: .seconds(5))
        case .expiredWithOutput: return state.expired(hasPendingOutput: true, timeout: .seconds(5))
        case .baseClosed: return state.baseClosed(.loopStopped)
        case .baseBroken: return state.baseClosed(.reset(104))
        }
        return .nothing
    }

    /// A state, with a record of the actions that a stream has performed.
    struct History: Hashable {
        var state: TLSStreamState
        var isSecure = false
        var closeNotifies = 0
        /// The number of times that the stream finished the base.
        var finishes = 0
        var aborts = 0
        var failures = 0
        var successes = 0
        var endReports = 0
        var closings = 0
        var isPaused = false
        var awaitsEncryption = false
        var endWasRequested = false
        var finishWasRequested = false

        init(speaksFirst: Bool, stopsReadingWhileCongested: Bool) {
            state = TLSStreamState(
                speaksFirst: speaksFirst,
                stopsReadingWhileCongested: stopsReadingWhileCongested
            )
        }

        /// Whether the stream has finished or aborted the base, or the base has closed.
        var hasEnded: Bool { finishes + aborts + closings > 0 }

        /// Reports `event`, and records the action.
        mutating func report(_ event: Event) -> Action {
            let action = TLSStreamStateTests.report(event, to: &state)
            switch event {
            case .paused: isPaused = true
            case .resumed: isPaused = false
            case .outputEndRequested: endWasRequested = true
            case .finishRequested, .finishRequestedWithOutput: finishWasRequested = finishWasRequested || !hasEnded
            case .encryptedSome, .encryptedAll: awaitsEncryption = false
            default: break
            }
            switch action {
            case .reportSecure: (isSecure, successes) = (true, successes + 1)
            case .encryptRest: awaitsEncryption = true
            case .endOutput: closeNotifies += 1
            case .closeNotify: (closeNotifies, finishes) = (closeNotifies + 1, finishes + 1)
            case .finishBase: finishes += 1
            case .fail: (failures, finishes) = (failures + 1, finishes + 1)
            case .abortBase: aborts += 1
            case .reportEnd: endReports += 1
            case .reportClosed: closings += 1
            default: break
            }
            return action
        }
    }

    private static let depth = 6

    /// Reports every sequence of up to ``depth`` events, and passes each step to `check`.
    ///
    /// Sequences that lead to the same state and the same record continue as one, because everything that follows is
    /// the same. The shortest of them is continued.
    private func forEachStep(
        from first: History,
        check: (_ before: History, Event, Action, _ after: History) -> Void
    ) -> Int {
        var seen: Set<History> = [first]
        var reached = [first]
        var steps = 0
        for _ in 0..<Self.depth {
            var next: [History] = []
            for before in reached {
                for event in Event.allCases {
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
        "ends once, with one close_notify at most, whatever events come in whatever order",
        arguments: [true, false],
        [true, false]
    )
    func anySequence(speaksFirst: Bool, stopsReadingWhileCongested: Bool) {
        let first = History(speaksFirst: speaksFirst, stopsReadingWhileCongested: stopsReadingWhileCongested)
        let steps = forEachStep(from: first) { before, event, action, after in
            let violated = violations(speaksFirst: speaksFirst, before, event, action, after)
            if !violated.isEmpty { Issue.record("\(violated): \(event) led to \(action): \(before) → \(after)") }
        }
        #expect(steps > 10_000)
    }

    private func violations(
        speaksFirst: Bool,
        _ before: History,
        _ event: Event,
        _ action: Action,
        _ after: History
    ) -> [String] {
        var violated: [String] = []
        func require(_ isKept: Bool, _ promise: String) {
            if !isKept { violated.append(promise) }
        }
        let state = after.state
        require(after.closeNotifies <= 1, "close_notify is sent at most once")
        require(after.closeNotifies == 0 || after.isSecure, "close_notify needs a handshake that is done")
        require(
            before.failures == 0 || after.closeNotifies == before.closeNotifies,
            "no close_notify follows a failure"
        )
        require(before.finishes == 0 || after.failures == before.failures, "no failure follows a finish")
        require(after.finishes <= 1, "the base finishes at most once")
        require(after.aborts <= 1, "the base is aborted at most once")
        require(after.successes <= 1, "the handshake succeeds at most once")
        require(after.endReports <= 1, "the end is reported at most once")
        require(after.closings <= 1, "the delegate is let go at most once")
        require(before.aborts == 0 || after.finishes == before.finishes, "an aborted base does not finish")
        require(!state.maySend || !after.hasEnded && !after.finishWasRequested, "nothing is sent after a finish")
        require(!state.maySend || !after.endWasRequested, "nothing is sent after the end of the output")
        require(!state.mayPresent || !after.hasEnded && !after.isPaused, "an ended or paused stream presents nothing")
        require(!state.mayPresent || after.isSecure, "nothing is presented before the handshake is done")
        require(!state.mayPresent || !after.finishWasRequested, "nothing is presented after a finish")
        require(!state.mayPresent || after.endReports == 0, "nothing is presented after the end")
        require(!state.mayPresent || !state.holdsBackInput, "a congested stream presents nothing")
        require(!state.maySendShared || after.isSecure || speaksFirst, "a peer that is not known gets no shared bytes")
        require(action != .reportEnd || before.state.mayPresent, "the end is reported to a delegate that takes input")
        require(action != .reportFlushed || before.state.isCongested, "only a congested stream reports a flush")
        if before.closings > 0 || before.aborts > 0 {
            let isReport = if case .reportClosed = action { true } else { false }
            require(
                action == .nothing || isReport,
                "a stream that has ended asks for nothing but to let the delegate go"
            )
        }
        // Every sequence ends when the base closes.
        var end = after
        _ = end.report(.abortRequested)
        _ = end.report(.baseClosed)
        require(end.closings == 1, "a delegate is always let go")
        require(end.aborts == (after.closings == 0 ? 1 : after.aborts), "a stream can always be aborted")
        return violated
    }

    // MARK: Sequences by name

    struct Sequence: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var speaksFirst = false
        let steps: [(Event, Action)]
    }

    private static let secure: [(Event, Action)] = [(.handshakeDone, .reportSecure), (.secured, .encrypt)]

    static let sequences: [Sequence] = [
        Sequence(
            testDescription: "a handshake is done once",
            steps: [(.handshakeNeedsInput, .sendRecords)] + secure + [
                (.handshakeDone, .nothing), (.handshakeNeedsInput, .nothing),
            ]
        ),
        Sequence(
            testDescription: "a finish encrypts all output, then sends close_notify once",
            steps: secure + [
                (.finishRequested, .encryptRest), (.encryptedAll, .closeNotify(.endOfStream)),
                (.encryptedAll, .nothing), (.finishRequested, .nothing),
                (.baseClosed, .reportClosed(.loopStopped)), (.baseClosed, .nothing),
            ]
        ),
        Sequence(
            testDescription: "the output ends once all of it is encrypted, and a finish sends no second close_notify",
            steps: secure + [
                (.outputEndRequested, .encryptRest), (.encryptedSome, .nothing), (.encryptedAll, .endOutput),
                (.encryptedAll, .nothing), (.outputEndRequested, .nothing), (.inputEnded, .reportEnd),
                (.finishRequested, .encryptRest), (.encryptedAll, .finishBase(.endOfStream)),
            ]
        ),
        Sequence(
            testDescription: "output that ends during the handshake is sent after it",
            steps: [
                (.outputEndRequested, .nothing), (.handshakeDone, .reportSecure), (.secured, .encryptRest),
                (.encryptedAll, .endOutput),
            ]
        ),
        Sequence(
            testDescription: "a finish waits for the base, under one timeout",
            steps: secure + [
                (.finishRequested, .encryptRest), (.encryptedSome, .awaitFlush), (.encryptedSome, .nothing),
                (.encryptedAll, .closeNotify(.endOfStream)),
            ]
        ),
        Sequence(
            testDescription: "a peer that does not take the last output is a slow consumer",
            steps: secure + [
                (.finishRequested, .encryptRest), (.encryptedSome, .awaitFlush),
                (.expiredWithOutput, .abortBase(.slowConsumer)), (.encryptedAll, .nothing),
            ]
        ),
        Sequence(
            testDescription: "a finish during the handshake sends its output after it",
            steps: [
                (.finishRequestedWithOutput, .awaitHandshake), (.handshakeDone, .reportSecure),
                (.secured, .encryptRest), (.encryptedAll, .closeNotify(.endOfStream)),
            ]
        ),
        Sequence(
            testDescription: "a finish during the handshake without output sends no close_notify",
            steps: [
                (.finishRequested, .finishBase(.endOfStream)), (.handshakeDone, .nothing), (.encryptedAll, .nothing),
            ]
        ),
        Sequence(
            testDescription: "a handshake that takes too long fails",
            steps: [
                (.expired, .fail("the TLS handshake was not finished within 5.0 seconds")), (.handshakeDone, .nothing),
            ]
        ),
        Sequence(
            testDescription: "a broken record fails once, and no close_notify follows",
            steps: secure + [(.failed, .fail("bad record")), (.failed, .nothing), (.finishRequested, .nothing)]
        ),
        Sequence(
            testDescription: "an end within a record is a failure",
            steps: secure + [
                (.partOfRecordTaken, .nothing),
                (.baseEnded, .fail("the peer closed the connection within a TLS record")),
            ]
        ),
        Sequence(
            testDescription: "an end between two records is an end, with and without close_notify",
            steps: secure + [
                (.wholeRecordsTaken, .nothing), (.inputEnded, .reportEnd), (.baseEnded, .nothing),
            ]
        ),
        Sequence(
            testDescription: "an end during the handshake is a failure",
            steps: [(.baseEnded, .fail("the peer closed the connection during the TLS handshake"))]
        ),
        Sequence(
            testDescription: "the end waits for a delegate that takes no input",
            steps: secure + [
                (.paused, .updateReading), (.inputEnded, .nothing), (.resumed, .presentAgain),
                (.inputEnded, .reportEnd),
            ]
        ),
        Sequence(
            testDescription: "a read burst ends with one encryption, and none before the handshake is done",
            steps: [(.burstBegan, .nothing), (.burstEnded, .nothing)] + secure + [
                (.burstBegan, .nothing), (.burstEnded, .encrypt),
            ]
        ),
        Sequence(
            testDescription: "congestion pauses reading, and a flush is reported once",
            steps: secure + [
                (.congested, .updateReading), (.congested, .nothing), (.flushed, .reportFlushed), (.flushed, .nothing),
            ]
        ),
        Sequence(
            testDescription: "a connection that breaks while finishing closes for the reason of the finish",
            steps: secure + [
                (.finishRequested, .encryptRest), (.encryptedSome, .awaitFlush),
                (.baseBroken, .reportClosed(.endOfStream)),
            ]
        ),
        Sequence(
            testDescription: "a connection that breaks says how",
            steps: secure + [(.baseBroken, .reportClosed(.reset(104)))]
        ),
        Sequence(
            testDescription: "a peer sends so many records without data in a row",
            steps: secure
                + Array(repeating: (.emptyRecordRead, .nothing), count: TLSStreamState.maximumEmptyRecords)
                + [(.recordRead, .nothing)]
                + Array(repeating: (.emptyRecordRead, .nothing), count: TLSStreamState.maximumEmptyRecords)
                + [(.emptyRecordRead, .fail("more than 32 consecutive TLS records without data"))]
        ),
    ]

    @Test("returns exactly these actions", arguments: sequences)
    func named(sequence: Sequence) {
        var state = TLSStreamState(speaksFirst: sequence.speaksFirst, stopsReadingWhileCongested: true)
        for (index, (event, action)) in sequence.steps.enumerated() {
            let returned = Self.report(event, to: &state)
            #expect(returned == action, "event \(index), \(event)")
        }
    }
}

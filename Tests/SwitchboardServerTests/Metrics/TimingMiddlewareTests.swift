import CoreMetrics
import Switchboard
import SwitchboardTesting
import TestSupport
import Testing

@Suite("The timing middleware", .timeLimit(.minutes(Patience.minutes)))
struct TimingMiddlewareTests {
    @Test("reports every call, by message and outcome, with the time that the handler was suspended")
    func everyCall() async throws {
        let metrics = RecordingMetrics()
        let gate = Gate()
        var router = Router.workshop(gate)
        withMetricsFactory(metrics) { router.use(.timing(label: "calls")) }
        let server = try TestServer(router, patience: .seconds(Patience.seconds))
        let peer = try server.connect()
        for _ in 0..<3 { _ = try await peer.request(Workshop.Add(left: 2, right: 3)) }
        await #expect(throws: Workshop.Problem.self) {
            try await peer.request(Workshop.Fail(waits: true, openly: true))
        }
        try peer.send(Workshop.Note(text: "x"))
        try peer.send(Workshop.Hold(value: 1))
        await gate.arrival(of: 1)
        let start = ContinuousClock.now
        while start.duration(to: .now) < .milliseconds(5) { await Task.yield() }
        await gate.open()
        _ = try await peer.receive(Workshop.Sum.self)
        #expect(metrics.values("calls{message=Add,outcome=ok}").count == 3)
        #expect(metrics.values("calls{message=Add,outcome=ok}").allSatisfy { $0 > 0 })
        #expect(metrics.values("calls{message=Fail,outcome=error}").count == 1)
        #expect(metrics.values("calls{message=Note,outcome=ok}").count == 1)
        let durations = metrics.values("calls{message=Hold,outcome=ok}")
        #expect(durations.count == 1)
        #expect(durations.allSatisfy { $0 >= 5_000_000 })
        #expect(metrics.names.filter { $0.hasPrefix("calls") }.count == 4)
    }

    @Test("reports only the messages that it is registered for")
    func someMessages() async throws {
        let metrics = RecordingMetrics()
        var router = Router.workshop()
        withMetricsFactory(metrics) { router.use(.timing(), for: Workshop.Door.self) }
        let server = try TestServer(router, patience: .seconds(Patience.seconds))
        let peer = try server.connect()
        _ = try await peer.request(Workshop.Add(left: 2, right: 3))
        _ = try await peer.request(Workshop.Door(user: "ada"))
        #expect(metrics.names == ["switchboard_message_duration_seconds{message=Door,outcome=ok}"])
    }

    @Test("reports to a backend that the program bootstraps after the router was made")
    func lateBackend() async throws {
        let metrics = RecordingMetrics()
        var router = Router.workshop()
        router.use(.timing(label: "calls"))
        let server = try TestServer(router, patience: .seconds(Patience.seconds))
        let peer = try server.connect()
        // The tasks of handlers inherit the backend from the test, which runs the event loop.
        try await withMetricsFactory(metrics) { _ = try await peer.request(Workshop.Add(left: 2, right: 3)) }
        #expect(metrics.values("calls{message=Add,outcome=ok}").count == 1)
    }
}

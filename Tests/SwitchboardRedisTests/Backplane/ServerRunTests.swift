import SwitchboardRedis
import Testing

@Suite("The run of a server")
struct ServerRunTests {
    @Test("A server may be another one when its run is another one, or when it does not tell; the first is none other")
    func tellsServersApart() {
        var run = ServerRun()
        let outcomes = ["a", "a", "b", nil, nil, "b", "b"].map { run.connect(to: $0) }
        #expect(outcomes == [false, false, true, true, true, true, false])
        var unknown = ServerRun()
        #expect([nil, nil].map { unknown.connect(to: $0) } == [false, true])
    }
}

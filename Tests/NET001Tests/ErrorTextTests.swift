import NET001
import Testing

@Suite("An error of the protocol")
struct ErrorTextTests {
    @Test("is printed as its code and its text")
    func text() {
        let error: any Error = NET001.Error(code: .rateLimited, message: "slow down")
        #expect("\(error)" == "rateLimited: slow down")
        #expect("\(NET001.Error(code: .unknown, message: ""))" == "unknown")
        #expect("\(NET001.Error(code: .unrecognized(200), message: "x"))" == "unrecognized(200): x")
    }
}

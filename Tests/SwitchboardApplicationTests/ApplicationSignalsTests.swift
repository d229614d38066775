import ArgumentParser
import Glibc
import NET001
import Switchboard
import SwitchboardApplication
import TestSupport
import Testing

@Suite("The signals of a program", .timeLimit(.minutes(Patience.minutes)))
struct ApplicationSignalsTests {
    @Test("stop one application after another, and then have the effect that they had before")
    func oneAfterAnother() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            resetSignals()
            signal(SIGHUP, SIG_IGN)
            for number in [SIGTERM, SIGINT, SIGTERM] { try await serve(stoppedBy: number) }
            kill(getpid(), SIGHUP)
            kill(getpid(), SIGTERM)
            try await Task.sleep(for: .seconds(60))
        }
        await #expect(processExitsWith: .signal(SIGINT)) {
            resetSignals()
            try await serve(stoppedBy: SIGINT)
            kill(getpid(), SIGINT)
            try await Task.sleep(for: .seconds(60))
        }
        for number in [SIGHUP, SIGPIPE, SIGUSR1] {
            await #expect(processExitsWith: .signal(number)) { [number = number as Int32] in
                resetSignals()
                try await serve(stoppedBy: SIGTERM)
                kill(getpid(), number)
                try await Task.sleep(for: .seconds(60))
            }
        }
    }

    @Test("have their effect again after an application that could not serve")
    func refused() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            resetSignals()
            let options = try ServerOptions.parse(["--host", "192.0.2.1", "--port", "0", "--no-metrics"])
            let application = try ServerApplication("test", options)
            await #expect(throws: (any Error).self) { try await application.run(Router(NET001.self)) }
            kill(getpid(), SIGTERM)
            try await Task.sleep(for: .seconds(60))
        }
    }
}

/// Gives the signals their default effects, which a program in the background may not have inherited.
private func resetSignals() {
    for number in [SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGUSR1] { signal(number, SIG_DFL) }
}

/// Runs an application that this signal stops as soon as it listens.
private func serve(stoppedBy number: Int32) async throws {
    let options = try ServerOptions.parse(["--port", "0", "--no-metrics"])
    let application = try ServerApplication("test", options)
    try await application.run(Router(NET001.self), whenListening: { kill(getpid(), number) })
}

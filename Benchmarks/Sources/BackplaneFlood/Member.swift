import ArgumentParser
import Foundation
import InProcess
import SwitchboardBackplane
import SwitchboardBytes
import SwitchboardRedis
import Synchronization

/// One server: it publishes for some seconds, then waits for all frames of the others.
struct Member: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Be one of the servers.", shouldDisplay: false)

    @Argument var url: String
    @OptionGroup var shape: Shape
    @Flag var publishes = false

    func run() async throws {
        let backplane = try RedisBackplane(url: url)
        let receiver = Receiver()
        try await backplane.start(for: ProtocolFingerprint(rawValue: 0xF100D), receiver)
        ChildProcess.answer("ready")
        guard readLine() == "go" else { throw BenchmarkFailure("no go") }
        let begin = ProcessTime.nanoseconds
        let published = publishes ? publish(to: backplane, receiver) : 0
        _ = await backplane.drain(within: .seconds(60))
        ChildProcess.answer("published \(published)")
        guard let expected = readLine().flatMap({ Int($0) }) else { throw BenchmarkFailure("no number") }
        while receiver.frames + Int(backplane.status.counters.missed) * shape.frames < expected {
            try await Task.sleep(for: .milliseconds(1))
        }
        ChildProcess.answer("received \(receiver.frames)")
        ChildProcess.answer("missed \(Int(backplane.status.counters.missed) * shape.frames)")
        ChildProcess.answer("cpu \(Int((ProcessTime.nanoseconds - begin) / 1000))")
        _ = readLine()
        await backplane.stop()
    }

    /// Publishes as fast as the backplane takes blocks; returns the number of frames.
    private func publish(to backplane: RedisBackplane, _ receiver: Receiver) -> Int {
        let frames = Bytes([UInt8](repeating: 7, count: shape.size * shape.frames))
        let tally = BackplaneBlock.Tally(
            code: 1,
            messages: UInt32(shape.frames),
            bytes: UInt32(shape.size * shape.frames)
        )
        let block = BackplaneBlock(for: .all, frames, tallies: [tally])
        var published = 0
        let end = ContinuousClock.now + .seconds(shape.seconds)
        while ContinuousClock.now < end {
            if backplane.holdsPublishers {
                receiver.waitForRelease()
            } else {
                for _ in 0..<16 { backplane.publish(block) }
                published += 16 * shape.frames
            }
        }
        return published
    }

    private final class Receiver: BackplaneReceiver {
        private let count = Atomic(0)
        private let release = DispatchSemaphore(value: 0)

        /// How many frames have come.
        var frames: Int { count.load(ordering: .relaxed) }

        /// Waits until publishers are released, or 10 ms.
        func waitForRelease() { _ = release.wait(timeout: .now() + .milliseconds(10)) }

        func received(_ block: BackplaneBlock, from server: ServerIncarnation) {
            let messages = block.tallies.reduce(0) { $0 + Int($1.messages) }
            count.wrappingAdd(messages, ordering: .relaxed)
        }

        func releasePublishers() { release.signal() }

        func backplaneChanged(_ event: BackplaneEvent) {}
    }
}

import Foundation
import SwitchboardBackplane
import SwitchboardBytes
import SwitchboardRedis
import Synchronization

/// How long a broadcast takes from one server's backplane to another's.
struct Latency: CustomStringConvertible {
    private let sorted: [UInt64]

    private init(_ nanoseconds: [UInt64]) {
        sorted = nanoseconds.sorted()
    }

    private func milliseconds(at part: Double) -> Double {
        let index = min(Int(Double(sorted.count) * part), sorted.count - 1)
        return (Double(sorted[index]) / 1000).rounded() / 1000
    }

    var description: String { "p50 \(milliseconds(at: 0.5)) ms, p99 \(milliseconds(at: 0.99)) ms" }

    /// Publishes messages at a steady rate with one backplane, and takes the time until another one has them.
    static func measure(_ url: String, messagesPerSecond rate: Int, samples: Int) async throws -> Latency {
        let sender = try RedisBackplane(url: url)
        let receiver = try RedisBackplane(url: url)
        let times = Times()
        let fingerprint = ProtocolFingerprint(rawValue: 0x1A7E)
        try await sender.start(for: fingerprint, Times())
        try await receiver.start(for: fingerprint, times)
        // Messages that are due in the same millisecond are published together.
        let interval = max(1_000_000_000 / rate, 1_000_000)
        let due = max(1, rate * interval / 1_000_000_000)
        let batches = samples / due + 1
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread {
                for _ in 0..<batches {
                    for _ in 0..<due { sender.publish(Self.stamp()) }
                    usleep(UInt32(interval / 1000))
                }
                continuation.resume()
            }
        }
        while times.values.count < batches * due { try await Task.sleep(for: .milliseconds(5)) }
        await sender.stop()
        await receiver.stop()
        return Latency(times.values)
    }

    private static func stamp() -> BackplaneBlock {
        var writer = ByteWriter(capacity: 128)
        writer.append(DispatchTime.now().uptimeNanoseconds, .big)
        for _ in 0..<15 { writer.append(UInt64(0), .big) }
        return BackplaneBlock(for: .all, writer.takeBytes(), tallies: [.init(code: 1, messages: 1, bytes: 128)])
    }

    private final class Times: BackplaneReceiver {
        private let storage = Mutex<[UInt64]>([])

        var values: [UInt64] { storage.withLock { $0 } }

        func received(_ block: BackplaneBlock, from server: ServerIncarnation) {
            let now = DispatchTime.now().uptimeNanoseconds
            var reader = ByteReader(block.frames)
            storage.withLock { values in
                // Neighbours were joined.
                while let time = reader.readInteger(.big, as: UInt64.self) {
                    values.append(now - time)
                    reader.skip(120)
                }
            }
        }

        func releasePublishers() {}

        func backplaneChanged(_ event: BackplaneEvent) {}
    }
}

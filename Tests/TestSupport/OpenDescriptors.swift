import Dispatch
import Foundation

/// Returns the number of descriptors that this process keeps open.
///
/// - Throws: An error when the system does not provide the number.
package func openDescriptorCount() throws -> Int {
    // Dispatch opens timers when it first needs them, and keeps them.
    dispatchTimersAreOpen
    let directory = "/proc/self/fd"
    return try FileManager.default.contentsOfDirectory(atPath: directory).count { name in
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\(name)")
        // Leave out the descriptor of the directory itself, and descriptors with which Dispatch reads the
        // states of its threads.
        return target.map { !$0.hasPrefix("/proc/") } ?? false
    }
}

private let dispatchTimersAreOpen: Void = {
    let hasFired = DispatchSemaphore(value: 0)
    let time = DispatchTimeInterval.milliseconds(1)
    DispatchQueue.global().asyncAfter(deadline: .now() + time) { hasFired.signal() }
    DispatchQueue.global().asyncAfter(wallDeadline: .now() + time) { hasFired.signal() }
    for _ in 0..<2 { hasFired.wait() }
}()

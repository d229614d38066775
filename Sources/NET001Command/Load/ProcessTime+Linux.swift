import Foundation

/// The CPU time of another process.
enum ProcessTime {
    struct Unknown: Error, CustomStringConvertible {
        let process: Int
        var description: String { "cannot read the CPU time of process \(process)" }
    }

    /// What all threads of a process have taken so far, in nanoseconds.
    ///
    /// It is the scheduler's own account of each thread, which is exact; the process's totals count in ticks.
    static func nanoseconds(of process: Int) throws -> UInt64 {
        let threads = "/proc/\(process)/task"
        guard let numbers = try? FileManager.default.contentsOfDirectory(atPath: threads) else {
            throw Unknown(process: process)
        }
        return numbers.reduce(0) { sum, number in
            let text = (try? String(contentsOfFile: "\(threads)/\(number)/schedstat", encoding: .utf8)) ?? ""
            return sum &+ (text.split(separator: " ").first.flatMap { UInt64($0) } ?? 0)
        }
    }
}

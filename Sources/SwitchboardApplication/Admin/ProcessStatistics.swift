import CoreMetrics
import FoundationEssentials
import Glibc
import SwitchboardTransport

/// The metrics of the process, under the names that Prometheus clients use.
struct ProcessStatistics: Sendable {
    /// The help texts, by name.
    static let help = [
        "process_resident_memory_bytes": "Resident memory of the process in bytes.",
        "process_start_time_seconds": "Start time of the process in seconds since 1970-01-01 UTC.",
        "process_open_fds": "Open file descriptors of the process.",
        "process_max_fds": "Limit on open file descriptors of the process.",
    ]

    private let residentMemory: Meter
    private let openDescriptors: Meter
    private let maximumDescriptors: Meter

    /// Makes the metrics; the current time counts as the start of the process.
    init(factory: any MetricsFactory) {
        residentMemory = Meter(label: "process_resident_memory_bytes", factory: factory)
        openDescriptors = Meter(label: "process_open_fds", factory: factory)
        maximumDescriptors = Meter(label: "process_max_fds", factory: factory)
        Meter(label: "process_start_time_seconds", factory: factory).set(Date.now.timeIntervalSince1970.rounded())
    }

    /// Updates the metrics.
    func refresh() {
        if let residentBytes { residentMemory.set(residentBytes) }
        if let descriptorCount { openDescriptors.set(descriptorCount) }
        maximumDescriptors.set(DescriptorLimit.current)
    }

    /// The number of open descriptors.
    private var descriptorCount: Int? {
        let folder = "/proc/self/fd"
        var status = stat()
        guard unsafe stat(folder, &status) == 0 else { return nil }
        // Since Linux 6.2, the size of the folder is the number. To list it takes milliseconds with 10,000 connections.
        guard status.st_size == 0 else { return Int(status.st_size) }
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        // One of the descriptors belongs to the listing itself.
        return names.map { max($0.count - 1, 0) }
    }

    private var residentBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii) else { return nil }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return pages.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
    }
}

internal import CLinux
internal import Glibc

extension ServerConfiguration {
    /// The number of processor cores that this process may use, from 1 to ``maximumEventLoops``: the default number of
    /// event loops.
    ///
    /// The number takes into account the CPU affinity of the process (`taskset`, `cpuset`) and the CPU quota of its
    /// control group (`docker run --cpus`, Kubernetes' `limits.cpu`), because more event loops than these allow would
    /// only wait for each other. A quota is rounded up. Affinity and quota are read once, when the number is first
    /// needed.
    public static let coreCount = min(ProcessorCount().available, maximumEventLoops)
}

/// Finds the number of processor cores that the process may use.
package struct ProcessorCount {
    /// The maximum size of a system file in bytes.
    private static let maximumFileBytes = 16_384

    /// The maximum nesting of control groups.
    private static let maximumDepth = 64

    /// The folder in which `proc` and `sys` are.
    let root: String

    /// - Parameter root: The folder with `proc` and `sys`: `""` for the root folder.
    package init(root: String = "") {
        self.root = root
    }

    /// The number of cores, at least 1: those of the CPU affinity, limited by the CPU quota.
    package var available: Int {
        min(Int(linux_usable_cores()), quota ?? .max)
    }

    /// The lowest CPU quota of the control group of the process and of its ancestors, in cores, rounded up; `nil` for
    /// no quota.
    package var quota: Int? {
        guard let groups = read("/proc/self/cgroup") else { return nil }
        return groups.split(separator: "\n").compactMap { line in
            // "0::/path" in version 2, "1:cpu,cpuacct:/path" in version 1: see cgroups(7).
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return nil }
            let path = parts[2].split(separator: "/")
            if parts[1].isEmpty { return lowest(from: path) { version2Quota(in: "/sys/fs/cgroup" + $0) } }
            guard parts[1].split(separator: ",").contains("cpu") else { return nil }
            return lowest(from: path) { group in
                // The hierarchy has the names of all its controllers, and usually a link with the name of each
                // controller.
                version1Quota(in: "/sys/fs/cgroup/cpu" + group)
                    ?? version1Quota(in: "/sys/fs/cgroup/\(parts[1])" + group)
            }
        }.min()
    }

    /// Returns the lowest value of `quota` for the group at `path` and its ancestors.
    ///
    /// In a container, the path may be a path outside the container. A group that is not found has no quota.
    private func lowest(from path: [Substring], _ quota: (String) -> Int?) -> Int? {
        (0...min(path.count, Self.maximumDepth)).compactMap { depth in
            quota(path.prefix(depth).map { "/" + $0 }.joined())
        }.min()
    }

    private func version2Quota(in folder: String) -> Int? {
        // "150000 100000", or "max 100000": microseconds in a period, and the period.
        guard let words = read(folder + "/cpu.max")?.split(whereSeparator: \.isWhitespace), words.count == 2 else {
            return nil
        }
        return cores(words[0], each: words[1])
    }

    private func version1Quota(in folder: String) -> Int? {
        guard let quota = read(folder + "/cpu.cfs_quota_us"), let period = read(folder + "/cpu.cfs_period_us") else {
            return nil
        }
        return cores(quota.prefix { !$0.isNewline }, each: period.prefix { !$0.isNewline })
    }

    private func cores(_ quota: Substring, each period: Substring) -> Int? {
        // -1 and "max" stand for no quota.
        guard let quota = Int(quota), let period = Int(period), quota > 0, period > 0 else { return nil }
        let (whole, rest) = quota.quotientAndRemainder(dividingBy: period)
        return rest == 0 ? whole : whole + 1
    }

    private func read(_ path: String) -> String? {
        let descriptor = unsafe open(root + path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return unsafe withUnsafeTemporaryAllocation(byteCount: Self.maximumFileBytes, alignment: 1) {
            buffer -> String? in
            let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            guard count >= 0 else { return nil }
            return unsafe String(decoding: buffer.prefix(count), as: UTF8.self)
        }
    }
}

import Foundation
import SwitchboardServer
import Testing

@Suite("The number of cores that a process may use")
struct ProcessorCountTests {
    /// Returns the quota for control groups in a temporary folder with `files`.
    private func quota(_ files: [String: String]) throws -> Int? {
        let root = FileManager.default.temporaryDirectory.appending(path: "switchboard-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        return ProcessorCount(root: root.path).quota
    }

    @Test("is the CPU quota of a container, rounded up")
    func containers() throws {
        let groups = "0::/\n"
        #expect(try quota(["proc/self/cgroup": groups, "sys/fs/cgroup/cpu.max": "200000 100000\n"]) == 2)
        #expect(try quota(["proc/self/cgroup": groups, "sys/fs/cgroup/cpu.max": "150000 100000\n"]) == 2)
        #expect(try quota(["proc/self/cgroup": groups, "sys/fs/cgroup/cpu.max": "5000 100000\n"]) == 1)
    }

    @Test("is limited by the groups around the process's own, too")
    func ancestors() throws {
        let files = [
            "proc/self/cgroup": "0::/user.slice/app.service\n", "sys/fs/cgroup/user.slice/cpu.max": "100000 100000\n",
            "sys/fs/cgroup/user.slice/app.service/cpu.max": "400000 100000\n",
        ]
        #expect(try quota(files) == 1)
    }

    @Test("is found where control groups have version 1, also under the path that they have outside of a container")
    func firstVersion() throws {
        let files = [
            "proc/self/cgroup": "2:memory:/x\n1:cpu,cpuacct:/docker/0123\n0::/\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "250000\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        ]
        #expect(try quota(files) == 3)
    }

    @Test(
        "has no quota where none is set, or what is set cannot be read",
        arguments: ["max 100000\n", "-1 100000\n", "100000 0\n", "100000\n", "", "99999999999999999999 1\n"]
    )
    func none(_ text: String) throws {
        #expect(try quota(["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": text]) == nil)
        #expect(try quota([:]) == nil)
    }

    @Test("is at least one, and no more than the limit of event loops")
    func configured() {
        #expect((1...ServerConfiguration.maximumEventLoops).contains(ServerConfiguration.coreCount))
    }

    @Test("follows the CPU affinity of the calling thread")
    func affinity() throws {
        let size = MemoryLayout<cpu_set_t>.size
        var original = cpu_set_t()
        try #require(unsafe affinityCall("sched_getaffinity")(0, size, &original) == 0)
        let allowed = unsafe withUnsafeBytes(of: original) { unsafe Array($0) }
        let byte = try #require(allowed.firstIndex { $0 != 0 })
        var single = cpu_set_t()
        unsafe withUnsafeMutableBytes(of: &single) { unsafe $0[byte] = 1 << UInt8(allowed[byte].trailingZeroBitCount) }
        try #require(unsafe affinityCall("sched_setaffinity")(0, size, &single) == 0)
        let count = ProcessorCount().available
        try #require(unsafe affinityCall("sched_setaffinity")(0, size, &original) == 0)
        #expect(count == 1)
    }

    private typealias AffinityCall = @convention(c) (pid_t, Int, UnsafeMutablePointer<cpu_set_t>) -> Int32

    /// A function of the C library that Swift does not import.
    private func affinityCall(_ name: String) throws -> AffinityCall {
        let address = unsafe dlsym(nil, name)
        try #require(unsafe address != nil)
        return unsafe unsafeBitCast(address, to: AffinityCall.self)
    }
}

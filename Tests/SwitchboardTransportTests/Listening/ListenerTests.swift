import Dispatch
import Glibc
import SwitchboardBytes
import SwitchboardTransport
import TestSupport
import Testing

/// One after another, because some start processes: a process has copies of all descriptors while it starts, and keeps sockets open.
@Suite("The listener", .serialized)
struct ListenerTests {
    @Test("Connections are accepted on the port that the system chose")
    func accepts() throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let addresses = Watched<[SocketAddress]>([])
        let listener = try Listener(address: anyPort(), backlog: 100, acceptor: loop) { descriptor, address in
            addresses.update { $0.append(address) }
            ScriptedDelegate(onReceived: echo)
                .start(SocketStream(adopting: descriptor, on: loop, remoteAddress: address))
        } onFailure: {
            Issue.record($0)
        }
        try start(listener)
        #expect(listener.address.host == "127.0.0.1")
        #expect(listener.address.port > 0)
        let peers = try (0..<200).map { _ in try RawPeer(port: listener.address.port) }
        for peer in peers { try peer.send("hello") }
        for peer in peers { #expect(try peer.receive(count: 5) == "hello") }
        #expect(Set(addresses.value).count == 200)
    }

    /// Starts a listener that tells the position of the loop that accepts, and sends back what it receives.
    private func startEchoing(
        on loops: [EventLoop],
        _ accepted: @escaping @Sendable (_ loop: Int) -> Void = { _ in }
    ) throws -> Listener {
        let listener = try Listener(address: anyPort(), backlog: 100, acceptors: loops) { descriptor, address, number in
            accepted(number)
            ScriptedDelegate(onReceived: echo)
                .start(SocketStream(adopting: descriptor, on: loops[number], remoteAddress: address))
        } onFailure: {
            Issue.record($0)
        }
        try start(listener)
        return listener
    }

    /// Blocks event loops until the semaphore is signalled once for each.
    private func block(_ loops: ArraySlice<EventLoop>) throws -> DispatchSemaphore {
        let release = DispatchSemaphore(value: 0)
        let isBlocking = Watched(0)
        for loop in loops {
            loop.execute {
                isBlocking.update { $0 += 1 }
                release.wait()
            }
        }
        try isBlocking.wait { $0 == loops.count }
        return release
    }

    @Test("Several event loops accept, and a busy one keeps no client waiting")
    func severalLoops() throws {
        let loops = try (0..<3).map { try EventLoop(label: "test.\($0)") }
        defer { for loop in loops { loop.stop() } }
        let accepted = Watched<[Int]>([])
        let listener = try startEchoing(on: loops) { number in accepted.update { $0.append(number) } }
        let release = try block(loops.dropLast())
        let peers = try (0..<50).map { _ in try RawPeer(port: listener.address.port) }
        for peer in peers { try peer.send("hello") }
        for peer in peers { #expect(try peer.receive(count: 5) == "hello") }
        #expect(accepted.value == Array(repeating: 2, count: 50))
        // Clients are refused although two loops do not run.
        let isClosed = Watched(false)
        listener.close { isClosed.update { $0 = true } }
        #expect(throws: SystemError.self) { try RawPeer(port: listener.address.port) }
        #expect(!isClosed.value)
        for _ in 0..<2 { release.signal() }
        try isClosed.wait { $0 }
    }

    @Test("A port that is in use is reported in plain words")
    func reportsPortsInUse() throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let plain = try RawListener(backlog: 1)
        let address = try SocketAddress("127.0.0.1", port: plain.port)
        let error = #expect(throws: TransportError.self) {
            try Listener(address: address, backlog: 1, acceptor: loop, onAccept: { _, _ in }, onFailure: { _ in })
        }
        #expect(error?.code == .cannotListen)
        #expect(error?.errno == EADDRINUSE)
        #expect(error?.description == "cannot listen on 127.0.0.1:\(plain.port): address already in use")
    }

    @Test("A closed listener frees its port")
    func closes() throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let first = try Listener(
            address: anyPort(),
            backlog: 1,
            acceptor: loop,
            onAccept: { _, _ in },
            onFailure: { _ in }
        )
        try start(first)
        let isClosed = Watched(false)
        first.close { isClosed.update { $0 = true } }
        try isClosed.wait { $0 }
        #expect(throws: SystemError.self) { try RawPeer(port: first.address.port) }
        let again = try Listener(
            address: first.address,
            backlog: 1,
            acceptor: loop,
            onAccept: { _, _ in },
            onFailure: { _ in }
        )
        #expect(again.address == first.address)
    }

    @Test("A listener that finishes accepts the clients that are connected already, and no others")
    func finishes() throws {
        let loops = try (0..<2).map { try EventLoop(label: "test.\($0)") }
        defer { for loop in loops { loop.stop() } }
        let listener = try startEchoing(on: loops)
        let release = try block(loops[...])
        let peers = try (0..<50).map { _ in try RawPeer(port: listener.address.port) }
        let isClosed = Watched(false)
        listener.finish { isClosed.update { $0 = true } }
        #expect(!isClosed.value)
        for _ in loops { release.signal() }
        try isClosed.wait { $0 }
        #expect(throws: SystemError.self) { try RawPeer(port: listener.address.port) }
        for peer in peers { try peer.send("hello") }
        for peer in peers { #expect(try peer.receive(count: 5) == "hello") }
    }

    @Test("A listener that cannot be watched says so, and is closed")
    func unwatchable() throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let plain = try RawListener(backlog: 1)
        let descriptor = dup(plain.descriptor)
        let listener = try Listener(
            adopting: descriptor,
            acceptors: [loop],
            onAccept: { _, _, _ in },
            onFailure: { _ in }
        )
        // From now on, the descriptor is a file, which epoll cannot watch.
        let file = unsafe open("/dev/null", O_RDONLY)
        try #require(dup2(file, descriptor) == descriptor)
        close(file)
        let failure = Watched<TransportError?>(nil)
        listener.start { error in failure.update { $0 = error } }
        let error = try #require(try failure.wait { $0 != nil })
        #expect(error.code == .cannotAccept)
        #expect("\(error)" == "cannot accept connections on \(listener.address): operation not permitted")
    }

    @Test("A listener on a loop that has stopped is closed")
    func stoppedLoop() throws {
        let loop = try EventLoop(label: "test")
        let hasStopped = Watched(false)
        loop.stop { hasStopped.update { $0 = true } }
        try hasStopped.wait { $0 }
        let listener = try Listener(
            address: anyPort(),
            backlog: 1,
            acceptor: loop,
            onAccept: { _, _ in },
            onFailure: { _ in }
        )
        let failure = Watched<TransportError?>(nil)
        listener.start { error in failure.update { $0 = error } }
        #expect(try failure.wait { $0 != nil }?.code == .cannotAccept)
        #expect(throws: SystemError.self) { try RawPeer(port: listener.address.port) }
    }

    @Test("IPv6 connections are accepted, too")
    func acceptsIPv6() throws {
        let loop = try EventLoop(label: "test")
        defer { loop.stop() }
        let accepted = Watched<SocketAddress?>(nil)
        let address = try SocketAddress("::1", port: 0)
        let listener: Listener
        do throws(TransportError) {
            listener = try Listener(address: address, backlog: 1, acceptor: loop) { descriptor, address in
                accepted.update { $0 = address }
                _ = SocketStream(adopting: descriptor, on: loop, remoteAddress: address)
            } onFailure: {
                Issue.record($0)
            }
        } catch {
            // A machine without IPv6.
            #expect(error.errno == EADDRNOTAVAIL || error.errno == EAFNOSUPPORT)
            return
        }
        try start(listener)
        #expect(listener.address.description == "[::1]:\(listener.address.port)")
        let connected = Watched<Result<ConnectionRace.Winner, TransportError>?>(nil)
        Connector.connect(to: [listener.address], on: loop, timeout: .seconds(60)) { result in
            connected.update { $0 = result }
        }
        let descriptor = try #require(try connected.wait { $0 != nil }).get().descriptor
        #expect(try accepted.wait { $0 != nil }?.host == "::1")
        close(descriptor)
    }

    /// Runs `body` with a path for a socket in a temporary directory.
    private func withSocketPath(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/switchboard.XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemError(errno: errno) }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            unsafe unlink("\(directory)/socket")
            unsafe rmdir(directory)
        }
        try body("\(directory)/socket")
    }

    private func listener(at path: String, on loop: EventLoop) throws(TransportError) -> Listener {
        try Listener(
            address: try SocketAddress(unixSocketPath: path),
            backlog: 1,
            acceptor: loop,
            onAccept: { descriptor, _ in close(descriptor) },
            onFailure: { _ in }
        )
    }

    /// Makes a socket that is bound to the path, and does not listen.
    private func bound(to path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let result = unsafe withSystemAddress(of: path) { unsafe bind(descriptor, $0, $1) }
        guard result == 0 else { throw SystemError(errno: errno) }
        return descriptor
    }

    /// Closes a socket that is bound to the path, and returns when no process has it.
    ///
    /// Another test may be starting a process, which has a copy of the descriptor until it runs its program.
    private func abandon(_ descriptor: Int32, at path: String) throws {
        close(descriptor)
        let client = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(client) }
        for _ in 0..<Patience.seconds * 1000 {
            // As long as the socket exists, the error is that it has another type.
            let result = unsafe withSystemAddress(of: path) { unsafe connect(client, $0, $1) }
            if result != 0, errno == ECONNREFUSED { return }
            usleep(1000)
        }
        Issue.record("a process keeps the socket")
    }

    @unsafe
    private func withSystemAddress(of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    @Test("A Unix-domain socket that a process has bound is left to it, whether or not it listens yet")
    func boundSocket() throws {
        try withSocketPath { path in
            let loop = try EventLoop(label: "test")
            defer { loop.stop() }
            let other = try bound(to: path)
            for isListening in [false, true] {
                if isListening { try #require(listen(other, 1) == 0) }
                let error = #expect(throws: TransportError.self) { try listener(at: path, on: loop) }
                #expect(error?.errno == EADDRINUSE)
            }
            try abandon(other, at: path)
            // The owner of the socket has closed it: the listener replaces the file.
            _ = try listener(at: path, on: loop)
            #expect(throws: TransportError.self) { try listener(at: path, on: loop) }
        }
    }

    @Test("Of servers that start at once, and find the socket of one that is gone, one gets its place")
    func abandonedSocket() throws {
        try withSocketPath { path in
            let loop = try EventLoop(label: "test")
            defer { loop.stop() }
            for _ in 0..<50 {
                try abandon(try bound(to: path), at: path)
                let listeners = Watched<[Listener]>([])
                let failures = Watched<[Int32]>([])
                DispatchQueue.concurrentPerform(iterations: 8) { _ in
                    do throws(TransportError) {
                        let listener = try listener(at: path, on: loop)
                        listeners.update { $0.append(listener) }
                    } catch {
                        failures.update { $0.append(error.errno) }
                    }
                }
                #expect(listeners.value.count == 1)
                #expect(failures.value == Array(repeating: EADDRINUSE, count: 7))
                let isClosed = Watched(false)
                listeners.value.first?.close { isClosed.update { $0 = true } }
                try isClosed.wait { $0 }
            }
        }
    }

    @Test(
        "Without descriptors, several event loops refuse every client, and none takes the place that another frees for that"
    )
    func severalLoopsRunOutOfDescriptors() async {
        await #expect(processExitsWith: .success) {
            let loops = try (0..<3).map { try EventLoop(label: "test.\($0)") }
            let listener = try Listener(address: anyPort(), backlog: 1000, acceptors: loops) {
                descriptor,
                address,
                number in
                ScriptedDelegate(onReceived: echo)
                    .start(SocketStream(adopting: descriptor, on: loops[number], remoteAddress: address))
            } onFailure: { _ in
            }
            try start(listener)
            let first = try RawPeer(port: listener.address.port)
            try first.send("hello")
            try #require(try first.receive(count: 5) == "hello")
            let sockets = (0..<500).map { _ in RawPeer() }
            try useUpDescriptors(limit: 700)
            for peer in sockets { try peer.connect(port: listener.address.port) }
            for peer in sockets { try #require((try? peer.receiveAll())?.isEmpty != false) }
            try first.send("still")
            try #require(try first.receive(count: 5) == "still")
        }
    }

    @Test("Without descriptors connections are refused, reported once, and accepted again later")
    func runsOutOfDescriptors() async {
        await #expect(processExitsWith: .success) {
            let loop = try EventLoop(label: "test")
            let failures = Watched<[String]>([])
            let listener = try Listener(address: anyPort(), backlog: 100, acceptor: loop) { descriptor, address in
                ScriptedDelegate(onReceived: echo)
                    .start(SocketStream(adopting: descriptor, on: loop, remoteAddress: address))
            } onFailure: { failure in
                failures.update { $0.append(failure.description) }
            }
            try start(listener)
            let first = try RawPeer(port: listener.address.port)
            try first.send("hello")
            try #require(try first.receive(count: 5) == "hello")
            // The sockets of the peers are made while descriptors are left, and connected afterwards.
            let sockets = (0..<40).map { _ in RawPeer() }
            let fillers = try useUpDescriptors(limit: 200)
            let start = ContinuousClock.now
            for peer in sockets { try peer.connect(port: listener.address.port) }
            // All connections are closed, but only some in each iteration.
            for peer in sockets { try #require((try? peer.receiveAll())?.isEmpty != false) }
            let reports = failures.value
            // One report every five seconds, if the machine is that slow.
            try #require((1...1 + Int(start.duration(to: .now) / .seconds(5))).contains(reports.count))
            try #require(reports[0].hasPrefix("cannot accept connections on 127.0.0.1:"))
            try #require(reports[0].hasSuffix("refused): too many open files"))
            for filler in fillers { close(filler) }
            let last = try RawPeer(port: listener.address.port)
            try last.send("again")
            try #require(try last.receive(count: 5) == "again")
            try first.send("still")
            try #require(try first.receive(count: 5) == "still")
        }
    }
}

/// Starts a listener, and waits until all of its loops accept: each needs a descriptor for that.
private func start(_ listener: Listener) throws {
    let result = Watched<TransportError??>(nil)
    listener.start { failure in result.update { $0 = .some(failure) } }
    let started = try result.wait { $0 != nil }
    if let failure = started ?? nil { throw failure }
}

/// Lowers the limit of descriptors of this process, and opens as many as are left; returns these.
@discardableResult
private func useUpDescriptors(limit: UInt) throws -> [Int32] {
    var current = rlimit()
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &current)
    current.rlim_cur = limit
    try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &current) == 0)
    var fillers: [Int32] = []
    while true {
        let filler = dup(0)
        if filler < 0 { return fillers }
        fillers.append(filler)
    }
}

/// Returns the address of any free port of 127.0.0.1.
func anyPort() throws -> SocketAddress {
    try SocketAddress("127.0.0.1", port: 0)
}

public import ArgumentParser
import Glibc
import Switchboard
import SwitchboardServer

/// The command `top`: shows a running server in the terminal, once a second.
public struct TopCommand: AsyncParsableCommand {
    /// The name and the help of the command.
    public static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Show a running server in the terminal, once a second.",
        usage: OperatorCommands.usage(of: "top"),
        discussion: """
            Keys: p sorts the connections by pending output, r by rate, a by age, q quits. Without a terminal, top prints \
            one screen of text a second until it is interrupted.
            """
    )

    /// The time between two reports.
    private static let interval = Duration.seconds(1)

    /// The largest number of keys and reports that wait to be handled.
    private static let maximumEvents = 64

    private static let help = "p, r, a: sort by pending output, rate, age    q: quit"

    private enum Event {
        case input(LiveTerminal.Input)
        case report(StatusReport)
        /// No report could be had.
        case failure(String)
    }

    @OptionGroup(title: "Metrics") var endpoint: EndpointOptions

    /// The command, as ArgumentParser makes it.
    public init() {}

    /// Shows the server until a key or a signal ends the command.
    public func run() async throws {
        let client = try endpoint.makeClient(for: "top")
        // The first report comes before the screen changes, so that an error is one line.
        let figures = StatusFigures(try await endpoint.ask { try await client.report() })
        let (events, continuation) = AsyncStream.makeStream(
            of: Event.self,
            bufferingPolicy: .bufferingNewest(Self.maximumEvents)
        )
        guard let terminal = LiveTerminal({ continuation.yield(.input($0)) }) else {
            return try await printScreens(client, figures)
        }
        let signal: Int32?
        do {
            signal = try await show(client, figures, on: terminal, events, continuation)
        } catch {
            terminal.close()
            throw error
        }
        terminal.close()
        if let signal { Signals.raise(signal) }
    }

    // MARK: Without a terminal

    private func printScreens(_ client: AdminClient, _ first: StatusFigures) async throws {
        var figures = first
        while true {
            let lines = StatusScreen(figures: figures).lines(by: .pending, height: nil).map(\.text)
            try Terminal.print(lines.joined(separator: "\n") + "\n")
            try await Task.sleep(for: Self.interval)
            figures.add(try await endpoint.ask { try await client.report() })
        }
    }

    // MARK: On a terminal

    /// Draws each report, and acts on keys.
    ///
    /// - Returns: The signal that ended the command; `nil` when a key did.
    private func show(
        _ client: AdminClient,
        _ first: StatusFigures,
        on terminal: LiveTerminal,
        _ events: AsyncStream<Event>,
        _ continuation: AsyncStream<Event>.Continuation
    ) async throws -> Int32? {
        var (figures, order, problem) = (first, ConnectionList.Order.pending, "")
        var fetching = Self.fetch(client, by: order, continuation)
        defer { fetching.cancel() }
        try draw(figures, order, problem, on: terminal)
        for await event in events {
            switch event {
            case .input(.key(UInt8(ascii: "q"))), .input(.end): return nil
            case .input(.signal(let signal)): return signal
            case .input(.key(let key)):
                guard let new = Self.order(of: key), new != order else { continue }
                order = new
                fetching.cancel()
                // The list in the new order is here in a moment.
                fetching = Self.fetch(client, by: order, continuation)
                continue
            case .input(.resized): break
            case .report(let report):
                figures.add(report)
                problem = ""
            case .failure(let text): problem = text
            }
            try draw(figures, order, problem, on: terminal)
        }
        return nil
    }

    private func draw(
        _ figures: StatusFigures,
        _ order: ConnectionList.Order,
        _ problem: String,
        on terminal: LiveTerminal
    ) throws {
        let height = terminal.size.rows
        let last = problem.isEmpty ? Self.help : "disconnected: \(problem)"
        var lines = Array(StatusScreen(figures: figures).lines(by: order, height: height - 1).prefix(height - 1))
        lines += Array(repeating: StatusScreen.Line(text: ""), count: max(height - 1 - lines.count, 0))
        try terminal.draw((lines + [.init(text: last)]).map { ($0.text, $0.isHeading) })
    }

    private static func order(of key: UInt8) -> ConnectionList.Order? {
        switch key {
        case UInt8(ascii: "p"): .pending
        case UInt8(ascii: "r"): .rate
        case UInt8(ascii: "a"): .age
        default: nil
        }
    }

    /// Begins to request a report a second.
    private static func fetch(
        _ client: AdminClient,
        by order: ConnectionList.Order,
        _ continuation: AsyncStream<Event>.Continuation
    ) -> Task<Void, Never> {
        Task {
            while !Task.isCancelled {
                let event: Event
                do { event = .report(try await client.report(by: order)) } catch {
                    event = .failure("\(error)".visible)
                }
                // A report in the previous order must not be shown after a key was pressed.
                if Task.isCancelled { return }
                continuation.yield(event)
                try? await Task.sleep(for: interval)
            }
        }
    }
}

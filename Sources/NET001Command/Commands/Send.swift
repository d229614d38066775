import ArgumentParser
import Foundation
import NET001
import Switchboard

struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a file as DATA, in frames of at most 65535 bytes."
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: ArgumentHelp("The file, or - for standard input.", valueName: "file"))
    var path: String

    func run() async throws {
        let file = try open()
        let start = ContinuousClock.now
        var progress = ProgressBar(total: size(of: file))
        var frames = 0
        try await connection.withClient { client in
            while let chunk = try file.read(upToCount: NET001.frameFormat.maximumPayload), !chunk.isEmpty {
                try await client.sendData(Bytes(chunk))
                frames += 1
                progress.advance(by: chunk.count)
            }
            // DATA has no answer. Once PING, sent after it, has one, the server has taken it all.
            _ = try await client.ping()
        }
        progress.finish()
        let time = start.duration(to: .now).inMilliseconds
        print("\(progress.done) bytes sent in \(frames) \(frames == 1 ? "frame" : "frames"), \(time)")
    }

    private func open() throws -> FileHandle {
        if path == "-" { return .standardInput }
        do {
            return try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw ValidationError("Cannot read '\(path)': \(error.localizedDescription)")
        }
    }

    /// The size of a regular file, in bytes; `nil` for a pipe or a terminal.
    private func size(of file: FileHandle) -> Int? {
        var status = stat()
        guard unsafe fstat(file.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }
}

import Foundation
import SwitchboardSpec
import Testing

@testable import SwitchboardGenerator

/// Compares what is generated with files that are also compiled, as part of this target, and used by the other tests.
///
/// After a change to the generator that is meant, record them anew and read the difference:
/// `RECORD_GOLDEN_FILES=1 swift test --filter GoldenFileTests`.
@Suite("Golden files")
struct GoldenFileTests {
    @Test(
        "what is generated is what is recorded",
        arguments: [
            "Numbers", "Texts", "Enums", "Names", "Gallery", "Requests", "SBP", "Layouts", "Chunks", "Headers", "Words",
            "References", "Twins", "Switches", "Ends", "Sums", "Seeds", "Parts",
            "Counts", "Stages", "Replies", "Turns", "Wide", "Methods", "Formats", "Lengths", "Slip", "Kiss", "HDLC",
            "Cobs", "HexLines", "Tags", "Options", "Zeros", "Trailers", "Stamps", "Alternatives", "Guards", "Varints",
            "Tails", "Addresses", "Traces",
        ]
    )
    func comparison(name: String) throws {
        let outcome = SpecReader.read(Array(try TextFile.read(Self.folder + "Golden/\(name).yaml").utf8))
        #expect(outcome.diagnostics.isEmpty)
        let spec = try #require(outcome.spec)
        try compare(SwiftGenerator.source(for: spec, file: name + ".yaml"), "Golden/\(name).swift")
    }

    @Test(
        "the test suite of the examples of specs that use every word is what is recorded, and runs here",
        arguments: [
            "Gallery", "Layouts", "Chunks", "Headers", "Words", "References", "Twins", "Switches", "Ends", "Sums",
            "Seeds", "Parts", "Counts", "Stages", "Replies", "Turns", "Wide", "Methods", "Formats", "Lengths",
            "Slip", "Kiss", "HDLC", "Cobs", "HexLines", "Tags", "Options", "Zeros", "Trailers", "Stamps",
            "Alternatives", "Guards", "Varints", "Tails", "Choices", "Addresses", "Traces",
        ]
    )
    func suiteOfExamples(name: String) throws {
        let output = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).swift").path
        defer { try? FileManager.default.removeItem(atPath: output) }
        let spec = Self.folder + "Golden/\(name).yaml"
        try Tool.run(["tests", spec, "--module", "SwitchboardGeneratorTests", "--output", output])
        // What it tests is in its own module here.
        let source = try TextFile.read(output).replacing("\n@testable import SwitchboardGeneratorTests\n", with: "")
        try compare(source, "Examples/\(name)ExampleTests.swift")
    }

    private static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/"

    private func compare(_ source: String, _ path: String) throws {
        if TextFile.isRecording {
            try TextFile.write(source, to: Self.folder + path)
        } else {
            let recorded = try TextFile.read(Self.folder + path)
            let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
            let recordedLines = recorded.split(separator: "\n", omittingEmptySubsequences: false)
            let firstDifference = zip(lines, recordedLines).enumerated().first { $0.element.0 != $0.element.1 }
            #expect(source == recorded, "they differ first in line \((firstDifference?.offset ?? lines.count) + 1)")
        }
    }
}

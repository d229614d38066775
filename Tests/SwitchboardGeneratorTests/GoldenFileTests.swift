import SwitchboardGenerator
import SwitchboardSpec
import Testing

/// Compares what is generated with files that are also compiled, as part of this target, and used by the other tests.
///
/// After a change to the generator that is meant, record them anew and read the difference:
/// `RECORD_GOLDEN_FILES=1 swift test --filter GoldenFileTests`.
@Suite("Golden files")
struct GoldenFileTests {
    @Test(
        "what is generated is what is recorded",
        arguments: ["Numbers", "Texts", "Enums", "Names", "Gallery", "Requests", "SBP"]
    )
    func comparison(name: String) throws {
        let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Golden/"
        let outcome = SpecReader.read(Array(try TextFile.read(folder + name + ".yaml").utf8))
        #expect(outcome.diagnostics.isEmpty)
        let spec = try #require(outcome.spec)
        let source = SwiftGenerator.source(for: spec, file: name + ".yaml")
        if TextFile.isRecording {
            try TextFile.write(source, to: folder + name + ".swift")
        } else {
            let recorded = try TextFile.read(folder + name + ".swift")
            let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
            let recordedLines = recorded.split(separator: "\n", omittingEmptySubsequences: false)
            let firstDifference = zip(lines, recordedLines).enumerated().first { $0.element.0 != $0.element.1 }
            #expect(source == recorded, "they differ first in line \((firstDifference?.offset ?? lines.count) + 1)")
        }
    }
}

import Foundation
import SwitchboardSpec
import Testing

/// Each YAML file in `Mistakes` is a spec with mistakes; the text file of the same name has the
/// printed diagnostics.
///
/// After an intended change of texts, record the text files again and read the difference:
/// `RECORD_MISTAKES=1 swift test --filter MistakeTests`.
@Suite("Mistakes: one page each")
struct MistakeTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Mistakes")

    private static let pages = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".yaml") }
        .map { String($0.dropLast(5)) }
        .sorted()

    @Test("are told where they are, and what to do instead", arguments: pages)
    func report(page: String) throws {
        let spec = try Data(contentsOf: Self.folder.appending(path: "\(page).yaml"))
        let importer = SpecImporter(["NET001"]) { _ in
            SpecImporter.File(path: "NET001.yaml", bytes: BundledSpec.bytes)
        }
        let outcome = SpecReader.read(Array(spec), importer: importer)
        let lines = outcome.diagnostics.flatMap { $0.lines(path: "protocol.yaml") }.joined(separator: "\n") + "\n"
        let expected = Self.folder.appending(path: "\(page).txt")
        if ProcessInfo.processInfo.environment["RECORD_MISTAKES"] != nil {
            try lines.write(to: expected, atomically: true, encoding: .utf8)
        }
        #expect(try lines == String(contentsOf: expected, encoding: .utf8))
    }

    @Test("are all there")
    func completeness() {
        #expect(Self.pages.count >= 20)
    }
}

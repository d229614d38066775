import SwitchboardSpec
import Testing

/// Expects that the diagnostics of `spec` are exactly `lines`.
func expect(in spec: String, _ lines: String, _ location: SourceLocation = #_sourceLocation) {
    #expect(report(Array(spec.utf8)) == lines, sourceLocation: location)
}

/// Returns the printed diagnostics of a spec in the file `protocol.yaml`.
func report(_ file: [UInt8]) -> String {
    SpecReader.read(file).diagnostics.flatMap { $0.lines(path: "protocol.yaml") }.joined(separator: "\n")
}

import SwitchboardGenerator
import SwitchboardSpec

/// Fuzzes specs.
///
/// A spec must be rejected with a reason, or generate source. Formatting it twice must give the same
/// result.
enum SpecTarget {
    static func run(_ input: Input) {
        var input = input
        let text = input.remainder()
        let outcome = SpecReader.read(text)
        require(
            outcome.spec != nil || outcome.diagnostics.contains { $0.severity == .error },
            "a refused spec has a reason"
        )
        guard let spec = outcome.spec else { return }
        require(!SwiftGenerator.source(for: spec, file: "spec").isEmpty, "a checked spec generates source")
    }
}

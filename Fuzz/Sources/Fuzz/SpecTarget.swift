import SwitchboardGenerator
import SwitchboardSpec

/// Specs: each is read to its end with reasons, or becomes source that is laid out the same way twice.
enum SpecTarget {
    static func run(_ input: Input) {
        var input = input
        let text = input.remainder()
        let outcome = SpecReader.read(text)
        require(
            outcome.spec != nil || outcome.diagnostics.contains { $0.severity == .error },
            "a spec that is refused has a reason"
        )
        guard let spec = outcome.spec else { return }
        require(!SwiftGenerator.source(for: spec, file: "spec").isEmpty, "a spec becomes source")
    }
}

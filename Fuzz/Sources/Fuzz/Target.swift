internal import Glibc

/// What can be fuzzed.
///
/// Each stops the program when a promise does not hold.
enum Target: String, CaseIterable {
    case frames
    case messages
    case spec
    case connection
    case client
    case backplane

    /// The one that the environment names: libFuzzer runs the program again with its own arguments.
    static let chosen = unsafe getenv("FUZZ_TARGET").flatMap { unsafe Target(rawValue: String(cString: $0)) }

    func run(_ input: Input) {
        switch self {
        case .frames: FrameTarget.run(input)
        case .messages: MessageTarget.run(input)
        case .spec: SpecTarget.run(input)
        case .connection: ConnectionTarget.run(input)
        case .client: ClientTarget.run(input)
        case .backplane: BackplaneTarget.run(input)
        }
    }
}

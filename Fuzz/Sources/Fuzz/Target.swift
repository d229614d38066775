internal import Glibc

/// The fuzzing targets.
///
/// Each target stops the program when it finds an error.
enum Target: String, CaseIterable {
    case frames
    case messages
    case spec
    case connection
    case client
    case backplane

    /// The target that FUZZ_TARGET names.
    ///
    /// It is not an argument: libFuzzer starts the program again with its own arguments.
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

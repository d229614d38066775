import SwitchboardSpec
import Testing

/// Feeds random bytes and mutated specs to the reader.
///
/// The reader must always return a spec or diagnostics.
@Suite("Survival")
struct SurvivalTests {
    /// Pseudo-random numbers that are the same in every run, so that a failure can be repeated.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    @Test("every beginning of the bundled spec is a spec or has a mistake")
    func truncated() {
        for count in stride(from: 0, to: BundledSpec.bytes.count, by: 3) {
            check(Array(BundledSpec.bytes.prefix(count)))
        }
    }

    @Test("the bundled spec with some bytes changed is a spec or has a mistake", arguments: 0..<4)
    func mutated(seed: UInt64) {
        var generator = Generator(state: seed)
        for _ in 0..<500 {
            var bytes = BundledSpec.bytes
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                mutate(&bytes, &generator)
            }
            check(bytes)
        }
    }

    @Test("a type of any number of brackets and question marks is a mistake", arguments: ["?", "[", "]", "[]?"])
    func deepTypes(part: String) {
        let type = "uint8" + String(repeating: part, count: 200_000)
        for text in [type, String(type.reversed())] {
            let spec = """
                protocol: Demo
                frame: { header: [ type: uint8, length: uint8 ] }
                messages: { M: { code: 1, from: client, fields: [ { name: a, type: "\(text)" } ] } }
                """
            #expect(SpecReader.read(Array(spec.utf8)).spec == nil)
        }
    }

    @Test(
        "a type that holds itself by its default is a mistake, whatever refers to it",
        arguments: ["min", "max", "default"]
    )
    func endlessDefault(key: String) {
        let spec = """
            protocol: Demo
            frame: { header: [ type: uint8, length: uint8 ] }
            messages: { M: { code: 1, from: client, fields: [ { name: a, type: A, \(key): {} } ] } }
            structs: { A: { fields: [ { name: b, type: A, default: {} } ] } }
            """
        #expect(SpecReader.read(Array(spec.utf8)).spec == nil)
    }

    @Test("random bytes are a spec or have a mistake", arguments: 0..<4)
    func random(seed: UInt64) {
        var generator = Generator(state: seed &+ 100)
        let likely = Array("{}[]:-,&*!|>'\"#%@` \n\t0x1a".utf8)
        for _ in 0..<500 {
            let count = Int.random(in: 0...300, using: &generator)
            check((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
            check((0..<count).compactMap { _ in likely.randomElement(using: &generator) })
        }
    }

    /// Changes, removes, repeats or moves some bytes.
    private func mutate(_ bytes: inout [UInt8], _ generator: inout Generator) {
        guard !bytes.isEmpty else { return }
        let start = Int.random(in: 0..<bytes.count, using: &generator)
        let end = min(bytes.count, start + Int.random(in: 1...40, using: &generator))
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[start] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.removeSubrange(start..<end)
        case 2: bytes.insert(contentsOf: bytes[start..<end], at: start)
        case 3: bytes.append(contentsOf: bytes[start..<end])
        default:
            bytes[start] = Array("{}[]:-,&*!|>'\"#\n 9xf".utf8).randomElement(using: &generator) ?? 0
        }
    }

    private func check(_ bytes: [UInt8]) {
        let outcome = SpecReader.read(bytes)
        let hasErrors = outcome.diagnostics.contains { $0.severity == .error }
        #expect((outcome.spec == nil) == hasErrors, "\(String(decoding: bytes, as: UTF8.self))")
    }
}

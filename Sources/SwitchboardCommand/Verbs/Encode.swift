internal import ArgumentParser
internal import SwitchboardFiles
internal import SwitchboardSpec

/// Makes a frame: `switchboard encode SPEC MESSAGE FIELD=VALUE …`.
struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the frame of a message, in hexadecimal or as bytes.",
        discussion: """
            A field without a value has its default. Lengths, counts and checksums follow from the values.

            Example: switchboard encode protocol.yaml Echo data=hello
            """
    )

    @OptionGroup var spec: SpecOptions
    @OptionGroup var message: MessageOptions

    @Flag(help: "Write the bytes themselves, in place of hexadecimal digits.")
    var raw = false

    func run() throws {
        let spec = try spec.read()
        let input = MessageInput(spec)
        var frames: [[UInt8]] = []
        do {
            for message in try message.read(spec) { frames.append(try input.frame(message)) }
        } catch let problem as MessageInput.Problem {
            throw SpecMistakes(lines: ["switchboard: error: \(problem.message)"])
        }
        for frame in frames {
            if raw { try StandardOutput.write(frame) } else { try StandardOutput.write(frame.hexadecimal) }
        }
    }
}

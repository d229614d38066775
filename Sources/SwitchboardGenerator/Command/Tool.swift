/// The tool: one command for each thing that can be made of a spec.
package enum Tool {
    /// Does what the program's arguments say, and ends the program when it cannot.
    package static func main() {
        do throws(CommandError) {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            StandardError.write(error.lines)
            exitProcess(error.status)
        }
    }

    static func run(_ arguments: [String]) throws(CommandError) {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "check": try CheckCommand(rest).run()
        case "format": try FormatCommand(rest).run()
        case "tests": try TestsCommand(rest).run()
        case "vectors": try VectorsCommand(rest).run()
        default: try GenerateCommand(arguments).run()
        }
    }
}

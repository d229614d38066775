/// The statement that reads something: a call whose arguments can each stand on a line of its own.
struct Call {
    /// What stands before the expression, say `x = try`.
    var start = ""
    /// What must be true for the call to be made; `nil` is read otherwise.
    var condition: String?
    /// What is called.
    let function: String
    /// Its arguments, with their labels.
    let arguments: [String]
    /// The lines of the closure behind it, which reads one element.
    var closure: [String] = []

    /// Writes the statement.
    func render(into writer: inout SourceWriter) {
        let isShort = start.count + line.count < writer.room && closure.isEmpty
        guard let condition, !isShort else {
            let prefix = (start.isEmpty ? "" : start + " ") + (condition.map { "\($0) ? " } ?? "")
            return render(prefix, condition == nil ? "" : " : nil", into: &writer)
        }
        let (target, keyword) = (start.replacing(" = try", with: " ="), "try ")
        writer.line(target)
        writer.indented { writer in
            writer.line(keyword + condition)
            render("? ", "", into: &writer)
            writer.line(": nil")
        }
    }

    private func render(_ prefix: String, _ suffix: String, into writer: inout SourceWriter) {
        guard !closure.isEmpty else {
            writer.list(prefix + function, arguments, suffix)
            return
        }
        writer.list(prefix + function, arguments, " { reader throws(PayloadError) in")
        writer.indented { $0.lines(closure) }
        writer.line("}" + suffix)
    }

    /// The expression in one line.
    var line: String {
        let call = function + "(" + arguments.joined(separator: ", ") + ")"
        return condition.map { "\($0) ? \(call) : nil" } ?? call
    }
}

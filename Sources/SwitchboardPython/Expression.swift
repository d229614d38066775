/// An expression of Python, which is written on one line or, if that is too long, on several as formatters for Python do.
indirect enum Expression {
    /// Text that is never broken.
    case text(String)
    /// A call with its arguments.
    case call(String, [Expression])
    /// A tuple.
    case tuple([Expression])
    /// A list.
    case list([Expression])
    /// A dictionary.
    case dictionary([(key: Expression, value: Expression)])
    /// An argument with its name, or another expression after a text.
    case named(String, Expression)

    /// The highest number of columns of a line.
    private static let width = 88

    /// Returns an argument with a name.
    static func argument(_ name: String, _ value: Expression) -> Expression { .named(name + "=", value) }

    /// Returns an argument with a name.
    static func argument(_ name: String, _ value: String) -> Expression { .named(name + "=", .text(value)) }

    /// The expression on one line.
    var flat: String {
        switch self {
        case .text(let text): text
        case .call(let head, let items): "\(head)(\(Self.flat(items)))"
        case .tuple(let items): items.count == 1 ? "(\(items[0].flat),)" : "(\(Self.flat(items)))"
        case .list(let items): "[\(Self.flat(items))]"
        case .dictionary(let items): "{\(items.map { "\($0.key.flat): \($0.value.flat)" }.joined(separator: ", "))}"
        case .named(let name, let value): name + value.flat
        }
    }

    private static func flat(_ items: [Expression]) -> String { items.map(\.flat).joined(separator: ", ") }

    /// Returns the lines of the expression between `prefix` and `suffix`, after `indentation` columns.
    func lines(_ indentation: Int, prefix: String = "", suffix: String = "") -> [String] {
        let margin = String(repeating: " ", count: indentation)
        let line = margin + prefix + flat + suffix
        if line.count <= Self.width { return [line] }
        let (head, items, end): (String, [Expression], String)
        switch self {
        case .text: return [line]
        case .named(let name, let value): return value.lines(indentation, prefix: prefix + name, suffix: suffix)
        case .call(let name, let arguments): (head, items, end) = (name + "(", arguments, ")")
        case .tuple(let elements): (head, items, end) = ("(", elements, ")")
        case .list(let elements): (head, items, end) = ("[", elements, "]")
        case .dictionary(let entries):
            (head, items, end) = ("{", entries.map { .named($0.key.flat + ": ", $0.value) }, "}")
        }
        guard !items.isEmpty else { return [line] }
        let inner = margin + "    " + Self.flat(items)
        if case .call = self, inner.count <= Self.width {
            return [margin + prefix + head, inner, margin + end + suffix]
        }
        return [margin + prefix + head] + items.flatMap { $0.lines(indentation + 4, suffix: ",") }
            + [margin + end + suffix]
    }
}

import ArgumentParser
import SwitchboardApplication

/// The error for a first argument that is not a command.
enum UnknownCommand {
    /// The number of wrong letters up to which a command is suggested.
    private static let maximumDistance = 2

    /// Checks that the first argument, or the one after `help`, is the name of a command.
    ///
    /// - Parameter arguments: The arguments of the program, without its name.
    /// - Throws: A `ValidationError`, which suggests a similar command if there is one.
    static func check(_ arguments: some Collection<String>) throws(ValidationError) {
        let words = arguments.prefix(2)
        guard let first = words.first, !first.hasPrefix("-") else { return }
        let name = first == "help" ? words.dropFirst().first ?? first : first
        if name.hasPrefix("-") || name == "help" || names.contains(name) { return }
        throw ValidationError(message(for: name))
    }

    private static var names: [String] { Net001.configuration.subcommands.map { $0._commandName } }

    private static func message(for name: String) -> String {
        let nearest = names.map { (name: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
        let isNear = nearest.map { $0.distance <= min(maximumDistance, $0.name.count / 2) } ?? false
        let hint = isNear ? nearest.map { "; did you mean \($0.name.quoted)?" } ?? "" : ""
        return "unknown command \(String(name.prefix(100)).quoted)\(hint) (see 'net001 --help')"
    }

    /// Returns the number of letters to change, insert or delete that turns one name into the other.
    ///
    /// Two swapped neighbours count as one letter.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased().prefix(32)), Array(right))
        var rows = [Array(0...right.count)]
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, rows[i - 1][j - 1] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}

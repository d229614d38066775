internal import SwitchboardSpec

/// The fields that Wireshark shows and filters by, in the order in which renderers add them.
struct FieldTable {
    /// A field with its key in the table `fields` of the dissector, and the arguments of its constructor.
    private struct Field {
        let key: String
        let constructor: String
        let arguments: [String]
    }

    /// The prefix of all names: `net001` in `net001.echo.data`.
    let prefix: String
    private var fields: [Field] = []
    private var keys: Set<String> = []

    init(prefix: String) {
        self.prefix = prefix
    }

    /// Adds a field; returns its key, which differs from `key` if another field has that.
    ///
    /// - Parameters:
    ///   - constructor: The function of `ProtoField`.
    ///   - label: The name that Wireshark shows.
    ///   - arguments: The arguments after the label.
    mutating func add(_ key: String, _ constructor: String, _ label: String, _ arguments: [String] = []) -> String {
        var (unique, number) = (key, 1)
        while !keys.insert(unique).inserted {
            number += 1
            unique = "\(key)_\(number)"
        }
        var arguments = arguments
        while arguments.last == "nil" { arguments.removeLast() }
        fields.append(Field(key: unique, constructor: constructor, arguments: [Lua.literal(label)] + arguments))
        return unique
    }

    /// The table in Lua.
    var source: String {
        let lines = fields.map { field in
            let arguments = [Lua.literal("\(prefix).\(field.key)")] + field.arguments
            return "  \(Lua.key(field.key)) = ProtoField.\(field.constructor)(\(arguments.joined(separator: ", "))),\n"
        }
        return "local fields = {\n\(lines.joined())}\n"
    }
}

/// The tables with the names of numbers, by the names of the enums and unions.
struct NameTables {
    private var tables: [(name: String, entries: [(String, String)])] = []

    /// Adds the table `name`, unless it is there; returns its name in Lua.
    mutating func add(_ name: String, _ entries: [(number: String, name: String)]) -> String {
        if !tables.contains(where: { $0.name == name }) { tables.append((name, entries.map { ($0.number, $0.name) })) }
        return Lua.member("names", name)
    }

    /// The tables in Lua; empty without any.
    var source: String {
        guard !tables.isEmpty else { return "" }
        let tables = tables.map { table in
            let entries = table.entries.map { "    [\($0.0)] = \(Lua.literal($0.1)),\n" }.joined()
            return "  \(Lua.key(table.name)) = {\n\(entries)  },\n"
        }
        return "-- The names of numbers.\nlocal names = {\n\(tables.joined())}\n\n"
    }
}

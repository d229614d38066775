import SwitchboardSpec

/// Makes random edits of specs, of the kinds that authors make.
struct Mutator {
    var random: RandomNumbers

    init(seed: UInt64) {
        random = RandomNumbers(seed: seed)
    }

    private static let types = [
        "uint8", "uint16", "uint24", "uint32", "uint64", "int8", "int16", "int32", "varuint", "varint", "bit", "uint4",
        "uint12", "bool", "float32", "float64", "string", "bytes", "ipv4", "uint8?",
    ]
    private static let words: [[String]] = [
        ["client", "server", "both"], ["big", "little"], ["ignore", "reject"], ["true", "false"], ["high", "low"],
        ["utf8", "ascii", "latin1", "utf16"], ["authenticated", "nothing"], ["all", "rest", "length-and-rest"],
        ["payload", "frame", "header-and-payload", "after-magic", "header"], ["slip", "kiss", "hdlc", "cobs"],
        ["crc32", "crc32c", "crc16", "crc16-modbus", "crc16-x25", "sum8", "xor8"], ["unique", "by-direction"],
        ["seconds", "milliseconds"],
    ]
    private static let fieldKeys = [
        "min: 1", "max: 9", "max: 200", "equals: 1", "default: 0", "default: 7", "since: 2", "optional: true",
        "secret: true", "byte-order: little", "byte-order: big", "align: 4", "unit: m", "doc: Text.",
        "deprecated: Text.",
        "length: uint8", "length: 4", "count: uint8", "covers: all", "bit-order: low", "encoding: ascii", "pad: 0",
        "default: text", "min: 0", "max: 3",
    ]
    private static let messageKeys = [
        "trailing: ignore", "trailing: reject", "max-payload: 100", "requires: nothing", "since: 1",
        "deprecated: Text.",
        "checksum-seed: 7",
    ]
    private static let typeKeys = ["closed: true", "unknown: keep", "length: uint8", "align: 4", "doc: Text."]
    private static let fileKeys = [
        "trailing: ignore", "byte-order: little", "version: 5", "wire-version: 1", "heartbeat: none",
    ]

    private mutating func pick<Element>(_ items: [Element]) -> Element {
        items[Int(random.next(below: UInt64(items.count)))]
    }

    /// Returns `tree` after a random edit.
    mutating func edited(_ tree: Tree) -> Tree {
        let names = ["enums", "flags", "structs", "unions"].flatMap { tree[$0]?.keys ?? [] }
        if random.next(below: 12) == 0 {
            let all = names + (tree["messages"]?.keys ?? [])
            guard !all.isEmpty else { return tree }
            let name = pick(all)
            return tree.renaming(name, to: name + "X")
        }
        if random.next(below: 30) == 0 { return adding(pick(Self.fileKeys), to: tree) }
        let index = 1 + Int(random.next(below: UInt64(tree.count - 1)))
        var mutator = self
        let result = tree.changing(index) { value, key in mutator.changed(value, key, Self.types + names) }
        self = mutator
        return result
    }

    private mutating func changed(_ value: Tree, _ key: String, _ types: [String]) -> Tree {
        switch value {
        case .scalar(let text, let isPlain):
            if let number = UInt64(text) {
                let others = [number &+ 1, number &- min(number, 1), 0, 1, number &* 2, random.next(below: 20)]
                // Values of such a size would take long.
                return Tree(String(min(pick(others), 4000)))
            }
            if let words = Self.words.first(where: { $0.contains(text) }) { return Tree(pick(words)) }
            if types.contains(text) { return Tree(pick(types)) }
            if key == "name" || key == "doc" || key == "unit" { return .scalar(text + "X", isPlain: isPlain) }
            return Tree(pick(types))
        case .list(var items):
            guard !items.isEmpty else { return value }
            let place = Int(random.next(below: UInt64(items.count)))
            switch random.next(below: 5) {
            case 0: items.remove(at: place)
            case 1: items.swapAt(place, Int(random.next(below: UInt64(items.count))))
            case 2: items[place] = reserved
            case 3: items.insert(newItem(types, key), at: place)
            default: items.append(newItem(types, key))
            }
            return .list(items)
        case .mapping(var entries):
            guard !entries.isEmpty else { return value }
            let place = Int(random.next(below: UInt64(entries.count)))
            switch random.next(below: 4) {
            case 0:
                entries.remove(at: place)
                return .mapping(entries)
            case 1 where ["cases", "bits", "messages", "structs", "enums", "flags", "unions"].contains(key):
                entries[place].key += "X"
                return .mapping(entries)
            case 2 where ["cases", "bits", "messages"].contains(key):
                entries.append((entries[place].key + "Y", renumbered(entries[place].value)))
                return .mapping(entries)
            default: return adding(pick(keys(for: value)), to: value)
            }
        }
    }

    private func keys(for value: Tree) -> [String] {
        if value["name"] != nil { return Self.fieldKeys }
        if value["from"] != nil { return Self.messageKeys }
        return value["cases"] != nil || value["bits"] != nil || value["fields"] != nil ? Self.typeKeys : Self.fieldKeys
    }

    private func adding(_ entry: String, to value: Tree) -> Tree {
        guard case .mapping(var entries) = value else { return value }
        let parts = entry.split(separator: ": ", maxSplits: 1).map(String.init)
        entries.removeAll { $0.key == parts[0] }
        entries.append((parts[0], Tree(parts[1])))
        return .mapping(entries)
    }

    private var reserved: Tree {
        mutating get { .mapping([("reserved", Tree(pick(["1", "2", "4", "uint4", "bit", "uint7"])))]) }
    }

    private mutating func newItem(_ types: [String], _ key: String) -> Tree {
        if random.next(below: 5) == 0 { return reserved }
        let (name, type) = ("extra\(random.next(below: 100))", Tree(pick(types)))
        if key == "header" || key == "trailer" { return .mapping([(name, type)]) }
        var entries = [("name", Tree(name)), ("type", type)]
        if random.next(below: 2) == 0 { entries += [("since", Tree("2")), ("default", Tree("0"))] }
        if random.next(below: 8) == 0 { entries.append(("optional", Tree("true"))) }
        return .mapping(entries)
    }

    /// The value with another number in it: a case, a bit or a message.
    private mutating func renumbered(_ value: Tree) -> Tree {
        let number = Tree(String(random.next(below: 60)))
        if case .scalar = value { return number }
        return adding("\(value["code"] == nil ? "tag" : "code"): \(number.text)", to: value)
    }
}

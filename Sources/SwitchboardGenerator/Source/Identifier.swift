/// Names of a spec, as they must be written in Swift.
enum Identifier {
    private static let reserved: Set<String> = [
        "associatedtype", "borrowing", "class", "consuming", "deinit", "enum", "extension", "fileprivate", "func",
        "import", "init", "inout", "internal", "let", "open", "operator", "precedencegroup", "private", "protocol",
        "public", "rethrows", "static", "struct", "subscript", "typealias", "var",
        "break", "case", "catch", "continue", "default", "defer", "do", "else", "fallthrough", "for", "guard", "if",
        "in", "repeat", "return", "switch", "throw", "throws", "try", "where", "while",
        "Any", "as", "await", "false", "is", "nil", "self", "Self", "super", "true",
    ]

    /// `name` where it is declared, or stands alone.
    static func escaped(_ name: String) -> String {
        isReserved(name) ? "`\(name)`" : name
    }

    /// `name` behind a dot, where hardly any word is reserved.
    static func member(_ name: String) -> String {
        name == "init" || name == "self" ? "`\(name)`" : name
    }

    /// `name` as the label of a value where it is declared: only three words are reserved there.
    static func label(_ name: String) -> String {
        ["inout", "let", "var"].contains(name) ? "`\(name)`" : name
    }

    /// `name` as the label of an argument of a call, where only one word is reserved.
    static func argumentLabel(_ name: String) -> String {
        name == "inout" ? "`inout`" : name
    }

    /// Whether `name` can be that of a module: a letter or `_`, then letters, digits and `_`.
    static func isModuleName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first == "_" || first.properties.isXIDStart else { return false }
        return name.unicodeScalars.allSatisfy { $0.properties.isXIDContinue }
    }

    static func isReserved(_ name: String) -> Bool { reserved.contains(name) }

    /// The name of a method that is called like the type `name`: `EchoReply` becomes `echoReply`, `URLFetch` `urlFetch`.
    static func method(for name: String) -> String {
        let capitals = name.prefix { $0.isUppercase }
        let rest = name.dropFirst(capitals.count)
        let startsWord = rest.first?.isLowercase == true && capitals.count > 1
        let lowered = startsWord ? capitals.dropLast().lowercased() + capitals.suffix(1) : capitals.lowercased()
        return lowered + rest
    }
}

/// A step in reading a YAML file.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case scalar(Node.Scalar)
        case listStart
        case listEnd
        case mappingStart
        case mappingEnd
        /// A reference to a value elsewhere: `*name`.
        case alias
        case streamEnd
        /// A step without a meaning of its own.
        case other
    }

    var kind: Kind
    let place: Place
    /// Whether others may refer to the value: `&name`.
    let hasAnchor: Bool
    /// Whether the value says its own type: `!tag`.
    let hasTag: Bool
}

/// Why a file is no YAML.
struct YAMLError: Error {
    let message: String
    let place: Place
}

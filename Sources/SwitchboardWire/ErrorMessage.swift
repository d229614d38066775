/// The message that tells a peer what went wrong: the one that `error` names in the spec.
///
/// A handler may throw one, and the peer is sent it; a client that is sent one in place of a reply throws it.
public protocol ErrorMessage: Message, Error {
    /// The message for `fault`, with `detail` as its text.
    init(_ fault: Fault, detail: String)

    /// The fault that it tells of, or `nil` when its code is none of a `Fault`.
    var fault: Fault? { get }
}

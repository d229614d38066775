/// Where the reply of a handler that may wait goes, if it has not waited.
@usableFromInline
package protocol ReplyOutput: AnyObject, Sendable {
    /// The output of the burst that the message came in, as long as that is being received; `nil` afterwards, and on any
    /// other thread.
    var openOutput: OutputBuffer? { get }
}

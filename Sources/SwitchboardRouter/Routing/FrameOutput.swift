/// Where frames for one peer are written.
@usableFromInline
package protocol FrameOutput: AnyObject {
    /// Appends to the output what `encode` writes. It must do nothing else.
    func write(_ encode: (inout ByteWriter) -> Void)
}

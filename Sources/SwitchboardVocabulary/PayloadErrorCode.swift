/// What is wrong with a field of a payload.
public enum PayloadErrorCode: String, Sendable, Hashable, CaseIterable {
    /// The payload ends before the field does.
    case truncated
    /// Bytes are left after the last field.
    case trailingBytes
    /// The field's bytes are not valid UTF-8.
    case invalidUTF8
    /// The byte of a boolean is neither 0 nor 1.
    case invalidBoolean
    /// The value is none of the cases of a closed enum or of a union, or has a bit that closed flags do not have.
    case invalidCase
    /// The field has more bytes or elements than its prefix can say, or not as many as its fixed length.
    case invalidLength
    /// The value is less than the field's `min` or more than its `max`; or its bytes or elements are.
    case outOfBounds
    /// The value is another than the field's `equals`.
    case unexpectedValue
    /// The whole payload is larger than the message or the frame allows.
    case payloadTooLarge
}

@_exported public import SwitchboardBytes

// Bytes to messages, and messages to bytes:
//
//  1. WireProtocol, FrameFormat    say what two ends agree on. HeaderLayout has the format as words and masks.
//  2. FrameDecoder                 finds the next frame. FrameBatch has the frames of the same type and size after it.
//  3. FrameHeader                  is the header's fields beside code and length.
//  4. Message                      reads its fields (ByteReader+Fields, FixedFields+Fields), or throws a PayloadError.
//  5. FrameEncoder                 writes a frame. A message writes its fields with ByteWriter+Fields.

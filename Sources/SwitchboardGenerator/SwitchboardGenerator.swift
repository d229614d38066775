// Generated text, from the arguments of the tool to its outputs:
//
// 1. `Tool`: one command for each output; `Files` reads and writes.
// 2. `SpecReader` (in SwitchboardSpec) makes a checked spec of the file, or the command prints its mistakes.
// 3. `SwiftGenerator`: `ProtocolRenderer` for the namespace, `MessageRenderer` for messages and structs, `EnumRenderer` for
//    enums and flags, `UnionRenderer`, `HandlerRenderer`, `SecretRenderer`. `FieldRenderer` renders a field of a layout,
//    `StepRenderer` its step. All of them write to a `SourceWriter`, names and values by `Literal`.
//    `LayoutHash` is the number by which servers with other specs are told apart.
// 4. `TestsRenderer` and `VectorsRenderer` render the examples: as a test suite, and as JSON.

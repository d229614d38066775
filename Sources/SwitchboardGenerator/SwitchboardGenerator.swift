// Generates text from a spec: from the arguments of the command to its outputs.
//
// 1. `Tool` runs one command for each kind of output. `Files` reads and writes the files.
// 2. `SpecReader` (in SwitchboardSpec) makes a checked spec from the file, or the command prints the mistakes.
// 3. `SwiftGenerator` makes one file, or one for each message and type. It calls a renderer for each part of the spec:
//    `ProtocolRenderer` for the namespace, `MessageRenderer` for messages and structs, `EnumRenderer` for enums and
//    flags, `UnionRenderer`, `HandlerRenderer`, `SecretRenderer`. `FieldRenderer` renders a field of a layout, and `StepRenderer` the step of a
//    field. All renderers write lines, identifiers and literals with `SourceWriter`.
//    `LayoutHash` is the number by which servers tell specs with other fields apart.
// 4. `TestsRenderer` and `VectorsRenderer` render the examples of the spec as a test suite and as JSON.

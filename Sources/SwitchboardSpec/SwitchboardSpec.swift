@_exported public import SwitchboardVocabulary
@_exported public import SwitchboardYAML

// Reads a spec: from the bytes of a file to a checked spec, which all outputs are made from.
//
// 1. `YAMLReader` of SwitchboardYAML makes a tree of `Node`s from the bytes. Each node has its place in the file.
// 2. `SpecParser` makes a `ProtocolSpec` from the tree. `KeySchema` lists the keys of each mapping, `SpecImporter`
//    finds imported specs.
// 3. `SpecChecker` checks how the parts of the spec fit together. Steps 1 to 3 report mistakes to `Diagnostics`.
// 4. `CheckedSpec` is a spec without mistakes, with its `LayoutPlan`. `TypeTable` lowers the type of each field to a
//    `Step`. A `Layout` has the fields of a message, a struct or a case of a union in wire order.
//
// `SpecReader` runs these steps. Every output walks the plan: `SwitchboardGenerator`, and the codec in `Codec/`, which
// encodes and decodes examples. `FrameDissector` in `Dissection/` takes frames of a stream apart, with the places of their parts.

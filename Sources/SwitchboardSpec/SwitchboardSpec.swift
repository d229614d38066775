@_exported public import SwitchboardVocabulary

// A spec, from the bytes of a file to what the outputs walk:
//
// 1. `YAMLReader`: bytes → `Node`, a tree in which each value has its place in the file.
// 2. `SpecParser`: nodes → `ProtocolSpec`. It knows the keys (`KeySchema`) and what each means; `SpecImporter` finds the
//    specs that this one imports.
// 3. `SpecChecker`: how the parts of a spec go together. Steps 1 to 3 report mistakes to `Diagnostics`.
// 4. `CheckedSpec`: a spec without mistakes, with its `LayoutPlan`. `TypeTable` lowers the type of each field to a `Step`;
//    a `Layout` is the fields of a message, a struct or a union's case in wire order.
//
// The outputs walk the plan: the codec in `Codec/`, which encodes and decodes examples, and `SwitchboardGenerator`.

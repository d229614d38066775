internal import SwitchboardSpec

// Compares two versions of a spec: `switchboard diff`.
//
// 1. `SpecComparison` compares two checked specs, and has a `Finding` for each change.
// 2. `Rule` lists all kinds of changes, with what each means and what to do about it.
// 3. `Comparing/` finds the changes. `Comparer` walks both layout plans side by side, with a file for each area:
//    protocol, frames, messages, layouts, fields, steps, types. `FieldAlignment` pairs the fields of two layouts.
//    A difference that no rule knows to be harmless breaks the wire.
// 4. `Reports/` prints the findings: as text, Markdown, JSON and SARIF, with advice which versions must rise.

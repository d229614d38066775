// Makes a dissector for Wireshark and tshark from a spec: one file of Lua.
//
// 1. `WiresharkDissector` puts the file together.
// 2. `FormRenderer` renders the forms of frames, `MessageRenderer` the messages, and `TypeRenderer` the structs and unions. Each
//    walks its layout with a `LayoutRenderer`, and a value with a `ValueRenderer`.
// 3. `FieldTable` has the fields that Wireshark filters by: the renderers add them.
// 4. `Session` is the part that is almost the same in every dissector: connections, segments, requests and replies.
// 5. `Helpers/` has functions of Lua. A dissector has only those that it calls.
//
// What Lua or Wireshark cannot express is refused with its place: see `Refusals`.

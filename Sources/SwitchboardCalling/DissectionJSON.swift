package import SwitchboardFiles
package import SwitchboardSpec

/// Shows a frame to programs, as an object on one line.
package struct DissectionJSON {
    private let values: ValueJSON
    private let dissector: FrameDissector

    /// Shows frames that `dissector` has taken apart.
    package init(_ dissector: FrameDissector, showsSecrets: Bool) {
        values = ValueJSON(plan: dissector.spec.plan, showsSecrets: showsSecrets)
        self.dissector = dissector
    }

    /// Returns the object for the frame at `offset` of a stream, where it has `bytes`.
    package func object(_ frame: Dissection, _ bytes: [UInt8], at offset: Int) -> JSON {
        .object(members(frame, bytes, at: offset))
    }

    /// Returns the members of ``object(_:_:at:)``.
    package func members(_ frame: Dissection, _ bytes: [UInt8], at offset: Int) -> [(key: String, value: JSON)] {
        var members: [(key: String, value: JSON)] = [("offset", .number("\(offset)"))]
        if let size = frame.size { members.append(("size", .number("\(size)"))) }
        members.append(("from", .string(frame.sender.rawValue)))
        members.append(("message", frame.message.map { .string($0.name.value) } ?? .null))
        let header = frame.headerValues.filter { !$0.field.field.isReserved && !$0.field.field.isDerived }
        if !header.isEmpty {
            let layout = Layout(fields: header.map(\.field))
            members.append(("header", values.object(header.map(\.value), layout)))
        }
        if let message = frame.message, let found = frame.values, frame.problem == nil {
            members.append(("fields", values.object(found, dissector.spec.layout(of: message))))
        }
        if let problem = frame.problem {
            members.append(("problem", .string(problem.message)))
            members.append(("at", .number("\(problem.offset)")))
        } else if !frame.isComplete {
            members.append(("problem", .string("the input ends within the frame")))
        }
        // The bytes would show the secrets.
        if !frame.parts.contains(where: hides) {
            members.append(("frame", .string(bytes.hexadecimal)))
        }
        return members
    }

    private func hides(_ part: Part) -> Bool { dissector.hides(part) || part.children.contains(where: hides) }
}

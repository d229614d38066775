import SwitchboardSpec
import Testing

@testable import SwitchboardGenerator

@Suite("The hash of a spec's layouts")
struct LayoutHashTests {
    private static let base = """
        protocol: Demo
        frame: { header: [ type: uint8, length: uint8 ] }
        messages:
          Move:
            code: 1
            from: client
            fields:
              - { name: x, type: uint16 }
              - { name: y, type: uint16 }
              - { name: turns, type: "[Turn]", count: uint8 }
          Stop: { code: 2, from: server, fields: [ { name: why, type: Reason } ] }
        structs: { Turn: { fields: [ { name: angle, type: int16 }, { name: speed, type: uint16 } ] } }
        enums: { Reason: { type: uint8, cases: { wall: 1, edge: 2 } } }
        """

    private func hash(_ text: String) throws -> UInt64 {
        let outcome = SpecReader.read(Array(text.utf8))
        #expect(outcome.diagnostics.isEmpty)
        return LayoutHash.value(of: try #require(outcome.spec))
    }

    @Test(
        "It differs when fields have other layouts, names or values, even if all sizes are the same",
        arguments: [
            ("- { name: x, type: uint16 }", "- { name: x, type: int16 }"),
            ("- { name: x, type: uint16 }", "- { name: x, type: uint16, byte-order: little }"),
            ("- { name: x, type: uint16 }", "- { name: x, type: uint16, max: 10 }"),
            ("{ name: x, type: uint16 }\n      - { name: y", "{ name: y, type: uint16 }\n      - { name: x"),
            ("name: angle", "name: direction"),
            ("{ name: angle, type: int16 }", "{ name: angle, type: uint16 }"),
            ("wall: 1, edge: 2", "wall: 2, edge: 1"),
            ("wall: 1, edge: 2", "wall: 1, edge: 2, hole: 3"),
            ("count: uint8 }", "count: uint16 }"),
            ("code: 2, from: server", "code: 2, from: server, trailing: ignore"),
        ]
    )
    func differs(old: String, new: String) throws {
        let changed = Self.base.replacing(old, with: new)
        #expect(changed != Self.base)
        #expect(try hash(changed) != hash(Self.base))
    }

    @Test(
        "It is the same when only descriptions, formatting or the order of declarations differ",
        arguments: [
            ("protocol: Demo", "# A comment.\nprotocol: Demo\ndoc: A demonstration."),
            ("- { name: x, type: uint16 }", "- name: x\n        type: uint16\n        doc: The column."),
            ("wall: 1, edge: 2", "edge: 2, wall: 1"),
            ("protocol: Demo", "protocol: Demo\nswift: { access: public, namespace: Other }"),
        ]
    )
    func ignoresTexts(old: String, new: String) throws {
        let changed = Self.base.replacing(old, with: new)
        #expect(changed != Self.base)
        #expect(try hash(changed) == hash(Self.base))
    }

    @Test("It is the same in every process and on every platform")
    func isStable() throws {
        // FNV-1a of the texts "message 1 Move reject", "field x uint16 big", …, computed by another program.
        #expect(try hash(Self.base) == 0x4658_46BF_3EC2_CC8A)
    }
}

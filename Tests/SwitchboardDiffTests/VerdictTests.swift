import Foundation
import SwitchboardDiff
import SwitchboardSpec
import Testing

/// Compares the verdicts of diff with what the interpreter does.
///
/// The tests edit specs at random, and have one version read what the other writes.
@Suite("The verdicts of diff", .serialized)
struct VerdictTests {
    /// The number of edited specs; DIFF_EDITS sets it.
    private static let edits = ProcessInfo.processInfo.environment["DIFF_EDITS"].flatMap(Int.init) ?? 1000
    /// The number of misread frames after which a test ends.
    private static let reportedProblems = 12
    /// The number of frames of each message.
    private static let frames = 6
    /// The number of frames of each message if a counterexample is wanted.
    private static let searchedFrames = 60
    /// The number of messages of a spec that are tried.
    private static let triedMessages = 6

    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A spec to edit.
    private struct Base {
        let tree: Tree
        let spec: CheckedSpec
    }

    /// The specs to edit, without examples.
    ///
    /// Those of the rules are small; the golden ones have all of the language.
    private static let bases: (small: [Base], large: [Base]) = {
        func bases(_ folder: String) -> [Base] {
            let files =
                (try? FileManager.default.contentsOfDirectory(atPath: repository.appending(path: folder).path)) ?? []
            return files.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { name in
                guard let bytes = try? Data(contentsOf: repository.appending(path: "\(folder)/\(name)")),
                    let node = try? YAMLReader.read(Array(bytes), within: SpecLimits.file)
                else { return nil }
                let tree = Tree(node).without(["examples", "malformed"])
                return SpecReader.read(Array(tree.text.utf8)).spec.map { Base(tree: tree, spec: $0) }
            }
        }
        let large = bases("Tests/SwitchboardGeneratorTests/Golden") + bases("Protocols") + bases(".")
        return (bases("Tests/SwitchboardDiffTests/Rules") + large.filter { $0.tree.count < 150 }, large)
    }()

    /// Rules whose changes no single frame shows.
    ///
    /// They are about the order of frames, the size of large payloads, or the ends that may send a message.
    private static let invisible: Set<Rule> = [
        .replyChanged, .thenChanged, .startsChanged, .payloadLimitLowered, .payloadLimitRaised,
        .messageAddedUnskippable,
        .senderAdded, .senderRemoved,
    ]

    @Test("have specs to edit")
    func bases() {
        #expect(Self.bases.small.count > 150)
        #expect(Self.bases.large.count > 50)
    }

    @Test("agree with the interpreter, for random edits")
    func edits() async throws {
        var mutator = Mutator(seed: ProcessInfo.processInfo.environment["DIFF_SEED"].flatMap(UInt64.init) ?? 1)
        var counts = (compatible: 0, breaking: 0, shown: 0)
        var problems: [String] = []
        var unseen: [Rule: (all: Int, shown: Int)] = [:]
        for round in 0..<Self.edits {
            if round % 20 == 0 { await Task.yield() }
            let isLarge = mutator.random.next(below: 12) == 0
            let bases = isLarge ? Self.bases.large : Self.bases.small
            let base = bases[Int(mutator.random.next(below: UInt64(bases.count)))]
            var tree = base.tree
            for _ in 0...mutator.random.next(below: 3) / 2 { tree = mutator.edited(tree) }
            let isReversed = mutator.random.next(below: 2) == 0
            let trees = isReversed ? (tree, base.tree) : (base.tree, tree)
            guard let edited = SpecReader.read(Array(tree.text.utf8)).spec else { continue }
            let (old, new) = isReversed ? (edited, base.spec) : (base.spec, edited)
            let comparison = SpecComparison(
                SpecVersion(old, name: "old", path: "old"),
                SpecVersion(new, name: "new", path: "new")
            )
            let found = counterexamples(old, new, comparison.directions, &mutator.random)
            if let problem = found.problems.first {
                problems.append("\(problem), although no rule says so: \(trees.0.text) and \(trees.1.text)")
                if problems.count == Self.reportedProblems { break }
                continue
            }
            if comparison.directions.isEmpty {
                counts.compatible += 1
                continue
            }
            let rules = Set(comparison.findings.filter { $0.effect == .wire }.map(\.rule))
            guard rules.isDisjoint(with: Self.invisible) else { continue }
            counts.breaking += 1
            if found.isBroken { counts.shown += 1 }
            for rule in rules where rules.count == 1 {
                unseen[rule, default: (0, 0)].all += 1
                if found.isBroken { unseen[rule, default: (0, 0)].shown += 1 }
            }
        }
        print(
            "\(counts.compatible) compatible edits; \(counts.breaking) that break the wire, \(counts.shown) with an example"
        )
        for (rule, count) in unseen.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where count.shown < count.all {
            print("  \(rule.rawValue): \(count.shown) of \(count.all)")
        }
        #expect(counts.compatible > Self.edits / 20)
        #expect(counts.breaking > Self.edits / 20)
        #expect(counts.shown > counts.breaking * 3 / 4)
    }

    /// Returns the frames that are misread in directions that are not broken, and whether one is misread in a broken direction.
    private func counterexamples(
        _ old: CheckedSpec,
        _ new: CheckedSpec,
        _ broken: Directions,
        _ numbers: inout RandomNumbers
    ) -> (problems: [String], isBroken: Bool) {
        var problems: [String] = []
        var isBroken = false
        for isFromOld in [true, false] {
            let peers = isFromOld ? Peers(sender: old, receiver: new) : Peers(sender: new, receiver: old)
            var random = RandomValues(peers.sender, seed: numbers.next())
            var messages = peers.sender.allMessages
            while messages.count > Self.triedMessages, broken.isEmpty {
                messages.remove(at: Int(numbers.next(below: UInt64(messages.count))))
            }
            for message in messages {
                let other = peers.counterpart(of: message)
                // A message that only the new version has breaks nothing.
                if other == nil, !isFromOld { continue }
                let directions = Self.directions(isFromOld, message.sender)
                let isFine = broken.isDisjoint(with: directions)
                if !isFine, isBroken { continue }
                for _ in 0..<(isFine ? Self.frames : Self.searchedFrames) {
                    guard case .different(let text)? = peers.outcome(of: message, other, &random) else { continue }
                    if isFine { problems.append(text) } else { isBroken = true }
                    break
                }
            }
        }
        return (problems, isBroken)
    }

    private static func directions(_ isFromOld: Bool, _ sender: Sender) -> Directions {
        switch (isFromOld, sender) {
        case (true, .client): .oldClientToNewServer
        case (true, .server): .oldServerToNewClient
        case (true, .both): [.oldClientToNewServer, .oldServerToNewClient]
        case (false, .client): .newClientToOldServer
        case (false, .server): .newServerToOldClient
        case (false, .both): [.newClientToOldServer, .newServerToOldClient]
        }
    }
}

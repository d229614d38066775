#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// A revision of a git repository, which has former contents of files.
package struct GitRevision: Sendable {
    /// The name of the revision: a branch, a tag, a commit, `HEAD~1`.
    package let reference: String

    /// The revision called `reference`.
    ///
    /// - Throws: A ``FileError`` when git cannot have a revision with that name.
    package init(_ reference: String) throws(FileError) {
        guard !reference.isEmpty, !reference.hasPrefix("-") else {
            throw FileError("\"\(reference)\" is no git reference: name a branch, a tag or a commit, as in git:HEAD~1")
        }
        self.reference = reference
    }

    /// Returns the name of the file at `path` in the revision, for messages.
    package func name(of path: String) -> String { "git:\(reference):\(path)" }

    /// Returns the first `limit` bytes that the file at `path` had in the revision.
    ///
    /// - Throws: A ``FileError`` when the file is in no repository, the repository has no such revision, or the revision has no such
    ///   file.
    package func read(_ path: String, atMost limit: Int) throws(FileError) -> [UInt8] {
        let (folder, name) = Self.split(path)
        // The folder may be gone since the revision; a path from here may lead to another repository.
        for (folder, name) in [(folder, name)] + (path.hasPrefix("/") ? [] : [(".", path)]) {
            let (status, bytes) = try git(["cat-file", "blob", "\(reference):./\(name)"], in: folder, limit)
            if status == 0 || bytes.count == limit { return bytes }
        }
        let problem = "cannot read \(self.name(of: path))"
        let places = path.hasPrefix("/") ? [folder] : [folder, "."]
        var repository: String?
        for place in places where try git(["rev-parse", "--git-dir"], in: place, limit).status == 0 {
            repository = place
        }
        guard let repository else { throw FileError("\(problem): \(folder) is not a folder of a git repository") }
        let revision = try git(["rev-parse", "--verify", "--quiet", "\(reference)^{tree}"], in: repository, limit)
        guard revision.status == 0 else { throw FileError("\(problem): the repository has no revision \(reference)") }
        throw FileError("\(problem): the revision has no such file")
    }

    /// The status with which the shell ends if it does not find the program.
    private static let notFound: Int32 = 127

    /// Runs git; returns its exit status, and the first `limit` bytes that it prints.
    private func git(
        _ arguments: [String],
        in folder: String,
        _ limit: Int
    ) throws(FileError) -> (status: Int32, bytes: [UInt8]) {
        let words = (["-C", folder] + arguments).map(Self.quoted)
        guard let stream = unsafe popen("git \(words.joined(separator: " ")) 2>/dev/null", "r") else {
            throw FileError("cannot run git: \(File.reason)")
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count < limit {
            let wanted = min(chunk.count, limit - bytes.count)
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, wanted, stream) }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        let status = unsafe pclose(stream)
        // The exit status is in the second byte; a process that a signal ended has none.
        let exitStatus = status & 0x7F == 0 ? status >> 8 & 0xFF : -1
        guard exitStatus != Self.notFound else { throw FileError("cannot run git: install it, or compare files") }
        return (exitStatus, bytes)
    }

    /// Returns `word` as one word of the shell.
    private static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// Returns the folder and the name of the file at `path`.
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let folder = String(path[..<slash])
        return (folder.isEmpty ? "/" : folder, String(path[path.index(after: slash)...]))
    }
}

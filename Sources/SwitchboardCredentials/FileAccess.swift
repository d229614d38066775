internal import CLinux
internal import Glibc

/// The users and groups that may read or write a file: by the mode bits or, if the file has one, by its access control
/// list.
///
/// In a file with a list, the group bits of the mode are the mask: the most that the list grants to anyone but the
/// owner. systemd's `LoadCredential` gives the file to root, mode 0440, with a list that names the service's user.
struct FileAccess {
    /// A user or a group, and its permissions.
    struct Entry: Hashable {
        enum Subject: Hashable {
            case user(uid_t)
            case group(gid_t)
            case others
            /// The file has an access control list that the process cannot read.
            case unknown
        }

        let subject: Subject
        let mayRead: Bool
        let mayWrite: Bool
        let mayExecute: Bool

        /// - Parameter bits: The permissions as they stand in a mode: 4 to read, 2 to write, 1 to execute.
        init(_ subject: Subject, _ bits: UInt32) {
            self.subject = subject
            mayRead = bits & 4 != 0
            mayWrite = bits & 2 != 0
            mayExecute = bits & 1 != 0
        }

        var mayAnything: Bool { mayRead || mayWrite || mayExecute }
    }

    /// The permissions of all but the owner.
    let entries: [Entry]

    /// The users and groups of this process.
    private let users: Set<uid_t>
    private let groups: Set<gid_t>

    /// - Parameters:
    ///   - descriptor: The file.
    ///   - status: The result of fstat(2).
    init(_ descriptor: Int32, _ status: stat) {
        self.init(
            mode: status.st_mode,
            group: status.st_gid,
            list: Self.list(of: descriptor),
            users: [0, geteuid(), status.st_uid],
            groups: Self.ownGroups
        )
    }

    /// - Parameters:
    ///   - mode: The file's mode.
    ///   - group: The file's group.
    ///   - list: Its access control list as the system keeps it, empty when it has none; `nil` when it cannot be read.
    ///   - users: The users that may read the file.
    ///   - groups: The groups that may read the file.
    init(mode: mode_t, group: gid_t, list: [UInt8]?, users: Set<uid_t>, groups: Set<gid_t>) {
        self.users = users
        self.groups = groups
        let byMode = [Entry(.group(group), mode >> 3 & 7), Entry(.others, mode & 7)]
        entries = list.map { $0.isEmpty ? byMode : Self.entries($0, group) } ?? [Entry(.unknown, 7)]
    }

    /// A user or group that has access to the file and must not, as text for an error; `nil` if there is none.
    var stranger: String? {
        for entry in entries where entry.mayAnything {
            switch entry.subject {
            case .others: return "all users have access to it"
            case .unknown: return "its access control list cannot be read"
            case .user(let user) where !users.contains(user): return "another user (uid \(user)) has access to it"
            case .group(let group) where !groups.contains(group):
                return "the group with gid \(group), to which this process does not belong, has access to it"
            case .user(0): continue
            case .user, .group:
                if entry.mayWrite { return "a user other than its owner can write it" }
            }
        }
        return nil
    }

    // MARK: The system

    /// The maximum number of groups of a process on Linux.
    private static let maximumGroups = 65_536

    /// The maximum size of an access control list in bytes.
    private static let maximumListBytes = 4096

    private static var ownGroups: Set<gid_t> {
        var groups = [gid_t](repeating: 0, count: maximumGroups)
        let count = unsafe getgroups(Int32(groups.count), &groups)
        return Set(groups.prefix(max(Int(count), 0))).union([getegid()])
    }

    private static func list(of descriptor: Int32) -> [UInt8]? {
        var isReadable = true
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: maximumListBytes) { buffer, count in
            let size = unsafe linux_access_list(descriptor, buffer.baseAddress, buffer.count)
            isReadable = size >= 0
            count = max(size, 0)
        }
        return isReadable ? bytes : nil
    }

    // MARK: Lists

    /// The version of access control lists on Linux, and the size of an entry: tag, permissions, and a user or group
    /// ID.
    private static let listVersion: UInt32 = 2
    private static let entrySize = 8

    /// Returns the entries of a list, without the owner's.
    ///
    private static func entries(_ list: [UInt8], _ group: gid_t) -> [Entry] {
        func number(_ offset: Int, _ count: Int) -> UInt32 {
            list[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        guard list.count >= 4, (list.count - 4) % entrySize == 0, number(0, 4) == listVersion else {
            return [Entry(.unknown, 7)]
        }
        let raw = stride(from: 4, to: list.count, by: entrySize).map {
            (tag: number($0, 2), bits: number($0 + 2, 2), id: number($0 + 4, 4))
        }
        let mask = raw.first { $0.tag == 0x10 }?.bits ?? 7
        return raw.compactMap { tag, bits, id in
            switch tag {
            case 0x02: Entry(.user(id), bits & mask)
            case 0x04: Entry(.group(group), bits & mask)
            case 0x08: Entry(.group(id), bits & mask)
            case 0x20: Entry(.others, bits)
            default: nil
            }
        }
    }
}

internal import Glibc

extension ReceiveResult {
    /// What a system call has returned: a number of bytes, or a negated error number.
    init(_ result: Int) {
        self =
            switch result {
            case 1...: .bytes(result)
            case 0: .end
            case Int(-EAGAIN): .nothing
            case Int(-ENOBUFS), Int(-ENOMEM): .noMemory
            default: .broken(errno: Int32(truncatingIfNeeded: -result))
            }
    }
}

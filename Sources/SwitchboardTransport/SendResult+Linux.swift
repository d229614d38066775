internal import Glibc

extension SendResult {
    /// What a system call has returned that offered `count` bytes.
    init(_ result: Int, of count: Int) {
        if result < 0 {
            self.init(byteCount: 0, obstacle: Obstacle(errno: Int32(-result)))
        } else {
            self.init(byteCount: result, obstacle: result < count ? .full : nil)
        }
    }
}

extension SendResult.Obstacle {
    init(errno: Int32) {
        switch errno {
        case EAGAIN: self = .full
        case ENOBUFS, ENOMEM: self = .noMemory
        default: self = .broken(errno: errno)
        }
    }
}

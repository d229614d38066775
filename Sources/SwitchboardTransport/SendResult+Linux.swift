internal import Glibc

extension SendResult.Obstacle {
    init(errno: Int32) {
        switch errno {
        case EAGAIN: self = .full
        case ENOBUFS, ENOMEM: self = .noMemory
        default: self = .broken(errno: errno)
        }
    }
}

import Glibc

/// Standard input, output and error, as the program finds them.
enum StandardStreams {
    /// Makes sure that the three descriptors are taken, and that a pipe without a reader is an error and no signal.
    ///
    /// Where one is closed, the next socket would get its number, and peers would be sent what is meant for people. Input
    /// then cannot be read, output not be written, and errors are discarded.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest number that is free is taken.
            _ = unsafe open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_WRONLY)
        }
    }
}

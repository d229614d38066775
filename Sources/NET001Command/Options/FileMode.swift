import ArgumentParser

/// The permissions of a file on the command line, in octal: `660`.
struct FileMode: ExpressibleByArgument {
    let bits: UInt16

    init?(argument: String) {
        guard let bits = UInt16(argument, radix: 8), bits <= 0o777 else { return nil }
        self.bits = bits
    }
}

internal import CLinux

/// A descriptor of nothing, held back for a time when there are none left.
struct SpareDescriptor {
    private var descriptor = linux_open_spare()

    /// Whether there is one.
    var isHeld: Bool { descriptor >= 0 }

    /// Lets another descriptor have its place.
    mutating func giveUp() {
        if isHeld { linux_close(descriptor) }
        descriptor = -1
    }

    /// Holds one again, if there is one left.
    ///
    /// Returns whether there was.
    @discardableResult
    mutating func takeBack() -> Bool {
        if !isHeld { descriptor = linux_open_spare() }
        return isHeld
    }
}

/// What an event loop watches, found by tokens.
///
/// A token names a slot and the slot's generation. When a slot is used again its generation is another, so that an
/// event that was on its way for the former occupant finds nobody.
struct SlotTable {
    /// The generation in the upper half, the slot's index in the lower.
    typealias Token = UInt64

    private struct Slot {
        var generation: UInt32
        var occupant: (any Pollable)?
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    /// The number of slots, used or free: at least the number of descriptors that are watched.
    var count: Int { slots.count }

    /// All that is watched.
    var occupants: [any Pollable] { slots.compactMap(\.occupant) }

    mutating func insert(_ occupant: any Pollable) -> Token {
        let index: UInt32
        if let reused = free.popLast() {
            index = reused
        } else {
            // Each slot stands for an open descriptor, of which there are fewer than 2^31.
            index = UInt32(truncatingIfNeeded: slots.count)
            slots.append(Slot(generation: 0, occupant: nil))
        }
        slots[Int(index)].occupant = occupant
        return UInt64(slots[Int(index)].generation) << 32 | UInt64(index)
    }

    /// The occupant that `token` was made for, if it is still there.
    subscript(token: Token) -> (any Pollable)? {
        let index = Int(UInt32(truncatingIfNeeded: token))
        guard index < slots.count, slots[index].generation == UInt32(token >> 32) else { return nil }
        return slots[index].occupant
    }

    /// Frees the slot of `token`, if its occupant is still there.
    mutating func remove(_ token: Token) {
        guard self[token] != nil else { return }
        let index = UInt32(truncatingIfNeeded: token)
        slots[Int(index)].occupant = nil
        slots[Int(index)].generation &+= 1
        free.append(index)
    }
}

internal import SwitchboardRouter

/// Finds the position of a connection in a list by its number, in 5 to 10 bytes for each connection.
///
/// It is a hash table with open addressing: a slot has a position, and the list has the numbers.
///
/// A `Dictionary` from numbers to connections takes 26 to 41 bytes for each connection. With 1,000 or 10,000 connections, adding,
/// finding and removing one in it take 1.5 to 5 times as long; with 100,000, which the caches do not hold, 0.7 to 4 times.
struct PositionIndex {
    private static let minimumSlots = 16

    /// One more than a position; 0 in an empty slot.
    ///
    /// The count is a power of two.
    private var slots: [UInt32] = []
    private var count = 0

    /// The position of the connection with the number `id` in `list`; `nil` when the list does not have it.
    func position<Element: Identifiable>(of id: ConnectionID, in list: [Element]) -> Int?
    where Element.ID == ConnectionID {
        guard count > 0 else { return nil }
        var slot = home(of: id)
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if position < list.count, list[position].id == id { return position }
            slot = next(slot)
        }
        return nil
    }

    /// Adds the last connection of `list`, which was just appended.
    mutating func append<Element: Identifiable>(from list: [Element]) where Element.ID == ConnectionID {
        guard let last = list.last else { return }
        count += 1
        if count * 8 > slots.count * 7 {
            slots = Array(repeating: 0, count: max(slots.count * 2, Self.minimumSlots))
            for (position, element) in list.enumerated() { insert(element.id, at: position) }
        } else {
            insert(last.id, at: list.count - 1)
        }
    }

    /// Removes the connection at `position` of `list`, which is still there; the last one is about to take its place.
    mutating func swapRemove<Element: Identifiable>(at position: Int, of list: [Element])
    where Element.ID == ConnectionID {
        guard position < list.count, let slot = slot(of: list[position].id, at: position) else { return }
        count -= 1
        close(slot, list)
        let last = list.count - 1
        if position < last, let slot = self.slot(of: list[last].id, at: last) {
            slots[slot] = UInt32(truncatingIfNeeded: position + 1)
        }
        if count == 0 { slots = [] }
    }

    /// Empties a slot, and moves the entries after it to where they are found without it.
    private mutating func close<Element: Identifiable>(_ emptied: Int, _ list: [Element])
    where Element.ID == ConnectionID {
        var gap = emptied
        var slot = next(gap)
        while slots[slot] != 0 {
            let home = home(of: list[Int(slots[slot]) - 1].id)
            // The entry may move to the gap unless its home is after the gap.
            if (slot &- home) & (slots.count - 1) >= (slot &- gap) & (slots.count - 1) {
                slots[gap] = slots[slot]
                gap = slot
            }
            slot = next(slot)
        }
        slots[gap] = 0
    }

    private mutating func insert(_ id: ConnectionID, at position: Int) {
        var slot = home(of: id)
        while slots[slot] != 0 { slot = next(slot) }
        slots[slot] = UInt32(truncatingIfNeeded: position + 1)
    }

    /// The slot of the connection `id`, which is at `position` of the list.
    private func slot(of id: ConnectionID, at position: Int) -> Int? {
        guard count > 0 else { return nil }
        var slot = home(of: id)
        while slots[slot] != 0 {
            if Int(slots[slot]) == position + 1 { return slot }
            slot = next(slot)
        }
        return nil
    }

    /// The first slot to look at for the connection `id`.
    private func home(of id: ConnectionID) -> Int {
        Int(truncatingIfNeeded: (id &* 0x9E37_79B9_7F4A_7C15) >> 32) & (slots.count - 1)
    }

    private func next(_ slot: Int) -> Int { (slot + 1) & (slots.count - 1) }
}

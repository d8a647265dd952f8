/// Values by key, with a bound on the sum of their costs: what was used longest ago goes first. Each operation takes the same
/// time, however many there are.
struct RecentlyUsed<Key: Hashable, Value> {
    private struct Slot {
        var key: Key
        var value: Value
        var cost: Int
        /// Used just after this one; `none` for the one used last.
        var newer: Int32
        /// Used just before this one; `none` for the one used longest ago.
        var older: Int32
    }

    private static var none: Int32 { -1 }

    let maximumCost: Int
    private(set) var cost = 0
    private var places: [Key: Int32] = [:]
    /// Nil: free.
    private var slots: [Slot?] = []
    private var free: [Int32] = []
    private var newest = Self.none
    private var oldest = Self.none

    init(maximumCost: Int) {
        self.maximumCost = maximumCost
    }

    var count: Int { places.count }

    /// The value, which counts as used now.
    mutating func use(_ key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        if place != newest {
            unlink(place)
            link(place)
        }
        return slots[Int(place)]?.value
    }

    /// The value, without using it.
    func peek(_ key: Key) -> Value? {
        places[key].flatMap { slots[Int($0)]?.value }
    }

    /// Changes the value in place, without using it. Does nothing where there is none.
    mutating func change(_ key: Key, _ body: (inout Value) -> Void) {
        guard let place = places[key], var slot = slots[Int(place)] else { return }
        body(&slot.value)
        slots[Int(place)] = slot
    }

    /// Puts the value in, used now, and returns those that had to go for it, the key's former value included. A value that costs
    /// more than the bound is not kept, nor is the former one.
    mutating func insert(_ value: Value, for key: Key, cost: Int) -> [Value] {
        var gone: [Value] = []
        if let former = remove(key) { gone.append(former) }
        guard cost <= maximumCost else { return gone + [value] }
        while self.cost + cost > maximumCost, let slot = slots[Int(oldest)], let value = remove(slot.key) { gone.append(value) }
        let slot = Slot(key: key, value: value, cost: cost, newer: Self.none, older: Self.none)
        let place: Int32
        if let reused = free.popLast() {
            place = reused
            slots[Int(place)] = slot
        } else {
            place = Int32(slots.count)
            slots.append(slot)
        }
        places[key] = place
        self.cost += cost
        link(place)
        return gone
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key), let slot = slots[Int(place)] else { return nil }
        unlink(place)
        slots[Int(place)] = nil
        free.append(place)
        cost -= slot.cost
        return slot.value
    }

    mutating func removeAll() {
        self = Self(maximumCost: maximumCost)
    }

    // MARK: The order of use

    private mutating func link(_ place: Int32) {
        slots[Int(place)]?.older = newest
        slots[Int(place)]?.newer = Self.none
        if newest == Self.none { oldest = place } else { slots[Int(newest)]?.newer = place }
        newest = place
    }

    private mutating func unlink(_ place: Int32) {
        guard let slot = slots[Int(place)] else { return }
        if slot.older == Self.none { oldest = slot.newer } else { slots[Int(slot.older)]?.newer = slot.newer }
        if slot.newer == Self.none { newest = slot.older } else { slots[Int(slot.newer)]?.older = slot.older }
    }
}

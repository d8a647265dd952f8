/// A table of bounded size that forgets what was not used for longest, roughly: half of it at a time.
///
/// Two dictionaries: what is used goes into the young one; when that has half of the room, it becomes the old one and the old one
/// goes. Constant time, and no list to keep.
struct RecentTable<Value: Sendable>: Sendable {
    /// The room that all values may take together, in the unit of `size`.
    private let capacity: Int
    private let size: @Sendable (Value) -> Int
    private var young: [UInt64: Value] = [:]
    private var old: [UInt64: Value] = [:]
    private var youngSize = 0

    init(capacity: Int, size: @escaping @Sendable (Value) -> Int) {
        self.capacity = capacity
        self.size = size
    }

    /// The room that all values take. Linear.
    var totalSize: Int { old.values.reduce(youngSize) { $0 + size($1) } }

    func contains(_ key: UInt64) -> Bool { young[key] != nil || old[key] != nil }

    /// The value of `key`, without counting as a use.
    func peek(_ key: UInt64) -> Value? { young[key] ?? old[key] }

    /// Changes the value of `key` where there is one, without counting as a use; its size stays.
    mutating func change(_ key: UInt64, _ change: (inout Value) -> Void) {
        if let index = young.index(forKey: key) {
            change(&young.values[index])
        } else if let index = old.index(forKey: key) {
            change(&old.values[index])
        }
    }

    /// Changes the value of `key`, or `new` where there is none. Returns what was forgotten for it.
    mutating func update(_ key: UInt64, new: @autoclosure () -> Value, _ change: (inout Value) -> Void) -> [UInt64: Value] {
        let known = young.removeValue(forKey: key)
        if let known { youngSize -= size(known) }
        var changed = known ?? old.removeValue(forKey: key) ?? new()
        change(&changed)
        let changedSize = size(changed)
        var forgotten: [UInt64: Value] = [:]
        if !young.isEmpty, (youngSize + changedSize) * 2 > capacity {
            forgotten = old
            old = young
            young = [:]
            youngSize = 0
        }
        young[key] = changed
        youngSize += changedSize
        return forgotten
    }
}

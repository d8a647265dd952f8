import Testing

@testable import CacheStore

@Suite struct RecentlyUsedTests {
    @Test func whatWasUsedLongestAgoGoesFirst() {
        var values = RecentlyUsed<Int, String>(maximumCost: 10)
        #expect(values.insert("a", for: 1, cost: 4) == [])
        #expect(values.insert("b", for: 2, cost: 4) == [])
        #expect(values.use(1) == "a")
        #expect(values.insert("c", for: 3, cost: 4) == ["b"])
        #expect(values.peek(1) == "a")
        // Looking is no use.
        #expect(values.insert("d", for: 4, cost: 4) == ["a"])
        #expect(values.insert("e", for: 5, cost: 10) == ["c", "d"])
        #expect(values.cost == 10 && values.count == 1)
    }

    @Test func whatIsTooLargeIsNotKept() {
        var values = RecentlyUsed<Int, String>(maximumCost: 10)
        #expect(values.insert("a", for: 1, cost: 4) == [])
        #expect(values.insert("b", for: 2, cost: 11) == ["b"])
        #expect(values.peek(1) == "a")
        #expect(values.insert("c", for: 1, cost: 11) == ["a", "c"])
        #expect(values.cost == 0 && values.count == 0)
    }

    @Test func itDoesWhatAListDoes() {
        var generator = SystemRandomNumberGenerator()
        var values = RecentlyUsed<Int, Int>(maximumCost: 100)
        // The same by a list in the order of use, the newest last.
        var list: [(key: Int, value: Int, cost: Int)] = []
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<30, using: &generator)
            let index = list.firstIndex { $0.key == key }
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                let cost = Int.random(in: 0...30, using: &generator)
                _ = values.insert(step, for: key, cost: cost)
                if let index { list.remove(at: index) }
                while list.reduce(0, { $0 + $1.cost }) + cost > 100 { list.removeFirst() }
                list.append((key, step, cost))
            case 1:
                #expect(values.remove(key) == index.map { list[$0].value })
                if let index { list.remove(at: index) }
            case 2:
                values.change(key) { $0 = -step }
                if let index { list[index].value = -step }
            default:
                #expect(values.use(key) == index.map { list[$0].value })
                if let index { list.append(list.remove(at: index)) }
            }
            #expect(values.count == list.count)
            #expect(values.cost == list.reduce(0) { $0 + $1.cost })
        }
    }
}

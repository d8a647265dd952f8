import Testing

@testable import CrawlEngine

@Suite struct CrawlJournalTests {
    private func event(_ line: Int) -> CrawlEvent {
        .invalidSeed(InvalidSeed(source: "list", line: line, text: "", reason: ""))
    }

    private func lines(_ events: [CrawlEvent]) -> [Int] {
        events.compactMap { if case .invalidSeed(let seed) = $0 { seed.line } else { nil } }
    }

    @Test func eventsComeInOrderAndTheEndAfterTheLast() async {
        let journal = CrawlJournal()
        journal.add(event(1))
        journal.add(event(2))
        #expect(await journal.next().map(lines) == [1, 2])
        journal.add(event(3))
        journal.close()
        #expect(await journal.next().map(lines) == [3])
        #expect(await journal.next() == nil)
        #expect(journal.summary.invalidSeeds == 3)
    }

    @Test func theTellerWaitsForTheFirst() async {
        let journal = CrawlJournal()
        async let told = journal.next()
        journal.add(event(1))
        #expect(await told.map(lines) == [1])
        async let end = journal.next()
        journal.close()
        #expect(await end == nil)
    }

    @Test func theWriterWaitsForTheTeller() async {
        let journal = CrawlJournal()
        for line in 0...CrawlJournal.room { journal.add(event(line)) }
        let collector = Collector()
        async let writer: Void = {
            await journal.waitForRoom()
            collector.report(self.event(1))
        }()
        for _ in 0..<100 { await Task.yield() }
        #expect(collector.invalid.isEmpty)
        #expect(await journal.next()?.count == CrawlJournal.room + 1)
        await writer
        await journal.waitForRoom()
    }

    @Test func closingLetsTheWriterGo() async {
        let journal = CrawlJournal()
        for line in 0...CrawlJournal.room { journal.add(event(line)) }
        async let writer: Void = journal.waitForRoom()
        journal.close()
        await writer
    }

    @Test func manyWritersAndOneTeller() async {
        let journal = CrawlJournal()
        async let told = {
            var count = 0
            while let events = await journal.next() { count += events.count }
            return count
        }()
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for line in 0..<2000 { journal.add(self.event(writer * 2000 + line)) }
                }
            }
        }
        journal.close()
        #expect(await told == 16_000)
    }
}

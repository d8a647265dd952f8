import HTTPSemantics
import Testing

@testable import CrawlPolicy

@Suite struct BudgetPathTrapTests {
    private static func finding(_ path: String, _ trap: PathTrap = PathTrap()) throws -> PathTrap.Finding? {
        trap.finding(in: try #require(WebURL("http://h" + path)))
    }

    @Test(arguments: [
        "/", "/a", "/a/", "/a/b/a/b", "/a/b/a/b/a", "/a/b/c/a/b/c/a/b", "/00/00/00/00/00/00/00/17", "/0/0/0/0/0/0/0/0",
        "/x/a/b/y/a/b/z/a/b", "//////", "/a/b/a/b?/a/b/a/b/a/b", "/en/docs/en/docs/de/docs",
    ])
    func honestPaths(path: String) throws {
        #expect(try Self.finding(path) == nil)
    }

    @Test func segmentsAreCounted() throws {
        let names = (0..<64).map { "/s\($0)" }.joined()
        #expect(try Self.finding(names) == nil)
        #expect(try Self.finding(names + "/") == nil)
        #expect(try Self.finding(names + "/x") == .tooManySegments(65, limit: 64))
        #expect(try Self.finding("/a/b/c", PathTrap(maximumSegments: 2)) == .tooManySegments(3, limit: 2))
    }

    @Test func aSegmentTooOften() throws {
        #expect(try Self.finding("/a/1/a/2/b/a", PathTrap(maximumRepeats: 2)) == .repeatedSegment(times: 3, limit: 2))
        #expect(try Self.finding("/a" + String(repeating: "/x", count: 9)) == .repeatedSegment(times: 9, limit: 8))
        #expect(try Self.finding(String(repeating: "/", count: 12)) == .repeatedSegment(times: 11, limit: 8))
    }

    @Test(arguments: [
        ("/a/b/a/b/a/b", 2), ("/x/a/b/a/b/a/b/y", 2), ("/a/b/c/a/b/c/a/b/c/", 3), ("/a/a/b/a/a/b/a/a/b", 3), ("/b/a/b/a/b/a/x", 2),
        ("/a/b/b/a/b/b/a/b/b", 3),
    ])
    func aSequenceThreeTimesInARow(path: String, length: Int) throws {
        #expect(try Self.finding(path) == .repeatedSequence(length: length))
    }

    @Test func boundsAreSensibleWhateverIsAsked() throws {
        let trap = PathTrap(maximumSegments: .min, maximumRepeats: .min)
        #expect(trap.maximumSegments == 1 && trap.maximumRepeats == 1)
        #expect(PathTrap(maximumSegments: .max).maximumSegments == 255)
        let longest = String(repeating: "/a", count: 30_000)
        #expect(try Self.finding(longest) == .tooManySegments(30_000, limit: 64))
    }
}

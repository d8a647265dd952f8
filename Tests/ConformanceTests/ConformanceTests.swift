import Foundation
import Testing

/// RFC 9110, 9111, 9112, 5861, 8246, 9211 and 9213, clause by clause, put to `larder serve` over sockets.
///
/// Each file in `Catalogue` has a test here. With `LARDER_CONFORMANCE_ONLY` in the environment only cases whose id begins so are
/// put.
@Suite(.lab)
struct ConformanceTests {
    static func check(_ one: ConformanceCase) async throws {
        if let prefix = ProcessInfo.processInfo.environment["LARDER_CONFORMANCE_ONLY"], !prefix.isEmpty, !one.id.hasPrefix(prefix) {
            return
        }
        let lab = try #require(Lab.current)
        for failure in await lab.run(one) {
            Issue.record("\(failure) (\(one.requirement.rawValue), \(one.section): \(one.title))")
        }
    }
}

/// The catalogue itself.
@Suite struct CatalogueTests {
    static let all = [
        ConformanceTests.storing, ConformanceTests.statuses, ConformanceTests.storedFields, ConformanceTests.vary,
        ConformanceTests.lifetimes, ConformanceTests.expires, ConformanceTests.age, ConformanceTests.staleness,
        ConformanceTests.validation, ConformanceTests.invalidation, ConformanceTests.directives, ConformanceTests.cacheStatus,
        ConformanceTests.ranges, ConformanceTests.partial, ConformanceTests.methods, ConformanceTests.forwarding,
        ConformanceTests.requestFraming, ConformanceTests.responseFraming, ConformanceTests.forms,
    ].flatMap { $0 }

    @Test func idsAreUnique() {
        let counts = Dictionary(grouping: Self.all, by: \.id).filter { $1.count > 1 }
        #expect(counts.keys.sorted() == [])
    }

    @Test func everyIdNamesItsSection() {
        let standards: Set = ["5861", "8246", "9110", "9111", "9112", "9211", "9213"]
        for one in Self.all {
            let parts = one.id.split(separator: "-", maxSplits: 2)
            #expect(parts.count == 3 && standards.contains(String(parts[0])), "\(one.id)")
            #expect(parts.dropFirst().first?.allSatisfy { $0.isNumber || $0 == "." } == true, "\(one.id)")
            // It is part of a URL.
            #expect(one.id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#%\"<>".utf8.contains($0) }, "\(one.id)")
        }
    }

    @Test func thereAreEnough() {
        #expect(Self.all.count >= 300)
        #expect(Self.all.count { $0.requirement == .required } >= 150)
    }
}

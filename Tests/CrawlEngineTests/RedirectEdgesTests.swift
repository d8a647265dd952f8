import Testing

@testable import CrawlEngine

@Suite struct RedirectEdgesTests {
    @Test func theLastRedirectOfACircleClosesIt() {
        var edges = RedirectEdges()
        #expect(edges.add(from: 1, to: 2) == nil)
        #expect(edges.add(from: 3, to: 1) == nil)
        #expect(edges.add(from: 2, to: 3) == 3)
        #expect(edges.add(from: 7, to: 7) == 1)
    }

    @Test func whatLeadsIntoACircleIsNotOnIt() {
        var edges = RedirectEdges()
        _ = edges.add(from: 1, to: 2)
        #expect(edges.add(from: 2, to: 1) == 2)
        #expect(edges.add(from: 5, to: 1) == nil)
    }

    @Test func aLongChainIsNone() {
        var edges = RedirectEdges()
        for number in UInt64(0)..<100 { #expect(edges.add(from: number, to: number + 1) == nil) }
        #expect(edges.add(from: 100, to: 0) == 101)
    }

    @Test func whatIsRememberedIsBounded() {
        var edges = RedirectEdges(maximumCount: 2)
        _ = edges.add(from: 1, to: 2)
        _ = edges.add(from: 2, to: 3)
        #expect(edges.add(from: 3, to: 4) == nil)
        #expect(edges.add(from: 4, to: 1) == nil, "the first ones are forgotten")
        #expect(edges.add(from: 4, to: 3) == 2)
    }
}

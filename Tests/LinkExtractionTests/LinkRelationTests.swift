import LinkExtraction
import Testing

@Suite struct LinkRelationTests {
    @Test func whatIsFollowedByChoiceIsNoRequisite() {
        let chosen = LinkRelation.allCases.filter { !$0.isRequisite }
        #expect(chosen == [.anchor, .link, .refresh, .sitemapPage, .sitemap, .feedItem])
    }
}

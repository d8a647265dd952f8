import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Cache-Status, RFC 9211")
struct CacheStatusTests {
    @Test(
        "2: the member as it is written",
        arguments: [
            (CacheStatus(hit: .fresh, age: 30, lifetime: 60), "larder; hit; ttl=30"),
            (
                CacheStatus(hit: .staleWhileRevalidate, age: 70, lifetime: 60),
                "larder; hit; ttl=-10; detail=stale_while_revalidate"
            ),
            (CacheStatus(hit: .fresh, age: .max, lifetime: .min), "larder; hit"),
            (CacheStatus(hit: .fresh, age: .max, lifetime: 0), "larder; hit"),
            (CacheStatus(forwarded: .notStored, isStored: true), "larder; fwd=uri-miss; stored"),
            (CacheStatus(forwarded: .varyMismatch), "larder; fwd=vary-miss"),
            (CacheStatus(forwarded: .stale, status: 304, isStored: true), "larder; fwd=stale; fwd-status=304; stored"),
            (CacheStatus(forwarded: .mustRevalidate), "larder; fwd=stale; detail=must_revalidate"),
            (CacheStatus(forwarded: .requestNoCache), "larder; fwd=request; detail=request_no_cache"),
            (CacheStatus(forwarded: .method), "larder; fwd=method"),
            (CacheStatus(forwarded: .partialContent, status: 206), "larder; fwd=partial; fwd-status=206"),
            (CacheStatus(forwarded: .privateResponse), "larder; fwd=miss; detail=private"),
            (CacheStatus(forwarded: .notStored, isCollapsed: true), "larder; fwd=uri-miss; collapsed"),
            (CacheStatus(forward: .bypass, detail: "too big\n"), "larder; fwd=bypass"),
            (CacheStatus(detail: "two words"), "larder; detail=\"two words\""),
        ])
    func text(status: CacheStatus, expected: String) {
        #expect(status.text == expected)
    }

    @Test("Each reason has a value, and what is written is a valid member", arguments: ReuseReason.allCases)
    func reasons(reason: ReuseReason) {
        let text = CacheStatus(forwarded: reason).text
        #expect(StructuredFieldDictionary(text)?.members.count == 1)
        #expect(text.contains("fwd=\(CacheStatus.Forward(reason).rawValue)"))
    }

    @Test("2: the caches nearer to the origin come first")
    func append() {
        var fields: FieldSection = ["Cache-Status": "far; hit", "X": "1"]
        CacheStatus(forwarded: .notStored).append(to: &fields)
        #expect(fields.combined("Cache-Status") == "far; hit, larder; fwd=uri-miss")
    }
}

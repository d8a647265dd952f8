import Testing

extension ConformanceTests {
    @Test(arguments: cacheStatus)
    func cacheStatus(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9211: what Cache-Status says.
    @CaseList static var cacheStatus: [ConformanceCase] {
        Case(
            "9211-2.1-hit", .required, "hit where the response came from the store, without fwd",
            origin: .fresh(), steps: .get(.fetched),
            .get(.hit, .cacheStatus("larder"), .cacheStatus("hit"), .cacheStatusLacks("fwd")))
        Case(
            "9211-2.2-uri-miss", .optional, "fwd=uri-miss where nothing was stored",
            origin: .fresh(), steps: .get(.fetched, .cacheStatus("fwd=uri-miss")))
        Case(
            "9211-2.2-vary-miss", .optional, "fwd=vary-miss where another variant was stored",
            origin: .fresh("Vary: X"), steps: .get(.fetched, with: "X: 1"),
            .get(.fetched, .cacheStatus("fwd=vary-miss"), with: "X: 2"))
        Case(
            "9211-2.2-stale", .optional, "fwd=stale where it was stale",
            origin: .stale(), steps: .get(.fetched), .get(.fetched, .cacheStatus("fwd=stale")))
        Case(
            "9211-2.2-request", .optional, "fwd=request where the request wanted it",
            origin: .fresh(), steps: .get(.fetched), .get(.fetched, .cacheStatus("fwd=request"), with: "Cache-Control: no-cache"))
        Case(
            "9211-2.2-method", .optional, "fwd=method where the method is not answered from a cache",
            origin: .answer(), steps: .send("POST", .fetched, .cacheStatus("fwd=method"), body: "x"))
        Case(
            "9211-2.2-partial", .optional, "fwd=partial where only a part was stored",
            origin: .fresh("Content-Range: bytes 0-3/26", "ETag: \"a\"", status: 206, body: "abcd"),
            .fresh("Content-Range: bytes 10-13/26", "ETag: \"a\"", status: 206, body: "klmn"),
            steps: .get(.fetched, .body("abcd"), with: "Range: bytes=0-3"),
            .get(.fetched, .body("klmn"), .cacheStatus("fwd=partial"), with: "Range: bytes=10-13"))
        Case(
            "9211-2.3-fwd-status", .optional, "fwd-status is the origin's, where the response has another",
            origin: .stale("ETag: \"a\""), .notModified("ETag: \"a\"", "Cache-Control: max-age=3600"),
            steps: .get(.fetched), .get(.validated, .cacheStatus("fwd=stale"), .cacheStatus("fwd-status=304")))
        Case(
            "9211-2.4-ttl", .optional, "ttl is what remains of the lifetime",
            origin: .answer("Cache-Control: max-age=7950"), steps: .get(.fetched), .get(.hit, .cacheStatus("ttl=79")))
        Case(
            "9211-2.4-ttl-with-age", .optional, "ttl is less by the age",
            origin: .answer("Cache-Control: max-age=7950", "Age: 2000"), steps: .get(.fetched), .get(.hit, .cacheStatus("ttl=59")))
        Case(
            "9211-2.4-ttl-negative", .optional, "ttl is negative for what is stale",
            origin: .stale(), steps: .get(.fetched), .get(.hit, .cacheStatus("ttl=-4"), with: "Cache-Control: max-stale"))
        Case(
            "9211-2.5-stored", .optional, "stored where the response is kept",
            origin: .fresh(), steps: .get(.fetched, .cacheStatus("stored")))
        Case(
            "9211-2.5-not-stored", .required, "and not where it is not",
            origin: .answer("Cache-Control: no-store"),
            steps: .get(.fetched, .cacheStatusLacks("stored,"), .cacheStatusLacks("; stored")))
        Case(
            "9211-2.8-detail", .optional, "detail names the reason",
            origin: .answer("Cache-Control: no-store"), steps: .get(.fetched, .cacheStatus("detail=")))
        Case(
            "9211-2-appended", .required, "what caches nearer to the origin said comes first",
            origin: .fresh("Cache-Status: ExampleCDN; hit; ttl=7"),
            steps: .get(.requests(1), .bodyOf(1), .cacheStatus("ExampleCDN; hit; ttl=7, larder")))
        Case(
            "9211-2-on-error", .optional, "what the proxy makes itself says so too",
            origin: .raw(""), steps: .get(.status(502, 504), .cacheStatus("larder")))
        Case(
            "9211-2-on-304", .optional, "and a 304 from the store",
            origin: .fresh("ETag: \"a\""), steps: .get(.fetched),
            .get(.hit, .status(304), .cacheStatus("hit"), with: "If-None-Match: \"a\""))
    }
}

import Testing

extension ConformanceTests {
    @Test(arguments: vary)
    func vary(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9111 section 4.1: which stored response a request selects.
    @CaseList static var vary: [ConformanceCase] {
        Case(
            "9111-4.1-equal", .optional, "an equal field selects the response",
            origin: .fresh("Vary: X"), steps: .get(.fetched, with: "X: 1"), .get(.hit, .field("Vary", "X"), with: "X: 1"))
        Case(
            "9111-4.1-different", .required, "another value selects it not",
            origin: .fresh("Vary: X"), steps: .get(.fetched, with: "X: 1"), .get(.fetched, with: "X: 2"))
        Case(
            "9111-4.1-absent-now", .required, "a field that is missing now does not match",
            origin: .fresh("Vary: X"), steps: .get(.fetched, with: "X: 1"), .get(.fetched))
        Case(
            "9111-4.1-absent-then", .required, "a field that was missing does not match",
            origin: .fresh("Vary: X"), steps: .get(.fetched), .get(.fetched, with: "X: 1"))
        Case(
            "9111-4.1-absent-both", .optional, "a field that is missing in both matches",
            origin: .fresh("Vary: X"), steps: .get(.fetched), .get(.hit))
        Case(
            "9111-4.1-empty", .required, "an empty field does not match another value",
            origin: .fresh("Vary: X"), steps: .get(.fetched, with: "X: 1"), .get(.fetched, with: "X:"))
        Case(
            "9111-4.1-several-stored", .optional, "several responses are stored side by side",
            origin: .fresh("Vary: X"),
            steps: .get(.fetched, with: "X: 1"), .get(.fetched, with: "X: 2"), .get(.fetched, with: "X: 3"),
            .get(.hitOf(1), with: "X: 1"), .get(.hitOf(2), with: "X: 2"), .get(.hitOf(3), with: "X: 3"))
        Case(
            "9111-4.1-two-fields", .optional, "all fields must match",
            origin: .fresh("Vary: X, Y"),
            steps: .get(.fetched, with: "X: 1", "Y: 1"), .get(.fetched, with: "X: 1", "Y: 2"), .get(.fetched, with: "X: 2", "Y: 1"),
            .get(.hitOf(1), with: "Y: 1", "X: 1"))
        Case(
            "9111-4.1-two-lines", .required, "Vary may have several lines",
            origin: .fresh("Vary: X", "Vary: Y"),
            steps: .get(.fetched, with: "X: 1", "Y: 1"), .get(.fetched, with: "X: 1", "Y: 2"))
        Case(
            "9111-4.1-name-without-case", .required, "names in Vary have no case",
            origin: .fresh("Vary: aBc"), steps: .get(.fetched, with: "Abc: 1"), .get(.hit, with: "ABC: 1"),
            .get(.fetched, with: "abc: 2"))
        Case(
            "9111-4.1-star", .required, "* never matches",
            origin: .fresh("Vary: *"), steps: .get(.fetched), .get(.fetched))
        Case(
            "9111-4.1-star-among-names", .required, "* among names never matches",
            origin: .fresh("Vary: X, *"), steps: .get(.fetched, with: "X: 1"), .get(.fetched, with: "X: 1"))
        Case(
            "9111-4.1-star-in-second-line", .required, "* in a second line never matches",
            origin: .fresh("Vary: X", "Vary: *"), steps: .get(.fetched, with: "X: 1"), .get(.fetched, with: "X: 1"))
        Case(
            "9111-4.1-empty-members", .optional, "empty members of Vary mean nothing",
            origin: .fresh("Vary: , X,,"), steps: .get(.fetched, with: "X: 1"), .get(.hit, with: "X: 1"),
            .get(.fetched, with: "X: 2"))
        Case(
            "9111-4.1-combined-lines", .optional, "two lines of a request match their one combined",
            origin: .fresh("Vary: X"), steps: .get(.fetched, with: "X: 1", "X: 2"), .get(.hit, with: "X: 1, 2"))
        Case(
            "9111-4.1-white-space", .optional, "white space in a list does not make another one",
            origin: .fresh("Vary: Accept-Language"),
            steps: .get(.fetched, with: "Accept-Language: en,de"), .get(.hit, with: "Accept-Language: en, de"))
        Case(
            "9111-4.1-order-counts", .required, "the order of a list counts for an unknown field",
            origin: .fresh("Vary: X"), steps: .get(.fetched, with: "X: 1, 2"), .get(.fetched, with: "X: 2, 1"))
        Case(
            "9111-4.1-value-has-case", .required, "the value of an unknown field has case",
            origin: .fresh("Vary: X"), steps: .get(.fetched, with: "X: a"), .get(.fetched, with: "X: A"))
        Case(
            "9111-4.1-accept-encoding", .required, "Accept-Encoding is compared as the client sent it",
            origin: .fresh("Vary: Accept-Encoding"),
            steps: .get(.fetched, with: "Accept-Encoding: gzip"), .get(.fetched, with: "Accept-Encoding: br"))
        Case(
            "9110-12.5.3-accept-encoding-forwarded", .required, "what the client accepts reaches the origin, and no more",
            origin: .fresh("Vary: Accept-Encoding"),
            steps: .get(.fetched, .forwarded("Accept-Encoding", "br;q=1.0"), with: "Accept-Encoding: br;q=1.0"))
        Case(
            "9110-12.5.3-no-accept-encoding", .optional, "where the client accepts no coding, none is asked for",
            origin: .fresh(), steps: .get(.fetched, .forwardedLacks("Accept-Encoding")))
        Case(
            "9111-4.1-most-recent", .optional, "of several that match the most recent answers",
            origin: .fresh("Vary: X", "Date: {now-100}"), .fresh("Vary: Y", "Date: {now-10}"),
            steps: .get(.fetched, with: "X: 1", "Y: 1"), .get(.fetched, with: "X: 2", "Y: 1"), .get(.hitOf(2), with: "X: 1", "Y: 1")
        )
        Case(
            "9111-4.1-without-vary-later", .optional, "a later response without Vary answers every request",
            origin: .fresh("Vary: X", "Date: {now-100}"), .fresh("Date: {now-10}"),
            steps: .get(.fetched, with: "X: 1"), .get(.fetched, with: "X: 2"), .get(.hitOf(2), with: "X: 3"))
        Case(
            "9111-4.1-cookie", .required, "Vary: Cookie separates users",
            origin: .fresh("Vary: Cookie"), steps: .get(.fetched, with: "Cookie: u=1"), .get(.fetched, with: "Cookie: u=2"))
        Case(
            "9111-4.1-user-agent", .required, "Vary: User-Agent is compared as the client sent it",
            origin: .fresh("Vary: User-Agent"),
            steps: .get(.fetched, .forwarded("User-Agent", "a/1"), with: "User-Agent: a/1"), .get(.fetched, with: "User-Agent: b/1")
        )
        Case(
            "9111-4.1-validates-variants", .optional, "a miss among variants may ask with their entity tags",
            origin: .fresh("Vary: X", "ETag: \"1\""), .fresh("Vary: X", "ETag: \"2\""),
            steps: .get(.fetched, with: "X: 1"), .get(.requests(1), .bodyOf(2), .status(200), with: "X: 2"))
        Case(
            "9111-4.1-head-selects", .required, "HEAD selects among variants like GET",
            origin: .fresh("Vary: X"), steps: .get(.fetched, with: "X: 1"), .head(.hit, with: "X: 1"), .head(.fetched, with: "X: 2")
        )
        Case(
            "9111-4.1-invalid-name", .optional, "a name that is no field name never lets a response be reused for another",
            origin: .fresh("Vary: X Y"), steps: .get(.fetched, with: "X: 1"), .get(.fetched, with: "X: 2"))
    }
}

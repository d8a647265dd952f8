import Testing

extension ConformanceTests {
    @Test(arguments: forms)
    func forms(_ one: ConformanceCase) async throws { try await Self.check(one) }

    /// RFC 9111 section 4 and RFC 9110 section 3.7: requests that come together, and the other ways to a proxy.
    @CaseList static var forms: [ConformanceCase] {
        Case(
            "9111-4-collapsed", .optional, "requests that come together cause one request",
            origin: ScriptedAnswer.fresh().holding(.beforeHead),
            steps: Step.get(.requests(1), .bodyOf(1), .status(200)).together(8), .get(.hit))
        Case(
            "9111-4-collapsed-streams", .optional, "followers are served while the response is under way",
            origin: ScriptedAnswer.fresh(body: String(repeating: "0123456789", count: 40_000)).holding(.insideBody),
            steps: Step.get(.requests(1), .bodyOf(1), .status(200), .someCacheStatus("collapsed")).together(6), .get(.hit))
        Case(
            "9110-7.6-streams", .optional, "a response is passed on before it is complete",
            origin: ScriptedAnswer.answer("Cache-Control: no-store", body: String(repeating: "x", count: 100_000)).holding(
                .insideBody),
            steps: .get(.requests(1), .bodyOf(1)))
        Case(
            "9111-4-collapsed-chunked", .optional, "also where the length is unknown",
            origin: ScriptedAnswer.answer(
                "Cache-Control: max-age=3600", body: String(repeating: "ab", count: 50_000), framing: .chunked
            )
            .holding(.insideBody),
            steps: Step.get(.requests(1), .bodyOf(1)).together(4), .get(.hit))
        Case(
            "9111-4-leader-leaves", .optional, "a client that leaves does not end what others wait for",
            origin: ScriptedAnswer.fresh(body: String(repeating: "x", count: 200_000)).holding(.insideBody),
            steps: Step.get(.requests(1), .bodyOf(1)).together(4, leaving: 1), .get(.hit))
        Case(
            "9111-4-leader-leaves-early", .optional, "nor before the response has begun",
            origin: ScriptedAnswer.fresh().holding(.beforeHead),
            steps: Step.get(.atMostRequests(2), .status(200)).together(4, leaving: 1), .get(.noRequest))
        Case(
            "9111-4-collapsed-validation", .optional, "one validation serves all who wait",
            origin: .stale("ETag: \"a\""),
            ScriptedAnswer.notModified("ETag: \"a\"", "Cache-Control: max-age=3600").holding(.beforeHead),
            steps: .get(.fetched), Step.get(.requests(1), .bodyOf(1), .status(200)).together(6), .get(.hit))
        for (name, line) in [("no-store", "no-store"), ("private", "private, max-age=3600")] {
            Case(
                "9111-4-not-collapsed-\(name)", .required, "what is \(name) is served to nobody else",
                origin: ScriptedAnswer.answer("Cache-Control: \(line)").holding(.beforeHead),
                steps: Step.get(.requests(4), .status(200)).together(4), .get(.fetched))
        }
        Case(
            "9111-4-not-collapsed-vary", .required, "nor is another variant",
            origin: ScriptedAnswer.fresh("Vary: X").holding(.beforeHead),
            steps: Step.get(.requests(1), .bodyOf(1), with: "X: 1").together(3), .get(.fetched, with: "X: 2"))
        Case(
            "9111-4-not-collapsed-post", .required, "nor are unsafe methods",
            origin: ScriptedAnswer.fresh().holding(.beforeHead),
            steps: Step.send("POST", .requests(3), .status(200), body: "x").together(3))

        for (name, door) in [("gateway", Step.Door.gateway), ("reverse", .reverse)] {
            Case(
                "9110-3.7-\(name)-hit", .optional, "\(name): stored and reused",
                origin: .fresh(), steps: Step.get(.fetched).through(door), Step.get(.hit).through(door))
            Case(
                "9110-3.7-\(name)-target", .required, "\(name): path and query go on as they came",
                origin: .answer(),
                steps: Step.get(.fetched, .forwardedLine("GET {path}/a%2Fb//c?x=%20&y=/ HTTP/1.1"), at: "/a%2Fb//c?x=%20&y=/")
                    .through(door))
            Case(
                "9110-3.7-\(name)-validates", .required, "\(name): validated",
                origin: .stale("ETag: \"a\""), .notModified("ETag: \"a\"", "Cache-Control: max-age=3600"),
                steps: Step.get(.fetched).through(door), Step.get(.validated).through(door), Step.get(.hit).through(door))
            Case(
                "9110-3.7-\(name)-post", .required, "\(name): content arrives, and invalidates",
                origin: .fresh(), steps: Step.get(.fetched).through(door),
                Step.send("POST", .fetched, .forwardedBody("abc"), body: "abc").through(door),
                Step.get(.fetched).through(door))
            Case(
                "9110-3.7-\(name)-range", .optional, "\(name): ranges out of the store",
                origin: .fresh(body: "0123456789"), steps: Step.get(.fetched).through(door),
                Step.get(.hit, .status(206), .body("234"), with: "Range: bytes=2-4").through(door))
            Case(
                "9110-3.7-\(name)-vary", .required, "\(name): variants",
                origin: .fresh("Vary: X"), steps: Step.get(.fetched, with: "X: 1").through(door),
                Step.get(.fetched, with: "X: 2").through(door),
                Step.get(.hit, with: "X: 1").through(door))
            Case(
                "9110-3.7-\(name)-via", .required, "\(name): Via and no hop-by-hop field",
                origin: .answer(),
                steps: Step.get(.fetched, .forwardedContains("Via", "1.1 "), .forwardedLacks("X"), with: "Connection: X", "X: 1")
                    .through(door))
        }
        Case(
            "9110-3.7-gateway-shares", .optional, "gateway and forward proxy share what is stored",
            origin: .fresh(), steps: .get(.fetched), Step.get(.hit).through(.gateway))
        Case(
            "9110-7.2-gateway-host", .required, "a gateway asks with the host of the target",
            origin: .answer(), steps: Step.get(.fetched, .forwarded("Host", "{authority}")).through(.gateway))
    }
}

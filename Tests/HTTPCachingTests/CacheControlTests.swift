import HTTPCaching
import HTTPSemantics
import Testing

@Suite("Cache-Control, RFC 9111 section 5.2")
struct CacheControlTests {
    private func response(_ values: String...) -> CacheControl {
        CacheControl(response: FieldSection(values.map { FieldLine("cache-control", $0) }), for: .private)
    }

    @Test("5.2: names are read without regard to case, on several lines, with and without arguments")
    func flags() {
        let control = response(
            "No-Store, PRIVATE=\"set-cookie\"", "no-cache, public,must-revalidate", "proxy-revalidate, must-understand, immutable")
        #expect(
            control.flags == [
                .noStore, .private, .noCache, .public, .mustRevalidate, .proxyRevalidate, .mustUnderstand, .immutable,
            ])
    }

    @Test("5.2.3: unknown directives are passed over, and what stands in their quoted arguments")
    func unknown() {
        let control = response("community=\"UCI, no-store, max-age=1\", x, =, ,max-age=60")
        #expect(control.flags == [])
        #expect(control.maxAge == 60)
    }

    @Test(
        "5.2: a quoted string that is never closed hides no directive",
        arguments: [
            "max-age=100, x=\", private, no-store", "no-store, private, x=\", max-age=100",
            "max-age=100, x=\"a, b\", y=\", private, no-store", "max-age=100, x=\"\\\", private, no-store",
            "max-age=100, private=\"a, no-store", "max-age=100, x=\", private, y=\"a\", no-store", "private, no-store=\"\\",
        ])
    func openQuote(value: String) {
        let control = response(value)
        #expect(control.flags == [.private, .noStore])
        #expect(control.maxAge == (value.contains("max-age") ? 100 : nil))
        #expect(CacheControl(request: ["Cache-Control": value]).contains(.noStore))
    }

    @Test(
        "4.2.1: a lifetime that is no number of seconds is 0",
        arguments: [
            ("max-age=60", 60), ("Max-Age=060", 60), ("max-age=\"60\"", 60), ("max-age=99999999999999999999", 1 << 31),
            ("max-age", 0),
            ("max-age=", 0), ("max-age=-1", 0), ("max-age=1.5", 0), ("max-age=1e3", 0), ("max-age='60'", 0), ("max-age=60s", 0),
            ("max-age =60", 0), ("max-age= 60", 0), ("max-age=60 70", 0), ("max-age=\"60", 0), ("x-max-age=60", nil), ("", nil),
        ] as [(String, Int64?)])
    func maxAge(value: String, expected: Int64?) {
        #expect(response(value).maxAge == expected)
        #expect(response(value.replacingMaxAge).sharedMaxAge == expected)
    }

    @Test("4.2.1: of a directive given twice the most restrictive counts")
    func duplicates() {
        #expect(response("max-age=60, max-age=30").maxAge == 30)
        #expect(response("max-age=30", "max-age=60").maxAge == 30)
        #expect(response("max-age=60, max-age=x").maxAge == 0)
        let request = CacheControl(request: ["Cache-Control": "min-fresh=5, min-fresh=9, max-stale, max-stale=7"])
        #expect(request.minFresh == 9)
        #expect(request.maxStale == 7)
    }

    @Test(
        "RFC 5861: malformed times are 0, of two the shorter counts",
        arguments: [
            ("stale-while-revalidate=30", 30), ("Stale-While-Revalidate=\"30\"", 30), ("stale-while-revalidate", 0),
            ("stale-while-revalidate=x", 0), ("stale-while-revalidate=30, stale-while-revalidate=9", 9), ("x", nil),
        ] as [(String, Int64?)])
    func stale(value: String, expected: Int64?) {
        #expect(response(value).staleWhileRevalidate == expected)
        let error = value.replacing("stale-while-revalidate", with: "stale-if-error")
            .replacing("Stale-While-Revalidate", with: "Stale-If-Error")
        #expect(response(error).staleIfError == expected)
        #expect(CacheControl(request: ["Cache-Control": error]).staleIfError == expected)
    }

    @Test("RFC 9213 section 2.2: a targeted field takes the place of Cache-Control in a shared cache alone")
    func targeted() {
        let fields: FieldSection = ["Cache-Control": "no-store, max-age=1", "CDN-Cache-Control": "max-age=60, private"]
        let shared = CacheControl(response: fields, for: .shared)
        #expect(shared.isTargeted && shared.maxAge == 60 && shared.flags == .private)
        let own = CacheControl(response: fields, for: .private)
        #expect(!own.isTargeted && own.maxAge == 1 && own.flags == .noStore)
    }

    @Test(
        "RFC 9213 sections 2.1, 2.2: a targeted field that is empty or no dictionary is ignored",
        arguments: ["", "max-age=60, &&&", "Max-Age=60", "max-age=60,", "\"max-age\""])
    func invalidTargeted(value: String) {
        let control = CacheControl(response: ["CDN-Cache-Control": value, "Cache-Control": "max-age=1"], for: .shared)
        #expect(!control.isTargeted && control.maxAge == 1)
    }

    @Test(
        "RFC 9213 section 2.1: values of the wrong type",
        arguments: [
            ("max-age=60;x=1", 60, []), ("max-age=\"60\"", 0, []), ("max-age=6.5", 0, []), ("max-age=-1", 0, []),
            ("max-age", 0, []),
            ("max-age=1, max-age=60", 60, []), ("max-age=999999999999999", 1 << 31, []), ("no-store=?0, max-age=1", 1, []),
            ("no-cache=\"x\", private=(\"a\" \"b\")", nil, [.noCache, .private]), ("unknown=1", nil, []),
        ] as [(String, Int64?, CacheControl.Flags)])
    func targetedValues(value: String, maxAge: Int64?, flags: CacheControl.Flags) {
        let control = CacheControl(response: ["CDN-Cache-Control": value, "Cache-Control": "no-store, max-age=9"], for: .shared)
        #expect(control.isTargeted && control.maxAge == maxAge && control.flags == flags)
    }

    @Test("A quoted string left open hides nothing on the next line")
    func openQuote() {
        #expect(response("x=\"open", "no-store").contains(.noStore))
    }

    @Test("5.2.1.2: max-stale without an argument means any, malformed it means nothing")
    func maxStale() {
        #expect(CacheControl(request: ["Cache-Control": "max-stale"]).maxStale == .max)
        #expect(CacheControl(request: ["Cache-Control": "max-stale=10"]).maxStale == 10)
        #expect(CacheControl(request: ["Cache-Control": "max-stale=x"]).maxStale == nil)
        #expect(CacheControl(request: ["Cache-Control": "min-fresh=x"]).minFresh == nil)
    }

    @Test("5.4: Pragma: no-cache counts in a request without Cache-Control, and nowhere else")
    func pragma() {
        #expect(CacheControl(request: ["Pragma": "x, No-Cache"]).contains(.noCache))
        #expect(!CacheControl(request: ["Pragma": "no-cache", "Cache-Control": "max-stale"]).contains(.noCache))
        #expect(!CacheControl(request: ["Pragma": "x=no-cache"]).contains(.noCache))
        #expect(!CacheControl(response: ["Pragma": "no-cache"], for: .private).contains(.noCache))
    }
}

extension String {
    /// The same with `s-maxage` in the place of `max-age`.
    fileprivate var replacingMaxAge: String {
        hasPrefix("x-") ? "x-s-maxage=60" : (isEmpty ? "" : "s-maxage" + dropFirst("max-age".count))
    }
}
